"""Deals out of the log of webhooks and out of sheets (cases 6 to 9, 11)."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from .scene import Scene, event

ROAD = [
    event("created", moment="2026-01-05T09:00:00.000Z"),
    event("moved", moment="2026-01-06T09:00:00.000Z", **{"from": "Prospecting", "to": "Discovery"}),
    event("moved", moment="2026-01-07T09:00:00.000Z", **{"from": "Discovery", "to": "Proposal"}),
]
CLOSED = event("closed", moment="2026-01-08T09:00:00.000Z", won=True)


def _untimed(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in one.items() if key != "created_at"} for one in events]


def _named(deal: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**one, "data": {**one["data"], "deal_id": deal}} for one in events]


def _states(scene: Scene) -> dict[str, tuple[str, str]]:
    rows = scene.rows(
        "SELECT d.id, s.name, d.outcome FROM tidy.deals d JOIN tidy.stages s ON s.id = d.stage_id"
    )
    return {deal: (stage, outcome) for deal, stage, outcome in rows}


def test_the_order_of_the_lines_does_not_matter(scene: Scene) -> None:
    log = []
    for number, order in enumerate(permutations(range(3))):
        events = [ROAD[n] for n in (*order, order[0])]
        log += _named(f"timed {number}", events) + _named(f"untimed {number}", _untimed(events))
    scene.read({"webhooks.jsonl": log})
    assert len(_states(scene)) == 12
    assert set(_states(scene).values()) == {("Proposal", "open")}
    assert scene.one("SELECT count(*) FROM tidy._event_rows") == 3 * 12


def test_how_deals_end(scene: Scene) -> None:
    """Won without a won stage; closed and moved again; lost; round and round without times."""
    again = [
        *ROAD,
        event("moved", moment="2026-01-08T08:00:00Z", **{"from": "Proposal", "to": "CLOSED_WON"}),
        CLOSED,
        event(
            "moved", moment="2026-01-09T08:00:00Z", **{"from": "Closed Won", "to": "Negotiation"}
        ),
    ]
    circle = [
        event("created"),
        event("moved", **{"from": "Discovery", "to": "Proposal"}),
        event("moved", **{"from": "Proposal", "to": "Discovery"}),
    ]
    lost = event("closed", moment="2026-01-08T09:00:00Z", won=False)
    scene.read({"webhooks.jsonl": [
        *_named("won", [*ROAD, CLOSED]), *_named("won, untimed", _untimed([*ROAD, CLOSED])),
        *_named("again", again[::-1]), *_named("again, untimed", _untimed(again)),
        *_named("lost", [lost, *ROAD]), *_named("circle", circle),
    ]})  # fmt: skip
    assert _states(scene) == {
        "won": ("Closed Won", "won"), "won, untimed": ("Closed Won", "won"),
        "again": ("Negotiation", "open"), "again, untimed": ("Negotiation", "open"),
        "lost": ("Proposal", "lost"), "circle": ("Discovery", "open"),
    }  # fmt: skip
    assert scene.rows("SELECT source_key, message FROM tidy._findings WHERE field <> 'customer'"
                      " AND field <> 'closed_at' ORDER BY ALL") == [
        ("again", "was moved again after it was closed: open"),
        ("again, untimed", "was moved again after it was closed: open"),
        ("circle", "the log gives no times and ends in no one stage: the last line counts"),
        ("won", "was won, but its last stage is no won one"),
        ("won, untimed", "was won, but its last stage is no won one"),
    ]  # fmt: skip
    assert scene.one("SELECT name FROM tidy.lost_reasons") == "Closed Lost"
    closed = scene.one("SELECT closed_at_effective FROM tidy.deals WHERE id = 'lost'")
    assert str(closed) == "2026-01-08 09:00:00"


def test_stages_that_differ_in_writing_are_one(scene: Scene) -> None:
    scene.read({
        "deals.csv": "Deal ID,Deal Name,Stage\nd1,A,Closed Won\nd2,B,CLOSED_WON\n"
        "d3,C,closed  won \nd4,D,Qualified\n",
        "pipelines.csv": "pipeline,stage,position,won,lost\nKlipy,Closed Won,5,yes,\n",
    })  # fmt: skip
    assert scene.rows("SELECT name, outcome, is_unlisted FROM tidy.stages ORDER BY name") == [
        ("Closed Won", "won", False), ("Qualified", "open", True),
    ]  # fmt: skip
    assert "its stage is in no list of the pipeline" in scene.findings("deals")


def test_stages_are_made_one_by_a_person(scene: Scene) -> None:
    scene.read(
        {"deals.csv": "Deal ID,Deal Name,Stage\nd1,A,Opportunity\nd2,B,Prospecting\n"},
        settings={"stages": {"opportunity": "Prospecting"}},
    )
    assert scene.rows("SELECT name FROM tidy.stages") == [("Prospecting",)]


def test_teams_by_another_field(scene: Scene) -> None:
    lines = "".join(f"d{n},A,Sales,{'Retail' if n % 2 else 'Trade'}\n" for n in range(6))
    scene.read(
        {"deals.csv": "Deal ID,Deal Name,Pipeline,Line of Business\n" + lines},
        settings={"team_field": "custom.line_of_business"},
    )
    assert scene.rows("SELECT name FROM tidy.pipelines ORDER BY 1") == [("Retail",), ("Trade",)]


def test_values_and_currencies(scene: Scene) -> None:
    scene.read(
        {"deals.csv": "Deal ID;Deal Name;Estimated Value;Currency\n"
         'd1;A;12000;\nd2;B;12,000.00;USD\nd3;C;$12k;\nd4;D;12.000,00 €;\nd5;E;;\nd6;F;100;GBP\n'},
        settings={"rates": {"EUR": 1.1}},
    )  # fmt: skip
    assert scene.rows("SELECT amount, currency, amount_base FROM tidy.deals ORDER BY id") == [
        (12000, "USD", 12000), (12000, "USD", 12000), (12000, "USD", 12000),
        (12000, "EUR", 13200), (None, "USD", None), (100, "GBP", None),
    ]  # fmt: skip
    assert scene.rows("SELECT source_key FROM tidy._findings WHERE message LIKE 'no rate%'") == [
        ("d6",)
    ]


def test_private_is_said(scene: Scene) -> None:
    scene.read({"deals.csv": "Deal ID,Deal Name,Private\nd1,A,yes\nd2,B,no\nd3,C,\n"})
    assert scene.one("SELECT list(is_private ORDER BY id) FROM tidy.deals") == [True, False, False]


def test_the_log_counts_before_the_sheet(scene: Scene) -> None:
    scene.read({
        "webhooks.jsonl": ROAD,
        "deals.csv": "Deal ID,Deal Name,Stage,Next Step\ndl_1,Big one,Prospecting,call\n",
    })  # fmt: skip
    assert _states(scene) == {"dl_1": ("Proposal", "open")}
    assert scene.one("SELECT next_step FROM tidy.deals") == "call"
    assert any("the log counts" in message for message in scene.findings("deals"))


def test_people_on_deals(scene: Scene) -> None:
    scene.read({
        "people.csv": "ID,First Name,Last Name,Email\np1,Ann,Lee,a@x.example\n"
        "p2,Bo,Ng,b@x.example\n",
        "deals.csv": "Deal ID,Deal Name,Contact Email,Stakeholders\n"
        'd1,A,A@x.example,"b@x.example; Ann Lee; Nobody Known"\nd2,B,gone@x.example,\n',
        "webhooks.jsonl": [event("contact_added", "d2", contact={"email": "B@x.example"})],
    })  # fmt: skip
    assert scene.rows(
        "SELECT customer, list_sort(stakeholder_ids), stakeholders_unknown FROM tidy.deals"
        " ORDER BY id"
    ) == [("people:p1", ["p1", "p2"], "Nobody Known"), (None, ["p2"], None)]
