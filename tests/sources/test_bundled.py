"""What a project file may say of a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from moorage.bundles import Column, Expected
from moorage.errors import SettingsError
from moorage.sources.bundled import given_answers, open_beside, open_given, raw_tables

EXPECTED = [Expected("things", (Column("id", "code"), Column("when", "date")), key=("id",))]


def test_a_relative_path_begins_at_the_project(tmp_path: Path) -> None:
    (tmp_path / "things.csv").write_text("id,when\n1,2026-01-05\n")
    options: dict[str, Any] = {"bundle": "things.csv", "state_folder": tmp_path / ".moorage"}
    bundle = open_given(options)
    assert bundle is not None
    with bundle:
        (table,) = raw_tables(bundle.match(EXPECTED))
        rows = [row for batch in table.batches() for row in batch.to_pylist()]
    assert (table.name, table.key, table.row_count) == ("things", ("id",), 1)
    assert [(row["id"], row["when"], row["_line"]) for row in rows] == [("1", "2026-01-05", "2")]
    assert open_given({"bundle": ""}) is None


@pytest.mark.parametrize("with_files", [True, False])
def test_what_an_api_gave_stands_beside(tmp_path: Path, with_files: bool) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "things.csv").write_text("id,when\n1,2026-01-05\n")
    (tmp_path / "temporary" / "api").mkdir(parents=True)
    (tmp_path / "temporary" / "api" / "things.jsonl").write_text('{"id": 2, "when": "2026-01-06"}')
    options = {"bundle": str(tmp_path / "in") if with_files else ""}
    with open_beside(options, tmp_path / "temporary" / "api") as bundle:
        match = bundle.match(EXPECTED)
        rows = [row for batch in match.batches("things") for row in batch.to_pylist()]
    files = {row["id"]: row["_file"] for row in rows}
    assert files == {"2": "api/things.jsonl"} | ({"1": "things.csv"} if with_files else {})


def test_an_open_format_stops_the_extraction(tmp_path: Path) -> None:
    (tmp_path / "things.csv").write_text("id,when\n1,01/02/2026\n")
    with open_beside({"bundle": str(tmp_path)}, tmp_path / "none") as bundle:
        match = bundle.match(EXPECTED)
        with pytest.raises(SettingsError, match="No line tells"):
            raw_tables(match)


@pytest.mark.parametrize(
    "options", [{"formats": {"*": "dym"}}, {"formats": "dmy"}, {"headers": ["a"]}]
)
def test_answers_that_are_none_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        given_answers(options)
    assert caught.value.where.startswith("source.")
