"""The accounting of a real Odoo as the survey tells it: ready, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from moorage.destination import BooksFacts
from moorage.odoo import OdooClient
from moorage.sandbox import OdooServer


@pytest.fixture(scope="module")
def client(module_odoo: OdooServer) -> Iterator[OdooClient]:
    server = module_odoo
    made = OdooClient(server.url, server.database, server.api_key, project="books", source="books")
    yield made
    made.close()


def test_a_chart_of_accounts_is_ready(client: OdooClient) -> None:
    facts = _books(client)
    assert (facts.chart, facts.default_tax, facts.problems) == ("generic_coa", "15%", ())
    assert [journal.code for journal in facts.journals] == ["INV", "BNK1"]
    assert "15% (15 %)" in facts.taxes
    assert (facts.rounding, facts.is_rounded_per_line) == ("Round per Tax", False)
    # Asked without invoices in mind, a survey leaves it out.
    assert client.survey(["crm.lead"]).books == ()


def test_what_could_not_be_taken_back_is_a_problem(client: OdooClient) -> None:
    facts = _books(client)
    (sales,) = [journal for journal in facts.journals if journal.type == "sale"]
    client.write("account.journal", [sales.id], {"restrict_mode_hash_table": True})
    values = {"restrictive_audit_trail": True, "sale_lock_date": "2024-01-31"}
    client.write("res.company", [facts.company_id], values)
    found = _books(client)
    assert found.locks == {"sale_lock_date": "2024-01-31"}
    assert [problem.split(":")[0] for problem in found.problems] == [
        "its restrictive audit trail forbids deleting what was posted",
        "journal INV secures entries by hash",
    ]


def _books(client: OdooClient) -> BooksFacts:
    (facts,) = client.survey(["account.move"]).books
    return facts
