"""The whole way from the stand-in into a real Odoo, on through a throttled and a second run, and
back again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from moorage.commands import beginning, checking, loading, mapping, queues, returning
from moorage.project import Project
from moorage.sandbox import OdooServer
from moorage.sources.opex365 import SOURCE
from moorage.sources.opex365.demo.starter import RunningStandIn, start

pytestmark = [pytest.mark.odoo, pytest.mark.journey]
WHO = "Ann Admin"
COUNTED = ("res_partner", "crm_lead", "project_task", "mail_message", "calendar_event",
           "ir_attachment", "mail_activity", "product_pricelist_item", "res_users")  # fmt: skip


@pytest.fixture
def environment(store_file: Path) -> Iterator[RunningStandIn]:
    """The smallest organisation; the first extraction meets a storm and a token that ends."""
    running = start(more=["--store", str(store_file)])
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def project(
    environment: RunningStandIn,
    odoo: OdooServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Project:
    """A project that reads the stand-in."""
    monkeypatch.setenv("MOORAGE_SOURCE_CLIENT_SECRET", environment.secrets["client_secret"])
    monkeypatch.setenv("MOORAGE_ODOO_KEY", odoo.api_key)
    return Project.create(
        tmp_path / "acme",
        "acme",
        SOURCE,
        given=environment.options,
        url=odoo.url,
        database=odoo.database,
    )


@pytest.mark.soak
def test_into_odoo_and_back(
    project: Project, environment: RunningStandIn, odoo: OdooServer
) -> None:
    before = standing(odoo)
    scope = beginning.discover(project).discovery
    assert len(scope.details["inventory"]) > 10
    environment.control(
        "faults",
        [
            {"kind": "throttle", "match": "/emails", "times": 2, "retry_after": 1},
            {"kind": "expire", "match": "/contacts"},
            {"kind": "drop", "match": "/activityparties"},
        ],
    )
    beginning.extract(project)
    account = environment.control("account")
    # Calls that were on their way already when the first one was refused cannot be held back.
    assert account["during_pause"] <= 4 and account["most_concurrent"] <= 4
    assert account["writes"] == []

    mapping.map_settings(project, {"custom_models": ["opx_vessel"]})
    mapping.map_propose(project)
    mapping.map_check(project)
    mapping.map_confirm(project, WHO)
    loading.prepare(project, apply=True)
    queues.owners(project, answer_all="create", by=WHO)
    queues.duplicates(project, answer_all="keep", by=WHO)
    loading.plan(project)
    loading.plan_confirm(project, WHO)
    loaded = {phase.entry: phase.created for phase in loading.run(project).load.phases}
    for entry in ("contact", "account", "lead", "customer_lead", "opportunity", "incident", "email",
                  "appointment", "done_phonecalls", "open_phonecalls", "task", "annotation",
                  "note_file", "productpricelevel", "placeholder", "activitypointer",
                  "opx_vessel"):  # fmt: skip
        assert loaded[entry], entry
    found = checking.verify(project).found
    assert found.agrees and found.difference_count == 0, found

    assert beginning.extract(project, since_last=True).is_unchanged
    again = loading.plan(project).plan.counts
    assert not any(
        row.get(what, 0) for row in again.values() for what in ("create", "update", "open")
    )

    returning.rollback(project)
    assert standing(odoo) == before


def standing(odoo: OdooServer) -> dict[str, int]:
    """Rows in Odoo's tables."""
    return {table: int(odoo.psql(f"SELECT count(*) FROM {table}")[0][0]) for table in COUNTED}
