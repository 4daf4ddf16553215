"""The whole way from API and bundle into a real Odoo, on through a delta, and back again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from moorage.commands import beginning, checking, loading, mapping, queues, returning
from moorage.project import Project
from moorage.sandbox import OdooServer
from moorage.sources.clienttether import SOURCE
from moorage.sources.clienttether.demo.exports import write
from moorage.sources.clienttether.demo.franchise import make
from moorage.sources.clienttether.demo.offer import ANSWERS, options_of
from moorage.sources.clienttether.demo.starter import RunningStandIn, start

pytestmark = [pytest.mark.odoo, pytest.mark.journey]
WHO = "Ann Admin"
SCALE = 300
COUNTED = ("res_partner", "res_users", "crm_lead", "crm_team", "crm_stage", "crm_tag", "sale_order",
           "sale_order_line", "project_task", "stock_picking", "mail_message", "ir_attachment",
           "mail_template", "product_product", "res_partner_category")  # fmt: skip


@pytest.fixture
def franchise() -> Iterator[RunningStandIn]:
    """A stand-in whose rows this test may change."""
    running = start(scale=SCALE)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def project(
    franchise: RunningStandIn, odoo: OdooServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Project:
    """A project that reads the stand-in and a bundle."""
    write(make(SCALE, 1), tmp_path / "bundle")
    for name, secret in franchise.secrets.items():
        monkeypatch.setenv(f"MOORAGE_SOURCE_{name.upper()}", secret)
    monkeypatch.setenv("MOORAGE_ODOO_KEY", odoo.api_key)
    return Project.create(
        tmp_path / "acme",
        "acme",
        SOURCE,
        given=options_of(franchise, tmp_path / "bundle"),
        url=odoo.url,
        database=odoo.database,
    )


@pytest.mark.soak
def test_into_odoo_and_back(project: Project, franchise: RunningStandIn, odoo: OdooServer) -> None:
    before = standing(odoo)
    scope = beginning.discover(project).discovery
    assert {one["kind"] for one in scope.details["inventory"]} == {
        "action plan", "trigger", "e-mail sequence", "text template",
    }  # fmt: skip
    beginning.extract(project)
    assert franchise.control("account")["writes"] == []
    mapping.map_settings(
        project, {**ANSWERS, "work_order_is_picking": "type = 'Material Delivery'"}
    )
    mapping.map_propose(project)
    mapping.map_check(project)
    mapping.map_confirm(project, WHO)
    loading.prepare(project, apply=True)
    queues.owners(project, answer_all="create", by=WHO)
    queues.duplicates(project, answer_all="keep", by=WHO)
    loading.plan(project)
    loading.plan_confirm(project, WHO)
    loaded = {phase.entry: phase.created for phase in loading.run(project).load.phases}
    for entry in ("accounts", "clients", "archived_clients", "leads", "opportunities", "proposals",
                  "proposal_lines", "proposal_extras", "work_orders", "transfers", "notes", "calls",
                  "files", "templates", "stages", "lost_reasons", "contact_tags"):  # fmt: skip
        assert loaded[entry], entry
    found = checking.verify(project).found
    assert found.agrees and found.difference_count == 0, found
    assert_nothing_to_do(project)

    client = make(SCALE, 1).accounts["1003"].clients[4]["client_id"]
    values = {"phone": "8015559999", "last_modified_date": "2025-11-01 10:00:00"}
    franchise.control(
        "change", {"account": "1003", "list": "clients", "id": client, "values": values}
    )
    beginning.extract(project)
    counts = loading.plan(project).plan.counts
    assert sum(row.get("update", 0) for row in counts.values()) == 1
    loading.plan_confirm(project, WHO)
    loading.run(project)
    assert checking.verify(project).found.difference_count == 0
    assert_nothing_to_do(project)

    returning.rollback(project)
    assert standing(odoo) == before


def assert_nothing_to_do(project: Project) -> None:
    """A second plan of the same rows changes nothing."""
    counts = loading.plan(project).plan.counts
    assert not any(
        row.get(what, 0) for row in counts.values() for what in ("create", "update", "open")
    ), counts


def standing(odoo: OdooServer) -> dict[str, int]:
    """Rows in Odoo's tables."""
    return {table: int(odoo.psql(f"SELECT count(*) FROM {table}")[0][0]) for table in COUNTED}
