"""Custom attributes: every type, and every way their values go astray."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

pytestmark = pytest.mark.mariadb

DEFINED = """
INSERT INTO {p}attributes
    (id, code, name, type, lookup_type, entity_type, validation, is_user_defined)
VALUES
    (1, 'note', 'Note', 'textarea', NULL, 'leads', NULL, 1),
    (2, 'budget', 'Budget', 'price', NULL, 'leads', NULL, 1),
    (3, 'agreed', 'Agreed', 'boolean', NULL, 'leads', NULL, 1),
    (4, 'segment', 'Segment', 'select', NULL, 'leads', NULL, 1),
    (5, 'topics', 'Topics', 'multiselect', NULL, 'leads', NULL, 1),
    (6, 'backup', 'Backup', 'lookup', 'users', 'leads', NULL, 1),
    (7, 'depot', 'Depot', 'lookup', 'warehouses', 'leads', NULL, 1),
    (8, 'due', 'Due', 'date', NULL, 'leads', NULL, 1),
    (9, 'met_at', 'Met at', 'datetime', NULL, 'leads', NULL, 1),
    (10, 'mails', 'Mails', 'email', NULL, 'leads', NULL, 1),
    (11, 'numbers', 'Numbers', 'phone', NULL, 'leads', NULL, 1),
    (12, 'site', 'Site', 'address', NULL, 'leads', NULL, 1),
    (13, 'paper', 'Paper', 'file', NULL, 'leads', NULL, 1),
    (14, 'web', 'Web', 'text', NULL, 'leads', 'url', 1),
    (15, 'team', 'Team', 'checkbox', 'users', 'leads', NULL, 1),
    (20, 'title', 'Title', 'text', NULL, 'leads', NULL, 0),
    (21, 'note', 'Note', 'text', NULL, 'persons', NULL, 1);
