"""What silently goes wrong elsewhere: one finished run, looked at from many sides."""

from __future__ import annotations

from typing import Any

import pytest

from moorage.destination import Json
from moorage.sandbox import MariaDBServer
from tests.journey.source import LONG, MATCHED_EMAIL, REFUSED
from tests.journey.voyage import Voyage


@pytest.fixture(scope="module")
def there(finished: Voyage) -> dict[str, dict[str, Json]]:
    """The traps as they stand in Odoo, by key; those that do not stand there are missing."""
    fields = {
        "res.partner": ("street", "city", "type", "parent_id", "email", "function",
                        "x_krayin_emails"),
        "crm.lead": ("name", "date_deadline", "active", "probability", "lost_reason_id", "stage_id",
                     "tag_ids", "expected_revenue", "description", "x_source_created_at",
                     "x_source_updated_at", "x_krayin_closed_at", "won_status"),
        "sale.order": ("amount_total", "amount_tax", "amount_untaxed", "state", "date_order",
                       "validity_date", "opportunity_id", "user_id"),
    }  # fmt: skip
    client = finished.client()
    found: dict[str, dict[str, Json]] = {}
    for model, names in fields.items():
        ids = {odoo_id: key for key, odoo_id in finished.ids(model).items()}
        for page in client.pages(model, [("id", "in", list(ids))], names):
            found.update({ids[row["id"]]: row for row in page})
    return found


def test_everybody_has_the_right_address(there: dict[str, Any]) -> None:
    def street(key: str) -> Any:
        return there[f"krayin:{key}"]["street"]

    assert street("organizations:9001") == "Kai 1"
    assert street("organizations:9002") is False, "an employee's address went up to the company"
    assert street("persons:9001") == "Eigenweg 7", "the company's address overwrote one's own"
    assert street("persons:9002") == "Eigenweg 8"
    assert street("persons:9003") == "Kai 1", "who has no address gets the company's"
    assert there["krayin:persons:9003"]["city"] == "Berlin"
    assert street("persons:9004") is False
    own = there["krayin:persons:9001"]
    assert own["parent_id"] == there["krayin:organizations:9001"]["id"]
    assert own["type"] == "other"
    assert there["krayin:persons:9003"]["type"] == "contact"


def test_no_tax_of_odoo_comes_on_top(
    finished: Voyage, there: dict[str, Any], mariadb: MariaDBServer, source: str
) -> None:
    (default,) = finished.odoo.psql("SELECT account_sale_tax_id FROM res_company")
    assert default[0], "Odoo would not have added a tax: this proves nothing"
    totals = mariadb.execute("SELECT id, grand_total FROM quotes", source)
    loaded = {key: row for key, row in there.items() if key.startswith("krayin:quotes:")}
    assert {"krayin:quotes:9001", "krayin:quotes:9002"} <= loaded.keys()
    for quote_id, total in totals:
        row = loaded.get(f"krayin:quotes:{quote_id}")
        if row is not None:
            assert round(row["amount_total"], 2) == round(float(total), 2), quote_id
            assert row["state"] == "draft"
    assert loaded["krayin:quotes:9001"]["amount_total"] == 113.85


def test_moments_are_utc_and_days_stay_days(there: dict[str, Any]) -> None:
    lead = there["krayin:leads:9002"]
    assert lead["x_source_created_at"] == "2024-03-09 22:30:00"
    assert lead["x_source_updated_at"] == "2024-03-09 23:59:59"
    assert lead["date_deadline"] == "2024-03-10"
    assert there["krayin:leads:9003"]["x_krayin_closed_at"] == "2024-03-09 18:45:00"
    assert there["krayin:leads:9012"]["x_source_created_at"] == "2024-03-31 02:30:00"
    assert there["krayin:leads:9012"]["date_deadline"] == "2024-03-31"
    order = there["krayin:quotes:9001"]
    assert order["date_order"] == "2024-03-09 22:30:00"
    assert order["validity_date"] == "2024-04-10"


