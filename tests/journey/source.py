"""The Krayin of all journeys: the demo's data and, from id 9001 on, rows that are traps.

Times are wall times of Asia/Kolkata (UTC+05:30), as Krayin writes them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from moorage.sandbox import MariaDBServer
from moorage.sources.krayin.demo import Server, generate

SCALE, SEED = 1, 7
#: The demo's Portuguese pipeline has no won/lost codes: the mapping's settings say which is which.
STAGE_OUTCOMES = ("stage_outcomes: {}", 'stage_outcomes: {"15": won, "16": lost}')
#: `CHECK` on crm_lead refuses this title; the lead comes in one batch with all others.
REFUSED = "Refused by the database"
MATCHED_EMAIL = "siobhan@moorage-demo.example"
MIXED = "🔥 صفقة \u202eabc\u202c\x00 a\x07b\tc שלום"
LONG = ("Ärger mit 64 KB, Zeile 🔥.\n" * 3000).encode()[:65_535].decode(errors="ignore")
HOSTILE = '<p onclick="x()">Safe</p><script>steal()</script><a href="javascript:x()">go</a>'
TRAP_FILE = b"%PDF-1.4 of a trap"
QUOTED_CENTS = {9001: 11_385, 9002: 99_99}


def make_source(mariadb: MariaDBServer, database: str, files: Path) -> None:
    """Generate the demo in `database`, its files in `files`, and add the traps."""
    server = Server(mariadb.host, mariadb.port, mariadb.root_user, mariadb.root_password)
    generate(server, database, scale=SCALE, seed=SEED, files=files)
    rows = Rows(mariadb, database)
    _contacts(rows)
    _leads(rows)
    _quotes(rows)
    _history(rows, files)


class Rows:
    """Writes rows as Krayin does: no strict mode, no look at foreign keys."""

    def __init__(self, mariadb: MariaDBServer, database: str) -> None:
        self.mariadb = mariadb
        self.database = database

    def run(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        lax = "SET SESSION sql_mode = '', foreign_key_checks = 0; "
        return self.mariadb.execute(lax + sql, self.database, arguments=arguments)

    def insert(self, table: str, **values: Any) -> None:
        names = ", ".join(f"`{name}`" for name in values)
        marks = ", ".join(["%s"] * len(values))
        self.run(f"INSERT INTO {table} ({names}) VALUES ({marks})", *values.values())

    def value(self, entity: str, code: str, entity_id: int, **value: Any) -> None:
        """A row of attribute_values."""
        (found,) = self.run(
            "SELECT id FROM attributes WHERE entity_type = %s AND code = %s", entity, code
        )
        self.insert(
            "attribute_values",
            entity_type=entity,
            attribute_id=found[0],
            entity_id=entity_id,
            **value,
        )


def _address(street: str, city: str, country: str = "DE") -> str:
    return json.dumps({"address": street, "city": city, "country": country, "postcode": "10115"})


def _contacts(rows: Rows) -> None:
    at = {"created_at": "2024-03-10 04:00:00", "updated_at": "2024-03-11 23:30:00"}
    rows.insert("organizations", id=9001, name="Harbour Works", user_id=2,
                address=_address("Kai 1", "Berlin"), **at)  # fmt: skip
    rows.insert("organizations", id=9002, name="Nowhere Trading", address=None, **at)
    people: dict[int, dict[str, Any]] = {
        # An address of one's own under a company with another, and under one without any.
        9001: {"organization_id": 9001, "emails": _list("own@harbour.example")},
        9002: {"organization_id": 9002, "emails": _list("own@nowhere.example")},
        # No address of one's own.
        9003: {"organization_id": 9001, "emails": _list("none@harbour.example")},
        9004: {"organization_id": 9002, "emails": _list("none@nowhere.example")},
        # A list as an object, because its first entry was removed in Krayin.
        9005: {"emails": json.dumps({"1": {"value": "Second@Harbour.example", "label": "work"},
                                     "4": {"value": "fifth@harbour.example", "label": "home"}})},
        # An e-mail that is none.
        9006: {"emails": _list("call me maybe")},
    }  # fmt: skip
    for person_id, about in people.items():
        rows.insert("persons", id=person_id, name=f"Trap Person {person_id}",
                    unique_id=str(person_id), contact_numbers="[]", **about, **at)  # fmt: skip
    for person_id, street in ((9001, "Eigenweg 7"), (9002, "Eigenweg 8")):
        rows.value("persons", "site_address", person_id, json_value=_address(street, "Bonn"))
    # Bytes that are no UTF-8, as a column of another charset may bring them.
    rows.run("ALTER TABLE persons MODIFY job_title VARBINARY(255)")
    rows.run("UPDATE persons SET job_title = x'4d61c3286e' WHERE id = 9003")


def _list(value: str) -> str:
    return json.dumps([{"value": value, "label": "work"}])


def _leads(rows: Rows) -> None:
    def lead(lead_id: int, stage: int, pipeline: int = 1, **about: Any) -> None:
        given = {
            "title": f"Trap Lead {lead_id}", "lead_value": "100.0000", "user_id": 3,
            "person_id": 9003, "created_at": "2024-03-10 04:00:00",
            "updated_at": "2024-03-10 05:29:59", **about,
        }  # fmt: skip
        rows.insert(
            "leads", id=lead_id, lead_pipeline_stage_id=stage, lead_pipeline_id=pipeline, **given
        )

    # Krayin wipes the date on every partial update; its screens show the shadow copy.
    lead(9001, 2, expected_close_date=None)
    rows.value("leads", "expected_close_date", 9001, date_value="2024-12-31")
    lead(9002, 2, expected_close_date="2024-03-10")
    lead(9003, 6, lost_reason="Too dear for them", closed_at="2024-03-10 00:15:00")
    lead(9004, 16, 3, lost_reason="Preço")
    lead(9005, 15, 3, closed_at="2024-03-10 23:59:59")
    lead(9006, 2, lead_value="99999999.9999")
    lead(9007, 2, description=LONG)
    lead(9008, 2, title=MIXED, description="plain <b>not bold</b>\nsecond line")
    lead(9009, 2)
    rows.run("INSERT INTO lead_tags (tag_id, lead_id) VALUES (1, 9009), (1, 9009), (2, 9009)")
    lead(9010, 2, title=REFUSED)
    lead(9011, 2, created_at="0000-00-00 00:00:00", expected_close_date="0000-00-00")
    # One moment in the hour that Central Europe skipped: a day and an hour are as in Kolkata.
    lead(9012, 2, created_at="2024-03-31 08:00:00", expected_close_date="2024-03-31")


def _quotes(rows: Rows) -> None:
    at = {"created_at": "2024-03-10 04:00:00", "updated_at": "2024-03-10 04:00:00"}
    # 99.00 and tax of 14.85 as Krayin had it; Odoo's own default tax must not come on top.
    rows.insert("quotes", id=9001, subject="With tax", person_id=9003, user_id=3, sub_total="99",
                discount_amount="0", tax_amount="14.85", adjustment_amount="0",
                grand_total="113.85", expired_at="2024-04-10 00:00:00", **at)  # fmt: skip
    rows.insert("quotes", id=9002, subject="Without tax", person_id=9003, user_id=3,
                sub_total="100", discount_amount="0", tax_amount="0", adjustment_amount="-0.01",
                grand_total="99.99", expired_at=None, **at)  # fmt: skip
    for quote, price, tax in ((9001, "99", "14.85"), (9002, "100", "0")):
        rows.insert("quote_items", id=quote, quote_id=quote, product_id=1, sku="TRAP", name="Item",
                    quantity=1, price=price, total=price, tax_amount=tax, discount_amount="0",
                    **at)  # fmt: skip
    rows.insert("lead_quotes", quote_id=9001, lead_id=9010)
    rows.insert("lead_quotes", quote_id=9002, lead_id=9009)


def _history(rows: Rows, files: Path) -> None:
    """A call, a task, a meeting, a note and a thread of mails on one lead, each with a trap."""

    def activity(key: int, kind: str, *, lead: int = 9009, **about: Any) -> None:
        given = {"user_id": 3, "is_done": 0, "created_at": "2024-03-10 04:00:00", **about}
        rows.insert("activities", id=key, type=kind, **given)
        rows.insert("lead_activities", activity_id=key, lead_id=lead)

    at = {"schedule_from": "2024-03-10 04:00:00", "schedule_to": "2024-03-10 04:45:00"}
    activity(9001, "call", title="Trap call", is_done=1, comment=HOSTILE, **at)
    activity(9002, "lunch", title="Trap lunch", **at)
    activity(9003, "meeting", title="Trap meeting", is_done=1, location="Kai 1",
             schedule_from="2024-03-10 04:00:00", schedule_to="2024-03-10 03:00:00")  # fmt: skip
    activity(9004, "note", comment="line one\nline <two>", is_done=1)
    activity(9005, "note", comment="of a lead that Odoo refuses", lead=9010, is_done=1)
    rows.insert("activity_participants", activity_id=9003, person_id=9001)
    rows.insert("activity_files", id=9001, activity_id=9004, name="Größe", path="trap/a.pdf",
                created_at="2024-03-10 04:00:00")  # fmt: skip
    (files / "trap").mkdir()
    (files / "trap" / "a.pdf").write_bytes(TRAP_FILE)
    mail = {"user_type": "person", "source": "email", "folders": '["inbox"]',
            "created_at": "2024-03-10 04:00:00", "name": "Trap"}  # fmt: skip
    first = {"from": '"own@harbour.example"', "reply_to": '["none@harbour.example"]'}
    rows.insert("emails", id=9001, subject="Trap mail", lead_id=9009, reply=HOSTILE,
                unique_id="9001", message_id="trap-1@x.example", **first, **mail)  # fmt: skip
    second = {"from": '"x@y.example"', "reply": "yes", "parent_id": 9001}
    rows.insert("emails", id=9002, subject="Re: Trap mail", unique_id="9002",
                message_id="trap-2@x.example", **second, **mail)  # fmt: skip
