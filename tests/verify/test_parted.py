"""Amounts parted by customer, month and state: both sides group by group, from tables by hand."""

from __future__ import annotations

import duckdb
import pytest

from moorage.mapping.target import TargetField, TargetTable
from moorage.verify.parted import parted_sums
from moorage.verify.reading import FOUND, LINKED
from moorage.verify.report import PartedSum
from moorage.verify.rows import ROWS

FIELDS = (
    TargetField("partner_id", "many2one", "link", "res.partner"),
    TargetField("invoice_date", "date"),
    TargetField("state", "selection"),
    TargetField("x_total", "float"),
)
INVOICES = TargetTable(
    "invoices", "invoices", "account.move", FIELDS,
    sums=("amount_total=x_total",), sums_by=("partner_id", "invoice_date", "state"),
)  # fmt: skip


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA target")
    connection.execute(
        "CREATE TABLE target.invoices AS SELECT key, partner_id, CAST(day AS DATE) AS invoice_date,"
        " state, x_total FROM (VALUES ('i1', 'c1', '2024-03-01', 'posted', 10.0),"
        " ('i2', 'c1', '2024-03-31', 'posted', 5.5), ('i3', 'c2', '2024-04-01', 'draft', 7.0),"
        " ('i4', 'c2', '2024-04-02', 'cancel', NULL)) AS v(key, partner_id, day, state, x_total)"
    )
    connection.execute(
        f"CREATE TEMP TABLE {ROWS.removeprefix('temp.')} AS FROM (VALUES ('i1', 1, 'own'),"
        " ('i2', 2, 'own'), ('i3', 3, 'own'), ('i4', 4, 'own')) AS v(key, odoo_id, outcome)"
    )
    connection.execute(
        f"CREATE TEMP TABLE {LINKED.removeprefix('temp.')} AS FROM"
        " (VALUES ('res.partner', 'c1', 71), ('res.partner', 'c2', 72)) AS v(model, key, odoo_id)"
    )
    connection.execute(
        f"CREATE TEMP TABLE {FOUND.removeprefix('temp.')} AS FROM"
        " (VALUES (1, 71, '2024-03-01', 'posted', 10.0), (2, 71, '2024-03-31', 'posted', 5.5),"
        " (3, 72, '2024-04-01', 'draft', 7.0), (4, 72, '2024-04-02', 'cancel', 99.0))"
        " AS v(id, partner_id, invoice_date, state, amount_total)"
    )
    return connection


def test_equal_sides_agree_in_every_group(connection: duckdb.DuckDBPyConnection) -> None:
    found = list(parted_sums(connection, INVOICES, FIELDS, INVOICES.checks))
    # The row without an expected total says nothing about its group.
    assert [(one.by, one.groups, one.agrees) for one in found] == [
        ("partner_id", 2, True), ("invoice_date", 2, True), ("state", 2, True),
    ]  # fmt: skip


def test_an_amount_in_another_group_shows_on_both(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"UPDATE {FOUND} SET partner_id = 72 WHERE id = 2")
    found = list(parted_sums(connection, INVOICES, FIELDS, INVOICES.checks))
    assert found[0] == PartedSum("account.move", "amount_total", "partner_id", 2, 2, 5.5)
    assert found[1].agrees and found[2].agrees
