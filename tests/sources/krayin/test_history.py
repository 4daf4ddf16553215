"""Activities and mails: their records, times, texts, people, threads and files."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from moorage.sandbox import MariaDBServer
from tests.sources.krayin.conftest import make

pytestmark = pytest.mark.mariadb

ROWS = """
INSERT INTO {p}persons (id, name, emails) VALUES
    (1, 'Eve', '[{"value": "eve@example.com"}]'), (2, 'Ed', '[{"value": "shared@example.com"}]'),
    (3, 'Edna', '[{"value": "Shared@example.com"}]');
INSERT INTO {p}leads (id, title, lead_pipeline_id) VALUES (1, 'One', 1), (2, 'Two & Co', 1);
INSERT INTO {p}products (id, sku, name) VALUES (1, 'S', 'Chair');
INSERT INTO {p}activities (id, type, title, comment, schedule_from, schedule_to, is_done, user_id,
        location, additional, created_at) VALUES
    (1, 'call', 'Intro <1>', 'a < b\\nAT&amp;T', '2024-03-01 09:00:00', '2024-03-01 09:30:00', 1, 1,
        'Zoom', NULL, '2024-02-01 09:00:00'),
    (2, 'meeting', NULL, '<p onclick="x()">Hi</p>', '2024-03-02 09:00:00', '2024-03-02 08:00:00', 0,
        2, NULL, NULL, '2024-02-01 09:00:00'),
    (3, 'note', NULL, '&lt;p&gt;Hi &amp;amp; bye&lt;/p&gt;', NULL, NULL, 1, NULL, NULL, NULL,
        '2024-02-01 01:00:00'),
    (4, 'sms', 'Text', NULL, NULL, NULL, 1, 1, NULL, NULL, '2024-02-01 01:00:00'),
    (5, 'call', 'Nobody', NULL, NULL, NULL, 0, 1, NULL, NULL, '2024-02-01 01:00:00'),
    (6, 'call', 'Stock', NULL, NULL, NULL, 0, 1, NULL, NULL, '2024-02-01 01:00:00'),
    (7, 'system', 'Updated Stage', NULL, NULL, NULL, 1, NULL, NULL,
        '{"attribute": "Stage", "new": {"label": "Won"}, "old": {"label": "New"}}',
        '0000-00-00 00:00:00'),
    (8, 'file', 'Offer', NULL, NULL, NULL, 0, 1, NULL, NULL, '2024-02-01 01:00:00');
INSERT INTO {p}lead_activities (activity_id, lead_id) VALUES (1, 2), (1, 1), (1, 1), (7, 1),
    (8, 99);
INSERT INTO {p}person_activities (activity_id, person_id) VALUES (1, 1), (2, 2), (8, 1);
INSERT INTO {p}product_activities (activity_id, product_id) VALUES (3, 1);
INSERT INTO {p}warehouses (id, name, contact_name, contact_emails, contact_numbers, contact_address)
    VALUES (1, 'Main', 'x', '[]', '[]', '{}');
INSERT INTO {p}warehouse_activities (activity_id, warehouse_id) VALUES (6, 1);
INSERT INTO {p}activity_participants (activity_id, user_id, person_id) VALUES
    (1, 2, NULL), (1, NULL, 1), (2, NULL, 1), (4, NULL, 3), (4, 1, NULL);
INSERT INTO {p}activity_files (id, activity_id, name, path) VALUES
    (1, 8, '../../etc/passwd', 'activities/8/x.pdf'), (2, 2, 'plan', 'activities/2/y.SVG'),
    (3, 5, 'lost', 'activities/5/z.png');
INSERT INTO {p}emails (id, source, subject, user_type, name, reply, folders, `from`, reply_to, cc,
        message_id, unique_id, parent_id, person_id, lead_id, created_at) VALUES
    (1, 'email', 'Offer', 'person', 'Eve', 'Hi\\n<b>x</b> <img src="cid:logo">', '["inbox"]',
        '"eve@example.com"', '["ann@example.com"]', '{"1": "shared@example.com"}', 'a@x', 'a', NULL,
        2, 1, '2024-02-01 01:00:00'),
    (2, 'email', 'Re: Offer', 'person', 'Ann', '<p>Yes</p>', '{"0": "outbox", "2": "sent"}',
        '["ann@example.com"]', '["eve@example.com"]', NULL, '<b@x>', 'b', 1, NULL, NULL,
        '2024-02-02 01:00:00'),
    (3, 'web', 'Hello', 'admin', 'Sales', NULL, '["draft"]', '"office@example.com"',
        '["EVE@example.com"]', NULL, '', 'c', NULL, NULL, NULL, '2024-02-03 01:00:00'),
    (4, 'email', 'Who', 'person', NULL, 'x', '[""]', '"shared@example.com"', NULL, NULL, 'd@x', 'd',
        NULL, NULL, NULL, '2024-02-03 01:00:00'),
    (5, 'email', 'Office', 'person', '', 'x', NULL, '"office@example.com"', '["eve@example.com"]',
        NULL, 'e@x', 'e', 4, 3, NULL, '2024-02-03 01:00:00');
