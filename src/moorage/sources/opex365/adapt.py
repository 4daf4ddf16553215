"""Fits the mapping to an environment and an Odoo: where cases and calls go, own tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moorage.sources.base import Discovery, SourceObject
from moorage.sources.opex365.calls import fit_calls
from moorage.sources.opex365.places import places

HELPDESK, PROJECT = "helpdesk.ticket", "project.task"
#: What a task has and a ticket has not, or has by another name.
OF_TASKS = ("project_id", "stage_id", "state", "parent_id", "date_deadline", "user_ids")
SPECIFIED = (
    "only specified in the scope; a model is made for it once settings.custom_models names it"
)
#: Objects whose records are contacts in Odoo.
CONTACTS = ("account", "contact")


def adapt(tree: Any, discovery: Discovery, has_model: Callable[[str], bool]) -> list[str]:
    """Change `tree`; what was decided, in sentences."""
    return [*_cases(tree, has_model), *fit_calls(tree, has_model), *_own_tables(tree, discovery)]


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
    for place in places(tree["objects"], "incident", PROJECT):
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


def _own_tables(tree: Any, discovery: Discovery) -> list[str]:
    """Tables that users made become models where `settings.custom_models` says so."""
    wanted = [str(name) for name in tree["settings"].get("custom_models") or ()]
    tables = {str(one["name"]): one for one in discovery.details.get("custom_entities") or ()}
    left = tree.setdefault("not_migrated", {})
    known = {entry.get("of", name) for name, entry in tree["objects"].items()}
    made = [name for name in wanted if name in tables and name not in known]
    for name in made:
        if left.get(name) == SPECIFIED:
            del left[name]
        entry = _entry(tables[name], discovery.object(name))
        tree["objects"][name] = entry
        _may_hold_files(tree["objects"], name, entry["to"])
    specified = [name for name in tables if name not in known and name not in {*made, *left}]
    for name in specified:
        left[name] = SPECIFIED
    said = [
        (made, "Own tables become models of their own"),
        (specified, "Own tables are specified in the scope report, not moved"),
        ([name for name in wanted if name not in tables], "There are no own tables of these names"),
    ]
    return [f"{words}: {', '.join(names)}." for names, words in said if names]


def _may_hold_files(objects: Any, name: str, model: str) -> None:
    """Files in columns of the table go to its records."""
    if "column_file" in objects:
        fields = objects["column_file"]["fields"]
        fields["res_model"]["values"][name] = fields["res_id"]["link"][name] = model


def _entry(table: Any, found: SourceObject | None) -> dict[str, Any]:
    """The entry for a table; its custom columns are proposed like all others."""
    name = str(table["name"])
    names = {field.name for field in found.fields} if found else set()
    fields: dict[str, Any] = {
        "x_name": {"from": ["name", "id"], "do": ["first", "clean"], "required": True}
    }
    if "active" in names:
        fields["x_active"] = {"from": "active", "create": _made("boolean", "Active")}
    for column, target, kind, label in (
        ("status", "x_opex365_status", "char", "Status in OPEX 365"),
        ("created_at", "x_source_created_at", "datetime", "Created in the source"),
        ("updated_at", "x_source_updated_at", "datetime", "Changed in the source"),
        ("id", f"x_{name}_id"[:60], "char", f"OPEX 365 {name} id"),
    ):
        if column in names:
            fields[target] = {"from": column, "create": _made(kind, label)}
    if "owner_id" in names:
        owner = {"from": "owner_id", "link": "systemuser"}
        fields["x_opex365_owner"] = {**owner, "create": _made("many2one", "Owner", "res.users")}
    for column in table["fields"]:
        targets = list(column["targets"])
        if len(targets) > 1 and set(targets) <= set(CONTACTS):
            fields[f"x_opex365_{column['name']}"[:60]] = {
                "from": f"custom.{column['name']}",
                "link": targets,
                "create": _made("many2one", str(column["label"]), "res.partner"),
            }
    return {"to": f"x_opex365_{name}"[:60], "create": str(table["label"]), "fields": fields}


def _made(kind: str, label: str, relation: str | None = None) -> dict[str, str]:
    return {"type": kind, "label": label, **({"relation": relation} if relation else {})}
