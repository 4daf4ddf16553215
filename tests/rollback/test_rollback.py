"""The way back on a real Odoo: guards, restores, partial and killed rollbacks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from moorage.destination import NewRecord
from moorage.errors import StoppedError
from moorage.odoo.client import OdooClient
from moorage.sandbox import OdooServer
from tests.rollback.ground import Ground, lay_ground

pytestmark = pytest.mark.odoo

MODELS = ("res.partner", "crm.tag", "crm.lead", "product.template")
K = "krayin:"


@pytest.fixture(scope="module")
def prepared(
    module_odoo: OdooServer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[OdooServer, OdooClient]:
    ground = lay_ground(module_odoo, tmp_path_factory.mktemp("prepare"))
    ground.client.make_fields([field for model in MODELS for field in ground.client.markers(model)])
    return module_odoo, ground.other_user()


@pytest.fixture
def ground(prepared: tuple[OdooServer, OdooClient], tmp_path: Path) -> Iterator[Ground]:
    laid = lay_ground(prepared[0], tmp_path)
    laid.start()
    laid.load("res.partner", {f"{K}orgs:1": {"name": "Org", "is_company": True}})
    laid.load("crm.tag", {f"{K}tags:1": {"name": "tag of ours"}})
    laid.load(
        "crm.lead",
        {
            f"{K}leads:{n}": {
                "name": f"L{n}", "partner_id": f"@{K}orgs:1", "tag_ids": [f"@{K}tags:1"],
                "expected_revenue": 12.5, "description": "<p>text</p>", "probability": 10,
                "date_deadline": "2026-05-01", "team_id": False,
            }
            for n in (1, 2, 3)
        },
    )  # fmt: skip
    laid.end()
    yield laid
    laid.roll_back(force=True)
    assert list(laid.client.all_keys("crm.lead")) == []


@pytest.fixture
def someone(prepared: tuple[OdooServer, OdooClient]) -> OdooClient:
    return prepared[1]


def _later(ground: Ground) -> None:
    """Odoo's clock counts seconds: let the run be over by one."""
    ended = ground.client.now()
    while ground.client.now() <= ended:
        pass


def _kept(ground: Ground) -> dict[str, str]:
    return {one.key.removeprefix(K): "; ".join(one.reasons) for one in ground.plan().kept}


def test_nothing_is_kept_where_nobody_did_anything(ground: Ground) -> None:
    plan = ground.plan()
    assert plan.delete_counts == {"crm.lead": 3, "crm.tag": 1, "res.partner": 1}
    assert [one.model for one in plan.delete][-1] == "res.partner"
    assert plan.kept == []
    report = ground.roll_back()
    assert report.complete, report
    assert [run["status"] for run in ground.ledger.runs() if run["kind"] == "load"] == [
        "rolled_back"
    ]
    assert ground.roll_back().deleted == {}


def test_a_field_that_someone_changed_keeps_the_record_and_what_it_links_to(
    ground: Ground, someone: OdooClient
) -> None:
    someone.write("crm.lead", [ground.ids[f"{K}leads:2"]], {"name": "mine now"})
    kept = _kept(ground)
    assert set(kept) == {"leads:2", "orgs:1", "tags:1"}
    assert kept["leads:2"].startswith("name was changed by user")
    assert "mine now" not in str(ground.plan())
    report = ground.roll_back()
    assert report.deleted == {"crm.lead": 2}
    assert ground.value("crm.lead", ground.ids[f"{K}leads:2"], "name") == "mine now"
    assert report.preparations_left
    assert [run["status"] for run in ground.ledger.runs() if run["kind"] == "load"] == [
        "partly_rolled_back"
    ]
    forced = ground.roll_back(force=True)
    assert forced.deleted == {"crm.lead": 1, "crm.tag": 1, "res.partner": 1}


@pytest.mark.parametrize(
    ("field", "value", "seen"),
    [("name", "x", True), ("description", "<p>other</p>", True), ("tag_ids", [[6, 0, []]], True),
     ("expected_revenue", 13, True), ("color", 4, False)],
)  # fmt: skip
def test_our_own_user_is_a_person_too_once_the_run_is_over(
    ground: Ground, field: str, value: object, seen: bool
) -> None:
    _later(ground)
    ground.client.write("crm.lead", [ground.ids[f"{K}leads:1"]], {field: value})
    kept = _kept(ground)
    assert ("leads:1" in kept) is seen
    if seen:
        assert kept["leads:1"].startswith(f"{field} was changed")


def test_a_message_an_activity_and_a_record_of_someone_keep_the_record(
    ground: Ground, someone: OdooClient
) -> None:
    someone.call("crm.lead", "message_post", ids=[ground.ids[f"{K}leads:1"]], body="hello")
    (model_id,) = someone.read("ir.model", "search", domain=[("model", "=", "crm.lead")])
    someone.call(
        "mail.activity",
        "create",
        vals_list=[{"res_model_id": model_id, "res_id": ground.ids[f"{K}leads:2"],
                    "summary": "do"}],
    )  # fmt: skip
    made = someone.call(
        "crm.lead", "create", vals_list=[{"name": "theirs", "tag_ids": [ground.ids[f"{K}tags:1"]]}]
    )
    kept = _kept(ground)
    assert "a message" in kept["leads:1"]
    assert "an activity" in kept["leads:2"]
    assert f"crm.lead {made[0]} links to it" in kept["tags:1"]
    assert "leads:3" not in kept
    someone.unlink("crm.lead", made)


