"""What runs by itself in an account, and what has no place in Odoo: told, not moved."""

from __future__ import annotations

import re
from typing import Any

from moorage.bundles import Match
from moorage.sources.octopuspro.custom import query

MANY_STEPS = 3
_RULES = """
SELECT name, trigger, object, conditions, action, channel, template, delay, active
FROM answers ORDER BY TRY_CAST(_line AS BIGINT)
"""
#: Whole parts of OctopusPro that people ask for, and what stands in their place.
PARTS = (
    (
        "customer portal",
        "Customer portal",
        "Customers see bookings, invoices and quotes, and pay",
        "Odoo's portal: invite customers one by one or by list (Contacts, Grant portal access)",
        "Passwords are not moved and were not read. Saved cards stay with the payment gateway.",
    ),
    (
        "GPS tracking",
        "GPS tracking of field workers",
        "Positions and routes of workers during their jobs",
        "None in Odoo Community; the workers' tracking preference is kept on the employee",
        "Positions are not migrated: ask OctopusPro for them if the law wants them kept.",
    ),
)


def inventory(match: Match) -> list[dict[str, Any]]:
    """Every automated rule, then the parts that have no place."""
    rules = [_rule(*row) for row in query(match, "automations", _RULES)]
    parts = [
        _item(kind, name, trigger=trigger, equivalent=equivalent, notes=[note], actions=[])
        for kind, name, trigger, equivalent, note in PARTS
    ]
    return [*rules, *parts]


def _rule(*row: str | None) -> dict[str, Any]:
    name, trigger, about, conditions, action, channel, template, delay, active = (
        (value or "").strip() for value in row
    )
    told = [f"Through {channel}"] if channel else []
    told += [f"With the template {template}"] if template else []
    return _item(
        "automation",
        name or trigger or "Rule without a name",
        object=about.lower(),
        trigger=trigger,
        conditions=_listed(conditions),
        actions=_listed(action),
        delays=[delay] if delay else [],
        equivalent="Automation rule (base.automation) with a delay and a mail template, or a"
        " follow-up level of invoices",
        notes=[*told, *(["It is switched off."] if active == "false" else [])],
    )


def _listed(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]


def _item(kind: str, name: str, **about: Any) -> dict[str, Any]:
    steps = len(about["actions"])
    effort = "high" if steps > MANY_STEPS else "medium" if steps > 1 else "low"
    return {
        "kind": kind, "name": name, "object": "", "trigger": "", "conditions": [], "delays": [],
        "equivalent": "", "notes": [], "steps": steps, "effort": effort, **about,
    }  # fmt: skip
