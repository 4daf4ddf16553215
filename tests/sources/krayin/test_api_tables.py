"""Payloads of the API, in the shapes that its releases have, as rows of the database's tables."""

from __future__ import annotations

from typing import Any

import pytest

from moorage.sources.krayin.api_tables import HANGING, LISTINGS, Rows
from moorage.sources.krayin.attributes import Attribute

LISTING = {listing.path: listing for listing in LISTINGS}
BUDGET = Attribute("31", "leads", "budget", "Budget", "price")
AREAS = Attribute("32", "leads", "areas", "Areas", "multiselect")
USER = Attribute("33", "leads", "user", "User", "text")


def rows(path: str, item: dict[str, Any], *attributes: Attribute) -> list[tuple[str, Any]]:
    """The rows of one record, their empty columns left out."""
    made = Rows("Asia/Kolkata", attributes).of(LISTING[path], item)
    return [(table, {k: v for k, v in row.items() if v is not None}) for table, row in made]


def test_a_lead_with_all_that_hangs_on_it() -> None:
    lead = {
        "id": 7, "title": "Boat", "lead_value": "5000.0000", "status": True,
        "user": {"id": 2, "name": "Ann", "updated_at": "Ann"}, "person": {"id": 3},
        "lead_products": [{"id": 9, "quantity": 2, "price": "1.5000", "product": {"id": 4}}],
        "expected_close_date": "2025-03-09T18:30:00.000000Z",
        "created_at": "2025-03-09T20:00:00.000000Z", "closed_at": None,
        "budget": 12.5, "areas": [3, 7],
    }  # fmt: skip
    assert rows("leads", lead, BUDGET, AREAS, USER) == [
        ("leads", {
            "id": "7", "title": "Boat", "lead_value": "5000.0000", "status": "1", "user_id": "2",
            "person_id": "3", "expected_close_date": "2025-03-10",
            "created_at": "2025-03-10 01:30:00",
        }),
        ("lead_products", {
            "id": "9", "quantity": "2", "price": "1.5000", "lead_id": "7", "product_id": "4",
        }),
        ("attribute_values", {
            "id": "leads-7-31", "entity_type": "leads", "entity_id": "7", "attribute_id": "31",
            "float_value": "12.5",
        }),
        ("attribute_values", {
            "id": "leads-7-32", "entity_type": "leads", "entity_id": "7", "attribute_id": "32",
            "text_value": "3,7",
        }),
    ]  # fmt: skip


@pytest.mark.parametrize("owner", [{"user_id": {"id": 2}}, {"user": {"id": 2}}, {"user_id": 2}])
def test_an_activity_names_its_user_in_several_ways(owner: dict[str, Any]) -> None:
    ((_, row),) = rows("activities", {"id": 1, "type": "note", **owner})
    assert row == {"id": "1", "type": "note", "user_id": "2"}


def test_dates_that_are_none_and_dates_as_text_stay_what_they_are() -> None:
    item = {
        "id": 1, "created_at": "-0001-11-30T00:00:00.000000Z",
        "updated_at": "2024-02-03 04:05:06", "expired_at": "2024-02-03",
    }  # fmt: skip
    ((_, row),) = rows("quotes", item)
    assert row["created_at"] == "0000-00-00 00:00:00"
    assert row["updated_at"] == "2024-02-03 04:05:06"
    assert row["expired_at"] == "2024-02-03"


def test_stages_stand_in_the_order_in_which_they_are_given() -> None:
    item = {"id": 1, "name": "Sales", "stages": {"0": {"id": 8, "code": "new"}, "2": {"id": 5}}}
    (_, (_, first), (_, second)) = rows("settings/pipelines", item)
    assert (first["id"], first["sort_order"], first["lead_pipeline_id"]) == ("8", "1", "1")
    assert (second["id"], second["sort_order"]) == ("5", "2")


def test_the_activities_of_a_record_are_links_and_mails_are_none() -> None:
    made = Rows("UTC", ())
    leads = HANGING[0]
    call = {
        "id": 4, "type": "call", "files": [{"id": 6, "name": "a.pdf", "path": "activities/4/a"}],
        "participants": [{"user": {"id": 2}}, {"person": {"id": 3}}, {}],
    }  # fmt: skip
    assert list(made.hanging(leads, "7", {"id": 4, "type": "email"})) == []
    tables = [table for table, _ in made.hanging(leads, "7", call)]
    assert tables == [
        "lead_activities", "activity_files", "activity_participants", "activity_participants"
    ]  # fmt: skip
    # Another record that it hangs on brings the link alone.
    ((table, row),) = made.hanging(leads, "8", call)
    assert (table, row["lead_id"], row["activity_id"]) == ("lead_activities", "8", "4")
