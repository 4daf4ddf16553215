"""What a look at the source tells, and that the shipped mapping gives every field a place."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from moorage.mapping.spec import load_mapping
from moorage.sources.base import load_source_kinds
from moorage.sources.krayin import SOURCE, catalogue


def test_the_source_is_found_by_its_folder() -> None:
    assert load_source_kinds()["krayin"] is SOURCE
    assert SOURCE.options["timezone"][0] is None
    assert "Asia/Kolkata" in SOURCE.options["timezone"][1]
    assert "password" in SOURCE.secrets


def test_the_template_places_or_drops_every_native_field() -> None:
    mapping = load_mapping(SOURCE.mapping_template).mapping
    for name in catalogue.NAMES:
        if name in mapping.not_migrated:
            continue
        entries = [e for key, e in mapping.objects.items() if mapping.object_of(key) == name]
        text = " ".join(
            [
                " ".join([*(rule.from_), rule.sql or ""])
                for e in entries
                for rule in e.fields.values()
            ]
            + [f"{e.when} {e.merge_on}" for e in entries]
            + [" ".join(e.drop) for e in entries]
            + [str(value) for value in mapping.settings.values()]
        )
        words = set(text.replace("(", " ").replace(")", " ").split())
        assert {field.name for field in catalogue.native_fields(name)} - {"id"} <= words, name


@pytest.mark.mariadb
def test_counts_are_exact_and_what_is_left_out_is_counted(krayin: Any) -> None:
    krayin.run("""
        INSERT INTO {p}persons (id, name, emails) VALUES (1, 'A', '[]'), (2, 'B', '[]');
        INSERT INTO {p}activities (title, type, is_done) VALUES ('x', 'call', 0), ('y', 'note', 1);
        INSERT INTO {p}leads (id, title, lead_pipeline_id, user_id) VALUES (1, 'A', 1, 2);
    """)
    found = krayin.discover()
    assert found.object("persons").row_count == 2
    assert found.object("stages").row_count == 4
    assert found.details["activities"] == {"call": 1, "note": 1}
    assert found.details["owners"]["2"]["leads"] == 1
    assert found.details["pipelines"][0]["stages"][2]["outcome"] == "won"
    assert any("2 activities" in note for note in found.notes)


@pytest.mark.mariadb
def test_a_time_zone_that_puts_records_in_the_future_is_asked_about(krayin: Any) -> None:
    there = datetime.now(ZoneInfo("Asia/Kolkata")) - timedelta(minutes=1)
    krayin.run(
        "INSERT INTO {p}persons (id, name, emails, created_at)"
        f" VALUES (1, 'A', '[]', '{there:%Y-%m-%d %H:%M:%S}')"
    )
    assert not any("zone" in question for question in krayin.discover().questions)
    source = krayin.open(timezone="America/New_York")
    questions = source.discover().questions
    source.close()
    assert any("America/New_York" in question for question in questions)
