"""What rows of Dataverse become in staging, held to the truth in the stand-in's store."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from moorage.sources.base import Discovery
from moorage.sources.opex365.demo.bodies import file_content
from moorage.sources.opex365.demo.generate import PIXEL
from moorage.sources.opex365.demo.starter import RunningStandIn
from moorage.staging.staging import Staging

from .reading import extracted, opened, rows


@pytest.fixture(scope="module")
def scene(
    shared_standin: RunningStandIn, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Staging, Discovery, RunningStandIn]]:
    """One extraction with its tidy tables, and what discovery said before."""
    source = opened(shared_standin, timezone="Europe/Vienna")
    discovery = source.discover()
    staging, _ = extracted(source, tmp_path_factory.mktemp("tidy"))
    source.close()
    with staging:
        yield staging, discovery, shared_standin


@pytest.fixture
def staging(scene: tuple[Staging, Discovery, RunningStandIn]) -> Staging:
    return scene[0]


def truth(scene: tuple[Staging, Discovery, RunningStandIn], sql: str) -> list[list[Any]]:
    return list(scene[2].control("sql", {"sql": sql}))


def test_every_object_has_the_columns_that_discovery_tells(
    scene: tuple[Staging, Discovery, RunningStandIn],
) -> None:
    staging, discovery, _ = scene
    for found in discovery.objects:
        columns = rows(
            staging,
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'tidy'"
            f" AND table_name = '{found.name}' ORDER BY ordinal_position",
        )
        assert [name for (name,) in columns] == [field.name for field in found.fields], found.name
        ((count, ids),) = rows(
            staging, f'SELECT count(*), count(DISTINCT id) FROM tidy."{found.name}"'
        )
        assert count == ids
    counted = {found.name: found.row_count for found in discovery.objects}
    for name in ("account", "contact", "opportunity", "email", "activityparty", "opx_vessel"):
        assert counted[name] == rows(staging, f"SELECT count(*) FROM tidy.{name}")[0][0]


def test_every_party_is_accounted_for(scene: tuple[Staging, Discovery, RunningStandIn]) -> None:
    staging = scene[0]
    ((parties, resolved),) = rows(
        staging, "SELECT count(*), count(resolution) FROM tidy.activityparty"
    )
    assert parties == resolved == truth(scene, "SELECT count(*) FROM activityparty")[0][0]
    kinds = {
        kind for (kind,) in rows(staging, "SELECT DISTINCT resolution FROM tidy.activityparty")
    }
    assert kinds >= {"resolved", "placeholder", "unresolved", "no person", "said by the activity"}
    dangling = rows(
        staging,
        "SELECT person FROM tidy.activityparty WHERE person IS NOT NULL AND person NOT IN"
        " (SELECT 'contact:' || id FROM tidy.contact UNION ALL SELECT 'account:' || id FROM"
        " tidy.account UNION ALL SELECT 'systemuser:' || id FROM tidy.systemuser WHERE is_person"
        " UNION ALL SELECT 'placeholder:' || id FROM tidy.placeholder)",
    )
    assert dangling == []
    deleted = truth(scene, "SELECT count(*) FROM activityparty WHERE ispartydeleted")[0][0]
    assert deleted
    ((flagged,),) = rows(staging, "SELECT count(*) FROM tidy.placeholder WHERE reason = 'deleted'")
    assert flagged


def test_a_qualified_lead_lives_on_as_its_opportunity(staging: Staging) -> None:
    became = rows(
        staging, "SELECT id, opportunity_id FROM tidy.lead WHERE opportunity_id IS NOT NULL"
    )
    assert became
    records = dict(rows(staging, "SELECT reference, record FROM tidy._records"))
    for lead, opportunity in became:
        assert records[f"lead:{lead}"] == f"opportunity:{opportunity}"
    nothing = (
        "SELECT count(*) FROM tidy.lead WHERE outcome = 'qualified' AND opportunity_id IS NULL"
    )
    assert rows(staging, nothing)[0][0] > 0


def test_amounts_keep_their_currency_and_the_last_digit(
    scene: tuple[Staging, Discovery, RunningStandIn],
) -> None:
    expected = {
        row[0]: (row[1], row[2])
        for row in truth(
            scene,
            "SELECT opportunityid, estimatedvalue, isocurrencycode FROM opportunity o"
            " JOIN transactioncurrency c ON transactioncurrencyid = o._transactioncurrencyid_value"
            " WHERE estimatedvalue IS NOT NULL",
        )
    }
    found = {
        row_id: (amount, currency)
        for row_id, amount, currency in rows(
            scene[0], "SELECT id, amount, currency FROM tidy.opportunity WHERE amount IS NOT NULL"
        )
    }
    assert {code for _, code in found.values()} > {"EUR"}
    assert {key: (float(a), c) for key, (a, c) in found.items()} == {
        key: (float(a), c) for key, (a, c) in expected.items()
    }


def test_states_become_won_and_lost_with_their_reasons(staging: Staging) -> None:
    outcomes = dict(rows(staging, "SELECT outcome, count(*) FROM tidy.opportunity GROUP BY 1"))
    assert set(outcomes) == {"open", "won", "lost"}
    assert not rows(
        staging,
        "SELECT id FROM tidy.opportunity WHERE outcome = 'lost' AND (lost_reason_id IS NULL"
        " OR lost_reason_id NOT IN (SELECT id FROM tidy.lost_reason))",
    )
    assert not rows(
        staging,
        "SELECT o.id FROM tidy.opportunity o LEFT JOIN tidy.stage s ON s.id = o.stage_id"
        " AND s.pipeline_id = o.pipeline_id WHERE s.id IS NULL"
        " OR (o.outcome = 'won') <> (s.outcome = 'won')",
    )


def test_dates_are_read_by_their_behaviour(
    scene: tuple[Staging, Discovery, RunningStandIn],
) -> None:
    staging = scene[0]
    day, wall = rows(
        staging,
        "SELECT data_type FROM information_schema.columns WHERE table_schema = 'tidy' AND"
        " (table_name, column_name) IN (('contact', 'birthday'), ('contact',"
        " 'custom.opx_safetybriefing')) ORDER BY column_name",
    )
    assert (day, wall) == (("DATE",), ("VARCHAR",))
    given = dict(
        truth(
            scene,
            "SELECT contactid, strftime(opx_safetybriefing, '%Y-%m-%d %H:%M:%S') FROM contact"
            " WHERE opx_safetybriefing IS NOT NULL",
        )
    )
    sql = 'SELECT id, "custom.opx_safetybriefing" FROM tidy.contact'
    found = {key: value for key, value in rows(staging, sql) if value}
    assert given and found == given


def test_choices_are_labels_and_several_are_lists(staging: Staging) -> None:
    sql = 'SELECT "custom.opx_segments" FROM tidy.account WHERE "custom.opx_segments" IS NOT NULL'
    chosen = {label for (labels,) in rows(staging, sql) for label in labels}
    assert chosen and chosen <= {"Refineries", "Shipyards", "Data centres", "Hospitals"}


def test_a_circle_of_parents_is_opened(staging: Staging) -> None:
    up = dict(rows(staging, "SELECT id, parent_id FROM tidy.account"))
    for start in up:
        seen, at = set(), start
        while at is not None:
            assert at not in seen
            seen.add(at)
            at = up.get(at)
    assert rows(staging, "SELECT id FROM tidy._account_circles")


@pytest.mark.parametrize("table", ["account", "incident"])
def test_nobody_is_a_child_of_what_it_was_merged_into(staging: Staging, table: str) -> None:
    assert not rows(
        staging,
        f"SELECT own.id FROM tidy.{table} own JOIN tidy.{table} up ON up.id = own.parent_id"
        " WHERE coalesce(up.master_id, up.id) = coalesce(own.master_id, own.id)",
    )


def test_a_text_that_was_cut_is_said(staging: Staging) -> None:
    assert rows(
        staging,
        "SELECT source_key FROM tidy._findings WHERE object = 'email' AND field = 'body'",
    )


def test_scripts_are_kept_for_the_mapping_to_take_out(staging: Staging) -> None:
    assert rows(staging, "SELECT id FROM tidy.email WHERE body LIKE '%<script%'")


def test_discovery_describes_processes_tables_and_files(
    scene: tuple[Staging, Discovery, RunningStandIn],
) -> None:
    details = scene[1].details
    inventory = details["inventory"]
    assert {one["kind"] for one in inventory} >= {
        "workflow", "business rule", "cloud flow", "business process flow", "plug-in step",
    }  # fmt: skip
    for one in inventory:
        assert set(one) >= {"kind", "name", "object", "trigger", "conditions", "actions", "delays",
                            "steps", "effort", "equivalent", "notes"}  # fmt: skip
    high = [one for one in inventory if one["kind"] == "cloud flow" and one["effort"] == "high"]
    assert high and all(one["steps"] > 3 for one in high)
    (vessel,) = [one for one in details["custom_entities"] if one["name"] == "opx_vessel"]
    types = {field["name"]: field["type"] for field in vessel["fields"]}
    assert types["opx_certificates"] == "choices"
    assert types["opx_departurelocal"] == "wall_clock"
    assert types["opx_remarks"] == "html"
    assert details["attachments"]["note_files_bytes"] > 0
    assert [about["name"] for about in details["pipelines"]]


def test_a_table_that_may_not_be_read_is_said(standin: RunningStandIn) -> None:
    standin.control("privileges", {"hidden": ["incident"]})
    source = opened(standin)
    try:
        assert any(
            "No right to read" in note and "incident" in note for note in source.discover().notes
        )
    finally:
        source.close()


def test_files_and_images_in_columns_stand_with_their_records(
    scene: tuple[Staging, Discovery, RunningStandIn],
) -> None:
    (counts,) = truth(
        scene,
        "SELECT (SELECT count(entityimage) + count(opx_contractfile) FROM account),"
        " (SELECT count(entityimage) FROM contact),"
        " (SELECT count(opx_plan) + count(opx_photo) FROM opx_vessel)",
    )
    of = dict(zip(("account", "contact", "opx_vessel"), counts, strict=True))
    found = rows(
        scene[0],
        "SELECT split_part(id, '-', 1), count(*), count(record) FROM tidy.column_file GROUP BY 1",
    )
    # No model is made for vessels: theirs are set aside.
    assert {name: number for name, number, _ in found} == of
    assert {name for name, _, placed in found if not placed} == {"opx_vessel"}
    paths = [path for (path,) in rows(scene[0], "SELECT path FROM tidy.column_file")]
    source = opened(scene[2])
    files = source.files()
    assert files is not None and {about.problem for about in files.about(paths)} == {None}
    pixel = base64.b64decode(PIXEL)
    for path in paths:
        with files.open(path) as body:
            content = body.read()
        mark = path.split("/")[3]
        assert content == (file_content(mark) if "-" in mark else pixel)
    with pytest.raises(OSError, match="nothing stands here"):
        files.open(paths[0].replace(paths[0].split("/")[1], str(uuid.uuid4())))
    source.close()
