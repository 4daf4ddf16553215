"""Rows whose link points to a record that did not go."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from moorage.ledger import SetAside, Warned
from moorage.mapping.target import TargetField, TargetTable
from moorage.staging.staging import identifier, literal


def prepare_refused(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `meta.refused` (entry, key), rows that this run has set aside so far, and
    `meta.put_off` (entry, key, field, code), links that rows went without.
    """
    connection.execute("CREATE OR REPLACE TABLE meta.refused (entry VARCHAR, key VARCHAR)")
    connection.execute(
        "CREATE OR REPLACE TABLE meta.put_off"
        " (entry VARCHAR, key VARCHAR, field VARCHAR, code VARCHAR)"
    )


def put_off(connection: duckdb.DuckDBPyConnection, entry: str, rows: Sequence[Warned]) -> None:
    """Add links to `meta.put_off`: what the ledger holds of their rows stays unfinished."""
    if rows:
        names = ("key", "field", "code")
        new = pa.table({name: [getattr(row, name) for row in rows] for name in names})
        connection.register("new_put_off", new)
        connection.execute(
            "INSERT INTO meta.put_off SELECT ?, key, field, code FROM new_put_off", [entry]
        )
        connection.unregister("new_put_off")


def refuse(connection: duckdb.DuckDBPyConnection, entry: str, keys: Sequence[str]) -> None:
    """Add rows to `meta.refused`."""
    if keys:
        connection.register("new_refused", pa.table({"key": list(keys)}))
        connection.execute("INSERT INTO meta.refused SELECT ?, key FROM new_refused", [entry])
        connection.unregister("new_refused")


def missing_links(
    connection: duckdb.DuckDBPyConnection, table: TargetTable, *, later: bool = False
) -> tuple[list[SetAside], list[Warned]]:
    """Rows still to be created whose links lead nowhere: those to set aside, those to warn of.

    With `later` it is the rows just created and their links of the second pass.

    A link to a record whose owner was waived is empty on purpose, and no finding.
    """
    aside: dict[str, SetAside] = {}
    warned: list[Warned] = []
    for field in table.fields:
        if field.holds != "link" or field.later != later:
            continue
        for key, linked in connection.execute(_missing_sql(table, field, later)).fetchall():
            message = f"{field.name} points to {linked}, which was not loaded"
            if field.on_missing_link == "set_aside" and not later:
                aside[key] = SetAside(key, "link_missing", message, key)
            else:
                warned.append(Warned(key, field.name, "link_missing", message))
    return list(aside.values()), [row for row in warned if row.key not in aside]


def _missing_sql(table: TargetTable, field: TargetField, later: bool) -> str:
    column = identifier(field.name)
    linked = f"unnest({column})" if field.many else column
    return (
        f"SELECT t.key, t.linked FROM (SELECT key, {linked} AS linked FROM {table.table}) t"
        f" JOIN meta.plan p ON p.key = t.key AND p.entry = {literal(table.entry)}"
        " AND p.operation = 'create'"
        f" LEFT JOIN meta.ids i ON i.model = {field.lands_sql('t.linked')} AND i.key = t.linked"
        " WHERE t.linked IS NOT NULL AND i.key IS NULL"
        f" AND {'' if later else 'NOT '}EXISTS (SELECT 1 FROM meta.ids d"
        " WHERE d.model = p.model AND d.key = p.key)"
        " AND NOT EXISTS (SELECT 1 FROM meta.refused r WHERE r.entry = p.entry AND r.key = p.key)"
        " AND NOT EXISTS (SELECT 1 FROM meta.plan w"
        f" WHERE w.model = {field.model_sql('t.linked')}"
        " AND w.key = t.linked AND w.operation = 'waive')"
    )
