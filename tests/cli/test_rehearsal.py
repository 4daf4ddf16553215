"""A rehearsal and production stand side by side: neither is taken for the other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from moorage.commands.standing import status
from moorage.destination import DestinationIdentity
from moorage.ledger import Ledger
from moorage.project import Project
from moorage.reports import Chip, Page, write_report
from moorage.sources.base import source_kind

EQUAL = Page(name="verification", title="Verification", verdict=Chip("equal", "good"), lead="All.")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with one finished run in production, not verified yet."""
    given = {"database": "crm", "user": "reader", "timezone": "UTC"}
    project = Project.create(tmp_path / "acme", "acme", source_kind("krayin"), given=given)
    odoo = DestinationIdentity(
        url="http://127.0.0.1:1", database="odoo", database_uuid="1", version="19.0",
        edition="community", user_id=2, user_login="admin", company_id=1, currency="USD",
    )  # fmt: skip
    ledger = Ledger(project.ledger_path)
    run_id = ledger.start_run(ledger.destination("production", odoo), "load", "digest")
    ledger.end_run(run_id, "done")
    ledger.close()
    return project


def test_a_verified_rehearsal_does_not_verify_production(project: Project) -> None:
    (page,) = write_report(project.reports, project.name, EQUAL, {}, destination="staging")
    assert page.name == "verification-staging.html"
    assert not (project.reports / "verification.json").exists()
    assert _verified(project) == "open"


def test_production_keeps_the_plain_names(project: Project) -> None:
    write_report(project.reports, project.name, EQUAL, {}, destination="staging")
    (page,) = write_report(project.reports, project.name, EQUAL, {})
    assert page.name == "verification.html"
    assert json.loads(page.with_suffix(".json").read_text())["destination"] == "production"
    assert _verified(project) == "done"
    index = (project.reports / "index.html").read_text()
    assert "verification-staging.html" in index
    assert "Verification, staging" in index


def _verified(project: Project) -> str:
    (step,) = [step for step in status(project).steps if step.name == "verify"]
    return step.state
