"""What was answered for one Odoo holds in another one only where it means the same there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from moorage.mapping.target import DuplicateRule, MatchRule
from moorage.plan.answers import answer_match, write_match_questions
from moorage.plan.decisions import OwnerDecision
from moorage.plan.duplicates import DuplicatesReport, answer_duplicate, find_duplicates
from moorage.plan.owners import answer_owner, reconcile_owners

from .scene import Scene

PEOPLE: list[tuple[Any, ...]] = [
    (1, "Bo Berg", False, "bo@acme.example", None, None, None),
    (2, "Bo Berg", False, "bo@acme.example", None, None, None),
]
USERS = [
    (1, "Al", "al@a.example", "al@a.example", True),
    (2, "Be", "be@a.example", "be@a.example", True),
    (3, "Ce", "ce@a.example", "ce@a.example", True),
]
LEADS = [(n, f"L{n}", None, f"crm:users:{n}", [], None) for n in (1, 2, 3)]


def test_owners_are_answered_once_unless_the_login_is_of_the_other_odoo(scene: Scene) -> None:
    scene.build({"users": USERS, "leads": LEADS})
    there, here = scene.folder / "staging" / "owners.csv", scene.folder / "owners.csv"
    reconcile_owners(scene.staging, scene.destination, scene.tables, there)
    answer_owner(there, "crm:users:1", "match:anna@a.example", "Ann")
    answer_owner(there, "crm:users:2", "match:only@staging.example", "Ann")
    answer_owner(there, "crm:users:3", "create", "Ann")

    def report(path: Path) -> dict[str, OwnerDecision]:
        others = {"staging": there}
        found = reconcile_owners(scene.staging, scene.destination, scene.tables, path, others)
        return {row.source_key: row for row in found.rows}

    first = report(here)
    assert first["crm:users:1"].decision == "match:anna@a.example"
    assert first["crm:users:1"].decided_by == "Ann, for staging"
    assert not first["crm:users:2"].decision
    answer_owner(here, "crm:users:3", "nobody", "Bo")
    assert report(here)["crm:users:3"].decided_by == "Bo"


def find(scene: Scene, path: Path, others: dict[str, Path] | None = None) -> DuplicatesReport:
    return find_duplicates(
        scene.staging, scene.ledger, scene.destination, scene.destination_id, scene.tables, path,
        others,
    )  # fmt: skip


def test_a_merge_with_a_record_of_odoo_is_asked_again(scene: Scene) -> None:
    scene.change("people", duplicates=DuplicateRule(exact=(("email",),)))
    scene.build({"people": PEOPLE, "leads": []})
    there, here = scene.folder / "staging" / "duplicates.csv", scene.folder / "duplicates.csv"
    find(scene, there)
    answer_duplicate(there, "exact crm:persons:1", "merge", "Ann")
    assert find(scene, here, {"staging": there}).open_groups == ()
    assert {row.decided_by for row in find(scene, here).rows} == {"Ann, for staging"}
    here.unlink()
    scene.destination.add("res.partner", name="Bo Berg", is_company=False, email="bo@acme.example")
    find(scene, there)
    assert find(scene, here, {"staging": there}).open_groups == ("exact crm:persons:1",)


def test_an_id_of_another_odoo_answers_nothing(scene: Scene) -> None:
    scene.change("tags", match=MatchRule(on=("name",)))
    scene.build()
    ids = [scene.destination.add("crm.tag", name="Hot") for _ in range(2)]
    scene.plan()
    path = scene.folder / "decisions" / "matches.csv"
    write_match_questions(scene.staging, path)
    answer_match(path, "crm:tags:1", str(ids[1]), "Ann")
    scene.build()
    scene.plan()
    assert scene.row("crm:tags:1")["odoo_id"] == ids[1]
    # The same answer, where other records fit: it names none of them, so it is asked again.
    scene.destination.records["crm.tag"] = {}
    for odoo_id in (7, 8):
        scene.destination.records["crm.tag"][odoo_id] = {"id": odoo_id, "name": "Hot"}
    scene.build()
    assert scene.plan().open_matches == ("crm:tags:1",)
