"""History as people see it in Odoo: messages, activities, events and files of one finished run."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.journey.source import TRAP_FILE
from tests.journey.voyage import Voyage


@pytest.fixture(scope="module")
def rows(finished: Voyage) -> Any:
    """Answers questions to Odoo's database; `{lead}` is the lead that all of it hangs on, `{user}`
    its owner."""
    lead = str(finished.ids("crm.lead")["krayin:leads:9009"])
    user = str(finished.ids("res.users")["krayin:users:3"])
    return lambda sql: finished.odoo.psql(sql.replace("{lead}", lead).replace("{user}", user))


def _message(rows: Any, key: str, columns: str) -> Any:
    found = rows(
        f"SELECT {columns} FROM mail_message m LEFT JOIN mail_message_subtype s ON s.id ="
        " m.subtype_id LEFT JOIN res_partner a ON a.id = m.author_id LEFT JOIN mail_message p ON"
        f" p.id = m.parent_id WHERE m.x_moorage_key = 'krayin:{key}' AND m.model = 'crm.lead'"
        " AND m.res_id = {lead}"
    )
    assert len(found) == 1, key
    return found[0]


def test_a_call_that_was_made_is_a_message_of_its_time_by_its_owner(rows: Any) -> None:
    date, subtype, author, body = _message(
        rows, "activities:9001", "m.date::text, s.name->>'en_US', a.x_moorage_key, m.body"
    )
    assert (date, subtype) == ("2024-03-09 22:30:00", "Activities")
    assert "Safe" in body and "45 min" in body
    assert not any(word in body for word in ("script", "steal", "onclick", "javascript"))
    (kind,) = rows(
        "SELECT t.name->>'en_US' FROM mail_message m JOIN mail_activity_type t"
        " ON t.id = m.mail_activity_type_id WHERE m.x_moorage_key = 'krayin:activities:9001'"
    )
    assert kind == ("Call",)
    (owner,) = rows("SELECT partner_id FROM res_users WHERE id = {user}")
    (written,) = rows(
        "SELECT author_id FROM mail_message WHERE x_moorage_key = 'krayin:activities:9001'"
    )
    assert written == owner
    assert author is None, "a user's partner is no record of the source"


def test_what_is_still_to_be_done_is_an_activity(rows: Any) -> None:
    (found,) = rows(
        "SELECT a.summary, a.date_deadline::text, a.user_id = {user}, a.res_model,"
        " a.res_id = {lead} FROM mail_activity a"
        " WHERE a.x_moorage_key = 'krayin:activities:9002'"
    )
    assert found == ("Trap lunch", "2024-03-10", True, "crm.lead", True)


def test_a_meeting_is_an_event_with_attendees_and_a_right_end(rows: Any) -> None:
    (event,) = rows(
        "SELECT name, start::text, stop::text, location, opportunity_id = {lead}, res_id = {lead}"
        " FROM calendar_event WHERE x_moorage_key = 'krayin:activities:9003'"
    )
    assert event == (
        "Trap meeting", "2024-03-09 22:30:00", "2024-03-09 23:30:00", "Kai 1", True, True,
    )  # fmt: skip
    attendees = rows(
        "SELECT p.x_moorage_key FROM calendar_event e JOIN calendar_attendee a ON a.event_id = e.id"
        " JOIN res_partner p ON p.id = a.partner_id"
        " WHERE e.x_moorage_key = 'krayin:activities:9003' ORDER BY 1"
    )
    assert attendees == [("krayin:persons:9001",), (None,)], "the person, and the owner's partner"


def test_a_note_keeps_its_lines_and_its_file(rows: Any) -> None:
    subtype, body = _message(rows, "activities:9004", "s.name->>'en_US', m.body")
    assert (subtype, body) == ("Note", "<p>line one<br>line &lt;two&gt;</p>")
    (file,) = rows(
        "SELECT a.name, a.mimetype, a.checksum, a.res_model, a.res_id = {lead}"
        " FROM mail_message m JOIN message_attachment_rel r ON r.message_id = m.id"
        " JOIN ir_attachment a ON a.id = r.attachment_id"
        " WHERE m.x_moorage_key = 'krayin:activities:9004'"
    )
    assert file == (
        "Größe.pdf", "application/pdf", hashlib.sha1(TRAP_FILE).hexdigest(), "crm.lead", True,
    )  # fmt: skip


def test_mails_keep_their_thread_their_sender_and_their_id(rows: Any) -> None:
    columns = "m.message_type, s.name->>'en_US', m.email_from, m.message_id, m.body,"
    top = _message(rows, "emails:9001", columns + " a.x_moorage_key, p.x_moorage_key")
    assert top[:4] == (
        "email", "Discussions", '"Trap" <own@harbour.example>', "<trap-1@x.example>",
    )  # fmt: skip
    assert "Safe" in top[4] and "steal" not in top[4]
    assert top[5:] == ("krayin:persons:9001", None)
    answer = _message(rows, "emails:9002", columns + " a.x_moorage_key, p.x_moorage_key")
    assert answer[5:] == (None, "krayin:emails:9001")


def test_nobody_was_told_and_nothing_came_by_itself(finished: Voyage) -> None:
    for table in ("mail_activity", "calendar_event", "mail_template"):
        extra = finished.odoo.psql(f"SELECT count(*) FROM {table} WHERE x_moorage_key IS NULL")
        assert extra[0][0] == finished.before[table], table
    assert finished.after["mail_mail"] == finished.before["mail_mail"]
    assert finished.after["mail_notification"] == finished.before["mail_notification"]


def test_a_note_on_what_odoo_refused_does_not_hang_in_the_air(rows: Any) -> None:
    assert rows("SELECT id FROM mail_message WHERE x_moorage_key = 'krayin:activities:9005'") == []
