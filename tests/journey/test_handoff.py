"""The hand-off of a real run, and drafts of automation rules that a rollback takes back."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest

from tests.handoff.pages import broken_links, holding, outside
from tests.journey.voyage import Voyage


def test_the_hand_off_of_a_run(finished: Voyage) -> None:
    # Another test of this process may have run it again since it was verified.
    finished.moorage("verify")
    done = finished.moorage("handoff", "--json").json
    folder = finished.moorage.root / "handoff"
    assert broken_links(folder) == []
    assert outside(folder) == []
    environment = finished.moorage.environment
    for name in ("MOORAGE_ODOO_KEY", "MOORAGE_SOURCE_PASSWORD"):
        assert holding(folder, environment[name].encode()) == []
    with (folder / "data" / "ids.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    ((count,),) = finished.moorage.ledger("SELECT count(*) FROM record")
    assert len(rows) == done["id_count"] == count
    leads = finished.ids("crm.lead")
    for row in rows:
        if row["Model"] == "crm.lead":
            key = f"krayin:{row['Object']}:{row['Source id']}"
            assert leads[key] == int(row["Odoo id"])
            assert row["Link"].endswith(f"/odoo/crm.lead/{row['Odoo id']}")
    assert "loaded and verified" in (folder / "index.html").read_text("utf-8")
    assert "1:many" in (folder / "compatibility.html").read_text("utf-8")
    assert "Big deals" in (folder / "automations.html").read_text("utf-8")


@pytest.mark.soak
def test_drafts_are_made_once_and_taken_back(another: Callable[..., Voyage]) -> None:
    voyage = another()
    asked = voyage.moorage("handoff", "--drafts", "--json").json
    assert asked["drafts"] == 0
    assert any("Automation Rules is not installed" in note for note in asked["notes"])
    (module,) = voyage.call("ir.module.module", "search", domain=[("name", "=", "base_automation")])
    voyage.call("ir.module.module", "button_immediate_install", ids=[module])
    for _ in range(2):
        made = voyage.moorage("handoff", "--drafts", "--json").json
    rules = voyage.odoo.psql(
        "SELECT rule.active, model.model FROM base_automation AS rule"
        " JOIN ir_model AS model ON model.id = rule.model_id"
    )
    assert len(rules) == made["drafts"] == 3
    assert not any(active for active, _ in rules)
    assert {model for _, model in rules} == {"crm.lead", "res.partner", "sale.order"}
    voyage.moorage("rollback", "--yes", code=None)
    assert voyage.odoo.psql("SELECT count(*) FROM base_automation") == [(0,)]
    left = voyage.odoo.psql(
        "SELECT name FROM ir_model_fields WHERE model = 'base.automation' AND name LIKE 'x\\_%'"
    )
    assert left == []
