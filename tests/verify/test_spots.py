"""The spot-check sheet: chosen by chance and the same again, safe to open, read back as ticked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from moorage.errors import SettingsError
from moorage.reports.sheet import Sheet
from moorage.reports.spotcheck import write_spotcheck
from moorage.reports.ticking import read_ticks
from moorage.sandbox import OdooServer
from moorage.verify.choosing import share_out
from moorage.verify.spots import Spot, SpotValue, read_spots
from tests.journey.ticking import tick
from tests.verify.ground import TABLES, Ground, lay_ground

HOSTILE = '=HYPERLINK("http://evil.example","<script>alert(1)</script>")'
SOURCES = {
    "tags": {"name": ["name"]},
    "persons": {"name": ["name"], "email": ["email"], "parent_id": ["company"]},
    "leads": {"name": ["title"], "description": ["body"], "tag_ids": ["tags"],
              "type": ["type"], "partner_id": ["person"]},
}  # fmt: skip


def test_every_kind_gets_one_and_large_ones_more() -> None:
    assert share_out({"a": 1, "b": 10_000, "c": 100}, 22) == {"a": 1, "b": 19, "c": 2}
    assert share_out({"a": 5, "b": 5}, 1) == {"a": 1, "b": 1}
    assert share_out({"a": 2, "b": 1}, 40) == {"a": 2, "b": 1}
    assert share_out({}, 40) == {}


@pytest.fixture(scope="module")
def ground(module_odoo: OdooServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    laid = lay_ground(module_odoo, tmp_path_factory.mktemp("spots"))
    for entry in ("tags", "persons", "leads"):
        laid.sql(f"ALTER TABLE target.{entry} ADD COLUMN _source_key VARCHAR")
        laid.sql(f"UPDATE target.{entry} SET _source_key = split_part(key, ':', 3)")
    laid.sql("CREATE SCHEMA IF NOT EXISTS tidy")
    laid.sql("CREATE TABLE tidy.tags AS SELECT _source_key AS id, name FROM target.tags")
    laid.sql("CREATE TABLE tidy.persons AS SELECT _source_key AS id, name, email, 7 AS company"
             " FROM target.persons")  # fmt: skip
    laid.sql("CREATE TABLE tidy.leads AS SELECT _source_key AS id, name AS title, 'deal' AS type,"
             " 'one' AS body, 2 AS person, ['1', '2'] AS tags FROM target.leads")  # fmt: skip
    yield laid
    laid.staging.close()
    laid.client.close()


@pytest.mark.odoo
def test_records_stand_side_by_side(ground: Ground) -> None:
    def read(seed: int) -> tuple[Spot, ...]:
        return read_spots(ground.staging, ground.client, TABLES, SOURCES, 8, seed)

    spots = read(1)
    assert [spot.number for spot in spots] == list(range(1, 9))
    assert {spot.entry for spot in spots} == {"tags", "persons", "leads"}
    assert read(1) == spots
    assert {spot.key for spot in read(2)} != {spot.key for spot in spots}
    lead = next(spot for spot in spots if spot.entry == "leads")
    values = {value.name: value for value in lead.values}
    assert values["name"].source == (("title", lead.title),)
    assert set(values["tag_ids"].odoo.split(", ")) == {"hot", "cold"} == set(
        values["tag_ids"].mapped.split(", ")
    )  # fmt: skip
    assert (values["type"].mapped, values["type"].odoo) == ("Opportunity", "Opportunity")
    assert values["description"].odoo == "one & two\nl"
    assert all(value.is_equal for spot in spots for value in spot.values)


@pytest.mark.odoo
def test_what_somebody_changed_is_marked(ground: Ground) -> None:
    ground.client.write("crm.lead", [ground.ids["krayin:leads:3"]], {"name": "Other"})
    spots = read_spots(ground.staging, ground.client, TABLES, SOURCES, 40, 1)
    differing = [(spot.key, value.name) for spot in spots for value in spot.values
                 if not value.is_equal]  # fmt: skip
    assert differing == [("krayin:leads:3", "name")]


def sheet_of(*spots: Spot) -> Sheet:
    return Sheet(
        id="a" * 64, project="acme", source="Krayin CRM", destination="staging",
        url="https://odoo.example.com", database="a b", run=3, sample=None, seed=1, made_at="now",
        spots=spots,
    )  # fmt: skip


def spot(number: int) -> Spot:
    value = SpotValue("name", "Name", (("title", HOSTILE),), HOSTILE, "+1", is_equal=False)
    return Spot(number, "leads", "crm.lead", f"krayin:leads:{number}", number, HOSTILE, (value,))


def test_a_sheet_is_safe_and_comes_back_as_ticked(tmp_path: Path) -> None:
    sheet = sheet_of(spot(1), spot(2), replace(spot(1), entry="others", number=3))
    page, workbook = write_spotcheck(tmp_path, sheet)
    drawn = page.read_text()
    assert "<script>" not in drawn and "&lt;script&gt;" in drawn
    assert "https://odoo.example.com/odoo/crm.lead/1?db=a%20b" in drawn
    assert HOSTILE not in (tmp_path / "spotcheck-staging.json").read_text()
    cells = CalamineWorkbook.from_path(str(workbook)).get_sheet_by_name("Spot check").to_python()
    assert [row[3] for row in cells].count(HOSTILE) == 3, "a text, not what a formula gives"
    tick(workbook, {1: "Right", 2: "wrong"}, name="Ann")
    ticks = read_ticks(workbook)
    assert ticks.answers == {
        "leads/krayin:leads:1": "right", "leads/krayin:leads:2": "wrong",
        "others/krayin:leads:1": "",
    }  # fmt: skip
    assert (ticks.sheet, ticks.name) == (sheet.id, "Ann")
    write_spotcheck(tmp_path, sheet)
    assert read_ticks(workbook) == ticks, "ticks are not written over"


def test_a_sheet_that_was_spoilt_is_refused(tmp_path: Path) -> None:
    _, workbook = write_spotcheck(tmp_path, sheet_of(spot(1)))
    tick(workbook, {1: "perhaps"})
    with pytest.raises(SettingsError, match="right or wrong"):
        read_ticks(workbook)
    for content in (b"", b"PK\x03\x04 no workbook"):
        workbook.write_bytes(content)
        with pytest.raises(SettingsError, match="no spot-check sheet"):
            read_ticks(workbook)
