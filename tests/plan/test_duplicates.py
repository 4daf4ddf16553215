"""Duplicates: never by an empty field, never silently, always reversible."""

from __future__ import annotations

from typing import Any

import pytest

from moorage.errors import RefusedError, SettingsError
from moorage.mapping.target import DuplicateRule
from moorage.plan.confirm import refuse_open_questions
from moorage.plan.duplicates import DuplicatesReport, answer_duplicate, find_duplicates

from .scene import Scene

PEOPLE: list[tuple[Any, ...]] = [
    (1, "Bo Berg", False, "bo@acme.example", None, "crm:orgs:1", "crm:users:1"),
    (2, "Cy Cole", False, None, "+44 1", None, None),
    (10, "Bo  BERG", False, " BO@acme.example", "+44 7", "crm:orgs:1", None),
    (11, "Di Dorn", False, None, None, None, None),
]
LEADS = [(1, "Roof", "crm:persons:10", None, [], 10), (2, "Wall", "crm:persons:2", None, [], None)]


def find(scene: Scene) -> DuplicatesReport:
    return find_duplicates(
        scene.staging, scene.ledger, scene.destination, scene.destination_id, scene.tables,
        scene.folder / "decisions" / "duplicates.csv",
    )  # fmt: skip


def build(scene: Scene, **rule: Any) -> None:
    scene.change("people", duplicates=DuplicateRule(exact=(("email",),), **rule))
    scene.build({"people": PEOPLE, "leads": LEADS})


def test_a_rule_merges_and_links_follow_the_survivor(scene: Scene) -> None:
    build(scene, exact_do="merge")
    report = find(scene)
    assert {row.key for row in report.rows} == {"crm:persons:1", "crm:persons:10"}
    plan = scene.plan()
    assert plan.counts["people"] == {"create": 3, "merge": 1}
    assert scene.row("crm:persons:10")["into_key"] == "crm:persons:1"
    assert '"phone":"+44 7"' in scene.row("crm:persons:1")["loaded"]
    assert '"partner_id":"crm:persons:1"' in scene.row("crm:leads:1")["loaded"]


def test_a_merge_that_is_undone_creates_the_record(scene: Scene) -> None:
    build(scene, exact_do="merge")
    find(scene)
    scene.plan()
    scene.pretend_run()
    scene.build({"people": PEOPLE, "leads": LEADS})
    find(scene)
    assert scene.plan().changes_nothing
    path = scene.folder / "decisions" / "duplicates.csv"
    answer_duplicate(path, "exact crm:persons:1", "keep", "Anna")
    scene.build({"people": PEOPLE, "leads": LEADS})
    scene.plan()
    assert scene.row("crm:persons:10")["operation"] == "create"
    assert scene.row("crm:leads:1")["changed"] == ["partner_id"]


def test_what_is_asked_stops_the_run_until_answered(scene: Scene) -> None:
    build(scene)
    assert find(scene).open_groups == ("exact crm:persons:1",)
    plan = scene.plan()
    assert plan.open_duplicates == ("exact crm:persons:1",)
    with pytest.raises(RefusedError, match="1 duplicates"):
        refuse_open_questions(plan)
    path = scene.folder / "decisions" / "duplicates.csv"
    with pytest.raises(SettingsError):
        answer_duplicate(path, "exact crm:persons:1", "perhaps", "Anna")
    assert answer_duplicate(path, "exact crm:persons:1", "keep", "Anna") == 2
    assert find(scene).open_groups == ()
    scene.build({"people": PEOPLE, "leads": LEADS})
    assert scene.plan().counts["people"] == {"create": 4}


def test_a_record_of_odoo_takes_the_row_in(scene: Scene) -> None:
    scene.destination.add("res.partner", name="Other", is_company=True, email="bo@acme.example")
    odoo_id = scene.destination.add(
        "res.partner", name="Bo", is_company=False, email="Bo@Acme.example"
    )
    build(scene, exact_do="merge")
    assert {row.existing_odoo_id for row in find(scene).rows} == {str(odoo_id)}
    scene.plan()
    row = scene.row("crm:persons:1")
    assert (row["operation"], row["odoo_id"]) == ("match", odoo_id)
    assert scene.row("crm:persons:10")["operation"] == "merge"


def test_similar_names_are_asked_and_large_groups_too(scene: Scene) -> None:
    scene.change("companies", duplicates=DuplicateRule(exact=(("email",),), exact_do="merge",
                                                       similar="name"))  # fmt: skip
    companies: list[tuple[Any, ...]] = [
        (1, "Acme Ltd", True, "info@acme.example", None),
        (2, "ACME Limited", True, None, None),
        (3, "Borealis", True, None, None),
        *((n, f"Firm {n} of {n * 7919}", True, "one@big.example", None) for n in range(100, 121)),
    ]
    scene.build({"companies": companies})
    report = find(scene)
    by_group = {row.group: row for row in report.rows}
    assert set(by_group) == {"similar crm:orgs:1", "exact crm:orgs:100"}
    assert set(report.open_groups) == set(by_group)
