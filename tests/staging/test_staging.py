"""Staging is lossless, all or nothing, and closed to every other file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from moorage.errors import StoppedError, UnreachableError
from moorage.sources.base import Changes, RawTable
from moorage.staging import Staging


def _table(name: str, key: tuple[str, ...], *rows: dict[str, str | None]) -> RawTable:
    columns = list(rows[0])
    arrays = {column: pa.array([row[column] for row in rows], pa.string()) for column in columns}

    def batches() -> Iterator[pa.RecordBatch]:
        yield from pa.table(arrays).to_batches()

    return RawTable(name, key, batches, len(rows))


@pytest.fixture
def staging(tmp_path: Path) -> Iterator[Staging]:
    with Staging(tmp_path / "staging.duckdb") as found:
        yield found


def test_rows_stay_as_they_came(staging: Staging) -> None:
    rows = [{"id": "1", "name": " Ünï\x00 "}, {"id": "2", "name": ""}, {"id": "3", "name": None}]
    report = staging.extract([_table("people", ("id",), *rows)])
    assert report.row_counts == {"people": 3}
    found = staging.connection.execute("SELECT id, name FROM raw.people ORDER BY id").fetchall()
    assert found == [(row["id"], row["name"]) for row in rows]


def test_equal_pivot_rows_are_all_kept(staging: Staging) -> None:
    row: dict[str, str | None] = {"lead_id": "1", "tag_id": "2"}
    report = staging.extract([_table("lead_tags", ("lead_id", "tag_id"), row, row)])
    assert report.row_counts == {"lead_tags": 2}


def test_the_digest_is_that_of_the_content(staging: Staging) -> None:
    first = {"id": "1", "a": "x", "b": None}
    second = {"id": "2", "a": None, "b": "x"}
    digest = staging.extract([_table("t", ("id",), first, second)]).digest
    assert staging.extract([_table("t", ("id",), second, first)]).digest == digest
    swapped = [{**first, "a": None, "b": "x"}, {**second, "a": "x", "b": None}]
    assert staging.extract([_table("t", ("id",), *swapped)]).digest != digest


def test_a_table_of_other_columns_is_read_whole(staging: Staging) -> None:
    def marked(*rows: dict[str, str | None]) -> RawTable:
        table = _table("t", ("id",), *rows)
        keys = _table("t", ("id",), *({"id": row["id"]} for row in rows))
        changes = Changes(lambda: "now", lambda _: table.batches(), keys.batches)
        return replace(table, changes=changes)

    staging.extract([marked({"id": "1", "a": "x"})])
    assert staging.extract([marked({"id": "1", "a": "y"})], since_last=True).in_part == {"t": 1}
    wider = marked({"id": "1", "a": "y", "b": None})
    report = staging.extract([wider], since_last=True)
    assert report.in_part == {} and report.row_counts == {"t": 1}
    assert staging.extract([wider]).digest == report.digest


def test_a_broken_extraction_leaves_the_former_one(staging: Staging) -> None:
    staging.extract([_table("t", ("id",), {"id": "1"})])
    digest = staging.digest

    def broken() -> Iterator[pa.RecordBatch]:
        yield from pa.table({"id": ["2"]}).to_batches()
        raise UnreachableError("the server is gone")

    with pytest.raises(UnreachableError):
        staging.extract([RawTable("t", ("id",), broken)])
    assert staging.digest == digest
    assert staging.connection.execute("SELECT id FROM raw.t").fetchall() == [("1",)]


def test_tidy_tables_follow_the_settings(staging: Staging) -> None:
    staging.extract([_table("t", ("id",), {"id": "1"})])
    with pytest.raises(StoppedError, match="extract"):
        staging.tidy_again({})
    statement = (
        "CREATE TABLE tidy.t AS SELECT id, (SELECT value ->> '$' FROM meta.settings"
        " WHERE name = 'colour') AS colour FROM raw.t"
    )
    staging.tidy([statement], {"colour": "red"})
    assert staging.connection.execute("FROM tidy.t").fetchall() == [("1", "red")]
    staging.tidy_again({"colour": "blue"})
    assert staging.connection.execute("FROM tidy.t").fetchall() == [("1", "blue")]


def test_no_sql_reaches_another_file(staging: Staging, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("secret\n1\n")
    with pytest.raises(duckdb.PermissionException):
        staging.connection.execute(f"SELECT * FROM read_csv('{other}')")
    with pytest.raises(duckdb.PermissionException):
        staging.connection.execute(f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'")
