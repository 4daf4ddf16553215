"""What a look at the source tells, and that the shipped mapping gives every field a place."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
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
    activities = found.object("activities")
    assert activities is not None
    assert activities.row_count == 2


@pytest.mark.mariadb
def test_what_works_by_itself_is_told_in_words_and_without_its_keys(krayin: Any) -> None:
    krayin.run("""
        INSERT INTO {p}email_templates (id, name, subject, content) VALUES (3, 'Thanks', 's', 'c');
        INSERT INTO {p}webhooks (id, name, entity_type, method, end_point, query_params, headers,
                payload_type, raw_payload_type, payload)
            VALUES (1, 'Chat', 'leads', 'post', 'https://hooks.example/a?token=hush', '[]',
                '[{"key": "Authorization", "value": "Bearer hush"}]', 'default', 'json', '[]');
        INSERT INTO {p}workflows (id, name, entity_type, event, condition_type, conditions, actions)
            VALUES (1, 'Big deals', 'leads', 'lead.update.after', 'and',
                '[{"attribute": "lead_value", "operator": ">=", "value": "5000"}]',
                '{"1": {"id": "add_tag", "value": "VIP"},
                  "2": {"id": "trigger_webhook", "value": "1"},
                  "4": {"id": "send_email_to_person", "value": "3"},
                  "5": {"id": "add_note_as_activity", "value": "Call them"}}');
        UPDATE {p}roles SET permission_type = 'custom', permissions = '["leads", "leads.create"]';
    """)
    told = {item["kind"]: item for item in krayin.discover().details["inventory"]}
    workflow = told["workflow"]
    assert workflow["trigger"].startswith("When one of the leads is changed")
    assert workflow["conditions"] == ["lead_value >= 5000"]
    assert workflow["actions"] == [
        "Add the tag VIP", "Call the webhook Chat", "Send the e-mail template Thanks to the person",
        "Write a note: Call them",
    ]  # fmt: skip
    assert (workflow["steps"], workflow["effort"]) == (4, "high")
    assert told["webhook"]["effort"] == "low"
    assert told["role"]["permissions"] == ["leads", "leads.create"]
    assert "hush" not in str(told)


@pytest.mark.mariadb
def test_files_are_counted_and_measured_before_anything_is_read(
    krayin: Any, tmp_path: Path
) -> None:
    (tmp_path / "activities" / "1").mkdir(parents=True)
    (tmp_path / "activities" / "1" / "a.pdf").write_bytes(b"%PDF-1.4")
    krayin.run("""
        INSERT INTO {p}activities (id, type) VALUES (1, 'file');
        INSERT INTO {p}activity_files (name, path, activity_id) VALUES
            ('a', 'activities/1/a.pdf', 1), ('b', 'activities/1/b.pdf', 1),
            ('c', '../../../etc/passwd', 1);
    """)
    assert any("source.files" in question for question in krayin.discover().questions)
    source = krayin.open(files=str(tmp_path))
    details = source.discover().details
    source.close()
    assert details["attachments"]["bytes_at_hand"] == 8
    told = details["files"]
    assert (told["rows"], told["files"], told["bytes"]) == (3, 1, 8)
    assert told["problems"] == {
        "is missing": 1,
        "has a path that leads out of the folder of files": 1,
    }
    assert told["largest"] == [{"path": "activities/1/a.pdf", "bytes": 8}]


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
