"""The small tables every installation has: users, roles, groups, pipelines, stages, tags, stock."""

import json
import random
from typing import Any

from moorage.sources.krayin.demo.places import locales

Rows = list[dict[str, Any]]

EPOCH = "2022-01-03 09:00:00"
LONG_STAGE = "Waiting for the customer's legal department to sign the framework"

# (code, name, probability, outcome, share of the pipeline's leads)
_STAGES: dict[int, list[tuple[str, str, int, str, float]]] = {
    1: [
        ("new", "New", 100, "open", 0.15),
        ("follow-up", "Follow Up", 100, "open", 0.1),
        ("prospect", "Prospect", 100, "open", 0.1),
        ("negotiation", "Negotiation", 100, "open", 0.1),
        ("won", "Won", 100, "won", 0.25),
        ("lost", "Lost", 0, "lost", 0.3),
    ],
    2: [
        ("new", "New", 10, "open", 0.2),
        ("demo", "Demo ", 30, "open", 0.15),
        ("waiting", LONG_STAGE, 60, "open", 0.2),
        ("won", "Closed (won)", 100, "won", 0.2),
        ("lost", "Lost", 0, "lost", 0.25),
    ],
    3: [
        ("novo", "Novo", 100, "open", 0.2),
        ("qualificacao", "Qualificação", 100, "open", 0.2),
        ("proposta", "Proposta", 100, "open", 0.1),
        ("ganho", "Ganho", 100, "won", 0.25),
        ("perdido", "Perdido", 0, "lost", 0.25),
    ],
}
_TAGS = (
    ("VIP", "#337CFF"), ("vip ", "#FF4433"), ("V.I.P.", None), ("Hot", "#ff0000"),
    ("hot", "#FF0000"), ("Key Account", "#00AA55"), ("key-account", "#00AA55"),
    ("Messe 2024", "#FEBF00"), ("Ação", None), ("Do not call", "red"), ("réseau", "#123"),
    ("客户", "#337CFF"), ("Hot", "#FF0000"), ("🔥", None),
)  # fmt: skip
_SOURCES = (
    "Email", "Web", "Web Form", "Phone", "Direct", "Messe", "LinkedIn", "linkedin ", "Empfehlung"
)  # fmt: skip
_TYPES = ("New Business", "Existing Business", "Renewal", "new business")


def _stamped(row: dict[str, Any], moment: str = EPOCH) -> dict[str, Any]:
    return row | {"created_at": moment, "updated_at": moment}


def stage_rows() -> tuple[Rows, Rows, Rows]:
    """Pipelines, their stages, and the share of leads that stands in each stage."""
    pipelines = [
        _stamped({"id": 1, "name": "Default Pipeline", "is_default": 1, "rotten_days": 30}),
        _stamped({"id": 2, "name": "Enterprise (EMEA)", "is_default": 0, "rotten_days": 90}),
        _stamped({"id": 3, "name": "Vendas Brasil", "is_default": 0, "rotten_days": 45}),
    ]
    stages: Rows = []
    shares: Rows = []
    for pipeline, members in _STAGES.items():
        reached = 0.0
        for order, (code, name, probability, outcome, share) in enumerate(members, 1):
            stage = len(stages) + 1
            stages.append(
                {
                    "id": stage,
                    "code": code,
                    "name": name,
                    "probability": probability,
                    "sort_order": order * pipeline,
                    "lead_pipeline_id": pipeline,
                }
            )
            upper = 1.0 if order == len(members) else reached + share
            shares.append(
                {
                    "id": stage,
                    "pipeline": pipeline,
                    "outcome": outcome,
                    "from_share": reached,
                    "to_share": upper,
                }
            )
            reached = upper
    return pipelines, stages, shares


def _named(names: tuple[str, ...]) -> Rows:
    return [_stamped({"id": n, "name": name}) for n, name in enumerate(names, 1)]


def source_rows() -> Rows:
    """Lead sources; two differ only in case and blanks."""
    return _named(_SOURCES)


def type_rows() -> Rows:
    """Lead types; two differ only in case."""
    return _named(_TYPES)


