"""A workspace, the same by seed: what the API serves, and what only files tell."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from moorage.sources.klipy.demo import words

Row = dict[str, Any]

BEGIN = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)


@dataclass
class Workspace:
    """Rows by kind. `people`, `companies` and `interactions` are keyed as the API writes them."""

    people: list[Row] = field(default_factory=list)
    companies: dict[str, Row] = field(default_factory=dict)
    interactions: list[Row] = field(default_factory=list)
    deals: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
    drafts: list[Row] = field(default_factory=list)
    attachments: list[Row] = field(default_factory=list)
    record_tags: list[Row] = field(default_factory=list)


def make(scale: int, seed: int) -> Workspace:
    """About `scale` records, three in four of them people and interactions."""
    made = Workspace()
    chance = random.Random(seed)  # noqa: S311 - made-up data
    count = max(scale // 10, 24)
    _make_companies(made, chance, count)
    _make_people(made, chance, 3 * count)
    _make_deals(made, chance, count)
    _make_interactions(made, chance, 4 * count)
    _make_papers(made, chance, count)
    return made


def moment(days: float) -> str:
    """A time so many days after the beginning, as the API writes it."""
    return (BEGIN + timedelta(days=days)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _make_companies(made: Workspace, chance: random.Random, count: int) -> None:
    for n in range(count):
        name = f"{chance.choice(words.LAST)} {chance.choice(words.TRADES)} {n}"
        stem = name.lower().replace(" ", "-").encode("ascii", "ignore").decode()
        domain = (f"{stem}.example", f"WWW.{stem}.Example", f"https://www.{stem}.example/about")[
            n % 3
        ]
        city, state, country = chance.choice(words.CITIES)
        made.companies[f"co_{n:05}"] = {
            "id": f"co_{n:05}", "name": name, "domain": domain,
            "industry": chance.choice(words.INDUSTRIES), "employeeCount": chance.randint(2, 900),
            "estimatedRevenue": chance.choice([None, 250000, 1.5e6]), "city": city,
            "state": state or None, "country": country, "linkedin": f"https://linkedin.example/c/{n}",
            "creationTime": moment(n % 90),
        }  # fmt: skip
    made.companies["co_mail"] = {"id": "co_mail", "name": "Gmail", "domain": "gmail.com"}
    # A daughter under one roof with its mother.
    made.companies["co_00001"]["domain"] = made.companies["co_00000"]["domain"]


def _make_people(made: Workspace, chance: random.Random, count: int) -> None:
    companies = list(made.companies.values())[:-1]
    for n in range(count):
        first, last = chance.choice(words.FIRST), chance.choice(words.LAST)
        company = companies[n % len(companies)]
        mail = f"{first}.{last}.{n}@mail{n % 9}.example".lower()
        row: Row = {
            "id": f"pe_{n:05}", "firstName": first, "lastName": last,
            "email": mail.encode("ascii", "ignore").decode(), "title": chance.choice(words.TITLES),
            "phone": f"+43 1 {5_000_000 + n}" if n % 4 else "", "companyId": company["id"],
            "linkedinUrl": f"https://linkedin.example/in/{n}" if n % 3 else None,
            "owner": chance.choice(words.MEMBERS)[0] if n % 11 else words.GONE,
            "tags": chance.sample(words.TAGS, n % 3), "creationTime": moment(n % 200),
            "region": ("North", "South")[n % 2],
        }  # fmt: skip
        made.people.append(row)
    dirty = made.people
    dirty[1] |= {"firstName": None, "lastName": "Patel, Jordan"}
    dirty[2] |= {"firstName": "Mira 🚀", "lastName": "Stone | Growth Lead"}
    dirty[3] |= {"lastName": "someone@mail3.example"}
    dirty[4] |= {"firstName": "Prince", "lastName": None}
    dirty[6] |= {"email": dirty[5]["email"].upper(), "firstName": dirty[5]["firstName"],
                 "lastName": dirty[5]["lastName"]}  # fmt: skip
    dirty[7] |= {"companyId": "co_mail"}


def _make_deals(made: Workspace, chance: random.Random, count: int) -> None:
    for n in range(count):
        person = made.people[(n * 3) % len(made.people)]
        company = made.companies[person["companyId"]]
        closed = n % 4
        road = [*words.STAGES[: 1 + n % 4], *(["Closed Won"] if closed == 1 else []),
                *(["Closed Lost"] if closed == 2 else [])]  # fmt: skip
        deal: Row = {
            "deal_id": f"dl_{n:05}",
            "deal_name": f"{company['name']} {chance.choice(words.TRADES)}",
            "pipeline": words.PIPELINES[n % 2], "pipeline_id": f"pl_{n % 2}", "road": road,
            "estimated_value": words.VALUES[n % len(words.VALUES)], "created": n % 300,
            "owner_name": words.MEMBERS[n % 5][0] if n % 7 else words.GONE, "company": company,
            "person": person, "is_private": n % 29 == 5, "in_log": n % 3 != 0,
            "line_of_business": ("Retail", "Wholesale")[n % 2], "won": closed == 1,
            "closed": bool(closed % 3),
        }  # fmt: skip
        made.deals.append(deal)
        if deal["in_log"]:
            made.events += _events(deal, n)
    chance.shuffle(made.events)
    made.events += made.events[: len(made.events) // 20]


def _events(deal: Row, n: int) -> list[Row]:
    """What the webhooks told of a deal; some are moved again after they were closed."""
    company, person = deal["company"], deal["person"]
    data: Row = {
        "deal_id": deal["deal_id"], "pipeline_id": deal["pipeline_id"],
        "pipeline": deal["pipeline"],
        "deal_name": deal["deal_name"], "estimated_value": 12000 + n, "currency": "USD",
        "deal_creation_date": moment(deal["created"]),
        "estimated_close_date": moment(deal["created"] + 60), "is_private": deal["is_private"],
        "owner_name": deal["owner_name"],
        "company": {"name": company["name"], "domain": company["domain"]},
        "point_of_contact": {"first_name": person["firstName"], "email": person["email"]},
    }  # fmt: skip
    told = [("deal.created", data, 0.0)]
    road = [words.SPELLINGS.get(stage, stage) for stage in deal["road"]]
    for step, (old, new) in enumerate(pairwise(road), start=1):
        moved = {**data, "actor_name": deal["owner_name"], "from": old, "to": new}
        told.append(("deal.moved", moved, float(step)))
    if deal["closed"]:
        told.append(("deal.closed", {**data, "won": deal["won"]}, 20.0))
    if deal["closed"] and n % 13 == 1:
        again = {**data, "actor_name": deal["owner_name"], "from": road[-1], "to": "Negotiation"}
        told.append(("deal.moved", again, 30.0))
    timed = n % 2 == 0
    return [
        {"type": kind, "object": "event", "data": about}
        | ({"created_at": moment(deal["created"] + days)} if timed else {})
        for kind, about, days in told
    ]


def _make_interactions(made: Workspace, chance: random.Random, count: int) -> None:
    for n in range(count):
        people = chance.sample(made.people, 1 + n % 3)
        kind = "MEETING" if n % 9 == 0 else "EMAIL" if n % 3 else "DIRECT_MESSAGE"
        contacts = [person["id"] for person in people]
        if n % 97 == 3:
            contacts = ["pe_deleted"]
        made.interactions.append({
            "id": f"in_{n:06}", "contacts": contacts,
            "companies": sorted({person["companyId"] for person in people}),
            "direction": ("INBOUND", "OUTBOUND", "HYBRID")[n % 3],
            "sentiment": chance.choice(words.SENTIMENTS), "type": kind,
            "source": chance.choice(words.CHANNELS), "title": f"{kind.title()} about plan {n}",
            "summary": words.SUMMARIES[n % len(words.SUMMARIES)],
            "createdBy": words.MEMBERS[n % 3][0], "creationTime": moment(n % 320),
            "interactionDate": moment(n % 320 + 0.01),
        })  # fmt: skip


def _make_papers(made: Workspace, chance: random.Random, count: int) -> None:
    for n in range(count):
        person, deal = chance.choice(made.people), made.deals[n % len(made.deals)]
        made.notes.append({
            "id": f"no_{n:05}", "contact_email": person["email"],
            "deal_id": deal["deal_id"] if n % 2 else "", "author": words.MEMBERS[n % 3][0],
            "created": moment(n % 300), "private": "yes" if n % 15 == 2 else "no",
            "body": f"Note {n}: {words.SUMMARIES[n % 4] or 'called'}",
        })  # fmt: skip
        if n % 2:
            made.drafts.append({
                "id": f"dr_{n:05}", "contact_email": person["email"], "deal_id": deal["deal_id"],
                "channel": "EMAIL", "trigger": "quiet thread",
                "status": ("pending", "approved")[n % 3 == 0],
                "subject": f"Following up {n}", "body": "Hi,\n\njust checking in.",
                "created": moment(n % 300),
            })  # fmt: skip
        if n % 5 == 0:
            made.attachments.append({
                "id": f"at_{n:05}", "record_type": ("deal", "contact")[n % 2],
                "record_id": deal["deal_id"] if n % 2 == 0 else person["id"],
                "file_name": f"offer {n}.txt",
                "path_or_url": f"attachments/offer {n}.txt" if n % 10 else "",
                "size": 40,
            })  # fmt: skip
    made.record_tags = [
        {"record_type": "deal", "record_id": deal["deal_id"], "tag": words.TAGS[n % 5]}
        for n, deal in enumerate(made.deals) if n % 4 == 0
    ]  # fmt: skip
