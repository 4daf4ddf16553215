"""Delta links: changed, added and deleted rows, pages of them, and links that are too old."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moorage.sources.opex365.demo.starter import RunningStandIn, start

from .standin_calls import Calls

TRACK = "odata.track-changes"


@pytest.fixture(scope="module")
def own(store_file: Path) -> Iterator[RunningStandIn]:
    """A stand-in whose rows these tests may change."""
    running = start(more=["--store", str(store_file)])
    yield running
    running.stop()


@pytest.fixture
def calls(own: RunningStandIn) -> Calls:
    return Calls(own)


def _first(calls: Calls, address: str, prefer: str = TRACK) -> str:
    """Read a table with tracking; the delta link stands on the last page only."""
    pages = list(calls.pages(address, prefer))
    assert not any("@odata.deltaLink" in page.json for page in pages[:-1])
    link: str = pages[-1].json["@odata.deltaLink"]
    assert "$deltatoken=" in link
    return link


def _change(calls: Calls, **order: Any) -> str:
    made: list[str] = calls.standin.control("rows", [order])
    return made[0]


def test_a_delta_holds_what_changed_and_what_is_gone(calls: Calls) -> None:
    link = _first(calls, "contacts?$select=fullname", f"{TRACK},odata.maxpagesize=20")
    empty = calls.get(link).json
    assert empty["value"] == [] and empty["@odata.context"].endswith("/$delta")
    ids = [row["contactid"] for row in calls.rows("contacts?$select=fullname")]
    _change(calls, table="contact", id=ids[0], values={"fullname": "Changed"})
    _change(calls, table="contact", id=ids[1], delete=True)
    added = _change(calls, table="contact", values={"fullname": "Added"})
    passing = _change(calls, table="contact", values={"fullname": "Passing"})
    _change(calls, table="contact", id=passing, delete=True)
    found = calls.get(empty["@odata.deltaLink"]).json
    stands = {row["contactid"]: row["fullname"] for row in found["value"] if "reason" not in row}
    gone = {row["id"] for row in found["value"] if row.get("reason") == "deleted"}
    assert stands == {ids[0]: "Changed", added: "Added"}
    assert gone == {ids[1], passing}
    assert calls.get(found["@odata.deltaLink"]).rows == []
    token = empty["@odata.deltaLink"].partition("$deltatoken=")[2]
    counted = calls.get(f"{calls.standin.url}/api/data/v9.2/contacts/$count?$deltatoken={token}")
    assert counted.body.decode("utf-8-sig") == "4"


def test_many_changes_come_in_pages(calls: Calls) -> None:
    link = _first(calls, "accounts?$select=name")
    ids = [row["accountid"] for row in calls.rows("accounts?$select=name")]
    for number, row_id in enumerate(ids[:12]):
        _change(calls, table="account", id=row_id, values={"name": f"Renamed {number}"})
    for row_id in ids[12:19]:
        _change(calls, table="account", id=row_id, delete=True)
    pages = list(calls.pages(link, "odata.maxpagesize=5"))
    rows = [row for page in pages for row in page.rows]
    assert len(pages) >= 4
    assert all(len(page.rows) <= 5 for page in pages)
    assert {row["accountid"] for row in rows if "reason" not in row} == set(ids[:12])
    assert {row["id"] for row in rows if "reason" in row} == set(ids[12:19])
    assert "@odata.deltaLink" in pages[-1].json
    assert not any("@odata.deltaLink" in page.json for page in pages[:-1])


def test_activities_follow_their_concrete_table(calls: Calls) -> None:
    link = _first(calls, "activitypointers?$select=subject")
    mail, other = (row["activityid"] for row in calls.get("emails?$select=subject&$top=2").rows)
    _change(calls, table="email", id=mail, values={"subject": "Renamed"})
    _change(calls, table="email", id=other, delete=True)
    rows = calls.get(link).rows
    assert {row.get("subject") or row["reason"] for row in rows} == {"Renamed", "deleted"}
    assert not calls.get(f"activityparties?$filter=_activityid_value eq {other}").rows


def test_a_link_that_is_too_old_asks_for_a_full_read(calls: Calls) -> None:
    link = _first(calls, "leads?$select=subject")
    calls.standin.control("tracking", {"expire": True})
    status, code, message = calls.get(link).error
    assert (status, code) == (400, "0x80044352")
    assert message.startswith("Version stamp associated with the client has expired.")
    assert calls.get(_first(calls, "leads?$select=subject")).status == 200


def test_modifiedon_moves_for_tables_without_tracking(calls: Calls) -> None:
    row = calls.get("opportunitycloses?$select=modifiedon&$top=1").rows[0]
    _change(calls, table="opportunityclose", id=row["activityid"], values={"subject": "Again"})
    since = f"$filter=modifiedon gt {row['modifiedon']} and subject eq 'Again'"
    assert len(calls.get(f"opportunitycloses?$select=subject&{since}").rows) == 1