def tag_rows(count: int) -> Rows:
    """The shipped tags with their spellings, then numbered campaign tags."""
    shipped = [*_TAGS, *((f"Campaign {n}", "#ABCDEF") for n in range(len(_TAGS), count))]
    return [
        _stamped({"id": n, "name": name, "color": color, "user_id": 1 + n % 6})
        for n, (name, color) in enumerate(shipped[:count], 1)
    ]


def role_rows() -> Rows:
    """Seeded roles have no timestamps."""
    permissions = json.dumps(["leads", "leads.create", "contacts", "quotes"])
    return [
        {"id": 1, "name": "Administrator", "description": "Administrator Role",
         "permission_type": "all", "permissions": None, "created_at": None, "updated_at": None},
        _stamped({"id": 2, "name": "Sales", "description": None,
                  "permission_type": "custom", "permissions": permissions}),
        _stamped({"id": 3, "name": "Read only", "description": "For the auditors",
                  "permission_type": "custom", "permissions": '["leads"]'}),
    ]  # fmt: skip


def user_rows(count: int, seed: int, *, dirty: bool) -> Rows:
    """At least six users: the administrator, inactive ones, a blank name, one nobody knows."""
    special = [
        ("Example Admin", "ADMIN@Example.com" if dirty else "admin@example.com", 1, "global"),
        ("Jürgen Müller", "j.mueller@moorage-demo.example", 1, "global"),
        ("Siobhán O'Brien", "siobhan@moorage-demo.example", 1, "group"),
        ("Gone Colleague", "gone@moorage-demo.example", 0, "individual"),
        ("  " if dirty else "Sam Blank", "Sales.Team@Moorage-Demo.example", 1, "individual"),
        ("External Agency", "nobody@elsewhere.example", 1, "global"),
    ]
    chance = random.Random(f"users-{seed}")  # noqa: S311 - test data, not a secret
    pool = locales()
    for number in range(len(special) + 1, count + 1):
        place = chance.choice(pool)
        name = f"{chance.choice(place['given'])} {chance.choice(place['family'])}"
        active = int(chance.random() > 0.15)
        special.append((name, f"user{number}@moorage-demo.example", active, "group"))
    return [
        _stamped(
            {
                "id": number,
                "name": name,
                "email": email,
                "password": "$2y$10$abcdefghijklmnopqrstuuWZ1demoDEMOdemoDEMOdemoDEMOdemo",
                "status": status,
                "view_permission": view,
                "role_id": 1 if number == 1 else 2 + number % 2,
                "created_by": None if number == 1 else 1,
                "remember_token": None,
                "image": f"admins/{number}/photo.jpg" if number % 5 == 2 else None,
            }
        )
        for number, (name, email, status, view) in enumerate(special, 1)
    ]


def group_rows(user_count: int, *, dirty: bool) -> tuple[Rows, Rows]:
    """Groups and their members; one membership is stored twice when dirty."""
    names = ("Vertrieb", "Inside Sales", "Suporte")
    groups = [
        _stamped({"id": n, "name": name, "description": None}) for n, name in enumerate(names, 1)
    ]
    members = [{"group_id": 1 + user % 3, "user_id": user} for user in range(2, user_count + 1)]
    return groups, members + members[:1] * dirty


def warehouse_rows() -> tuple[Rows, Rows]:
    """Two warehouses with two locations each."""
    contact = json.dumps([{"value": "store@moorage-demo.example", "label": "work"}])
    address = json.dumps({"address": "Hafen 1", "country": "DE", "state": "HAM",
                          "city": "Hamburg", "postcode": "20457"})  # fmt: skip
    warehouses = [
        _stamped(
            {
                "id": number,
                "name": name,
                "description": None,
                "contact_name": "Käthe Groß",
                "contact_emails": contact,
                "contact_numbers": "[]",
                "contact_address": address,
            }
        )
        for number, name in enumerate(("Hamburg", "Chennai"), 1)
    ]
    locations = [
        _stamped({"id": n, "name": f"Shelf {n}", "warehouse_id": (n + 1) // 2}) for n in range(1, 5)
    ]
    return warehouses, locations
