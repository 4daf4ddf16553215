"""What is proposed for the fields of a table, and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.proposals import GOLD, measures, outcomes, read_gold

from moorage.errors import SettingsError
from moorage.proposals import Column, Memory, built_in, kind_by_name, propose_fields
from moorage.proposals.concepts import concepts, kinds
from moorage.proposals.confidence import features, probability, stored_weights


def targets(model: str, *names: str | Column, **rest: object) -> list[str | None]:
    columns = [name if isinstance(name, Column) else Column(name) for name in names]
    return [one.target for one in propose_fields(columns, model, **rest)]  # type: ignore[arg-type]


def test_every_target_is_a_field_of_odoo_or_of_an_app_that_is_not_installed() -> None:
    extra = {
        "margin", "purchase_price", "hourly_cost", "progress", "effective_hours", "carrier_id",
        "total_hours_spent", "planned_date_begin", "channel_id", "country_of_origin", "product_id",
        "reconciled_invoice_ids", "allocated_hours", "state_id",
    }  # fmt: skip
    for concept in concepts().values():
        for kind, names in concept.targets.items():
            if kind != "ticket":  # Enterprise alone has tickets
                unknown = {name for name in names if name} - set(built_in(kinds()[kind].model))
                assert unknown <= extra, (concept.name, kind)


def test_qualifiers_decide() -> None:
    found = targets(
        "res.partner", "first_name", "billing_street", "shipping_street", "phone", "fax",
        "assistant_phone", "email", "secondary_email", "company", "id", "created_at",
    )  # fmt: skip
    assert found == [
        "name", "street", None, "phone", None, None, "email", None, "parent_id", None, None,
    ]  # fmt: skip


def test_neighbours_decide() -> None:
    assert targets("res.partner", "first_name", "mobile") == ["name", "phone"]
    assert targets("res.partner", "first_name", "mobile", "phone") == ["name", None, "phone"]
    assert targets("crm.lead", "title", "first_name") == ["function", "contact_name"]
    assert targets("crm.lead", "title", "amount", "stage", table="deals")[0] == "name"
    assert targets("sale.order", "ref", "ref_client") == ["name", "client_order_ref"]


def test_values_gate_what_labels_say() -> None:
    flags = Column("email", samples=("true", "false", "true"))
    addresses = Column("email", samples=("a@b.com", "c@d.org"))
    assert targets("res.partner", flags) == [None]
    assert targets("res.partner", addresses) == ["email"]


def test_nothing_that_fits_is_said_with_its_reason() -> None:
    columns = [Column("facebook_url"), Column("emails_sent_count"), Column("id"), Column("Qwrtz")]
    found = propose_fields(columns, "res.partner")
    assert [one.fate for one in found] == ["home", "drop", "id", "home"]
    assert all(one.why and one.candidates for one in found)


def test_conventions_are_settings() -> None:
    assert targets("sale.order", "grand_total") == ["amount_total"]
    assert targets("sale.order", "grand_total", conventions={"totals": "custom"}) == [None]
    assert targets("crm.lead", "created_at") == [None]
    assert targets("crm.lead", "created_at", conventions={"created": "native"}) == ["create_date"]


def test_confirmed_decisions_come_first_and_are_shared_as_a_file(tmp_path: Path) -> None:
    place = tmp_path / "decisions.tsv"
    memory = Memory(place)
    memory.learn([("res.partner", "Loyalty card", "ref"), ("res.partner", "Fax", None)])
    memory.save()
    (found,) = propose_fields([Column("loyaltyCard")], "res.partner", memory=Memory(place))
    assert (found.target, found.remembered, found.why) == ("ref", True, "confirmed before")
    place.write_text("no line of decisions\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="line of decisions"):
        Memory(place)


def test_kinds_are_known_by_their_names_in_several_languages() -> None:
    names = ["Contacts", "Companies", "Deals", "Rechnungen", "Kunden", "Produits", "Oportunidades"]
    found = [kind.name if (kind := kind_by_name(name)) else None for name in names]
    assert found[:3] == ["person", "company", "deal"]


def test_an_unknown_model_gets_custom_fields_alone() -> None:
    assert targets("x_vessel", "name", "email", fields={}) == [None, None]


def test_the_stored_model_holds_what_is_promised_on_vendors_nobody_tuned_to() -> None:
    found = outcomes(read_gold(GOLD / "held_out"))
    sure = [probability(features(one.found), stored_weights()) for one in found]
    figures = measures(found, sure)
    assert figures["fields"] > 400
    assert figures["recall@1"] >= 0.9 and figures["right"] >= 0.92, figures
    assert figures["nothing P"] >= 0.85 and figures["nothing R"] >= 0.85, figures
    assert figures["ECE"] <= 0.05, figures
