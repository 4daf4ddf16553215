"""Spreadsheets behind tables: formulas are text, a million rows pass one by one."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from moorage.handoff.idmap import with_parquet
from moorage.reports import tables
from moorage.reports.tables import save_table

EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "http://evil.example", "plain")


def test_formulas_are_text_in_both_files(tmp_path: Path) -> None:
    save_table(tmp_path / "data", "evil", ("what", "n"), [(words, -1) for words in EVIL])
    with (tmp_path / "data" / "evil.csv").open(newline="", encoding="utf-8-sig") as file:
        cells = [row[0] for row in csv.reader(file)][1:]
    assert cells[:6] == [f"'{words}" for words in EVIL[:6]]
    assert cells[6:] == list(EVIL[6:])
    sheet = CalamineWorkbook.from_path(str(tmp_path / "data" / "evil.xlsx")).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert [row[0] for row in rows[1:5]] == list(EVIL[:4])
    assert all(isinstance(row[0], str) for row in rows[1:])
    assert rows[1][1] == -1


def test_rows_come_one_by_one_and_the_first_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_IN_WORKBOOK", 50)
    seen = 0

    def rows() -> Iterator[tuple[str, str, str, int, str, str, str]]:
        nonlocal seen
        for seen in range(1, 1001):
            yield ("leads", str(seen), "crm.lead", seen, f"m.{seen}", "created", "http://x")

    heads = ("a", "b", "c", "d", "e", "f", "g")
    with with_parquet(tmp_path / "data" / "ids.parquet", rows()) as taken:
        saved = save_table(tmp_path / "data", "ids", heads, taken, first=10)
    assert (saved.count, len(saved.first), saved.cut) == (1000, 10, 990)
    assert pq.read_table(tmp_path / "data" / "ids.parquet").num_rows == 1000
    sheet = CalamineWorkbook.from_path(str(tmp_path / "data" / "ids.xlsx")).get_sheet_by_index(0)
    assert len(sheet.to_python()) == 51
    with (tmp_path / "data" / "ids.csv").open(encoding="utf-8-sig") as file:
        assert sum(1 for _ in file) == 1001


def test_without_rows_there_are_no_files(tmp_path: Path) -> None:
    saved = save_table(tmp_path / "data", "none", ("a",), ())
    assert saved.files == ()
    assert list((tmp_path / "data").iterdir()) == []
