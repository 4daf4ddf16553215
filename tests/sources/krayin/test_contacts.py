"""Organizations, persons, users, tags: every oddity of their tables, one small test each."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.mariadb

PERSON = "INSERT INTO {p}persons (id, name, emails, contact_numbers, created_at) VALUES "


def _person(krayin: Any, emails: str, numbers: str = "NULL") -> None:
    krayin.run("ALTER TABLE {p}persons MODIFY emails longtext, MODIFY contact_numbers longtext;")
    krayin.run(PERSON + f"(1, 'Eve', {emails}, {numbers}, '2024-03-01 09:00:00');")


def _text(value: Any) -> str:
    return "'" + json.dumps(value).replace("\\", "\\\\").replace("'", "''") + "'"


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (_text([{"value": "a@x.com"}, {"value": "b@x.com"}]), ["a@x.com", "b@x.com"]),
        (_text({"2": {"value": "b@x.com"}, "10": {"value": "c@x.com"}}), ["b@x.com", "c@x.com"]),
        (_text({"10": {"value": "c@x.com"}, "2": {"value": "b@x.com"}}), ["b@x.com", "c@x.com"]),
        (_text({"value": "a@x.com", "label": "work"}), ["a@x.com"]),
        (_text(json.dumps([{"value": "a@x.com", "label": "work"}])), ["a@x.com"]),
        (_text(["a@x.com", "A@X.com "]), ["a@x.com"]),
        (_text([{"value": " Ann <Ann@X.com>; b@x.com"}]), ["ann@x.com", "b@x.com"]),
        (_text([{"value": "no address", "label": "work"}, {"value": "b@x.com"}]), ["b@x.com"]),
        ("'plain@x.com'", ["plain@x.com"]),
        ("'null'", None),
        ("''", None),
        ("'[]'", []),
        ("'{}'", []),
        ("NULL", None),
    ],
)  # fmt: skip
def test_emails_in_every_shape(krayin: Any, stored: str, expected: list[str] | None) -> None:
    _person(krayin, stored)
    with krayin.stage() as staging:
        found = staging.connection.execute("SELECT emails_all, email FROM tidy.persons").fetchone()
    assert found == (expected, expected[0] if expected else None)


def test_an_invalid_email_and_phone_are_kept_as_text_and_told(krayin: Any) -> None:
    _person(
        krayin,
        _text([{"value": "none", "label": "work"}]),
        _text([{"value": 15551234, "label": "work"}, {"value": "ask Ann", "label": "home"}]),
    )
    sql = "SELECT email, emails_labelled, phone, phones_labelled FROM tidy.persons"
    assert krayin.rows(sql) == [
        (None, "none (work)", "15551234", "15551234 (work), ask Ann (home)")
    ]
    assert krayin.findings() == [
        ("persons", "1", "email", "warning"), ("persons", "1", "phone", "warning"),
    ]  # fmt: skip


def test_no_finding_shows_personal_data(krayin: Any) -> None:
    _person(krayin, _text([{"value": "secret-person", "label": "work"}]))
    messages = krayin.rows("SELECT message FROM tidy._findings")
    assert messages
    assert not any("secret-person" in message or "Eve" in message for (message,) in messages)


def test_native_columns_fall_back_to_the_attribute(krayin: Any) -> None:
    krayin.run("""
        INSERT INTO {p}attributes (id, code, name, type, lookup_type, entity_type, is_user_defined)
            VALUES (1, 'user_id', 'Owner', 'lookup', 'users', 'persons', 0),
                   (2, 'user_id', 'Owner', 'select', 'users', 'leads', 0);
        INSERT INTO {p}persons (id, name, emails) VALUES (1, 'A', '[]'), (2, 'B', '[]');
        INSERT INTO {p}attribute_values (entity_type, entity_id, attribute_id, integer_value)
            VALUES ('persons', 1, 1, 1), ('persons', 2, 2, 2);
    """)
    # The second row names the attribute of leads, as an importer wrote it: its code decides.
    assert krayin.rows("SELECT id, user_id FROM tidy.persons ORDER BY id") == [
        ("1", "1"),
        ("2", "2"),
    ]


def test_an_address_is_split_and_its_state_resolved(krayin: Any) -> None:
    address = {"address": "1 Main St\nSuite 5\n\n", "country": "us", "state": "ca", "city": "LA",
               "postcode": "90001"}  # fmt: skip
    krayin.run(
        f"INSERT INTO {{p}}organizations (id, name, address) VALUES (1, 'A', {_text(address)})"
    )
    found = krayin.rows(
        'SELECT "address.street", "address.street2", "address.city", "address.zip",'
        ' "address.state_code", "address.state_name", "address.country_code"'
        " FROM tidy.organizations"
    )
    assert found == [("1 Main St", "Suite 5", "LA", "90001", "CA", "California", "US")]


def test_odd_addresses(krayin: Any) -> None:
    krayin.run("ALTER TABLE {p}organizations MODIFY address longtext;")
    stored = [
        ("free state and a country by name", _text({"country": "Germany", "state": "Bavaria"})),
        ("unknown country", _text({"country": "Atlantis", "city": None, "address": ""})),
        ("encoded twice", _text(json.dumps({"address": "Rue Élysée", "country": "DE"}))),
        ("nothing", "NULL"),
        ("null", "'null'"),
    ]
    for place, (name, value) in enumerate(stored, 1):
        krayin.run(
            "INSERT INTO {p}organizations (id, name, address)"
            f" VALUES ({place}, '{name}', {value})"
        )
    found = krayin.rows(
        'SELECT "address.street", "address.state_code", "address.state_name",'
        ' "address.country_code", "address.country_text" FROM tidy.organizations ORDER BY id'
    )
    assert found == [
        (None, None, "Bavaria", "DE", "Germany"),
        (None, None, None, None, "Atlantis"),
        ("Rue Élysée", None, None, "DE", "DE"),
        (None, None, None, None, None),
        (None, None, None, None, None),
    ]
    assert krayin.findings() == [("organizations", "2", "address.country_code", "warning")]


def test_tags_that_differ_in_case_blanks_and_dots_are_one(krayin: Any) -> None:
    krayin.run("""
        INSERT INTO {p}tags (id, name, user_id) VALUES
            (10, 'VIP', 1), (2, 'vip ', 1), (30, 'V.I.P.', 1),
            (4, 'C++', 1), (5, 'C#', 1), (6, '!', 1);
        INSERT INTO {p}persons (id, name, emails) VALUES (1, 'A', '[]');
        INSERT INTO {p}person_tags (person_id, tag_id) VALUES (1, 30), (1, 30), (1, 10), (1, 99);
    """)
    with krayin.stage() as staging:
        tags = staging.connection.execute(
            "SELECT id, canonical_id, used_on_persons, used_on_leads FROM tidy.tags ORDER BY id"
        ).fetchall()
        person = staging.connection.execute("SELECT tags FROM tidy.persons").fetchone()
    assert tags == [
        ("10", "2", True, False), ("2", "2", True, False), ("30", "2", True, False),
        ("4", "4", False, False), ("5", "5", False, False), ("6", "6", False, False),
    ]  # fmt: skip
    assert person == (["10", "30"],)
    assert [row[1] for row in krayin.findings()] == ["10", "30"]


def test_users_have_groups_and_no_secrets(krayin: Any) -> None:
    krayin.run("""
        UPDATE {p}users SET password = 'hash-in-the-source', remember_token = 'token-in-the-source';
        INSERT INTO {p}groups (id, name) VALUES (1, 'Sales');
        INSERT INTO {p}user_groups (group_id, user_id) VALUES (1, 1), (1, 1);
    """)
    with krayin.stage() as staging:
        users = staging.connection.execute(
            "SELECT id, email, active, role, groups FROM tidy.users ORDER BY id"
        ).fetchall()
        columns = [row[0] for row in staging.connection.execute("DESCRIBE raw.users").fetchall()]
    assert users == [
        ("1", "ann@example.com", True, "Administrator", ["Sales"]),
        ("2", "bob@example.com", False, "Administrator", None),
    ]
    assert "password" not in columns
    assert "remember_token" not in columns


def test_times_are_wall_time_of_the_zone_and_zero_dates_are_empty(krayin: Any) -> None:
    krayin.run("""
        INSERT INTO {p}persons (id, name, emails, created_at, updated_at)
            VALUES (1, 'A', '[]', '2024-03-01 09:00:00', '0000-00-00 00:00:00');
    """)
    sql = "SELECT CAST(created_at AS VARCHAR), updated_at FROM tidy.persons"
    assert krayin.rows(sql) == [("2024-03-01 03:30:00", None)]
    assert krayin.findings() == [("persons", "1", "updated_at", "warning")]
