"""The whole way from a dirty bundle into a real Odoo, on through a delta, and back again."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from moorage.commands import beginning, checking, loading, mapping, queues, returning
from moorage.project import Project
from moorage.sandbox import OdooServer
from moorage.sources.octopuspro import SOURCE
from moorage.sources.octopuspro.demo.generate import generate
from moorage.sources.octopuspro.demo.offer import ANSWERS

pytestmark = [pytest.mark.odoo, pytest.mark.journey]
WHO = "Ann Admin"
SECRETS = (b"hunter2", b"correct-horse")
COUNTED = ("res_partner", "crm_lead", "crm_team", "crm_stage", "crm_tag", "calendar_event",
           "hr_employee", "product_product", "product_pricelist", "sale_order", "sale_order_line",
           "mail_message", "ir_attachment", "account_move", "account_move_line", "account_payment",
           "account_partial_reconcile", "account_tax")  # fmt: skip
BALANCE = """
SELECT account_id, sum(debit), sum(credit), sum(amount_residual), count(*)
FROM account_move_line GROUP BY 1 ORDER BY 1
"""


@pytest.fixture
def project(odoo: OdooServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project that reads a bundle of 20 customers, 60 bookings and invoices."""
    with duckdb.connect() as truth:
        generate(tmp_path / "bundle", customers=20, connection=truth, included=False, by_line=False)
    monkeypatch.setenv("MOORAGE_ODOO_KEY", odoo.api_key)
    return Project.create(
        tmp_path / "acme",
        "acme",
        SOURCE,
        given={
            "bundle": str(tmp_path / "bundle"),
            "timezone": "Australia/Sydney",
            "currency": "USD",
        },
        url=odoo.url,
        database=odoo.database,
    )


@pytest.mark.soak
def test_into_odoo_and_back(project: Project, odoo: OdooServer, tmp_path: Path) -> None:
    before, balance = standing(odoo), odoo.psql(BALANCE)
    beginning.discover(project)
    beginning.extract(project)
    mapping.map_settings(project, ANSWERS)
    mapping.map_propose(project)
    mapping.map_check(project)
    mapping.map_confirm(project, WHO)
    loading.prepare(project, apply=True)
    queues.duplicates(project, answer_all="keep", by=WHO)
    loading.plan(project)
    loaded = carried_out(project)
    for entry in ("customers", "customer_people", "properties", "fieldworkers", "services",
                  "zone_prices", "bookings", "appointments", "inquiries", "invoices",
                  "invoice_lines", "payments", "allocations", "quotes", "quote_lines",
                  "form_notes", "files"):  # fmt: skip
        assert loaded[entry], entry
    assert_money_is_the_sources(odoo)
    assert_nothing_to_do(project)

    customers = tmp_path / "bundle" / "customers.csv"
    text = customers.read_text(encoding="utf-8-sig").replace("customer1@example", "new1@example")
    customers.write_text(text, encoding="utf-8-sig")
    with (tmp_path / "bundle" / "inquiries.csv").open("a", encoding="utf-8") as file:
        file.write("INQ-900,1001,New,2025-04-01 08:30,Once more?,late@example.com,Late\n")
    beginning.extract(project)
    counts = loading.plan(project).plan.counts
    assert sum(row.get("update", 0) for row in counts.values()) == 1
    assert sum(row.get("create", 0) for row in counts.values()) == 1
    carried_out(project)
    assert_nothing_to_do(project)
    assert_no_password_was_written(project)

    returning.rollback(project)
    assert standing(odoo) == before
    assert odoo.psql(BALANCE) == balance


def carried_out(project: Project) -> dict[str, int]:
    """Run the plan and verify; how many records were made, by entry."""
    loading.plan_confirm(project, WHO)
    loaded = {phase.entry: phase.created for phase in loading.run(project).load.phases}
    found = checking.verify(project).found
    assert found.agrees and found.difference_count == 0, found
    return loaded


def assert_money_is_the_sources(odoo: OdooServer) -> None:
    """Every invoice that is there is open by what OctopusPro says, to the cent."""
    rows = odoo.psql(
        "SELECT state, count(*), sum((abs(amount_residual - x_octo_residual) > 0.004)::int),"
        " sum((payment_state <> x_octo_payment_state)::int), sum(amount_total - x_octo_total)"
        " FROM account_move WHERE x_octo_invoice_id IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    assert {row[0] for row in rows} == {"cancel", "draft", "posted"}
    posted = next(row for row in rows if row[0] == "posted")
    assert int(posted[1]) > 40
    assert (int(posted[2]), int(posted[3]), float(posted[4])) == (0, 0, 0.0)


def assert_nothing_to_do(project: Project) -> None:
    """A second plan of the same rows changes nothing."""
    counts = loading.plan(project).plan.counts
    assert not any(
        row.get(what, 0) for row in counts.values() for what in ("create", "update", "open")
    ), counts


def assert_no_password_was_written(project: Project) -> None:
    """The bundle's passwords stand in no file of the project: reports, state, decisions."""
    for path in project.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(secret in content for secret in SECRETS), path


def standing(odoo: OdooServer) -> dict[str, int]:
    """Rows in Odoo's tables."""
    return {table: int(odoo.psql(f"SELECT count(*) FROM {table}")[0][0]) for table in COUNTED}
