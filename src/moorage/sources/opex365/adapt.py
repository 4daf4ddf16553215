"""Fits the mapping to an environment and an Odoo: where cases go, and tables that users made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from moorage.sources.base import Discovery

HELPDESK, PROJECT = "helpdesk.ticket", "project.task"
#: What a task has and a ticket has not, or has by another name.
OF_TASKS = ("project_id", "stage_id", "state", "parent_id", "date_deadline", "user_ids")
SPECIFIED = "specified in the scope report; a model for it is made by hand, or by a later version"


def adapt(tree: Any, discovery: Discovery, has_model: Callable[[str], bool]) -> list[str]:
    """Change `tree`; what was decided, in sentences."""
    return [*_cases(tree, has_model), *_own_tables(tree, discovery)]


def _cases(tree: Any, has_model: Callable[[str], bool]) -> list[str]:
    settings, entry = tree["settings"], tree["objects"].get("incident")
    if entry is None:
        return []
    asked = settings.get("cases_to", "auto")
    model = (HELPDESK if has_model(HELPDESK) else PROJECT) if asked == "auto" else asked
    settings["cases_to"] = model
    if entry["to"] == model:
        return [f"Cases become {model} (settings.cases_to)."]
    if entry["to"] != PROJECT:
        return [f"Cases stay {entry['to']}: to change that, begin with a new mapping.yaml."]
    _to_tickets(entry)
    for place in _places(tree["objects"]):
        place["incident"] = HELPDESK
    return [f"Cases become {HELPDESK}: this Odoo has Helpdesk (settings.cases_to)."]


def _to_tickets(entry: Any) -> None:
    """The same case as a ticket: status and resolution stay in fields, stages are Helpdesk's."""
    fields, dropped = entry["fields"], entry.setdefault("drop", {})
    entry["to"] = HELPDESK
    for name in OF_TASKS:
        fields.pop(name, None)
    fields["user_id"] = {"from": "owner_id", "link": "systemuser"}
    fields["priority"] = {"from": "ticket_priority"}
    fields["x_opex365_resolve_by"] = {
        "from": "resolve_by",
        "create": {"type": "datetime", "label": "Resolve by (OPEX 365)"},
    }
    fields["active"] = {"sql": "outcome = 'open'"}
    dropped.pop("ticket_priority", None)
    dropped["stage_id"] = "the stages of Helpdesk belong to its teams: a person moves the tickets"
    dropped["parent_id"] = "tickets of Helpdesk have no parents"


def _places(node: Any) -> Iterator[Any]:
    """Every map from objects to models (`link`, `values`) that names cases."""
    if isinstance(node, dict):
        if node.get("incident") == PROJECT:
            yield node
        for value in node.values():
            yield from _places(value)


def _own_tables(tree: Any, discovery: Discovery) -> list[str]:
    """Tables that users made are only specified, until a person maps them."""
    known = {entry.get("of", name) for name, entry in tree["objects"].items()}
    left = tree.setdefault("not_migrated", {})
    made = [
        str(about["name"])
        for about in discovery.details.get("custom_entities") or ()
        if about["name"] not in known and about["name"] not in left
    ]
    for name in made:
        left[name] = SPECIFIED
    listed = ", ".join(made)
    return [f"Own tables are specified in the scope report, not moved: {listed}."] if made else []
