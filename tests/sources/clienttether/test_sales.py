"""Opportunities and their clients, proposals, work orders, accounts, history, automations."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from moorage.errors import SettingsError
from moorage.mapping.propose import propose
from moorage.mapping.spec import load_mapping_to_edit, parse_mapping
from moorage.sources.base import Discovery, SourceField
from moorage.sources.clienttether import SOURCE
from moorage.sources.clienttether.adapt import adapt
from moorage.sources.links import NO_FOLDER, NOT_NAMED, WebAndFolder

from .reading import Bundled, client, opened

PEOPLE = [
    client(1), client(2), client(3, firstName="Bob", lastName="Barnes"),
    client(4, firstName="Cyd", lastName="Casey", compName="Casey Ltd"),
]  # fmt: skip


def deal(number: int, first: str, last: str, **values: str) -> dict[str, str]:
    """An opportunity as the API gives it."""
    named = {"opportunity_id": str(number), "firstName": first, "lastName": last}
    return {**named, "deal_size": "100", "contact_type": "1", "contact_sales_cycle": "", **values}


DEALS = [
    deal(1, "Bob", "Barnes"), deal(2, "Ann", "Abbott"), deal(3, "Nobody", "Here"),
    deal(4, "Ann", "Abbott", client_id="2"), deal(5, "Ann", "Abbott", client_id="99"),
]  # fmt: skip
PROPOSALS = """proposal_number,client_id,subtotal,labor_tax,material_tax,discount,total
P1,1,$100.00,4.00,2.50,,106.50
P2,1,100,,,-10,90
P3,1,100,,,,150
P4,99,100,,,,100
P5,1,80,,,,80
"""
LINES = """proposal_number,line,description,quantity,unit_price,amount
P1,1,Walls,2,50,100
P2,1,Walls,1,,100
P3,1,Walls,4,25.00,100
P4,1,Walls,4,25.00,100
P5,,Door,1,25,25
P5,,Door,1,25,25
P5,1,Trim,1,10,10
P5,1,Walls,1,20,20
"""
FILES = {
    "clients.json": PEOPLE,
    "opportunities.json": DEALS,
    "more/clients.csv": "Contact ID,First Name,Last Name,Main Contact,Handy\n11,Ann,,,8015550100\n"
                        "12,Bob,,11,\n13,Cyd,,12,\n14,Dee,,15,\n15,Eve,,14,\n16,Fay,,77,\n,Gus,,,\n",
    "proposals.csv": PROPOSALS,
    "proposal_lines.csv": LINES,
    "work_orders.csv": "work_order_id,proposal_number,type,status,start\n"
                       "W1,P1,Interior,completed,5/20/2024 8:00 AM\nW2,P9,Exterior,On Hold,\n",
    "accounts.csv": "account_id,parent_account_id,company_name\n1,,Brand\n2,1,Owner\n3,2,Unit\n"
                    "4,3,Crew\n8,9,Odd\n9,8,Even\n5,77,Lost\n",
    "call_logs.csv": "call_id,client_id,date,direction,duration,disposition,recording_url\n"
                     "1,1,5/20/2024 8:00 AM,Inbound,4:30,Answered,https://r.example/1.mp3\n"
                     "2,1,,outbound,90,Missed,\n",
    "history_notes.csv": "client_id,date,type,content\n1,5/20/2024 8:00 AM,Text Message,Hi\n"
                         "1,5/20/2024 8:00 AM,E-mail,Hello\n99,5/20/2024 8:00 AM,Note,Lost\n",
    "action_plans.json": [{"action_plan_id": "1", "action_plan_name": "Drip"},
                          {"action_plan_id": "2", "action_plan_name": "Bare"}],
    "action_plan_steps.csv": "action_plan,step,type,delay\n"
                             + "".join(f"Drip,{n},Email,{n} days\n" for n in (1, 2, 3, 4)),
    "triggers.csv": "trigger_id,name,notification,condition,action_plan\n"
                    "1,Big,Proposal Signed,Deal Size > 10000,Drip\n",
}  # fmt: skip
ANSWERS = {
    "opportunity_clients": {"2": "2", "3": "-", "4": "77", "5": "4"},
    "proposal_differences": "line",
    "clients_without_id": "by_content",
    "call_colon": "h:m",
    "call_number": "minutes",
}
SUMS = (
    "SELECT proposal_id, sum(amount) FROM (SELECT proposal_id, quantity * unit_price AS amount"
    " FROM tidy.proposal_lines UNION ALL SELECT proposal_id, unit_price FROM tidy.proposal_extras)"
    " GROUP BY 1 ORDER BY 1"
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Bundled:
    """A bundle about which nobody decided anything."""
    return Bundled(tmp_path_factory.mktemp("told"), FILES, headers={"clients.Handy": "phone"})


@pytest.fixture(scope="module")
def found(told: Bundled) -> Discovery:
    """What discovery says of it."""
    return told.source.discover()


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Bundled:
    """The same bundle, after a person decided."""
    return Bundled(tmp_path_factory.mktemp("answered"), FILES, ANSWERS)


def links(told: Bundled) -> dict[str, Any]:
    return dict(told.rows("SELECT id, client_id FROM tidy.opportunities"))


def test_opportunities_find_their_client_by_id_else_by_a_name_that_one_has(
    told: Bundled, found: Discovery
) -> None:
    assert links(told) == {"1": "3", "2": None, "3": None, "4": "2", "5": None}
    assert told.found("opportunities", "client_id") == [
        ("2", "set_aside"), ("3", "warning"), ("5", "warning"),
    ]  # fmt: skip
    assert "1 opportunities fit several clients by their names" in " ".join(found.questions)


def test_a_person_says_which_client_is_meant(answered: Bundled) -> None:
    assert links(answered) == {"1": "3", "2": "2", "3": None, "4": "2", "5": "4"}
    assert answered.found("opportunities", "client_id") == [("4", "set_aside")]


def test_attached_contacts_hang_on_the_main_one_and_circles_end(told: Bundled) -> None:
    parents = dict(told.rows("SELECT id, parent FROM tidy.clients WHERE length(id) = 2"))
    assert parents == {"11": None, "12": "clients:11", "13": "clients:11", "14": None, "15": None,
                       "16": None}  # fmt: skip
    assert told.found("clients", "main_contact_id") == [
        ("14", "warning"), ("15", "warning"), ("16", "warning"),
    ]  # fmt: skip


def test_proposals_add_up_or_are_asked_about(told: Bundled, answered: Bundled) -> None:
    assert told.found("proposals", "total") == [("P3", "set_aside")]
    assert told.found("proposals", "client_id") == [("P4", "set_aside")]
    assert told.rows(SUMS) == [("P1", 106.5), ("P2", 90), ("P3", 100), ("P4", 100), ("P5", 80)]
    # Lines that say the same are as many lines as there are.
    (lines,) = told.rows("SELECT count(*) FROM tidy.proposal_lines WHERE proposal_id = 'P5'")
    assert lines == (4,)
    assert answered.found("proposals", "total") == [("P3", "warning")]
    assert answered.rows(SUMS) == [("P1", 106.5), ("P2", 90), ("P3", 150), ("P4", 100), ("P5", 80)]


def test_work_orders_know_their_proposal_and_take_its_client(told: Bundled) -> None:
    orders = told.rows("SELECT id, proposal_id, client_id, outcome FROM tidy.work_orders")
    assert sorted(orders) == [("W1", "P1", "1", "done"), ("W2", None, None, "open")]
    assert told.found("work_orders", "proposal_number") == [("W2", "warning")]
    assert ("W1", "warning") in told.found("work_orders", "assigned_user")


def test_hierarchies_of_four_levels_and_circles_are_told(told: Bundled, found: Discovery) -> None:
    assert dict(told.rows("SELECT id, depth FROM tidy.accounts")) == {
        "1": 1, "2": 2, "3": 3, "4": 4, "5": 1, "8": None, "9": None,
    }  # fmt: skip
    assert told.found("accounts", "parent_id") == [
        ("4", "warning"), ("5", "warning"), ("8", "warning"), ("9", "warning"),
    ]  # fmt: skip
    assert "Crew (level 4)" in " ".join(found.notes)


def test_calls_and_notes_say_how_they_came(told: Bundled, answered: Bundled) -> None:
    ((direction, details),) = told.rows("SELECT direction, details FROM tidy.calls WHERE id = '1'")
    assert direction == "inbound"
    assert "Disposition: Answered" in details and 'href="https://r.example/1.mp3"' in details
    assert told.found("calls", "happened_at") == [("2", "set_aside")]
    lengths = "SELECT duration_minutes FROM tidy.calls ORDER BY id"
    assert told.rows(lengths) == [(4.5,), (1.5,)]
    assert answered.rows(lengths) == [(270,), (90,)]
    assert sorted(told.rows("SELECT channel, client_id FROM tidy.notes")) == [
        ("email", "1"), ("note", None), ("sms", "1"),
    ]  # fmt: skip
    assert [severity for _, severity in told.found("notes", "client_id")] == ["set_aside"]


def test_automations_are_described_with_their_effort(found: Discovery) -> None:
    items = {one["name"]: one for one in found.details["inventory"]}
    assert (items["Drip"]["steps"], items["Drip"]["effort"]) == (4, "high")
    assert items["Drip"]["delays"] == ["1 days", "2 days", "3 days", "4 days"]
    assert items["Bare"]["effort"] == "to be looked at"
    assert items["Big"]["conditions"] == ["Deal Size > 10000"]


def test_a_plan_that_several_accounts_share_is_described_once(tmp_path: Path) -> None:
    plan = [{"action_plan_id": "1", "action_plan_name": "Drip"}]
    told = Bundled(tmp_path, {
        "accounts.csv": "account_id,company_name\n10,North\n20,South\n30,West\n",
        "10/action_plans.json": plan, "20/action_plans.json": plan, "30/action_plans.json": plan,
        "action_plan_steps.csv": "action_plan,step,type,delay\nDrip,1,Email,0\nDrip,2,Text,3\n",
        # One of them goes a step further.
        "30/action_plan_steps.csv": "action_plan,step,type,delay\nDrip,3,Call,5\n",
        "10/sequences.csv": "sequence,step,template\nHello,1,Welcome\n",
        "20/sequences.csv": "sequence,step,template\nHello,1,Welcome\n",
    })  # fmt: skip
    found = [(one["name"], one["steps"]) for one in told.source.discover().details["inventory"]]
    assert sorted(found) == [("Drip", 2), ("Drip", 3), ("Hello", 1)]


def test_clients_without_ids_wait_for_a_word(told: Bundled, answered: Bundled) -> None:
    assert [how for _, how in told.found("clients", "client_id")] == ["set_aside"]
    assert [how for _, how in answered.found("clients", "client_id")] == ["warning"]


def test_headers_that_nobody_knows_get_a_place_by_option(told: Bundled, answered: Bundled) -> None:
    assert told.rows("SELECT phone FROM tidy.clients WHERE id = '11'") == [("8015550100",)]
    query = "SELECT phone, \"custom.handy\" FROM tidy.clients WHERE id = '11'"
    assert answered.rows(query) == [(None, 8015550100)]


class Folder:
    """A store of one file."""

    def about(self, paths: Any) -> Any:
        """Nothing that a test asks."""
        return iter(())

    def open(self, path: str) -> Any:
        """The file."""
        return io.BytesIO(path.encode())


def test_files_come_from_the_bundle_or_from_hosts_that_a_person_named() -> None:
    files = WebAndFolder(Folder(), ["cdn.example"])
    assert files.open("10/a.png").read() == b"10/a.png"
    (about,) = files.about(["http://169.254.169.254/latest"])
    assert about.problem == NOT_NAMED
    for url in ("https://other.example/a.png", "http://127.0.0.1/x", "file:///etc/passwd"):
        with pytest.raises(OSError, match="file_hosts"):
            files.open(url)
    with pytest.raises(OSError, match="plain http"):
        WebAndFolder(None, ["cdn.example"]).open("http://cdn.example/a.png")
    with pytest.raises(OSError, match=NO_FOLDER):
        WebAndFolder(None, []).open("10/a.png")


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"api": False}, "web_keys"),
        ({"web_keys": "CT_a"}, "access_token"),
        ({"timezone": ""}, "timezone"),
        ({"timezone": "Denver"}, "timezone"),
        ({"country": "USA"}, "country"),
    ],
)
def test_options_that_do_not_fit_are_told(given: dict[str, Any], where: str) -> None:
    with pytest.raises(SettingsError) as told:
        opened(**given)
    assert told.value.where == f"source.{where}"


def fitted(tree: Any, found: Discovery, *lacking: str) -> list[str]:
    """What is said when the mapping is fitted to an Odoo that lacks models; calls aside."""
    said = adapt(tree, found, lambda model: model not in lacking)
    return [words for words in said if not words.startswith("Phone calls")]


def test_accounts_become_companies_of_odoo_where_a_person_says_so(found: Discovery) -> None:
    tree = load_mapping_to_edit(SOURCE.mapping_template).document.tree
    assert fitted(tree, found) == []
    tree["settings"]["accounts_as"] = "company"
    (said,) = fitted(tree, found)
    assert "companies of Odoo" in said and "A rollback deletes" in said
    assert tree["objects"]["accounts"]["to"] == "res.company"
    account = tree["objects"]["clients"]["fields"]["x_clienttether_account"]
    assert account["create"]["relation"] == "res.company"
    assert fitted(tree, found) == []


def test_an_odoo_without_inventory_gets_tasks_unless_a_person_wants_transfers(
    found: Discovery,
) -> None:
    for rule, entries in (("false", []), ("type = 'Delivery'", ["transfers"])):
        tree = load_mapping_to_edit(SOURCE.mapping_template).document.tree
        tree["settings"]["work_order_is_picking"] = rule
        said = fitted(tree, found, "stock.picking")
        assert [name for name in tree["objects"] if name == "transfers"] == entries
        assert bool(said) is not bool(entries)


def test_a_client_with_an_opportunity_needs_no_lead_beside_it(told: Bundled) -> None:
    counts = dict(told.rows("SELECT id, opportunity_count FROM tidy.clients WHERE length(id) = 1"))
    assert counts == {"1": 0, "2": 1, "3": 1, "4": 0}


def test_a_choice_that_several_entries_hold_is_written_out(found: Discovery) -> None:
    siding = SourceField("custom.siding", "select", "Siding", True, options=("Brick", "Wood"))
    objects = [
        replace(one, fields=(*one.fields, siding)) if one.name == "clients" else one
        for one in found.objects
    ]
    discovery = replace(found, objects=tuple(objects))
    proposed = propose(load_mapping_to_edit(SOURCE.mapping_template), discovery, {})
    assert "x_clienttether_siding" in proposed.text
    parse_mapping(proposed.text, SOURCE.mapping_template)
