"""The whole way from Krayin's REST API into a real Odoo, and a second run that changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from moorage.commands import beginning, checking, loading, mapping, queues
from moorage.project import Project
from moorage.sandbox import MariaDBServer, OdooServer
from moorage.sources.krayin import SOURCE
from moorage.sources.krayin.demo.generate import generate
from moorage.sources.krayin.demo.load import Server
from moorage.sources.krayin.demo.offer import _outcomes

from .api_scene import PASSWORD, TIMEZONE, StandIn, stand_in

pytestmark = [pytest.mark.mariadb, pytest.mark.odoo, pytest.mark.journey]
WHO = "Ann Admin"
WORK = ("create", "update", "match", "merge", "open")


@pytest.fixture
def krayin(mariadb: MariaDBServer, mariadb_database: str) -> Iterator[StandIn]:
    """The smallest demo Krayin, without dirt, behind the stand-in of its API."""
    server = Server(mariadb.host, mariadb.port, mariadb.root_user, mariadb.root_password)
    generate(server, mariadb_database, scale=1, seed=3, timezone=TIMEZONE, dirt=0)
    ((email,),) = mariadb.execute("SELECT email FROM users WHERE id = 1", mariadb_database)
    with stand_in(mariadb, mariadb_database, email, "--per-window", "99999") as running:
        yield running


@pytest.fixture
def project(
    krayin: StandIn, odoo: OdooServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Project:
    """A project that reads by API, with the answers that its scope asks for."""
    monkeypatch.setenv("MOORAGE_SOURCE_API_PASSWORD", PASSWORD)
    monkeypatch.setenv("MOORAGE_ODOO_KEY", odoo.api_key)
    given = {"via": "api", "api_url": krayin.url, "email": krayin.email, "timezone": TIMEZONE}
    made = Project.create(
        tmp_path / "acme", "acme", SOURCE, given=given, url=odoo.url, database=odoo.database
    )
    text = made.mapping_path.read_text()
    text = text.replace("by: [name, country_id.code]", "by: [code, country_id.code]")
    made.mapping_path.write_text(text)
    answers = {
        "stage_outcomes": _outcomes(), "open_probability": "20", "quote_differences": "line"
    }  # fmt: skip
    mapping.map_settings(made, answers)
    return made


def counts(project: Project) -> dict[str, int]:
    """How much there is to do, by operation."""
    done: dict[str, int] = {}
    for row in loading.plan(project).plan.counts.values():
        for name in WORK:
            done[name] = done.get(name, 0) + row.get(name, 0)
    return {name: count for name, count in done.items() if count}


@pytest.mark.soak
def test_by_api_into_odoo(project: Project) -> None:
    scope = beginning.discover(project)
    assert scope.discovery.object("leads") is not None
    page = (project.reports / "scope.html").read_text()
    assert "What does not come" in page
    beginning.extract(project)
    mapping.map_propose(project)
    checked = mapping.map_check(project)
    assert [finding for finding in checked.warnings if "REST API" in finding.message]
    mapping.map_confirm(project, WHO)
    loading.prepare(project, apply=True)
    queues.owners(project, answer_all="create", by=WHO)
    queues.duplicates(project, answer_all="keep", by=WHO)
    loading.plan(project)
    loading.plan_confirm(project, WHO)
    loaded = {phase.entry: phase.created for phase in loading.run(project).load.phases}
    assert loaded["leads"] and loaded["quotes"] and loaded["persons"]
    found = checking.verify(project).found
    assert found.agrees and found.difference_count == 0
    again = beginning.extract(project)
    assert again.is_unchanged
    assert counts(project) == {}
