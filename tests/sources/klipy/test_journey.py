"""The whole way from the stand-in and its bundle into a real Odoo, a delta, and back again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from moorage.commands import beginning, checking, loading, mapping, queues, returning
from moorage.project import Project
from moorage.sandbox import OdooServer
from moorage.sources.klipy import SOURCE
from moorage.sources.klipy.demo.exports import write
from moorage.sources.klipy.demo.offer import ANSWERS, options_of
from moorage.sources.klipy.demo.starter import RunningStandIn, start
from moorage.sources.klipy.demo.workspace import make

pytestmark = [pytest.mark.odoo, pytest.mark.journey, pytest.mark.soak]
WHO = "Ann Admin"
SCALE = 300
COUNTED = ("res_partner", "crm_lead", "crm_stage", "crm_team", "mail_message", "calendar_event",
           "calendar_attendee", "ir_attachment", "mail_activity", "res_users", "crm_tag",
           "res_partner_category", "ir_model_data", "mail_followers")  # fmt: skip


@pytest.fixture
def workspace() -> Iterator[RunningStandIn]:
    """A small workspace, served."""
    running = start(SCALE)
    try:
        yield running
    finally:
        running.stop()


def test_into_odoo_and_back(
    workspace: RunningStandIn, odoo: OdooServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(make(SCALE, 1), tmp_path / "files")
    monkeypatch.setenv("MOORAGE_SOURCE_API_KEY", workspace.secrets["api_key"])
    monkeypatch.setenv("MOORAGE_ODOO_KEY", odoo.api_key)
    options = options_of(workspace, tmp_path / "files")
    project = Project.create(
        tmp_path / "acme", "acme", SOURCE, given=options, url=odoo.url, database=odoo.database
    )
    before = _standing(odoo)

    scope = beginning.discover(project).discovery
    assert scope.details["inventory"][0]["effort"] == "high"
    assert any("private" in question for question in scope.questions)
    beginning.extract(project)
    mapping.map_settings(project, ANSWERS)
    mapping.map_propose(project)
    mapping.map_check(project)
    mapping.map_confirm(project, WHO)
    loading.prepare(project, apply=True)
    queues.owners(project, answer_all="create", by=WHO)
    queues.duplicates(project, answer_all="keep", by=WHO)
    _load(project)
    places = [place for group in queues.issues(project).groups for place in group.places]
    assert any("attachments.csv:" in place for place in places)

    assert beginning.extract(project).is_unchanged
    assert not _work(project)

    workspace.control("person", {"id": "pe_00008", "title": "Chairwoman"})
    workspace.control("person", {"id": "pe_new", "firstName": "New", "lastName": "Comer",
                                 "email": "new@x.example", "companyId": "co_00002"})  # fmt: skip
    beginning.extract(project)
    assert _work(project) == {("people", "create"): 1, ("people", "update"): 1}
    _load(project)

    returning.rollback(project)
    assert _standing(odoo) == before


def _load(project: Project) -> None:
    """Plan, confirm, run; every field of every record must stand in Odoo."""
    loading.plan(project)
    loading.plan_confirm(project, WHO)
    loading.run(project)
    found = checking.verify(project).found
    assert found.agrees and found.difference_count == 0, found


def _work(project: Project) -> dict[tuple[str, str], int]:
    """What a new plan would do."""
    return {
        (entry, what): count
        for entry, outcomes in loading.plan(project).plan.counts.items()
        for what, count in outcomes.items()
        if count and what in ("create", "update", "merge", "open", "archive")
    }


def _standing(odoo: OdooServer) -> dict[str, int]:
    """Rows in Odoo's tables."""
    return {table: int(odoo.psql(f"SELECT count(*) FROM {table}")[0][0]) for table in COUNTED}
