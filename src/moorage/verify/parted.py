"""Amounts parted by customer, month or state, and added up on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb

from moorage.mapping.target import TargetField, TargetTable
from moorage.staging.staging import identifier
from moorage.verify.reading import FOUND, LINKED, found
from moorage.verify.report import PartedSum
from moorage.verify.rows import ROWS

#: Half a cent may go by rounding in each group.
_CENT = 0.005 + 1e-9
_MONTHS = ("date", "datetime")


def parted_sums(
    connection: duckdb.DuckDBPyConnection,
    table: TargetTable,
    fields: Sequence[TargetField],
    pairs: Sequence[tuple[str, str]],
) -> Iterator[PartedSum]:
    """For each (amount in Odoo, expected field) and each of the entry's `sums_by`: the groups.

    Wants the records as `read_records` and `classify` left them. Rows without an expected amount
    say nothing, and are left out on both sides.
    """
    for field in fields:
        if field.name in table.sums_by:
            for amount, expected in pairs:
                yield _parted(connection, table, field, amount, expected)


def _parted(
    connection: duckdb.DuckDBPyConnection,
    table: TargetTable,
    field: TargetField,
    amount: str,
    expected: str,
) -> PartedSum:
    there, here, join = _groups(field)
    rows = (
        f"FROM {table.table} AS t JOIN {ROWS} AS r ON r.key = t.key JOIN {FOUND} AS f"
        f" ON f.id = r.odoo_id {join}"
        f" WHERE r.outcome = 'own' AND t.{identifier(expected)} IS NOT NULL GROUP BY 1"
    )
    sides = (
        f"SELECT s.name AS name, s.amount AS source, o.amount AS odoo"
        f" FROM (SELECT {here} AS name, sum(CAST(t.{identifier(expected)} AS DOUBLE)) AS amount"
        f" {rows}) AS s FULL JOIN (SELECT {there} AS name, sum({found(amount)}) AS amount {rows})"
        " AS o ON o.name IS NOT DISTINCT FROM s.name"
    )
    ((groups, differing, largest),) = connection.execute(
        "SELECT count(*), count(*) FILTER (distance > $cent), coalesce(max(distance), 0) FROM"
        f" (SELECT abs(coalesce(source, 0) - coalesce(odoo, 0)) AS distance FROM ({sides}))",
        {"cent": _CENT},
    ).fetchall()
    return PartedSum(
        table.model, amount, field.name, int(groups), int(differing), round(float(largest), 2)
    )


def _groups(field: TargetField) -> tuple[str, str, str]:
    """SQL of the group as Odoo has it and as the row has it, and the join that this takes."""
    column, there = f"t.{identifier(field.name)}", found(field.name)
    if field.holds == "link":
        join = (
            f"LEFT JOIN {LINKED} AS g ON g.model = {field.lands_sql(column)} AND g.key = {column}"
        )
        return there, "g.odoo_id", join
    if field.type in _MONTHS:
        return f"left({there}, 7)", f"strftime({column}, '%Y-%m')", ""
    return there, column, ""
