"""From API and bundle into a real Odoo and back, with accounts as Odoo's own companies.

The whole journey with accounts as partners, at full size, is `scripts/bench clienttether_whole`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from moorage.commands import beginning, checking, loading, mapping, queues, returning
from moorage.plan.decisions import DuplicateDecision
from moorage.project import Project
from moorage.sandbox import OdooServer
from moorage.sources.clienttether import SOURCE
from moorage.sources.clienttether.demo.exports import ACCOUNTS, write
from moorage.sources.clienttether.demo.franchise import make
from moorage.sources.clienttether.demo.offer import ANSWERS, options_of
from moorage.sources.clienttether.demo.starter import RunningStandIn, start
from tests.rollback.test_counts import EXCEPTIONS

pytestmark = [pytest.mark.odoo, pytest.mark.journey]
WHO = "Ann Admin"
SCALE = 300


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
def test_accounts_become_companies_of_odoo_and_go_again(
    project: Project, franchise: RunningStandIn, odoo: OdooServer
) -> None:
    before = standing(odoo)
    beginning.extract(project)
    assert franchise.control("account")["writes"] == []
    mapping.map_settings(project, {**ANSWERS, "accounts_as": "company"})
    assert "companies of Odoo" in " ".join(mapping.map_propose(project).notes)
    mapping.map_check(project)
    mapping.map_confirm(project, WHO)
    loading.prepare(project, apply=True)
    queues.owners(project, answer_all="create", by=WHO)
    asked = queues.duplicates(project, answer_all="keep", by=WHO).rows
    assert_twins_are_asked_about(asked)
    loading.plan(project)
    loading.plan_confirm(project, WHO)
    load = loading.run(project).load
    assert load is not None
    loaded = {phase.entry: phase.created for phase in load.phases}
    assert not {"accounts", "transfers", "leads", "archived_clients"} - {
        entry for entry, count in loaded.items() if count
    }
    assert checking.verify(project).found.difference_count == 0
    archived = odoo.psql(
        "SELECT x_moorage_key FROM res_partner WHERE NOT active AND x_moorage_key IS NOT NULL"
    )
    assert archived and not {key for (key,) in archived} & {row.key for row in asked}
    assert hierarchy(odoo) == [(account, parent) for account, parent, *_ in ACCOUNTS]
    assert odoo.psql("SELECT count(*) FROM stock_move") == [(0,)]
    assert odoo.psql("SELECT DISTINCT state FROM stock_picking") == [("draft",)]
    counts = loading.plan(project).plan.counts
    assert not any(
        row.get(what, 0) for row in counts.values() for what in ("create", "update", "open")
    ), counts

    report = returning.rollback(project).report
    assert report is not None and report.complete, report
    assert standing(odoo) == before


def assert_twins_are_asked_about(asked: Sequence[DuplicateDecision]) -> None:
    """The same person in two accounts, the address in other letters; an address that many share."""
    groups: dict[str, set[str]] = {}
    for row in asked:
        groups.setdefault(row.group, set()).add(row.key.removeprefix("clienttether:clients:"))
    assert any({"1003_50000", "1004_900001"} <= ids for ids in groups.values()), groups
    shared = {
        f"{account}_{row['client_id']}"
        for account, one in make(SCALE, 1).accounts.items()
        for row in one.clients
        if row["email"] == "family@shared.example"
    }
    assert any(len(shared & ids) > 1 for ids in groups.values()), shared


def hierarchy(odoo: OdooServer) -> list[tuple[str, str]]:
    """Account and the account above it, by Odoo's companies."""
    rows = odoo.psql(
        "SELECT c.x_clienttether_account_id, coalesce(p.x_clienttether_account_id, '')"
        " FROM res_company c LEFT JOIN res_company p ON p.id = c.parent_id"
        " WHERE c.x_clienttether_account_id IS NOT NULL ORDER BY 1"
    )
    return [(str(account), str(parent)) for account, parent in rows]


def standing(odoo: OdooServer) -> dict[str, int]:
    """Rows of all tables of Odoo but those that do not run back."""
    return {name: count for name, count in odoo.row_counts().items() if name not in EXCEPTIONS}
