"""A rehearsal on a second Odoo: a sample, verified, ticked and signed; then production may go."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from moorage.sandbox import Sandbox
from tests.journey.command import Moorage
from tests.journey.ticking import tick
from tests.journey.voyage import Voyage

STAGING = ("--to", "staging")
ANN = ("--name", "Ann Admin")


@pytest.fixture
def voyage(another: Callable[..., Voyage], harbour: Sandbox) -> Iterator[Voyage]:
    """Production with a confirmed plan, and an empty Odoo to rehearse on."""
    made = another()
    staging = harbour.odoo(f"{made.odoo.database}_staging")
    made.moorage.change(
        "moorage.yaml",
        (
            "  # A copy to rehearse on",
            f"  staging:\n    url: {staging.url}\n    database: {staging.database}\n"
            "  # A copy to rehearse on",
        ),
    )
    environment = made.moorage.environment | {"MOORAGE_ODOO_KEY_STAGING": staging.api_key}
    made.moorage = Moorage(made.moorage.root, environment)
    yield made
    harbour.drop(staging.database)


@pytest.mark.soak
def test_production_waits_for_a_signed_rehearsal(voyage: Voyage) -> None:
    moorage, root = voyage.moorage, voyage.moorage.root
    assert "waits for a rehearsal" in moorage("run", "--yes", code=3).text
    _load_a_sample(moorage)
    against = moorage("signoff", *STAGING, *ANN, code=3).text
    assert "it was not verified" in against
    found = moorage("verify", *STAGING, "--json", code=None).json
    assert found["sample"] == 3
    assert found["verification"]["difference_count"] == 0
    _check_orders(moorage)

    # The same seed asks for the same records; a grown sample needs another sheet.
    first = moorage("spotcheck", *STAGING, "--count", "25", "--json").json
    assert moorage("spotcheck", *STAGING, "--count", "25", "--json").json["sheet"] == first["sheet"]
    assert set(first["counts"]) >= {"persons", "leads", "quotes", "quote_items", "stages"}
    workbook = Path(first["workbook"])
    _check_sheet(root, workbook)

    tick(workbook, {1: "wrong"}, rest="right", name="Ann Admin")
    read = moorage("spotcheck", *STAGING, "--read", str(workbook), "--json", code=1).json["ticks"]
    assert (len(read["wrong"]), read["unticked"], read["name"]) == (1, [], "Ann Admin")
    assert "ticked as wrong" in moorage("signoff", *STAGING, *ANN, code=3).text
    tick(workbook, {}, rest="right", name="Ann Admin")
    moorage("spotcheck", *STAGING, "--read", str(workbook))
    # A sheet that holds ticks is never written over.
    moorage("spotcheck", *STAGING, "--count", "25")
    assert moorage("spotcheck", *STAGING, "--read", str(workbook)).code == 0

    signed = moorage("signoff", *STAGING, *ANN, "--json").json
    assert signed["signed"]["spot_check"]["right"] == signed["signed"]["spot_check"]["count"]
    assert signed["signed"]["verified"]["sample"] == 3
    kept = json.loads((root / "decisions" / "signoff-staging.json").read_text())
    assert kept["name"] == "Ann Admin" and kept["mapping_digest"]
    events = moorage.ledger("SELECT count(*) FROM event WHERE what = 'signed off'")
    assert events == [(1,)]
    assert "signed off by Ann Admin" in moorage("status").text

    # Another sheet is refused, and so is the sheet of another destination.
    moorage("spotcheck", *STAGING, "--count", "25", "--seed", "2")
    assert (
        "not the one made last"
        in moorage("spotcheck", *STAGING, "--read", str(workbook), code=3).text
    )

    # Nothing of the rehearsal is among production's answers, and now production goes.
    assert not (root / "decisions" / "matches.csv").exists()
    voyage.run()
    report = json.loads((root / "reports" / "reconciliation.json").read_text())
    assert report["data"]["rehearsal"].startswith("signed off by Ann Admin")


def _load_a_sample(moorage: Moorage) -> None:
    moorage("prepare", "--apply", *STAGING)
    asked = moorage("owners", *STAGING, "--json", code=None).json
    # What was answered for production holds here too, but for the one who is no user here.
    carried = [row for row in asked["rows"] if row["decided_by"].endswith(", for production")]
    assert {row["decision"] for row in carried} == {"create"}
    assert len(asked["open_keys"]) == 1
    moorage("owners", *STAGING, "--all", "create")
    moorage("duplicates", *STAGING, "--all", "keep")
    moorage("plan", *STAGING, "--sample", "3", code=None)
    moorage("plan", *STAGING, "--confirm", *ANN, code=None)
    moorage("run", *STAGING, "--yes", "--sample", "3", code=None)
    page = (moorage.root / "reports" / "reconciliation-staging.html").read_text()
    assert "a sample of 3 of each kind" in page


def _check_orders(moorage: Moorage) -> None:
    """Every quote of the sample has all its lines, and their sums were compared."""
    orders = moorage.ledger(
        "SELECT key FROM record JOIN destination AS d ON d.id = destination_id"
        " WHERE d.name = 'staging' AND model = 'sale.order'"
    )
    assert len(orders) >= 3


def _check_sheet(root: Path, workbook: Path) -> None:
    page = (root / "reports" / "spotcheck-staging.html").read_text()
    assert "/odoo/res.partner/" in page and "<script" not in page
    assert workbook.parent == root / "reports"
    data = json.loads((root / "reports" / "spotcheck-staging.json").read_text())["data"]
    assert all(set(record) <= {"number", "entry", "model", "key", "odoo_id", "fields", "differing"}
               for record in data["records"])  # fmt: skip
    rows = CalamineWorkbook.from_path(str(workbook)).get_sheet_by_name("Spot check").to_python()
    assert {row[0] for row in rows[1:] if row[0]} == {
        f"{record['entry']}/{record['key']}" for record in data["records"]
    }
