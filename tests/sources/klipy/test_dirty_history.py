"""Interactions, notes, drafts, files (cases 1, 2, 5, 11, 12, 14, 16), and links to nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .scene import Scene, opened

PEOPLE = {"people.json": [{"id": "p1", "firstName": "Ann", "email": "ann@x.example"},
                          {"id": "p2", "firstName": "Bo", "email": "bo@x.example"}]}  # fmt: skip


def _interaction(**more: Any) -> dict[str, Any]:
    return {
        "id": "i1", "contacts": ["p1"], "companies": [], "direction": "INBOUND", "type": "EMAIL",
        "title": "Hello", "summary": "Hi", "interactionDate": "2026-01-05T09:30:00.000Z", **more,
    }  # fmt: skip


def test_moments(scene: Scene) -> None:
    given = {
        "2026-01-05T09:30:00.000Z": "2026-01-05 09:30:00",
        "2026-01-05T09:30:00+01:00": "2026-01-05 08:30:00",
        1767605400000: "2026-01-05 09:30:00",
        1767605400: "2026-01-05 09:30:00",
        "2026-01-05 10:30": "2026-01-05 09:30:00",
    }
    scene.read({
        **PEOPLE,
        "interactions.json": [
            _interaction(id=f"i{n}", interactionDate=moment) for n, moment in enumerate(given)
        ],
    })  # fmt: skip
    found = scene.rows("SELECT happened_at FROM tidy.interactions ORDER BY id")
    assert [str(moment) for (moment,) in found] == [*given.values()]


def test_pages_of_both_kinds_that_overlap_and_an_error_among_them(scene: Scene) -> None:
    first, second = _interaction(), _interaction(id="i2")
    scene.read({
        **PEOPLE,
        "interactions_1.json": {"success": True, "data": {"interactions": [first, second]}},
        "interactions_2.json": {"object": "success", "data": {"interactions": [second]},
                                "page_info": {"cursor": None}},
        "interactions_3.json": {"object": "error", "error": {"code": "rate_limited"}},
        "interactions_4.jsonl": [{"id": "i3", "contacts": [{"object": "contact", "id": "p2"}],
                                  "interaction_date": "2026-01-05T09:30:00Z", "type": "MEETING"}],
    })  # fmt: skip
    assert scene.rows("SELECT id, record, kind FROM tidy.interactions ORDER BY id") == [
        ("i1", "people:p1", "message"), ("i2", "people:p1", "message"),
        ("i3", "people:p2", "meeting"),
    ]  # fmt: skip


def test_many_people_are_one_message(scene: Scene) -> None:
    scene.read({
        **PEOPLE,
        "companies.json": [{"id": "c1", "name": "Acme"}],
        "interactions.json": [_interaction(contacts=["p2", "p1"], companies=["c1"])],
    })  # fmt: skip
    assert scene.rows("SELECT record, participants FROM tidy.interactions") == [
        ("people:p2", ["people:p2", "people:p1", "companies:c1"])
    ]


def test_deleted_contacts_are_flagged_and_nothing_hangs_in_the_air(scene: Scene) -> None:
    scene.read({
        **PEOPLE,
        "interactions.json": [_interaction(contacts=["gone"]), _interaction(id="i2", contacts=[])],
    })  # fmt: skip
    assert scene.rows("SELECT id FROM tidy.people WHERE is_placeholder") == [("gone",)]
    assert scene.one("SELECT record FROM tidy.interactions WHERE id = 'i1'") == "people:gone"
    assert scene.rows(
        "SELECT source_key, severity FROM tidy._findings WHERE object = 'interactions'"
    ) == [("i2", "set_aside")]


def test_summaries(scene: Scene) -> None:
    given = {
        "<p>Hi <b>you</b></p>": "<p>Hi <b>you</b></p>",
        'a < b & "c"\nnext': '<p>a &lt; b &amp; "c"<br>next</p>',
        "": None,
    }
    rows = [_interaction(id=f"i{n}", summary=summary) for n, summary in enumerate(given)]
    scene.read({**PEOPLE, "interactions.json": [*rows, _interaction(id="x", summary="x" * 10_050)]})
    found = scene.rows("SELECT body, title FROM tidy.interactions WHERE id <> 'x' ORDER BY id")
    assert found == [(body, "Hello") for body in given.values()]
    assert scene.findings("interactions") == [
        "is longer than the 10,000 characters that Klipy keeps"
    ]


def test_open_ones_are_activities(scene: Scene) -> None:
    scene.read({
        **PEOPLE,
        "interactions.csv": "ID,Contact IDs,Type,Title,When,Status\n"
        "i1,p1,Call,Ring,2026-01-05 10:00,open\ni2,p1,Call,Rang,2026-01-05 10:00,done\n",
    })  # fmt: skip
    assert scene.rows("SELECT id, kind FROM tidy.interactions ORDER BY id") == [
        ("i1", "activity"), ("i2", "message"),
    ]  # fmt: skip


def test_bookings_and_meetings_of_the_log(scene: Scene) -> None:
    booking = {"booking_id": "b1", "title": "Demo", "contact": {"id": "p1"},
               "start_time": "2026-01-05T09:00:00Z"}  # fmt: skip
    scene.read({**PEOPLE, "webhooks.jsonl": [
        {"type": "booking.created", "object": "event", "data": booking},
        {"type": "lead.captured", "object": "event",
         "data": {"id": "p9", "first_name": "Lea", "last_name": "D", "email": "l@x.example"}},
        {"type": "meeting.starting_soon", "object": "event", "data": {"id": "m1"}},
    ]})  # fmt: skip
    assert scene.rows("SELECT id, record, kind FROM tidy.interactions") == [
        ("b1", "people:p1", "meeting")
    ]
    assert scene.one("SELECT name FROM tidy.people WHERE id = 'p9'") == "Lea D"


def test_what_the_log_says_last_of_a_booking_counts(scene: Scene) -> None:
    def told(what: str, booking: str, at: str = "", **more: Any) -> dict[str, Any]:
        data = {"booking_id": booking, "contact": {"id": "p1"}, **more}
        made = {"type": f"booking.{what}", "object": "event", "data": data}
        return {**made, "created_at": at} if at else made

    scene.read({**PEOPLE, "webhooks.jsonl": [
        told("rescheduled", "b1", "2026-01-03T09:00:00Z", start_time="2026-01-05T11:00:00Z"),
        told("created", "b1", "2026-01-02T09:00:00Z", start_time="2026-01-05T09:00:00Z", title="A"),
        told("cancelled", "b2"),
        told("created", "b2", start_time="2026-01-05T09:00:00Z", title="B"),
        told("created", "b3", start_time="2026-01-05T09:00:00Z", title="C"),
    ]})  # fmt: skip
    found = scene.rows(
        "SELECT id, title, hour(happened_at), is_cancelled FROM tidy.interactions ORDER BY id"
    )
    assert found == [("b1", "A", 11, False), ("b2", "B", 9, True), ("b3", "C", 9, False)]
    doubtful = scene.rows("SELECT source_key FROM tidy._findings WHERE message LIKE 'another m%'")
    assert sorted(doubtful) == [("b2",), ("b3",)]


def test_notes_drafts_and_files(scene: Scene) -> None:
    scene.read({
        **PEOPLE,
        "deals.csv": "Deal ID,Deal Name\nd1,Big\n",
        "notes.csv": "id,contact_email,deal_id,author,created,private,body\n"
        'n1,ann@x.example,,Eve,2026-01-05,yes,"a\nb"\nn2,,d1,,2026-01-05,no,c\n'
        "n3,nobody@x.example,,,2026-01-05,,d\n",
        "drafts.csv": "id,contact_email,deal_id,channel,trigger,status,subject,body,created\n"
        "r1,ann@x.example,,EMAIL,quiet thread,pending,Re,text,2026-01-05\n",
        "attachments.csv": "id,record_type,record_id,file_name,path_or_url\n"
        "a1,deal,d1,offer.pdf,\na2,contact,p1,,https://files.example/x/y.pdf?sig=1\n"
        "a3,note,n9,z.txt,\n",
    })  # fmt: skip
    assert scene.rows("SELECT id, record, is_private FROM tidy.notes ORDER BY id") == [
        ("n1", "people:p1", True), ("n2", "deals:d1", False), ("n3", None, False),
    ]  # fmt: skip
    assert "AI draft" in scene.one("SELECT heading FROM tidy.drafts")
    assert scene.rows("SELECT id, name, path, record FROM tidy.attachments ORDER BY id") == [
        ("a1", "offer.pdf", "attachments/offer.pdf", "deals:d1"),
        ("a2", "y.pdf", "https://files.example/x/y.pdf?sig=1", "people:p1"),
        ("a3", "z.txt", "attachments/z.txt", None),
    ]  # fmt: skip
    assert scene.one("SELECT _place FROM tidy.notes WHERE id = 'n2'") == "notes.csv:4"


def test_what_is_named_and_not_there_is_told(scene: Scene) -> None:
    scene.read({
        **PEOPLE,
        "companies.json": [{"id": "c1", "name": "Acme"}],
        "interactions.json": [_interaction(
            contacts=["p1", "Cy <cy@x.example>"], companies=["c1", "gone"], deal_id="d9")],
        "notes.csv": "id,contact_email,deal_id,created,body\nn1,ann@x.example,d9,2026-01-05,a\n",
        "drafts.csv": "id,contact_email,deal_id,created,body\nr1,bo@x.example,d9,2026-01-05,b\n",
        "tags.csv": "record_type,record_id,tag\ndeal,d9,Hot\ncontact,p1,Warm\n",
    })  # fmt: skip
    found = scene.rows(
        "SELECT object, source_key, field, severity FROM tidy._findings ORDER BY 1, 3"
    )
    assert found == [
        ("drafts", "r1", "deal_id", "warning"), ("interactions", "i1", "deal_id", "warning"),
        ("interactions", "i1", "participants", "warning"),
        ("interactions", "i1", "participants", "warning"),
        ("notes", "n1", "deal_id", "warning"), ("tags", "hot", "id", "warning"),
    ]  # fmt: skip
    assert "also with Cy &lt;cy@x.example&gt;" in scene.one("SELECT details FROM tidy.interactions")


def test_files_of_one_name_need_a_path(scene: Scene) -> None:
    scene.read({
        "deals.csv": "Deal ID,Deal Name\nd1,Big\nd2,Small\n",
        "attachments.csv": "id,record_type,record_id,file_name,path_or_url\n"
        "a1,deal,d1,offer.pdf,\na2,deal,d2,offer.pdf,\na3,deal,d2,offer.pdf,attachments/3.pdf\n",
    })  # fmt: skip
    assert scene.rows("SELECT source_key, severity FROM tidy._findings WHERE field = 'path'") == [
        ("a1", "set_aside"), ("a2", "set_aside"),
    ]  # fmt: skip


def test_a_mark_that_cannot_be_read_is_private(scene: Scene) -> None:
    scene.read({
        **PEOPLE,
        "notes.csv": "id,contact_email,created,private,body\n"
        "n1,ann@x.example,2026-01-05,only me,a\nn2,ann@x.example,2026-01-05,no,b\n",
    })  # fmt: skip
    assert scene.rows("SELECT id FROM tidy.notes WHERE is_private") == [("n1",)]
    assert scene.findings("notes") == ["cannot be read: taken as private"]


def test_hosts_of_attachments_are_asked_about(tmp_path: Path) -> None:
    given = {
        "attachments.csv": "record_type,record_id,file_name,path\n"
        "deal,d1,a,https://Files.example/a\ndeal,d1,b,https://files.example:443/b?sig=1\n"
        "deal,d1,c,https://named.example/c\n",
    }
    source = opened(tmp_path, given, file_hosts=["named.example"])
    try:
        (asked,) = [one for one in source.discover().questions if "Attachments on" in one]
        assert "files.example: 2" in asked and "source.file_hosts: [files.example]" in asked
    finally:
        source.close()


def test_columns_without_a_place_are_asked_about(tmp_path: Path) -> None:
    given = {"notes.csv": "id,contact_email,created,body,Mood\nn1,a@x.example,2026-01-05,a,good\n"}
    source = opened(tmp_path, given)
    try:
        (asked,) = [one for one in source.discover().questions if "Mood" in one]
        assert "source.headers: {notes.Mood: …}" in asked
    finally:
        source.close()
