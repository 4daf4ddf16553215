"""Owners and records that Odoo has already: found, asked about, answered."""

from __future__ import annotations

import pytest

from moorage.errors import MappingError, RefusedError, SettingsError
from moorage.mapping.target import MatchRule
from moorage.plan.answers import answer_match, write_match_questions
from moorage.plan.confirm import refuse_open_questions
from moorage.plan.decisions import (
    OwnerDecision,
    read_rows,
    write_rows,
)
from moorage.plan.issues import list_issues
from moorage.plan.owners import answer_owner

from .scene import ROWS, Scene

USERS = [
    *ROWS["users"],
    (2, "=Eve", "eve@a.example", "eve@a.example", True),
    (3, "Old", None, None, False),
]
LEADS = [(1, "Roof", "crm:persons:1", "crm:users:2", [], 10), ROWS["leads"][1]]


def test_an_unmatched_owner_stops_the_run_until_answered(scene: Scene) -> None:
    rows = {"users": USERS, "leads": LEADS}
    scene.build(rows)
    report = scene.plan()
    assert report.open_owners == ("crm:users:2",)
    assert scene.row("crm:users:3")["operation"] == "waive"
    with pytest.raises(RefusedError, match="1 owners"):
        refuse_open_questions(report)
    issues = list_issues(scene.staging, scene.ledger, scene.destination_id, scene.tables)
    assert [(issue.severity, issue.place) for issue in issues] == [("open", "users id 2")]
    scene.staging.connection.execute(
        "CREATE TABLE tidy.users AS SELECT '2' AS id, 'users.csv:7' AS _place"
    )
    issues = list_issues(scene.staging, scene.ledger, scene.destination_id, scene.tables)
    assert [issue.place for issue in issues] == ["users id 2 (users.csv:7)"]
    scene.staging.connection.execute("DROP TABLE tidy.users")

    path = scene.folder / "decisions" / "owners.csv"
    assert "'=Eve" in path.read_text()
    with pytest.raises(SettingsError, match="no user with this login"):
        answer_owner(path, "crm:users:2", "match:nobody@x", "Anna", destination=scene.destination)
    assert answer_owner(path, "crm:users:2", "nobody", "Anna").name == "=Eve"
    scene.build(rows)
    report = scene.plan()
    assert not report.has_questions and not report.warnings
    assert '"user_id":null' in scene.row("crm:leads:1")["loaded"]

    answer_owner(path, "crm:users:2", "create_inactive", "Anna")
    scene.build(rows)
    scene.plan()
    assert scene.row("crm:users:2")["operation"] == "create"
    assert '"active":false' in scene.row("crm:users:2")["loaded"]


def test_a_bad_decision_file_names_its_lines(scene: Scene) -> None:
    path = scene.folder / "owners.csv"
    write_rows(path, OwnerDecision, [OwnerDecision("crm:users:1", decision="maybe")])
    with pytest.raises(MappingError) as caught:
        read_rows(path, OwnerDecision)
    assert caught.value.findings[0].line == 2


def test_one_record_that_fits_is_adopted_and_filled(scene: Scene) -> None:
    scene.change("people", match=MatchRule(("email",), "fill_empty"))
    scene.destination.add("res.partner", name="Co", is_company=True, email="bo@acme.example")
    odoo_id = scene.destination.add("res.partner", name="Bo", is_company=False,
                                    email="BO@acme.example ")  # fmt: skip
    scene.build()
    scene.plan()
    row = scene.row("crm:persons:1")
    assert (row["operation"], row["odoo_id"]) == ("match", odoo_id)
    assert sorted(row["changed"]) == ["parent_id", "user_id"]
    # An empty address matches nothing.
    assert scene.row("crm:persons:2")["operation"] == "create"
    scene.pretend_run()
    scene.build()
    assert scene.plan().changes_nothing


def test_several_that_fit_are_a_question(scene: Scene) -> None:
    scene.change("tags", match=MatchRule(("name",)))
    ids = [scene.destination.add("crm.tag", name="hot") for _ in range(2)]
    scene.build()
    assert scene.plan().open_matches == ("crm:tags:1",)
    path = scene.folder / "decisions" / "matches.csv"
    assert write_match_questions(scene.staging, path)[0].odoo_ids == f"{ids[0]} {ids[1]}"
    with pytest.raises(SettingsError, match="none of those"):
        answer_match(path, "crm:tags:1", "99", "Anna")
    answer_match(path, "crm:tags:1", str(ids[1]), "Anna")
    scene.build()
    assert not scene.plan().has_questions
    assert scene.row("crm:tags:1")["odoo_id"] == ids[1]


def test_two_keys_that_fit_one_record_share_it(scene: Scene) -> None:
    scene.change("tags", match=MatchRule(("name",)))
    scene.destination.add("crm.tag", name="hot")
    scene.build({"tags": [(1, "Hot"), (2, " HOT")]})
    scene.plan()
    assert scene.row("crm:tags:1")["operation"] == "match"
    assert scene.row("crm:tags:2")["into_key"] == "crm:tags:1"
    scene.pretend_run()
    scene.build({"tags": [(1, "Hot"), (2, " HOT"), (3, "hot")]})
    assert scene.plan().counts["tags"] == {"unchanged": 2, "merge": 1}


def test_a_row_that_none_fits_can_be_a_question(scene: Scene) -> None:
    scene.change("people", match=MatchRule(("is_company", "email"), none="ask"))
    odoo_id = scene.destination.add("res.partner", name="B", is_company=False, email="b@b.example")
    scene.destination.add("res.partner", name="Co", is_company=True, email="c@c.example")
    scene.build()
    assert scene.plan().open_matches == ("crm:persons:1",)
    assert scene.row("crm:persons:1")["reason"] == f"no record in Odoo fits, nearest: {odoo_id}"
    path = scene.folder / "decisions" / "matches.csv"
    write_match_questions(scene.staging, path)
    answer_match(path, "crm:persons:1", str(odoo_id), "Anna")
    scene.build()
    scene.plan()
    assert (scene.row("crm:persons:1")["operation"], scene.row("crm:persons:1")["odoo_id"]) == (
        "match", odoo_id,
    )  # fmt: skip
