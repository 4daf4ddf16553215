"""A rehearsal and production stand side by side: neither is taken for the other."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from moorage.commands.loading import prepare
from moorage.commands.rehearsal import require_rehearsal
from moorage.commands.signing import signoff_waive
from moorage.commands.standing import status
from moorage.destination import DestinationIdentity
from moorage.errors import RefusedError
from moorage.ledger import Ledger
from moorage.mapping.confirm import confirm
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


def test_without_a_destination_to_rehearse_on_production_goes(project: Project) -> None:
    _confirm(project)
    found = require_rehearsal(project, "production")
    assert found.words.startswith("no rehearsal")


def test_production_waits_until_it_is_waived_for_this_mapping(project: Project) -> None:
    text = project.settings_path.read_text()
    staging = "\n  staging:\n    url: http://127.0.0.1:2\n    database: copy\n"
    project.settings_path.write_text(text.replace("\n  # A copy to rehearse", f"{staging}\n  #", 1))
    project = Project(project.root)
    _confirm(project)
    with pytest.raises(RefusedError, match="production waits for a rehearsal"):
        require_rehearsal(project, "production")
    with pytest.raises(RefusedError, match="production waits for a rehearsal"):
        prepare(project, apply=True)
    require_rehearsal(project, "staging")
    with pytest.raises(RefusedError, match="needs a reason"):
        signoff_waive(project, "Ann Admin", " ")
    with pytest.raises(RefusedError, match="name of a person"):
        signoff_waive(project, " ", "no copy")
    signoff_waive(project, "Ann Admin", "there is no copy of Odoo")
    words = require_rehearsal(project, "production").words
    assert words.startswith("waived by Ann Admin") and words.endswith("there is no copy of Odoo")
    mapping = project.mapping_path.read_text()
    project.mapping_path.write_text(mapping.replace("do: [clean]", "do: [trim]", 1))
    _confirm(project)
    assert [step.state for step in status(project).steps if step.name == "rehearse"] == ["open"]
    with pytest.raises(RefusedError, match="waits"):
        require_rehearsal(project, "production")


def _confirm(project: Project) -> None:
    confirm(project.mapping_path, "Ann Admin", datetime.now(UTC), [])


def _verified(project: Project) -> str:
    (step,) = [step for step in status(project).steps if step.name == "verify"]
    return step.state