def test_updates_are_put_back_where_odoo_still_holds_them(
    ground: Ground, someone: OdooClient
) -> None:
    first = ground.run_id
    second = ground.start("delta")
    for name, value in (("name", "new 1"), ("expected_revenue", 99.0), ("tag_ids", [[6, 0, []]])):
        ground.update("crm.lead", f"{K}leads:1", name, value)
    ground.update("crm.lead", f"{K}leads:1", "name", "new 2")
    ground.update("crm.lead", f"{K}leads:2", "name", "new")
    ground.end()
    someone.write("crm.lead", [ground.ids[f"{K}leads:2"]], {"name": "theirs"})
    report = ground.roll_back(second)
    lead = ground.ids[f"{K}leads:1"]
    assert ground.value("crm.lead", lead, "name") == "L1"
    assert ground.value("crm.lead", lead, "expected_revenue") == 12.5
    assert ground.value("crm.lead", lead, "tag_ids") == [ground.ids[f"{K}tags:1"]]
    assert ground.value("crm.lead", ground.ids[f"{K}leads:2"], "name") == "theirs"
    assert [one.key for one in report.kept_changes] == [f"{K}leads:2"]
    assert report.deleted == {}
    statuses = {run["id"]: run["status"] for run in ground.ledger.runs()}
    assert (statuses[first], statuses[second]) == ("done", "partly_rolled_back")


def test_one_run_goes_and_the_others_stay(ground: Ground) -> None:
    first = ground.run_id
    second = ground.start("delta")
    ground.load("crm.lead", {f"{K}leads:9": {"name": "L9", "partner_id": f"@{K}orgs:1"}})
    ground.end()
    kept = {one.key: one.reasons for one in ground.plan(first).kept}
    assert "of another run links to it" in kept[f"{K}orgs:1"][0]
    report = ground.roll_back(second)
    assert report.deleted == {"crm.lead": 1}
    assert not report.kept
    assert ground.value("crm.lead", ground.ids[f"{K}leads:1"], "name") == "L1"


def test_matched_records_stay_and_lose_their_external_id(ground: Ground) -> None:
    (partner,) = ground.client.call("res.partner", "create", vals_list=[{"name": "Before"}])
    ground.start("more")
    ground.adopt("res.partner", f"{K}persons:5", partner)
    ground.adopt("res.partner", f"{K}orgs:2", ground.ids[f"{K}orgs:1"], "merge")
    ground.update("res.partner", f"{K}persons:5", "function", "Boss")
    ground.end()
    report = ground.roll_back()
    assert report.complete, report
    assert report.released == 2
    assert ground.value("res.partner", partner, "function") is False
    assert list(ground.client.all_keys("res.partner")) == []
    ground.client.unlink("res.partner", [partner])


def test_what_odoo_refuses_to_delete_is_archived_and_said(
    ground: Ground, someone: OdooClient
) -> None:
    made = someone.call(
        "sale.order", "create", vals_list=[{"partner_id": ground.ids[f"{K}orgs:1"]}]
    )
    report = ground.roll_back(force=True)
    assert [one.key for one in report.archived] == [f"{K}orgs:1"]
    assert report.archived[0].reasons[0].startswith("Odoo refuses:")
    assert ground.value("res.partner", ground.ids[f"{K}orgs:1"], "active") is False
    someone.unlink("sale.order", made)


@pytest.mark.parametrize("calls", range(1, 7))
def test_a_killed_rollback_goes_on(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    ground.start("delta")
    ground.update("crm.lead", f"{K}leads:1", "name", "new")
    # A call whose answer never reached the ledger.
    ground.ledger.intend(ground.run_id, "leads", "crm.lead", "create", [f"{K}leads:8"])
    ground.client.create("crm.lead", [NewRecord(f"{K}leads:8", '{"name": "lost"}')])
    ground.end()
    left = [calls]

    def dying(method: str) -> None:
        plain = getattr(OdooClient, method)

        def call(*arguments: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                raise StoppedError("killed before the call")
            answer = plain(*arguments)
            if left[0] == 1 and calls % 2:
                left[0] = 0
                raise StoppedError("killed after the call")
            return answer

        monkeypatch.setattr(OdooClient, method, call)

    dying("unlink")
    dying("write")
    try:
        ground.roll_back()
    except StoppedError:
        pass
    finally:
        monkeypatch.undo()
    assert ground.roll_back().complete
    for model in ("crm.lead", "crm.tag", "res.partner"):
        assert list(ground.client.all_keys(model)) == []
        domain = [("x_moorage_key", "!=", False), ("active", "in", [True, False])]
        if model == "crm.tag":
            domain.pop()
        assert ground.client.read(model, "search_count", domain=domain) == 0
