"""What people decided about fields changed on both sides, as the plan wrote it down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import duckdb
import orjson

from moorage.mapping.target import TargetTable


class Answer(NamedTuple):
    """'odoo', 'source' or '' while open; and what Odoo held when it was given."""

    decision: str
    found: Any


def answered(
    connection: duckdb.DuckDBPyConnection, table: TargetTable, keys: Sequence[str]
) -> dict[tuple[str, str], Answer]:
    """The answers about the rows `keys` by key and field, where the plan found conflicts."""
    there = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'meta' AND table_name = 'conflicts'"
    ).fetchall()
    if not there:
        return {}
    rows = connection.execute(
        "SELECT key, field, decision, found FROM meta.conflicts WHERE entry = ?"
        " AND key IN (SELECT unnest(?::VARCHAR[]))",
        [table.entry, list(keys)],
    ).fetchall()
    return {
        (key, field): Answer(decision, orjson.loads(found)) for key, field, decision, found in rows
    }
