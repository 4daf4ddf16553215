"""Rows that the source says are the same as another row: `merge_on`."""

from __future__ import annotations

import duckdb

from moorage.mapping.compile import CompiledEntry, CompiledMapping
from moorage.mapping.expressions import column
from moorage.staging.staging import literal

#: Chains are followed by doubling: 2 to this many links, far beyond any real chain.
ROUNDS = 40


def find_merges(connection: duckdb.DuckDBPyConnection, compiled: CompiledMapping) -> int:
    """Fill `target._merges` and note merges that cannot be; the number of merged rows."""
    connection.execute(
        "CREATE TABLE target._merges (model VARCHAR, key VARCHAR, into_key VARCHAR, why VARCHAR)"
    )
    connection.execute(
        "CREATE TABLE target._merge_findings (entry VARCHAR, key VARCHAR, field VARCHAR,"
        " severity VARCHAR, message VARCHAR)"
    )
    for entry in compiled.entries:
        if entry.merge_on is not None:
            _collect(connection, entry, entry.merge_on)
    _follow(connection)
    ((count,),) = connection.execute("SELECT count(*) FROM target._merges").fetchall()
    return int(count)


def _collect(connection: duckdb.DuckDBPyConnection, entry: CompiledEntry, merge_on: str) -> None:
    table, selection = entry.table, entry.selection
    prefix = literal(selection.key_prefix)
    into = f"{prefix} || CAST({column(merge_on)} AS VARCHAR)"
    wanted = f"SELECT {selection.key} AS key, {into} AS into_key FROM {selection.rows}"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE wanted_merges AS SELECT wanted.key, taken.key AS into_key"
        f" FROM ({wanted}) AS wanted LEFT JOIN target._taken AS taken"
        f" ON taken.key = wanted.into_key AND taken.model = {literal(table.model)}"
        " WHERE wanted.into_key <> wanted.key"
    )
    why = f"the source says it is the same, by {merge_on}"
    connection.execute(
        "INSERT INTO target._merges SELECT ?, key, into_key, ? FROM wanted_merges"
        " WHERE into_key IS NOT NULL",
        [table.model, why],
    )
    connection.execute(
        "INSERT INTO target._merge_findings SELECT ?, key, ?, 'warning',"
        " 'is to be merged into a record that is not moved; kept on its own'"
        " FROM wanted_merges WHERE into_key IS NULL",
        [table.entry, merge_on],
    )
    connection.execute("DROP TABLE wanted_merges")


def _follow(connection: duckdb.DuckDBPyConnection) -> None:
    """Let every merge point to the row that survives; circles are taken out and said."""
    open_ends = (
        "target._merges AS merged WHERE EXISTS (SELECT 1 FROM target._merges AS next"
        " WHERE next.key = merged.into_key AND next.model = merged.model)"
    )
    for _ in range(ROUNDS):
        ((count,),) = connection.execute(f"SELECT count(*) FROM {open_ends}").fetchall()
        if count == 0:
            return
        connection.execute(
            "CREATE OR REPLACE TABLE target._merges AS SELECT merged.model, merged.key,"
            " coalesce(next.into_key, merged.into_key) AS into_key, merged.why"
            " FROM target._merges AS merged LEFT JOIN target._merges AS next"
            " ON next.key = merged.into_key AND next.model = merged.model"
        )
    connection.execute(
        "INSERT INTO target._merge_findings SELECT taken.entry, taken.key, '', 'warning',"
        " 'is in a circle of merges; kept on its own' FROM target._taken AS taken WHERE EXISTS"
        f" (SELECT 1 FROM (SELECT merged.key, merged.model FROM {open_ends}) AS open"
        " WHERE open.key = taken.key AND open.model = taken.model)"
    )
    connection.execute(
        "CREATE OR REPLACE TABLE target._merges AS SELECT * FROM target._merges AS merged"
        " WHERE NOT EXISTS (SELECT 1 FROM target._merges AS next WHERE next.key = merged.into_key"
        " AND next.model = merged.model)"
    )
