"""Phone calls as records of OCA's module crm_phonecall: in staging, and in an Odoo that has it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from moorage.commands import beginning, checking, loading, mapping, queues, returning
from moorage.project import Project
from moorage.sandbox import OdooServer
from moorage.sources.opex365 import SOURCE
from moorage.sources.opex365.demo.starter import RunningStandIn, start
from moorage.staging import Staging
from tests.rollback.test_counts import EXCEPTIONS
from tests.sources.oca import install_phonecalls

from .reading import SETTINGS, extracted, opened, rows

WHO = "Ann Admin"
A_CALL = "SELECT activityid FROM phonecall WHERE {} ORDER BY 1 LIMIT 1"


@pytest.fixture
def environment(store_file: Path) -> Iterator[RunningStandIn]:
    """The smallest organisation, with a note, its file and an attachment on a call."""
    running = start(more=["--store", str(store_file)])
    try:
        call = one(running, A_CALL.format("statecode = 1"))
        note = one(
            running,
            "SELECT annotationid FROM annotation WHERE isdocument AND filesize < 100000"
            " AND documentbody IS NOT NULL LIMIT 1",
        )
        file = one(running, "SELECT activitymimeattachmentid FROM activitymimeattachment LIMIT 1")
        on_call = {"_objectid_value": call, "_objectid_value__type": "phonecall"}
        running.control(
            "rows",
            [
                {"table": "annotation", "id": note, "values": on_call},
                {"table": "activitymimeattachment", "id": file,
                 "values": {"_activityid_value": call, **on_call}},
            ],
        )  # fmt: skip
        running.control("reset")
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
    """A project between the stand-in and an Odoo with the module."""
    install_phonecalls(odoo, tmp_path)
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


def one(running: RunningStandIn, sql: str) -> str:
    """The first value of a query over the stand-in's store."""
    return str(running.control("sql", {"sql": sql})[0][0])


def standing(odoo: OdooServer) -> dict[str, int]:
    """Rows of all tables of Odoo but those that do not run back."""
    return {name: count for name, count in odoo.row_counts().items() if name not in EXCEPTIONS}


def loaded(project: Project) -> dict[str, int]:
    """Plan, confirm and run; how many records each entry created."""
    loading.plan(project)
    loading.plan_confirm(project, WHO)
    load = loading.run(project).load
    assert load is not None
    return {phase.entry: phase.created for phase in load.phases}


def differences(project: Project) -> int:
    return checking.verify(project).found.difference_count


def nothing_to_do(project: Project) -> bool:
    counts = loading.plan(project).plan.counts.values()
    return not any(row.get(what, 0) for row in counts for what in ("create", "update", "open"))


def test_a_call_that_is_a_record_holds_its_notes_and_needs_no_other(
    standin: RunningStandIn, tmp_path: Path
) -> None:
    source = opened(standin)
    staging, _ = extracted(source, tmp_path)
    with staging:
        refused = "SELECT source_key FROM tidy._findings WHERE object = 'phonecall'"
        refused += " AND severity = 'set_aside'"
        call = rows(staging, refused)[0][0]
        for table, columns in (
            ("annotation", "objectid = '{0}', \"objectid.table\" = 'phonecall'"),
            ("activitymimeattachment", "activityid = '{0}'"),
        ):
            staging.connection.execute(f"UPDATE raw.{table} SET {columns.format(call)}")
        staging.tidy(source.tidy_sql(), {**SETTINGS, "phonecalls_to": "crm.phonecall"})
        assert rows(staging, refused) == []
        for table in ("annotation", "note_file", "activitymimeattachment"):
            places = rows(staging, f"SELECT DISTINCT record, record_object FROM tidy.{table}")
            assert places == [(f"phonecall:{call}", "phonecall")], table
        assert rows(staging, "SELECT count(details) FROM tidy.annotation") == [(0,)]
    source.close()


@pytest.mark.odoo
@pytest.mark.journey
@pytest.mark.soak
def test_into_odoo_changed_and_back(
    project: Project, environment: RunningStandIn, odoo: OdooServer
) -> None:
    before = standing(odoo)
    beginning.extract(project)
    assert "crm.phonecall: this Odoo has it" in " ".join(mapping.map_propose(project).notes)
    mapping.map_check(project)
    mapping.map_confirm(project, WHO)
    loading.prepare(project, apply=True)
    queues.owners(project, answer_all="create", by=WHO)
    queues.duplicates(project, answer_all="keep", by=WHO)
    created = loaded(project)
    assert not {"done_phonecalls", "open_phonecalls"} & set(created)
    assert created["phonecall"] == int(one(environment, "SELECT count(*) FROM phonecall"))
    assert differences(project) == 0
    assert_calls_are_as_they_were(project, odoo)
    assert nothing_to_do(project)

    ended = one(environment, A_CALL.format("statecode = 0"))
    values = {"statecode": 1, "statuscode": 2, "actualend": "2026-01-05T10:30:00",
              "actualdurationminutes": 17}  # fmt: skip
    environment.control("rows", [{"table": "phonecall", "id": ended, "values": values}])
    beginning.extract(project, since_last=True)
    loaded(project)
    assert odoo.psql(
        "SELECT state, duration, date_closed::text FROM crm_phonecall"
        f" WHERE x_opex365_activity_id = '{ended}'"
    ) == [("done", 17.0, "2026-01-05 10:30:00")]
    assert differences(project) == 0
    assert nothing_to_do(project)

    report = returning.rollback(project).report
    assert report is not None and report.complete, report
    assert standing(odoo) == before


def assert_calls_are_as_they_were(project: Project, odoo: OdooServer) -> None:
    """States, people, deals and times of all calls; what hangs on them; nothing besides."""
    with Staging(project.staging_path) as staging:
        meant = staging.connection.execute(
            "SELECT id, CASE outcome WHEN 'cancelled' THEN 'cancel' ELSE outcome END, happened_at,"
            " coalesce(duration_minutes, 0)::DOUBLE,"
            " CASE WHEN is_outgoing THEN 'out' ELSE 'in' END, partner IS NOT NULL,"
            " owner_id IS NOT NULL, coalesce(record_object, '') IN ('lead', 'opportunity')"
            " FROM tidy.phonecall ORDER BY id"
        ).fetchall()
    assert {row[1] for row in meant} == {"open", "done", "cancel"}
    assert meant == odoo.psql(
        "SELECT x_opex365_activity_id, state, date, duration, direction, partner_id IS NOT NULL,"
        " user_id IS NOT NULL, opportunity_id IS NOT NULL FROM crm_phonecall ORDER BY 1"
    )
    assert odoo.psql(
        "SELECT count(*) FROM crm_phonecall"
        " WHERE (state = 'done') <> coalesce(date_closed = date, false)"
    ) == [(0,)]
    assert odoo.psql(
        "SELECT message_type, count(*) FROM mail_message WHERE model = 'crm.phonecall' GROUP BY 1"
    ) == [("comment", 1)]
    assert odoo.psql("SELECT count(*) FROM ir_attachment WHERE res_model = 'crm.phonecall'") == [
        (2,)
    ]
    assert odoo.psql("SELECT count(*) FROM mail_followers WHERE res_model = 'crm.phonecall'") == [
        (0,)
    ]
