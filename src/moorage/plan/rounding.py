"""Which way of rounding taxes gives the source's amounts: Odoo has one for all of a company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moorage.mapping.target import TargetField, TargetTable
from moorage.plan.rows import field_named, of_model
from moorage.staging.staging import Staging, identifier

_CENT = 0.005 + 1e-9


@dataclass(frozen=True)
class RoundingFit:
    """Of `documents` with taxes, how many come out to the cent rounded `per_line` or `per_tax`."""

    documents: int
    per_line: int
    per_tax: int


def rounding_fit(staging: Staging, tables: Sequence[TargetTable]) -> RoundingFit | None:
    """Add up the taxes of the target rows both ways; None where the mapping has no such rows.

    Only documents are counted whose lines have one tax each, on top of their prices.
    """
    found = _where(tables)
    if found is None:
        return None
    documents, expected, lines, taxes, link = found
    quantity, price = (_number(lines, name, default) for name, default in _FACTORS)
    amount = f"{quantity} * {price} * (1 - {_number(lines, 'discount', 0)} / 100)"
    included = "NOT coalesce(x.price_include, false)" if _has(taxes, "price_include") else "true"
    ((count, per_line, per_tax),) = staging.connection.execute(
        f"WITH line AS (SELECT l.{identifier(link.name)} AS document, x.key AS tax,"
        f" x.amount AS rate, {amount} AS amount FROM {lines.table} AS l JOIN {taxes.table} AS x"
        f" ON list_contains(l.tax_ids, x.key) WHERE len(l.tax_ids) = 1 AND {included}),"
        " by_tax AS (SELECT document, sum(round(round(amount, 2) * rate / 100, 2)) AS per_line,"
        " round(sum(amount * rate / 100), 2) AS per_tax FROM line GROUP BY document, tax),"
        " summed AS (SELECT document, sum(per_line) AS per_line, sum(per_tax) AS per_tax"
        " FROM by_tax GROUP BY document)"
        f" SELECT count(*), count(*) FILTER (abs(s.per_line - d.{expected}) <= {_CENT}),"
        f" count(*) FILTER (abs(s.per_tax - d.{expected}) <= {_CENT})"
        f" FROM summed AS s JOIN {documents.table} AS d ON d.key = s.document"
        f" WHERE d.{expected} IS NOT NULL"
    ).fetchall()
    return RoundingFit(int(count), int(per_line), int(per_tax)) if count else None


_FACTORS = (("quantity", 1), ("price_unit", 0))


def _where(
    tables: Sequence[TargetTable],
) -> tuple[TargetTable, str, TargetTable, TargetTable, TargetField] | None:
    """The documents, their field with the source's tax, the lines, the taxes, the lines' link."""
    for documents in of_model(tables, "account.move"):
        expected = dict(documents.checks).get("amount_tax")
        for lines in of_model(tables, "account.move.line"):
            link, tax_ids = field_named(lines, "move_id"), field_named(lines, "tax_ids")
            for taxes in of_model(tables, "account.tax"):
                if (
                    expected
                    and link
                    and tax_ids
                    and tax_ids.holds == "link"
                    and _has(taxes, "amount")
                ):
                    return documents, identifier(expected), lines, taxes, link
    return None


def _has(table: TargetTable, name: str) -> bool:
    return field_named(table, name) is not None


def _number(table: TargetTable, name: str, default: int) -> str:
    """SQL of a number of a line; `default` where the mapping does not fill it."""
    return f"coalesce(l.{identifier(name)}, {default})" if _has(table, name) else str(default)