INSERT INTO {p}attribute_options (id, name, attribute_id, sort_order)
VALUES (1, 'Large', 4, 2), (2, 'Small', 4, 1), (3, 'Red', 5, 1), (7, 'Blue', 5, 2);
INSERT INTO {p}warehouses (id, name, contact_name, contact_emails, contact_numbers, contact_address)
VALUES (1, 'North', '', '[]', '[]', '{}');
INSERT INTO {p}leads (id, title, lead_pipeline_id, lead_pipeline_stage_id) VALUES (1, 'A', 1, 1);
"""

MAILS = """'[{"value": "a@x.com"}, {"value": "b@x.com"}]'"""
PHONES = """'{"1": {"value": "+1 555", "label": "home"}}'"""
SITE = """'{"address": "1 Main", "country": "US", "state": "CA"}'"""


@pytest.fixture
def custom(krayin: Any) -> Any:
    """A Krayin with one lead and an attribute of each type."""
    krayin.run(DEFINED)
    return krayin


def _value(krayin: Any, attribute: int, column: str, value: str, entity: str = "leads") -> None:
    krayin.run(
        f"INSERT INTO {{p}}attribute_values (entity_type, entity_id, attribute_id, {column})"
        f" VALUES ('{entity}', 1, {attribute}, {value})"
    )


@pytest.mark.parametrize(
    ("attribute", "column", "stored", "code", "expected"),
    [
        (1, "text_value", "'two\\nlines'", "note", "two\nlines"),
        (1, "text_value", "''", "note", None),
        (3, "boolean_value", "1", "agreed", True),
        (3, "boolean_value", "0", "agreed", False),
        (4, "integer_value", "2", "segment", "Small"),
        (5, "text_value", "'7,3'", "topics", ["Blue", "Red"]),
        (5, "text_value", "''", "topics", None),
        (6, "integer_value", "2", "backup", "2"),
        (7, "integer_value", "1", "depot", "North"),
        (8, "date_value", "'2024-05-06'", "due", date(2024, 5, 6)),
        (9, "datetime_value", "'2024-05-06 05:30:00'", "met_at", datetime(2024, 5, 6)),
        (10, "json_value", MAILS, "mails", "a@x.com"),
        (11, "json_value", PHONES, "numbers.all", "+1 555 (home)"),
        (12, "json_value", SITE, "site", "1 Main, California, US"),
        (12, "json_value", SITE, "site.state_code", "CA"),
        (13, "text_value", "'leads/1/x.pdf'", "paper", "leads/1/x.pdf"),
        (14, "text_value", "'https://example.com'", "web", "https://example.com"),
        (15, "text_value", "'2,1'", "team", ["2", "1"]),
    ],
)  # fmt: skip
def test_every_type(
    custom: Any, attribute: int, column: str, stored: str, code: str, expected: Any
) -> None:
    _value(custom, attribute, column, stored)
    assert custom.one(f'SELECT "custom.{code}" FROM tidy.leads') == expected
    assert custom.findings() == []


@pytest.mark.parametrize(
    ("attribute", "column", "stored", "code", "expected"),
    [
        (4, "integer_value", "99", "segment", None),  # a deleted option
        (4, "integer_value", "0", "segment", None),  # a label cast to a number
        (4, "text_value", "'large'", "segment", "Large"),  # a text field once
        (4, "text_value", "'Huge'", "segment", "Huge"),
        (5, "text_value", "'3,99'", "topics", ["Red"]),
        (6, "integer_value", "99", "backup", None),
        (8, "date_value", "'0000-00-00'", "due", None),
        (8, "text_value", "'2024-05-06'", "due", date(2024, 5, 6)),
        (1, "integer_value", "42", "note", "42"),
        (2, "text_value", "'a lot'", "budget", None),
    ],
)
def test_values_gone_astray_are_told(
    custom: Any, attribute: int, column: str, stored: str, code: str, expected: Any
) -> None:
    _value(custom, attribute, column, stored)
    assert custom.one(f'SELECT "custom.{code}" FROM tidy.leads') == expected
    assert {row[:3] for row in custom.findings()} == {("leads", "1", f"custom.{code}")}


def test_a_price_is_money(custom: Any) -> None:
    _value(custom, 2, "float_value", "1234.5")
    assert custom.one('SELECT CAST("custom.budget" AS VARCHAR) FROM tidy.leads') == "1234.5000"


def test_the_attribute_of_another_object_is_placed_by_its_code(custom: Any) -> None:
    custom.run("INSERT INTO {p}persons (id, name, emails) VALUES (1, 'A', '[]')")
    _value(custom, 1, "text_value", "'seen'", entity="persons")
    assert custom.one('SELECT "custom.note" FROM tidy.persons') == "seen"
    assert custom.findings() == [("persons", "1", "custom.note", "warning")]


def test_orphans_are_counted_not_dropped_in_silence(custom: Any) -> None:
    custom.run("""
        INSERT INTO {p}attribute_values (entity_type, entity_id, attribute_id, text_value)
            VALUES ('leads', 77, 1, 'x'), ('leads', 1, 88, 'x');
    """)
    assert custom.findings() == [
        ("leads", "1", None, "warning"), ("leads", "77", None, "warning"),
    ]  # fmt: skip


def test_system_attributes_are_no_custom_fields(custom: Any) -> None:
    leads = custom.discover().object("leads")
    fields = {field.name: field for field in leads.fields if field.custom}
    assert "custom.title" not in fields
    assert fields["custom.segment"].options == ("Small", "Large")
    assert (fields["custom.backup"].type, fields["custom.backup"].link) == ("link", "users")
    assert fields["custom.depot"].type == "select"
    assert fields["custom.web"].type == "url"


def test_hundreds_of_attributes_are_no_burden(krayin: Any) -> None:
    rows = ", ".join(
        f"('f{n}', 'F {n}', '{kind}', 'leads', 1)"
        for n, kind in enumerate(["text", "email", "address", "select", "date"] * 60)
    )
    krayin.run(
        "INSERT INTO {p}attributes (code, name, type, entity_type, is_user_defined)"
        f" VALUES {rows}"
    )
    assert krayin.one("SELECT count(*) FROM tidy.leads") == 0
