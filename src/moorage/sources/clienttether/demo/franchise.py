"""A made-up franchise, always the same by seed: what its API gives, and what only files hold.

Every hundred clients have each kind of dirt at least once: names that are none, amounts in five
spellings, owners as JSON, as text and gone, renamed sales cycles, zero dates, the same person in
two accounts, the same step under two contact types.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from moorage.sources.clienttether.demo import words

Row = dict[str, Any]
START = datetime(2023, 1, 9, 8, 0)
#: Records of all kinds for each client, nearly.
ROWS_PER_CLIENT = 5.2
#: The accounts with people in them: id and how many of ten clients.
UNITS = {"1003": 5, "1004": 3, "1005": 2}
ZERO = "0000-00-00 00:00:00"


@dataclass
class Account:
    """What one web key leads to."""

    clients: list[Row] = field(default_factory=list)
    opportunities: list[Row] = field(default_factory=list)
    sales_cycles: list[Row] = field(default_factory=list)
    lead_sources: list[Row] = field(default_factory=list)
    action_plans: list[Row] = field(default_factory=list)
    users: list[Row] = field(default_factory=list)
    notes: dict[str, list[Row]] = field(default_factory=dict)


@dataclass
class Franchise:
    """All accounts by id, and the tables that people export, by name."""

    accounts: dict[str, Account]
    tables: dict[str, list[Row]] = field(default_factory=dict)


def make(scale: int, seed: int) -> Franchise:
    """A franchise of about `scale` records, forty clients at the least."""
    chance = random.Random(seed)  # noqa: S311 - made-up data
    made = Franchise({name: _lists() for name in UNITS})
    count = max(40, round(scale / ROWS_PER_CLIENT))
    accounts = [name for name, weight in UNITS.items() for _ in range(weight)]
    for number in range(count):
        name = accounts[number % len(accounts)]
        _client(made.accounts[name], name, number, chance)
    twin = {**made.accounts["1003"].clients[0], "client_id": "900001", "contact_type": "1"}
    made.accounts["1004"].clients.append({**twin, "email": str(twin["email"]).upper()})
    return made


def _lists() -> Account:
    cycles = [
        {
            "sales_cycle_id": str(100 * int(kind) + place),
            "sales_cycle_name": name,
            "sales_cycle_active_status": "1" if active else "0",
            "sales_cycle_order": str(place),
            "likelihood_to_close": likelihood,
            "contact_type": kind,
            "contact_type_name": label,
        }
        for (kind, label), steps in words.CYCLES.items()
        for place, (name, likelihood, active) in enumerate(steps, start=1)
    ]
    sources = [
        {"lead_source_id": str(n), "lead_source_name": name}
        for n, name in enumerate(words.SOURCES, start=1)
    ]
    plans = [
        {"action_plan_id": str(n), "action_plan_name": name}
        for n, name in enumerate(words.PLANS, start=1)
    ]
    return Account(sales_cycles=cycles, lead_sources=sources, action_plans=plans, users=_users())


def _users() -> list[Row]:
    people = (("Dana", "Brooks"), ("Eli", "Marsh"), ("Fay", "Stone"), ("Gus", "Stone"))
    return [
        {
            "user_id": str(n),
            "first_name": first,
            "last_name": last,
            "email": f"{first}.{last}@brightcoat.example".lower() if n != 4 else "",
            "user_type": "Account Owner" if n == 1 else "Salesperson",
        }
        for n, (first, last) in enumerate(people, start=1)
    ]


def _assigned(number: int) -> str:
    """An owner as the API writes it: JSON, a name, nothing, a name that nobody has any more."""
    user = _users()[number % 4]
    plain = f"{user['first_name']} {user['last_name']}"
    document = json.dumps({"first_name": user["first_name"], "last_name": user["last_name"]})
    return (document, plain, plain.upper(), "", "Hank Gone", document)[number % 6]


def _amount(number: int) -> str:
    return ("", "0", "4200", "90000.00", "$12,500", "9k", "3100.50")[number % 7]


def _moment(number: int) -> str:
    return str(START + timedelta(hours=7 * number % 21000, minutes=number % 60))


def _name(number: int, chance: random.Random) -> tuple[str, str]:
    first, last = chance.choice(words.FIRST), chance.choice(words.LAST)
    odd = {
        11: ("No Name Text Added", ""),
        23: ("No Name Added by Call", ""),
        31: (first, ""),
        37: (f"{first} {last}", ""),
        41: ("", f"{last} {words.TRADES[0]} LLC"),
    }
    return odd.get(number % 50, (first, last))


def _client(account: Account, name: str, number: int, chance: random.Random) -> None:
    first, last = _name(number, chance)
    kind = "1" if number % 10 < 8 else "4" if number % 10 == 8 else "5"
    steps = words.CYCLES[kind, {"1": "Prospect", "4": "Partner", "5": "Vendor"}[kind]]
    cycle = "" if number % 13 == 5 else "Old Step (renamed)" if number % 40 == 7 else (
        steps[chance.randrange(len(steps))][0].strip())  # fmt: skip
    city, state, code = words.PLACES[number % len(words.PLACES)]
    trade = f"{chance.choice(words.LAST)} {words.TRADES[number % 8]}"
    row: Row = {
        "client_id": str(50000 + number),
        "external_id": f"web-{number}" if number % 9 == 0 else "",
        "firstName": first,
        "lastName": last,
        "compName": trade if number % 3 == 0 else "",
        "address": f"{number % 900 + 1} {words.STREETS[number % 6]}" if number % 8 else "",
        "city": city,
        "state": state,
        "zip": code,
        "phone": f"801555{number % 10000:04}" if number % 17 else "",
        "email": _email(first, last, number),
        "whiteboard": "<p>Gate code 4417</p>" if number % 6 == 0 else "",
        "deal_size": _amount(number),
        "clients_action_plan": words.PLANS[number % 3] if number % 4 else "",
        "clients_sales_cycle": cycle,
        "clients_lead_source": words.SOURCES[number % 7],
        "created": ZERO if number % 60 == 17 else _moment(number),
        "last_modified_date": _moment(number + 5),
        "contact_type": kind,
        "assigned_user": _assigned(number),
    }
    if number % 3 == 0:
        row["square_feet"] = str(900 + 50 * (number % 40))
    if number % 19 == 0:
        row["Square Feet"] = str(900 + 50 * (number % 40))
    if number % 4 == 0:
        row["siding"] = ("Stucco", "Wood", "Brick")[number % 3]
    account.clients.append(row)
    account.notes[row["client_id"]] = _notes(number)
    for again in range((number % 2) + (number % 30 == 1)):
        account.opportunities.append(_opportunity(row, name, number, again))


def _email(first: str, last: str, number: int) -> str:
    if number % 45 == 9:
        return "family@shared.example"
    if number % 12 == 6:
        return ""
    return f"{first or 'x'}.{last or 'y'}{number}@mail.example".lower().replace(" ", "")


def _notes(number: int) -> list[Row]:
    return [
        {
            "id": str(700000 + 3 * number + n),
            "date": _moment(number + 10 * n),
            "author": ("Dana Brooks", "Eli Marsh", "System")[n],
            "type": words.KINDS[(number + n) % 6],
            "content": words.NOTES[(number + n) % 6],
        }
        for n in range(number % 3)
    ]


def _opportunity(client: Row, account: str, number: int, again: int) -> Row:
    """One in three names its client by id; the others by name, of which some are not alone."""
    row = {
        "opportunity_id": str(300000 + 10 * number + again),
        "firstName": client["firstName"],
        "lastName": client["lastName"],
        "compName": client["compName"],
        "contact_sales_cycle": client["clients_sales_cycle"],
        "deal_size": _amount(number + 2),
        "created": client["created"],
        "last_modified_date": client["last_modified_date"],
        "contact_lead_source": client["clients_lead_source"],
        "contact_action_plan": client["clients_action_plan"],
        "contact_type": client["contact_type"],
        "assigned_user": client["assigned_user"],
    }
    return row if number % 3 == 1 else {**row, "client_id": client["client_id"]}
