"""Call logs as records of OCA's module crm_phonecall, in an Odoo that has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from moorage.commands import beginning, checking, loading, mapping, queues, returning
from moorage.project import Project
from moorage.sandbox import OdooServer
from moorage.sources.clienttether import SOURCE
from tests.rollback.test_counts import EXCEPTIONS
from tests.sources.oca import install_phonecalls

from .reading import FORMATS, client

pytestmark = [pytest.mark.odoo, pytest.mark.journey]
WHO = "Ann Admin"
LOGS = """call_id,client_id,date,direction,duration,disposition,recording_url,user,notes
1,1,5/20/2024 8:00 AM,Inbound,4:30,Answered,https://r.example/1.mp3,Uma User,5 < 6 rooms & colour
2,1,5/21/2024 8:00 AM,outbound,90,Missed,,,
3,2,5/22/2024 8:00 AM,Transferred,,Voicemail,,Uma User,
4,2,,outbound,90,Missed,,,
5,99,5/22/2024 8:00 AM,outbound,90,Missed,,,
6,2,5/23/2024 8:00 AM,,90,,,,
"""
CALLS = (
    "SELECT x_clienttether_call_id, name, date::text, duration, direction, user_id IS NOT NULL"
    " FROM crm_phonecall ORDER BY 1"
)


@pytest.fixture
def project(odoo: OdooServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project between a few files and an Odoo with the module."""
    install_phonecalls(odoo, tmp_path)
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "call_logs.csv").write_text(LOGS)
    (bundle / "users.csv").write_text("user_id,name,email\n7,Uma User,uma@acme.example\n")
    people = [client(1), client(2, firstName="Bob", lastName="Barnes")]
    names = ",".join(people[0])
    rows = "".join(f"{','.join(one.values())}\n" for one in people)
    (bundle / "clients.csv").write_text(f"{names}\n{rows}")
    monkeypatch.setenv("MOORAGE_ODOO_KEY", odoo.api_key)
    days = {"clients.created": "ymd", "clients.last_modified_date": "ymd"}
    given = {
        "api": False,
        "bundle": str(bundle),
        "timezone": "America/Denver",
        "formats": {**FORMATS, **days},
    }
    return Project.create(
        tmp_path / "acme", "acme", SOURCE, given=given, url=odoo.url, database=odoo.database
    )


def standing(odoo: OdooServer) -> dict[str, int]:
    """Rows of all tables of Odoo but those that do not run back."""
    return {name: count for name, count in odoo.row_counts().items() if name not in EXCEPTIONS}


def run(project: Project) -> int:
    """Plan, confirm and run; how many calls were created."""
    loading.plan(project)
    loading.plan_confirm(project, WHO)
    load = loading.run(project).load
    assert load is not None
    return sum(phase.created for phase in load.phases if phase.entry == "calls")


def waiting(project: Project) -> set[str]:
    """The ids of logs that were set aside."""
    found = queues.issue_list(project)
    return {
        one.key.rpartition(":")[2]
        for one in found
        if one.entry == "calls" and one.severity == "set_aside"
    }


def nothing_wrong_and_nothing_to_do(project: Project) -> bool:
    differences = checking.verify(project).found.difference_count
    counts = loading.plan(project).plan.counts.values()
    again = any(row.get(what, 0) for row in counts for what in ("create", "update", "open"))
    return differences == 0 and not again


@pytest.mark.soak
def test_into_odoo_and_back(project: Project, odoo: OdooServer) -> None:
    before = standing(odoo)
    beginning.extract(project)
    assert "crm.phonecall: this Odoo has it" in " ".join(mapping.map_propose(project).notes)
    mapping.map_check(project)
    mapping.map_confirm(project, WHO)
    loading.prepare(project, apply=True)
    queues.owners(project, answer_all="create", by=WHO)
    queues.duplicates(project, answer_all="keep", by=WHO)
    assert run(project) == 2
    assert odoo.psql(CALLS) == [
        ("1", "Inbound call: Answered", "2024-05-20 14:00:00", 4.5, "in", True),
        ("2", "Outbound call: Missed", "2024-05-21 14:00:00", 1.5, "out", False),
    ]
    ((text, recording, state),) = odoo.psql(
        "SELECT description, x_clienttether_recording, state FROM crm_phonecall"
        " WHERE x_clienttether_call_id = '1'"
    )
    assert "Recording" in text and "5 < 6 rooms & colour" in text
    assert (recording, state) == ("https://r.example/1.mp3", "done")
    # Two logs say neither in nor out, one no time, and of one the client is not among those given.
    assert waiting(project) == {"3", "4", "5", "6"}
    assert nothing_wrong_and_nothing_to_do(project)

    directions = {"Transferred": "inbound", "-": "outbound"}
    mapping.map_settings(project, {"call_directions": directions})
    mapping.map_confirm(project, WHO)
    assert run(project) == 2
    assert [row[:5] for row in odoo.psql(CALLS)[2:]] == [
        ("3", "Inbound call: Voicemail", "2024-05-22 14:00:00", 0.0, "in"),
        ("6", "Outbound call", "2024-05-23 14:00:00", 1.5, "out"),
    ]
    assert waiting(project) == {"4", "5"}
    assert nothing_wrong_and_nothing_to_do(project)
    assert odoo.psql("SELECT count(*) FROM mail_message WHERE model = 'crm.phonecall'") == [(0,)]

    report = returning.rollback(project).report
    assert report is not None and report.complete, report
    assert standing(odoo) == before
