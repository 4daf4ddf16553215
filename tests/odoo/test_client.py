"""The client on a real Odoo: identity, exactly-once creation, custom fields, switches."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from moorage.destination import NewRecord, WantedField
from moorage.errors import AlreadyThereError, RowError, SettingsError, UnreachableError
from moorage.odoo import OdooClient
from moorage.sandbox import OdooServer

pytestmark = pytest.mark.odoo


@pytest.fixture
def client(module_odoo: OdooServer) -> Iterator[OdooClient]:
    found = OdooClient(
        module_odoo.url, module_odoo.database, module_odoo.api_key, project="t", source="krayin"
    )
    yield found
    found.close()


def test_it_says_which_odoo_it_is(client: OdooClient) -> None:
    identity = client.identity
    assert identity.version.startswith("19.")
    assert identity.edition == "community"
    assert identity.currency == "USD"
    assert "crm" in identity.modules


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"api_key": "wrong"}, SettingsError, "does not accept the API key"),
        ({"database": "nowhere"}, SettingsError, "no JSON-2 API for this database"),
        ({"url": "http://127.0.0.1:9"}, UnreachableError, "nothing answers there"),
        ({"url": "http://nowhere.invalid"}, SettingsError, "host name is not known"),
        ({"url": "odoo:/x"}, SettingsError, "host name is not known"),
    ],
)
def test_a_wrong_setting_is_named(
    module_odoo: OdooServer,
    changes: dict[str, str],
    kind: type[Exception],
    words: str,
) -> None:
    settings = {
        "url": module_odoo.url, "database": module_odoo.database, "api_key": module_odoo.api_key,
        **changes,
    }  # fmt: skip
    with pytest.raises(kind, match=words) as caught:
        _ = OdooClient(**settings, project="t", source="krayin", patience_seconds=0.5).identity
    assert module_odoo.api_key not in str(caught.value)


def test_a_record_is_created_once(client: OdooClient) -> None:
    client.make_fields(client.markers("crm.stage"))
    first = NewRecord("krayin:stages:1", '{"name":"One"}')
    second = NewRecord("krayin:stages:a/b c-ü", '{"name":"Two"}')
    ids = client.create("crm.stage", [first, second])
    assert client.find_keys("crm.stage", [first.key, second.key, "krayin:stages:9"]) == {
        first.key: ids[0],
        second.key: ids[1],
    }
    with pytest.raises(AlreadyThereError):
        client.create("crm.stage", [NewRecord("krayin:stages:3", '{"name":"Three"}'), first])
    assert client.find_keys("crm.stage", ["krayin:stages:3"]) == {}
    assert dict(pair for page in client.all_keys("crm.stage") for pair in page) == {
        first.key: ids[0],
        second.key: ids[1],
    }
    client.release("crm.stage", [second.key])
    assert client.find_keys("crm.stage", [second.key]) == {}
    client.unlink("crm.stage", ids)
    client.unlink("crm.stage", ids)


def test_custom_fields_come_and_go(client: OdooClient) -> None:
    wanted = [
        WantedField("crm.lost.reason", "x_choice", "selection", "Choice", selection=(("a", "A"),)),
        WantedField("product.product", "x_note", "char", "Note"),
        *client.markers("product.product"),
    ]
    made = client.make_fields(wanted)
    assert client.make_fields(wanted) == made
    assert client.fields("crm.lost.reason")["x_choice"].selection == (("a", "A"),)
    # People see products through their template.
    assert "x_note" in client.fields("product.template")
    assert "x_moorage_external_ids" not in client.fields("product.template")
    client.drop_fields(list(made.values()))
    client.drop_fields(list(made.values()))
    assert "x_note" not in client.fields("product.template")


def test_a_refused_field_is_a_setting_to_mend(client: OdooClient) -> None:
    with pytest.raises(SettingsError, match="None of them was made"):
        client.make_fields([WantedField("crm.tag", "not_custom", "char", "No prefix")])


def test_a_switch_is_turned_and_turned_back(client: OdooClient) -> None:
    assert client.setting("group_use_lead") is False
    client.set_setting("group_use_lead", True)
    assert client.setting("group_use_lead") is True
    client.set_setting("group_use_lead", False)
    assert client.setting("group_use_lead") is False
    assert client.setting("no_such_switch") is None


def test_reading_goes_in_pages_and_sees_the_archived(client: OdooClient) -> None:
    ids = client.call(
        "crm.tag", "create", vals_list=[{"name": f"Page {number}"} for number in range(7)]
    )
    pages = list(client.pages("crm.tag", [("id", "in", ids)], ["name"], size=3))
    assert [len(page) for page in pages] == [3, 3, 1]
    either = ["|", ("id", "=", ids[0]), ("id", "=", ids[1])]
    assert sum(len(page) for page in client.pages("crm.tag", either, ["name"])) == 2


def test_odoo_s_reason_is_kept(client: OdooClient) -> None:
    with pytest.raises(RowError, match="'Stage Name'"):
        client.call("crm.stage", "create", vals_list=[{"name": False}])


def test_links_to_archived_records_are_read(client: OdooClient) -> None:
    category = client.call("res.partner.category", "create", vals_list=[{"name": "Old"}])
    values = {"name": "Linked", "category_id": [[6, 0, category]]}
    partner = client.call("res.partner", "create", vals_list=[values])
    client.write("res.partner.category", category, {"active": False})
    pages = list(client.pages("res.partner", [("id", "in", partner)], ["name", "category_id"]))
    assert pages == [[{"id": partner[0], "name": "Linked", "category_id": category}]]


def test_nobody_follows_the_tasks_that_are_made(client: OdooClient) -> None:
    client.make_fields(client.markers("project.task"))
    profile = client.profile("project.task")
    values = {"name": "Call back", **profile.given}
    ids = client.create("project.task", [NewRecord("krayin:tasks:1", json.dumps(values))])
    client.unfollow("project.task", ids, profile.unfollow)
    (task,) = client.read("project.task", "read", ids=ids, fields=["message_partner_ids"])
    assert task["message_partner_ids"] == []
    assert set(profile.given) <= set(client.fields("project.task"))


def test_confirmed_orders_and_employees_come_without_a_message(client: OdooClient) -> None:
    """Else each line of a confirmed order, and each employee, has Odoo write a message."""

    def made(model: str, **values: object) -> int:
        client.make_fields(client.markers(model))
        (odoo_id,) = client.create(model, [NewRecord("krayin:silent:1", json.dumps(values))])
        return odoo_id

    partner = made("res.partner", name="Buyer")
    product = made("product.product", name="Chair")
    order = made("sale.order", partner_id=partner, state="sale")
    made("sale.order.line", order_id=order, product_id=product, product_uom_qty=2)
    employee = made("hr.employee", name="Begins today")
    # What Odoo tracks of an order's totals has no text: the load deletes it at its end.
    for model, odoo_id in {"sale.order": order, "hr.employee": employee}.items():
        said = [("model", "=", model), ("res_id", "=", odoo_id), ("body", "not in", ["", False])]
        assert client.call("mail.message", "search_read", domain=said, fields=["body"]) == []


def test_what_a_deal_is_given_stands_though_odoo_works_it_out(client: OdooClient) -> None:
    """Odoo closes a deal now when it is won or lost, and takes its probability from its stage."""
    stages = client.call("crm.stage", "create", vals_list=[
        {"name": "Asked"}, {"name": "Offered"}, {"name": "Sold", "is_won": True},
    ])  # fmt: skip
    closed = {"probability": 100, "stage_id": stages[2], "date_closed": "2025-01-02 09:00:00"}
    client.call("crm.lead", "create", vals_list=[{"name": f"Won {n}", **closed} for n in range(3)])
    deal, other = client.call("crm.lead", "create", vals_list=[
        {"name": "Deal", "type": "opportunity", "stage_id": stages[0], "probability": 0}
        for _ in range(2)
    ])  # fmt: skip

    def standing(odoo_id: int) -> tuple[int, float, str]:
        fields = ["stage_id", "probability", "date_closed"]
        (row,) = client.read("crm.lead", "read", ids=[odoo_id], fields=fields, load=None)
        return row["stage_id"], row["probability"], row["date_closed"]

    client.write("crm.lead", [deal, other], {"stage_id": stages[1], "probability": 0})
    assert standing(deal) == standing(other) == (stages[1], 0, False)
    lost = {"active": False, "probability": 0, "date_closed": "2025-01-03 09:00:00"}
    client.write_each("crm.lead", {deal: json.dumps(closed), other: json.dumps(lost)})
    assert standing(deal) == (stages[2], 100, "2025-01-02 09:00:00")
    assert standing(other) == (stages[1], 0, "2025-01-03 09:00:00")
