"""After go-live: changes on both sides and rows deleted in the source, before anything is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from moorage.errors import SettingsError
from moorage.mapping.target import Linked
from moorage.plan.asking import answer_conflicts, answer_deletions, write_conflicts, write_deletions
from moorage.plan.conflict_decisions import CONFLICTS_FILE, DELETIONS_FILE
from moorage.plan.report import PlanReport

from .scene import LEADS, ROWS, Scene

OURS = {"write_uid": 2, "write_date": "2000-01-01 00:00:00"}
LEAD = "crm:leads:1"


@pytest.fixture
def live(scene: Scene) -> Scene:
    """Everything was loaded; leads and tags stand in Odoo as they were sent."""
    for model in ("crm.lead", "crm.tag", "res.partner"):
        scene.destination.described[model] |= {"write_uid": "many2one", "write_date": "datetime"}
    for model in ("crm.lead", "res.partner"):
        scene.destination.described[model]["active"] = "boolean"
    scene.build()
    scene.plan()
    scene.pretend_run()
    for model, keys in scene.destination.keys.items():
        for odoo_id in keys.values():
            scene.destination.records[model][odoo_id].update(OURS)
    _odoo(scene, LEAD, name="Roof", expected_revenue=10.0)
    _tidy(scene, leads=(1, 2), tags=(1,), persons=(1, 2))
    return scene


def _odoo(scene: Scene, key: str, model: str = "crm.lead", **values: Any) -> None:
    scene.destination.records[model][scene.destination.keys[model][key]].update(values)


def _tidy(scene: Scene, **ids: tuple[int, ...]) -> None:
    run = scene.staging.connection.execute
    for name, numbers in ids.items():
        run(f"CREATE OR REPLACE TABLE tidy.{name} (id VARCHAR)")
        for number in numbers:
            run(f"INSERT INTO tidy.{name} VALUES (?)", [str(number)])


def _leads(title: str, amount: int = 10) -> dict[str, list[tuple[Any, ...]]]:
    first, second = ROWS["leads"]
    return {"leads": [(first[0], title, *first[2:5], amount), second]}


def _plan(scene: Scene, rows: dict[str, list[tuple[Any, ...]]]) -> PlanReport:
    scene.build(rows)
    report = scene.plan()
    folder = scene.folder / "decisions"
    write_conflicts(scene.staging, scene.destination, folder / CONFLICTS_FILE)
    write_deletions(scene.staging, scene.destination, folder / DELETIONS_FILE)
    return report


def test_an_answer_holds_until_a_side_changes_again(live: Scene) -> None:
    path = live.folder / "decisions" / CONFLICTS_FILE
    _odoo(live, LEAD, name="=Attic", write_uid=7)
    report = _plan(live, _leads("Floor"))
    assert live.row(LEAD)["operation"] == "conflict"
    assert report.open_conflicts == 1 and report.changes_nothing
    assert report.objects["leads"] == {"conflict": 1, "unchanged": 1}
    assert "'=Attic" in path.read_text(), "a spreadsheet would take it for a formula"

    (row,) = answer_conflicts(path, {LEAD: "odoo"}, "", "Ann")
    assert (row.loaded, row.in_odoo, row.in_source) == ("Roof", "=Attic", "Floor")
    assert row.record == f"http://odoo/odoo/crm.lead/{live.destination.keys['crm.lead'][LEAD]}"
    digest = _plan(live, _leads("Floor")).digest
    assert live.row(LEAD)["operation"] == "unchanged"

    _plan(live, _leads("Ceiling"))
    assert live.row(LEAD)["operation"] == "conflict", "the source changed again"
    assert _plan(live, _leads("Floor")).open_conflicts == 1, "the answer was for another value"
    answer_conflicts(path, {}, "source", "Ann")
    assert _plan(live, _leads("Floor")).digest != digest
    assert live.row(LEAD)["operation"] == "update"
    _odoo(live, LEAD, name="Cellar")
    _plan(live, _leads("Floor"))
    assert live.row(LEAD)["operation"] == "conflict", "Odoo changed again"


def test_a_conflict_keeps_its_row_from_nothing_else(live: Scene) -> None:
    _odoo(live, LEAD, name="Attic", write_uid=7)
    report = _plan(live, _leads("Floor", 20))
    assert live.row(LEAD)["operation"] == "update"
    assert report.open_conflicts == 1
    # People did the same as the source: nobody needs to be asked.
    _odoo(live, LEAD, name="Floor")
    assert _plan(live, _leads("Floor", 20)).open_conflicts == 0


def test_a_deleted_row_is_asked_about(live: Scene) -> None:
    path = live.folder / "decisions" / DELETIONS_FILE
    _tidy(live, leads=(2,), tags=(), persons=(1, 2))
    rows = {"leads": [ROWS["leads"][1]], "tags": []}
    report = _plan(live, rows)
    assert report.gone == {"crm.lead": 1, "crm.tag": 1} and report.open_deletions == 2
    assert report.changes_nothing and report.counts["leads"] == {"gone": 1, "unchanged": 1}
    with pytest.raises(SettingsError, match=r"no archive for crm\.tag"):
        answer_deletions(path, {"crm:tags:1": "archive"}, "", "Ann")
    answer_deletions(path, {}, "archive", "Ann")
    report = _plan(live, rows)
    assert live.row(LEAD)["operation"] == "archive" and not report.changes_nothing
    assert live.row("crm:tags:1")["operation"] == "gone" and report.open_deletions == 1

    _odoo(live, LEAD, write_uid=7, write_date="2030-01-01 00:00:00")
    changed = _plan(live, rows)
    assert live.row(LEAD)["operation"] == "conflict", "people worked on it"
    assert changed.digest == report.digest, "a run may go on; it leaves the record as it is"
    conflicts = live.folder / "decisions" / CONFLICTS_FILE
    answer_conflicts(conflicts, {LEAD: "source"}, "", "Ann")
    _plan(live, rows)
    assert live.row(LEAD)["operation"] == "archive"
    _odoo(live, LEAD, active=False)
    assert _plan(live, rows).open_deletions == 1
    assert live.row(LEAD)["reason"] == "deleted in the source; archived in Odoo"


def test_a_row_that_the_mapping_takes_no_more_is_not_deleted(live: Scene) -> None:
    live.build({"leads": [ROWS["leads"][1]]})
    for table in ("_accounted (object, source_key)", "_not_selected (object, source_key)"):
        live.staging.connection.execute(f"INSERT INTO target.{table} VALUES ('leads', '1')")
    report = live.plan()
    assert report.gone == {} and report.deselected == {"crm.lead": 1}
    assert LEAD not in live.operations()


def test_a_link_to_what_comes_along_with_a_record_can_be_a_conflict(scene: Scene) -> None:
    people, users = Linked("persons", "res.partner", "res.partner"), "res.users"
    partner = replace(LEADS.fields[1], links=(people, Linked("users", users, "res.partner")))
    scene.change("leads", fields=(LEADS.fields[0], partner, *LEADS.fields[2:]))
    scene.destination.described[users]["partner_id"] = "many2one"
    scene.destination.records[users][1]["partner_id"] = 77
    _, *rest = ROWS["leads"]
    of_anna = {"leads": [(1, "Roof", "crm:users:1", "crm:users:1", ["crm:tags:1"], 10), *rest]}
    scene.build(of_anna)
    scene.plan()
    scene.pretend_run()
    _odoo(scene, LEAD, name="Roof", partner_id=77)
    scene.build()
    assert scene.plan().open_conflicts == 0
    assert scene.row(LEAD)["operation"] == "update"
    _odoo(scene, LEAD, partner_id=78)
    assert scene.plan().open_conflicts == 1
    assert scene.row(LEAD)["operation"] == "conflict"