INSERT INTO {p}email_attachments (id, email_id, name, path, content_id, content_type) VALUES
    (1, 1, 'logo.png', 'emails/1/logo.png', '<logo>', 'text/html'),
    (2, 1, 'logo.png', 'emails/1/logo.png', NULL, NULL);
INSERT INTO {p}tags (id, name, user_id) VALUES (1, 'VIP', 1);
INSERT INTO {p}email_tags (tag_id, email_id) VALUES (1, 1);
UPDATE {p}users SET image = 'admins/1/me.jpg' WHERE id = 1;
INSERT INTO {p}email_templates (id, name, subject, content) VALUES
    (1, 'A', 'Hi {%leads.title%}', '<p>{%persons.name%}</p>'), (2, 'B', 'x', 'y');
"""


@pytest.fixture(scope="module")
def ask(mariadb: MariaDBServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Answers questions to the staging of one Krayin with all these rows."""
    name = f"test_history_{secrets.token_hex(4)}"
    mariadb.create_database(name)
    try:
        krayin = make(mariadb, name, tmp_path_factory.mktemp("history"))
        krayin.settings["own_addresses"] = '["office@example.com"]'
        krayin.run(ROWS)
        with krayin.stage() as staging:
            yield lambda sql: staging.connection.execute(sql).fetchall()
    finally:
        mariadb.drop_database(name)


def test_an_activity_hangs_on_one_record_and_keeps_its_other_links(ask: Any) -> None:
    found = ask(
        "SELECT id, record, record_object, lead_id, other_links FROM tidy.activities ORDER BY id"
    )
    assert found == [
        ("1", "leads:1", "leads", "1", "Lead: Two & Co\nPerson: Eve"),
        ("2", "persons:2", "persons", None, None),
        ("3", "products:1", "products", None, None),
        ("4", "persons:3", "persons", None, None),
        ("5", None, None, None, None),
        ("6", None, None, None, None),
        ("7", "leads:1", "leads", "1", None),
        ("8", "persons:1", "persons", None, None),
    ]  # fmt: skip
    aside = ask(
        "SELECT source_key, message FROM tidy._findings"
        " WHERE object = 'activities' AND severity = 'set_aside' ORDER BY ALL"
    )
    assert [key for key, _ in aside] == ["5", "6", "7"]
    assert "warehouse" in aside[1][1]
    assert "no time at all" in aside[2][1]


def test_texts_become_html_whatever_they_were(ask: Any) -> None:
    found = dict(
        ask("SELECT id, coalesce(heading, '') || coalesce(comment, '') FROM tidy.activities")
    )
    assert found["1"] == "<p><strong>Intro &lt;1&gt;</strong></p><p>a &lt; b<br>AT&amp;T</p>"
    assert found["2"] == '<p onclick="x()">Hi</p>'
    assert found["3"] == "<p>Hi &amp; bye</p>"
    details = dict(ask("SELECT id, details FROM tidy.activities"))
    assert details["1"] == (
        "<p>Call<br>Duration: 30 min<br>Location: Zoom<br>Participants: Bob, Eve<br>"
        "Also linked to: Lead: Two &amp; Co, Person: Eve</p>"
    )
    assert (details["3"], details["7"]) == (None, "<p>New → Won</p>")


def test_times_and_people_of_activities(ask: Any) -> None:
    found = ask(
        "SELECT CAST(happened_at AS VARCHAR), CAST(deadline AS VARCHAR), duration_minutes,"
        " author_email, attendees FROM tidy.activities WHERE id IN ('1', '2', '3') ORDER BY id"
    )
    assert found == [
        ("2024-03-01 03:30:00", "2024-03-01", 30, '"Ann" <ann@example.com>',
         ["persons:1", "users:1", "users:2"]),
        ("2024-03-02 03:30:00", "2024-03-02", None, '"Bob" <bob@example.com>',
         ["persons:1", "users:2"]),
        # The day it has in Krayin, though in UTC it is the day before.
        ("2024-01-31 19:30:00", "2024-02-01", None, None, []),
    ]  # fmt: skip
    (warned,) = ask(
        "SELECT message FROM tidy._findings WHERE object = 'activities' AND field = 'schedule_to'"
    )
    assert warned == ("it ends before it begins",)


