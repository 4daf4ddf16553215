"""Extraction in part: changes by delta link, by time of change where Dataverse tracks none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from moorage.sources.opex365.demo.starter import RunningStandIn, start
from moorage.staging.staging import ExtractReport, Staging

from .reading import SETTINGS, opened, rows


@pytest.fixture(scope="module")
def own(store_file: Path) -> Iterator[RunningStandIn]:
    """A stand-in whose rows these tests change."""
    running = start(more=["--store", str(store_file)])
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def staging(own: RunningStandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staging]:
    """A whole extraction, made once."""
    with Staging(tmp_path_factory.mktemp("delta") / "staging.duckdb") as made:
        extract(own, made, since_last=False)
        yield made


def extract(own: RunningStandIn, staging: Staging, *, since_last: bool = True) -> ExtractReport:
    source = opened(own)
    try:
        report = staging.extract(source.raw_tables(), since_last=since_last)
        staging.tidy(source.tidy_sql(), SETTINGS)
    finally:
        source.close()
    return report


def test_changes_new_rows_and_deletions_come_by_delta_link(
    own: RunningStandIn, staging: Staging
) -> None:
    ids = [row[0] for row in rows(staging, "SELECT id FROM tidy.contact ORDER BY id LIMIT 2")]
    count = len(rows(staging, "SELECT id FROM tidy.contact"))
    changed, new, _ = own.control(
        "rows",
        [
            {"table": "contact", "id": ids[0], "values": {"jobtitle": "Harbour master"}},
            {"table": "contact", "values": {"fullname": "Nora New", "jobtitle": "Pilot"}},
            {"table": "contact", "id": ids[1], "delete": True},
        ],
    )
    own.control("reset")
    report = extract(own, staging)
    assert report.in_part["contact"] == 2
    assert report.in_part["account"] == 0
    found = dict(rows(staging, "SELECT id, job_title FROM tidy.contact"))
    assert found[changed] == "Harbour master"
    assert found[new.lower()] == "Pilot"
    assert ids[1] not in found
    assert len(found) == count


def test_nothing_changed_is_the_same_snapshot(own: RunningStandIn, staging: Staging) -> None:
    before = staging.digest
    assert extract(own, staging).digest == before


def test_a_table_without_tracking_is_asked_by_time(own: RunningStandIn, staging: Staging) -> None:
    ((row_id,),) = rows(staging, "SELECT id FROM tidy.new_equipmentlog LIMIT 1")
    own.control(
        "rows", [{"table": "new_equipmentlog", "id": row_id, "values": {"new_reading": 12.5}}]
    )
    report = extract(own, staging)
    assert report.in_part["new_equipmentlog"] == 1
    sql = f"SELECT \"custom.new_reading\" FROM tidy.new_equipmentlog WHERE id = '{row_id}'"
    assert float(rows(staging, sql)[0][0]) == 12.5


def test_merged_leads_are_all_of_a_customer_or_none(own: RunningStandIn, staging: Staging) -> None:
    sql = "SELECT min(id) FROM tidy.lead WHERE opportunity_id IS NULL GROUP BY customer IS NULL"
    master, merged = [row[0] for row in rows(staging, f"{sql} ORDER BY customer IS NULL")]
    values = {"merged": True, "_masterid_value": master}
    own.control("rows", [{"table": "lead", "id": merged, "values": values}])
    extract(own, staging)
    kinds = "SELECT DISTINCT id IN (?, ?), customer IS NOT NULL, has_customer FROM tidy.lead"
    found = staging.connection.execute(kinds, [master, merged]).fetchall()
    assert {row for row in found if row[1] != row[2]} == {(True, False, True)}
    assert {row[2] for row in found} == {True, False}


def test_the_pulse_moves_when_somebody_writes(own: RunningStandIn, staging: Staging) -> None:
    source = opened(own)
    before = source.pulse()
    ((row_id,),) = rows(staging, "SELECT id FROM tidy.lead LIMIT 1")
    assert source.pulse() == before
    own.control("rows", [{"table": "lead", "id": row_id, "values": {"subject": "Moved"}}])
    after = source.pulse()
    source.close()
    assert [name for name, beat in after.items() if beat != before[name]] == ["lead"]


def test_a_link_that_is_too_old_brings_the_whole_table(
    own: RunningStandIn, staging: Staging
) -> None:
    own.control("tracking", {"expire": True})
    report = extract(own, staging)
    ((count,),) = rows(staging, "SELECT count(*) FROM tidy.contact")
    assert report.in_part["contact"] == count
    own.control("reset")
    assert extract(own, staging).in_part["contact"] == 0