def test_a_wiped_close_date_comes_from_the_shadow_copy(there: dict[str, Any]) -> None:
    assert there["krayin:leads:9001"]["date_deadline"] == "2024-12-31"


def test_zero_dates_are_no_dates(there: dict[str, Any]) -> None:
    assert there["krayin:leads:9011"]["x_source_created_at"] is False
    assert there["krayin:leads:9011"]["date_deadline"] is False


def test_lost_leads_are_archived_with_their_reason(finished: Voyage, there: dict[str, Any]) -> None:
    reasons = dict(finished.odoo.psql("SELECT id, name->>'en_US' FROM crm_lost_reason"))
    for key, reason in (("leads:9003", "Too dear for them"), ("leads:9004", "Preço")):
        lead = there[f"krayin:{key}"]
        assert (lead["active"], lead["probability"]) == (False, 0)
        assert reasons[lead["lost_reason_id"]] == reason
        assert lead["won_status"] == "lost"


def test_stages_in_another_language_close_leads(finished: Voyage, there: dict[str, Any]) -> None:
    won = there["krayin:leads:9005"]
    assert (won["active"], won["probability"], won["won_status"]) == (True, 100, "won")
    (stage,) = finished.odoo.psql(
        f"SELECT name->>'en_US', is_won FROM crm_stage WHERE id = {won['stage_id']}"
    )
    assert stage == ("Ganho", True)


def test_a_tag_given_three_times_in_two_spellings_is_one(there: dict[str, Any]) -> None:
    assert len(there["krayin:leads:9009"]["tag_ids"]) == 1


def test_lists_may_be_objects_and_emails_may_be_none(there: dict[str, Any]) -> None:
    person = there["krayin:persons:9005"]
    assert person["email"].lower() == "second@harbour.example"
    assert "fifth@harbour.example" in person["x_krayin_emails"]
    assert there["krayin:persons:9006"]["email"] is False
    assert "call me maybe" in there["krayin:persons:9006"]["x_krayin_emails"]


def test_extreme_values_survive(there: dict[str, Any]) -> None:
    assert there["krayin:leads:9006"]["expected_revenue"] == 99_999_999.9999
    description = there["krayin:leads:9007"]["description"]
    assert description.count("Ärger mit 64 KB, Zeile 🔥.") == LONG.count(
        "Ärger mit 64 KB, Zeile 🔥."
    )
    name = there["krayin:leads:9008"]["name"]
    assert "🔥 صفقة" in name and "שלום" in name
    assert not set(name) & {"\x00", "\x07", "\t"}
    assert "&lt;b&gt;not bold" in there["krayin:leads:9008"]["description"]
    assert "\\x4d61c3286e" in there["krayin:persons:9003"]["function"]


def test_what_odoo_refuses_takes_nothing_along_and_is_named(
    finished: Voyage, there: dict[str, Any], mariadb: MariaDBServer, source: str
) -> None:
    assert "krayin:leads:9010" not in there
    (count,) = mariadb.execute("SELECT count(*) FROM leads", source)[0]
    leads = [key for key in there if key.startswith("krayin:leads:")]
    assert len(leads) == count - 1, "others of its batch were lost"
    assert there["krayin:quotes:9001"]["opportunity_id"] is False
    done = finished.moorage("issues", "--json", code=None)
    groups = {place: group for group in done.json["groups"] for place in group["places"]}
    group = next(group for place, group in groups.items() if "leads id 9010" in place)
    assert "crm_lead_no_refused" in group["reason"]
    assert group["todo"]
    assert REFUSED not in done.out, "a message shows what stands in the record"
    shown = finished.moorage("issues", code=None).text
    assert "leads id 9010" in shown


def test_owners_are_matched_by_email(finished: Voyage, there: dict[str, Any]) -> None:
    ((user_id,),) = finished.odoo.psql(f"SELECT id FROM res_users WHERE login = '{MATCHED_EMAIL}'")
    assert there["krayin:quotes:9001"]["user_id"] == user_id


def test_every_key_stands_once(finished: Voyage) -> None:
    assert finished.doubles() == []
