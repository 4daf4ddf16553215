"""Rows compared in SQL: which fields differ, in little memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from moorage.mapping.target import TargetField, TargetTable
from moorage.plan.rows import changed_fields_sql
from moorage.staging.staging import Staging

#: As many fields and rows as one thread has at once of a contact, and more.
FIELDS = tuple(TargetField(f"x_field_{number}", "char") for number in range(60))
ROWS = 3_000


@pytest.mark.parametrize("before", ["{}", None], ids=["empty", "nothing"])
def test_fields_that_are_new(tmp_path: Path, before: str | None) -> None:
    table = TargetTable("leads", "leads", "crm.lead", FIELDS[:3])
    sql = changed_fields_sql(table, "$now", "$before")
    now = '{"x_field_0": 1, "x_field_1": null, "x_field_2": ["a"], "other": 1}'
    with Staging(tmp_path / "staging.duckdb") as staging:
        answer = staging.connection.execute(f"SELECT {sql}", {"now": now, "before": before})
        assert answer.fetchall() == [(["x_field_0", "x_field_2"],)]


def test_wide_rows_are_compared_in_little_memory(tmp_path: Path) -> None:
    table = TargetTable("leads", "leads", "crm.lead", FIELDS)
    fields = ", ".join(f"{field.name} := repeat('text ', 6) || i % 10" for field in FIELDS)
    with Staging(tmp_path / "staging.duckdb") as staging:
        run = staging.connection.execute
        run("SET memory_limit = '100MB'")
        run(
            "CREATE TABLE meta.texts AS SELECT CAST(to_json(struct_pack("
            f"{fields})) AS VARCHAR) AS loaded FROM range({ROWS}) AS r(i)"
        )
        changed = changed_fields_sql(table, "replace(loaded, ' 7\"', ' 8\"')", "loaded")
        counts = run(f"SELECT len({changed}), count(*) FROM meta.texts GROUP BY 1 ORDER BY 1")
        assert counts.fetchall() == [(0, ROWS - ROWS // 10), (len(FIELDS), ROWS // 10)]
