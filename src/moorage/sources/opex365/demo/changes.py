"""Rows that tests change, add or delete: as a user of the organisation would, with new versions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from moorage.sources.opex365.demo.schema import Table, tables
from moorage.sources.opex365.demo.store import Store

_MOMENT = "(now() AT TIME ZONE 'UTC')::TIMESTAMP(0)"


def change(store: Store, orders: Sequence[Mapping[str, Any]]) -> list[str]:
    """Carry out the orders; the id of each row that was touched.

    `{"table", "values"}` adds a row: a copy of some row with these values. `{"table", "id",
    "values"}` changes one, `{"table", "id", "delete": true}` deletes one. Values are by property.
    """
    with store.changing() as cursor:
        return [_carried_out(cursor, order) for order in orders]


def _carried_out(cursor: duckdb.DuckDBPyConnection, order: Mapping[str, Any]) -> str:
    table = tables()[order["table"]]
    row_id = order.get("id")
    if order.get("delete"):
        _touched(cursor, f'DELETE FROM "{table.name}" WHERE "{table.key}" = ?', [row_id])
        if "activity" in table.flags:
            cursor.execute("DELETE FROM activityparty WHERE _activityid_value = ?", [row_id])
        cursor.execute(
            "INSERT INTO _deleted VALUES (?, ?, nextval('versions'))", [table.name, row_id]
        )
        return str(row_id)
    values = dict(order["values"])
    for name in values:
        if name.partition("__")[0] not in table.properties:
            raise KeyError(name)
    if row_id is None:
        row_id = str(uuid.uuid4())
        cursor.execute(
            f'INSERT INTO "{table.name}" SELECT * REPLACE (\'{row_id}\'::UUID AS "{table.key}") '
            f'FROM "{table.name}" LIMIT 1'
        )
    _set(cursor, table, str(row_id), values)
    return str(row_id)


def _set(
    cursor: duckdb.DuckDBPyConnection, table: Table, row_id: str, values: Mapping[str, Any]
) -> None:
    stated = [f'"{name}" = ?' for name in values]
    if "modifiedon" in table.properties and "modifiedon" not in values:
        stated.append(f"modifiedon = {_MOMENT}")
    stated.append("versionnumber = nextval('versions')")
    sql = f'UPDATE "{table.name}" SET {", ".join(stated)} WHERE "{table.key}" = ?'
    _touched(cursor, sql, [*values.values(), row_id])


def _touched(cursor: duckdb.DuckDBPyConnection, sql: str, given: list[Any]) -> None:
    found = cursor.execute(sql, given).fetchone()
    if not found or found[0] != 1:
        raise KeyError("no such row")
