"""After go-live: work on both sides, rows deleted, a merge taken back, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moorage.sandbox import MariaDBServer, Sandbox
from tests.journey.source import MATCHED_EMAIL, Rows
from tests.journey.voyage import Voyage, copy, remove

TITLE = "UPDATE leads SET title = %s, updated_at = '2037-01-02 03:04:05' WHERE id = %s"
DELETED = (9001, 9011)


@pytest.fixture(scope="module")
def rows(mariadb: MariaDBServer, source: str) -> Iterator[Rows]:
    """The source to work in; put back as it was."""
    rows = Rows(mariadb, source)
    ids = ", ".join(map(str, (*DELETED, 9002, 9012)))
    rows.run(f"CREATE TABLE kept_leads AS SELECT * FROM leads WHERE id IN ({ids})")
    yield rows
    rows.run(f"DELETE FROM leads WHERE id IN ({ids}) OR id = 9101")
    rows.run("INSERT INTO leads SELECT * FROM kept_leads; DROP TABLE kept_leads")
    rows.run("DELETE FROM persons WHERE id IN (9101, 9102)")


@pytest.fixture(scope="module")
def live(
    finished: Voyage, harbour: Sandbox, tmp_path_factory: pytest.TempPathFactory, rows: Rows
) -> Iterator[Voyage]:
    """A copy of the finished run, in which people are at work."""
    made = copy(finished, harbour, tmp_path_factory.mktemp("live"), name="live")
    yield made
    remove(made, harbour)
    harbour.odoo(finished.odoo.database)


def _by_people(voyage: Voyage, lead: int, assignment: str) -> None:
    """What a user of Odoo changes, as it stands in the database afterwards."""
    voyage.odoo.psql(
        f"UPDATE crm_lead SET {assignment}, write_date = now() AT TIME ZONE 'UTC', write_uid ="
        f" (SELECT id FROM res_users WHERE login = '{MATCHED_EMAIL}')"
        f" WHERE x_moorage_key = 'krayin:leads:{lead}'"
    )


def _lead(voyage: Voyage, number: int, field: str) -> Any:
    return voyage.record("crm.lead", f"krayin:leads:{number}", field)[field]


def _carry_out(voyage: Voyage) -> dict[str, Any]:
    voyage.moorage("plan", "--confirm", "--name", "Ann Admin", code=1)
    run: dict[str, Any] = voyage.run("--json").json["load"]
    return run


def _planned(plan: dict[str, Any], operation: str) -> int:
    return sum(counts.get(operation, 0) for counts in plan["counts"].values())


def test_a_delta_with_work_on_both_sides(live: Voyage, rows: Rows) -> None:
    moorage = live.moorage
    moorage("extract")
    assert moorage("freeze", "--watch", "0", "--json").json["moved"] == []
    rows.run(TITLE, "Renamed in Krayin", 9002)
    rows.run(TITLE, "Renamed in Krayin too", 9012)
    rows.run("DELETE FROM leads WHERE id IN %s", DELETED)
    moved = moorage("freeze", "--watch", "0.2", "--json", code=1).json
    assert [move["table"] for move in moved["moved"]] == ["leads"] and not moved["moving"]
    _by_people(live, 9012, "name = 'Renamed by people'")
    _by_people(live, 9011, "name = 'Still worked on'")
    _by_people(live, 9009, "expected_revenue = 4711.25")
    # The run will write this one's title, and be its last writer.
    _by_people(live, 9002, "expected_revenue = 4712.5")

    delta = moorage("delta", "--since", "last", "--json", code=1).json
    (leads,) = [about for about in delta["entries"] if about["entry"] == "leads"]
    assert (leads["changed"], leads["conflicts"], leads["gone"]) == (1, 1, 2)
    assert leads["fields"]["x_source_updated_at"] == 2
    assert delta["plan"]["open_conflicts"] == 1 and delta["plan"]["open_deletions"] == 2
    assert moorage("extract", "--json").json["is_unchanged"], "in part it is not what it is whole"

    (conflict,) = moorage("conflicts", "--json", code=1).json["rows"]
    assert (conflict["key"], conflict["changed_by"]) == ("krayin:leads:9012", "Siobhán")
    values = [conflict[name] for name in ("loaded", "in_odoo", "in_source")]
    assert values == ["Trap Lead 9012", "Renamed by people", "Renamed in Krayin too"]
    assert conflict["record"].startswith(f"{live.odoo.url}/odoo/crm.lead/")
    moorage("conflicts", "--answer", "krayin:leads:9012.name=source")
    moorage("deletions", "--all", "archive")

    moorage("plan", code=1)
    run = _carry_out(live)
    (phase,) = [phase for phase in run["phases"] if phase["entry"] == "leads"]
    done = [phase[name] for name in ("updated", "archived", "conflicts", "gone")]
    assert done == [2, 1, 1, 0]
    (quotes,) = [phase for phase in run["phases"] if phase["entry"] == "quotes"]
    assert (quotes["updated"], quotes["set_aside"]) == (0, 1)
    assert _lead(live, 9002, "name") == "Renamed in Krayin"
    assert _lead(live, 9012, "name") == "Renamed in Krayin too"
    assert (_lead(live, 9001, "active"), _lead(live, 9011, "active")) == (False, True)
    assert _lead(live, 9011, "name") == "Still worked on"

    plan = moorage("plan", "--json", code=1).json["plan"]
    # The quote would point to the lead that Odoo refuses.
    assert plan["counts"]["quotes"]["update"] == _planned(plan, "update") == 1
    assert _planned(plan, "archive") == 0
    assert plan["counts"]["leads"]["gone"] == 1 and plan["counts"]["leads"]["conflict"] == 1


def test_peoples_changes_are_not_wrong(live: Voyage) -> None:
    found = live.moorage("verify", "--json").json["verification"]
    told = [(one["key"], one["field"]) for one in found["differences"]]
    assert told == [(f"krayin:leads:{n}", "expected_revenue") for n in (9002, 9009)]
    assert {one["changed_by"] for one in found["differences"]} == {"Siobhán"}
    assert (found["by_people"], found["gone"]) == (2, 2)
    # Nobody's doing: on a record of which people changed nothing, and on one that they worked on.
    odd = "UPDATE crm_lead SET expected_revenue = expected_revenue + {} WHERE x_moorage_key = '{}'"
    for lead in ("krayin:leads:9008", "krayin:leads:9002"):
        live.odoo.psql(odd.format(1, lead))
    wrong = live.moorage("verify", "--json", code=1).json["verification"]
    assert (wrong["difference_count"], wrong["by_people"]) == (3, 1)
    for lead in ("krayin:leads:9008", "krayin:leads:9002"):
        live.odoo.psql(odd.format(-1, lead))


@pytest.mark.soak
def test_a_merge_is_taken_back(live: Voyage, rows: Rows) -> None:
    at = {"created_at": "2026-01-02 04:00:00", "updated_at": "2026-01-02 04:00:00"}
    for number, phone in ((9101, "[]"), (9102, '[{"value": "+49 30 1234567"}]')):
        rows.insert("persons", id=number, name="Twin Person", unique_id=str(number),
                    emails='[{"value": "twin@harbour.example", "label": "work"}]',
                    contact_numbers=phone, **at)  # fmt: skip
    rows.insert("leads", id=9101, title="Of the second", person_id=9102, lead_pipeline_id=1,
                lead_pipeline_stage_id=2, **at)  # fmt: skip
    moorage = live.moorage
    moorage("extract", "--since", "last")
    moorage("duplicates", "--all", "merge")
    moorage("plan", code=1)
    _carry_out(live)
    ids = live.ids("res.partner")
    first, second = ids["krayin:persons:9101"], ids["krayin:persons:9102"]
    assert first == second == _lead(live, 9101, "partner_id")
    assert live.record("res.partner", "krayin:persons:9101", "phone")["phone"]

    groups = moorage("duplicates", "--json").json["rows"]
    (group,) = {row["group"] for row in groups if row["key"] == "krayin:persons:9102"}
    moorage("duplicates", "--answer", f"{group}=keep")
    moorage("plan", code=1)
    _carry_out(live)
    ids = live.ids("res.partner")
    assert ids["krayin:persons:9101"] == first != ids["krayin:persons:9102"]
    assert _lead(live, 9101, "partner_id") == ids["krayin:persons:9102"]
    assert not live.record("res.partner", "krayin:persons:9101", "phone")["phone"]
    assert live.record("res.partner", "krayin:persons:9102", "phone")["phone"]
    plan = moorage("plan", "--json", code=1).json["plan"]
    assert (_planned(plan, "create"), _planned(plan, "update")) == (2, 1), (
        "only the lead that Odoo refused, the note on it, and the quote that would point to it"
    )
    assert live.doubles() == []


def test_the_way_back(live: Voyage, tmp_path: Path) -> None:
    ((run_id,),) = live.moorage.ledger(
        "SELECT min(run_id) FROM change WHERE model = 'crm.lead' AND field = 'name'"
    )
    live.moorage("rollback", "--run", str(run_id), "--json", code=None)
    assert _lead(live, 9001, "active") is True
    assert _lead(live, 9002, "name") == "Trap Lead 9002"
    live.moorage("rollback", "--force", "--yes", code=None)
    assert live.ids("crm.lead") == {}
    index = (live.moorage.root / "reports" / "index.html").read_text(encoding="utf-8")
    assert index.count("before the rollback") >= 3