def test_a_mail_has_a_direction_an_author_a_thread_and_a_record(ask: Any) -> None:
    found = ask(
        "SELECT id, direction, author, sender, thread_id, record, is_draft, message_id, recipients"
        " FROM tidy.emails ORDER BY id"
    )
    assert found == [
        ("1", "incoming", "persons:1", '"Eve" <eve@example.com>', None, "leads:1", False, "<a@x>",
         ["users:1"]),
        ("2", "outgoing", "users:1", '"Ann" <ann@example.com>', "1", "leads:1", False, "<b@x>",
         ["persons:1"]),
        ("3", "outgoing", None, '"Sales" <office@example.com>', None, "persons:1", True,
         "<krayin-3@moorage.invalid>", ["persons:1"]),
        ("4", "incoming", None, "shared@example.com", None, None, False, "<d@x>", None),
        ("5", "outgoing", None, "office@example.com", "4", "persons:3", False, "<e@x>",
         ["persons:1"]),
    ]  # fmt: skip
    ((key,),) = ask(
        "SELECT source_key FROM tidy._findings WHERE object = 'emails' AND severity = 'set_aside'"
    )
    assert key == "4"


def test_an_image_in_a_mail_is_named_where_it_stood(ask: Any) -> None:
    ((body, tags, cc),) = ask("SELECT body, tags, cc FROM tidy.emails WHERE id = '1'")
    assert body == "Hi\n<b>x</b> <em>[logo.png]</em>"
    assert (tags, cc) == (["VIP"], "shared@example.com")


def test_files_have_safe_names_kinds_and_records(ask: Any) -> None:
    found = ask("SELECT name, mimetype, record FROM tidy.activity_files ORDER BY id")
    assert found == [
        ("passwd.pdf", "application/pdf", "persons:1"),
        ("plan.svg", "text/plain", "activities:2"),
        ("lost.png", "image/png", None),
    ]
    attached = ask("SELECT name, mimetype, record FROM tidy.email_attachments ORDER BY id")
    assert attached == [("logo.png", "image/png", "leads:1")] * 2
    warned = ask("SELECT source_key FROM tidy._findings WHERE object = 'email_attachments'")
    assert sorted(warned) == [("1",), ("2",)]
    assert ask("SELECT id, name, label, record FROM tidy.attribute_files") == [
        ("users-1-image", "me.jpg", "Photo", "users:1")
    ]


def test_a_template_is_for_what_its_placeholders_name(ask: Any) -> None:
    found = ask("SELECT name, written_for FROM tidy.email_templates ORDER BY id")
    assert found == [("A", "leads"), ("B", "leads")]


@pytest.mark.parametrize("release", ["1.3.1", "2.0.4"])
def test_old_releases_have_no_links_but_those_of_leads(make_krayin: Any, release: str) -> None:
    krayin = make_krayin(release)
    krayin.run("""
        INSERT INTO {p}leads (id, title, person_id, lead_source_id, lead_type_id, lead_pipeline_id)
            VALUES (1, 'One', 1, 1, 1, 1);
        INSERT INTO {p}activities (id, type, is_done, user_id, created_at)
            VALUES (1, 'note', 1, 1, '2024-02-01 01:00:00');
        INSERT INTO {p}lead_activities (activity_id, lead_id) VALUES (1, 1);
    """)
    assert krayin.rows("SELECT id, record FROM tidy.activities") == [("1", "leads:1")]


def test_the_first_release_kept_activities_on_the_lead(make_krayin: Any) -> None:
    krayin = make_krayin("1.3.1")
    krayin.run("""
        DROP TABLE {p}activity_participants; DROP TABLE {p}activity_files;
        DROP TABLE {p}lead_activities; DROP TABLE {p}activities;
        CREATE TABLE {p}lead_activities (id int, title text, type text, comment text,
            schedule_from datetime, schedule_to datetime, is_done int, user_id int, lead_id int,
            created_at timestamp, updated_at timestamp);
        CREATE TABLE {p}lead_files (id int, name text, path text, lead_id int);
        INSERT INTO {p}leads (id, title, person_id, lead_source_id, lead_type_id, lead_pipeline_id)
            VALUES (1, 'One', 1, 1, 1, 1);
        INSERT INTO {p}lead_activities (id, title, type, is_done, user_id, lead_id, created_at)
            VALUES (7, 'Call', 'call', 1, 1, 1, '2021-07-01 01:00:00');
        INSERT INTO {p}lead_files (id, name, path, lead_id) VALUES (3, 'a.pdf', 'leads/1/a.pdf', 1);
    """)
    with krayin.stage() as staging:
        activities = staging.connection.execute("SELECT id, record FROM tidy.activities").fetchall()
        files = staging.connection.execute("SELECT id, record FROM tidy.activity_files").fetchall()
    assert (activities, files) == ([("7", "leads:1")], [("3", "leads:1")])
