"""What works by itself in Krayin and is not moved: workflows, hooks, forms, campaigns, rights.

Each item is told in words that a person in Odoo can build it from. Headers of hooks, which hold
keys, are never read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from moorage.sources.krayin.reader import Reader, quoted
from moorage.sources.krayin.schema import Schema

#: More steps than this are much work.
MANY_STEPS = 3
OBJECTS = {
    "leads": "crm.lead", "persons": "res.partner", "quotes": "sale.order",
    "activities": "mail.activity", "organizations": "res.partner",
}  # fmt: skip
_MOMENTS = {"create.after": "made", "update.after": "changed", "delete.before": "deleted"}
_SIGNS = {"==": "is", "!=": "is not", "{}": "contains", "!{}": "does not contain"}
_ACTIONS = {
    "update_lead": "Set {attribute} of the lead to {value}",
    "update_person": "Set {attribute} of the person to {value}",
    "update_quote": "Set {attribute} of the quote to {value}",
    "update_related_leads": "Set {attribute} of the leads it belongs to to {value}",
    "send_email_to_person": "Send the e-mail template {template} to the person",
    "send_email_to_sales_owner": "Send the e-mail template {template} to the owner",
    "send_email_to_participants": "Send the e-mail template {template} to all who take part",
    "add_tag": "Add the tag {value}",
    "add_note_as_activity": "Write a note: {value}",
    "trigger_webhook": "Call the webhook {webhook}",
}


def inventory(reader: Reader, schema: Schema) -> list[dict[str, Any]]:
    """Every item as {kind, name, object, trigger, conditions, actions, delays, steps, effort,
    equivalent, notes}; a role has `permissions` too."""
    rows = Rows(reader, schema)
    return [
        *_workflows(rows),
        *_webhooks(rows),
        *_web_forms(rows),
        *_campaigns(rows),
        *_filters(rows),
        *_groups(rows),
        *_roles(rows),
    ]


class Rows:
    """Rows of small tables as dicts; a table or column that is not there gives nothing."""

    def __init__(self, reader: Reader, schema: Schema) -> None:
        self._reader = reader
        self._schema = schema

    def of(self, table: str, columns: str, order: str = "id") -> list[dict[str, str]]:
        """All rows, with '' for NULL and for columns that this release lacks."""
        names = [name for name in columns.split() if self._schema.has(table, name)]
        if not names:
            return []
        found = self._reader.rows(
            f"SELECT {', '.join(map(quoted, names))} FROM {quoted(self._schema.prefix + table)}"
            f" ORDER BY {order}"
        )
        empty = dict.fromkeys(columns.split(), "")
        told = [dict(zip(names, row, strict=True)) for row in found]
        return [{**empty, **{name: value or "" for name, value in row.items()}} for row in told]

    def names(self, table: str, name: str = "name") -> dict[str, str]:
        """What the rows of a table are called, by id."""
        return {row["id"]: row[name] for row in self.of(table, f"id {name}")}


def _item(kind: str, name: str, **about: Any) -> dict[str, Any]:
    steps = about.pop("steps", len(about.get("actions", ())))
    effort = "high" if steps > MANY_STEPS else "medium" if steps > 1 else "low"
    return {
        "kind": kind, "name": name, "object": "", "trigger": "", "conditions": [], "actions": [],
        "delays": [], "steps": steps, "effort": effort, "equivalent": "", "notes": [], **about,
    }  # fmt: skip


def _workflows(rows: Rows) -> Iterator[dict[str, Any]]:
    templates, webhooks = rows.names("email_templates"), rows.names("webhooks")
    columns = "name description entity_type event condition_type conditions actions"
    for row in rows.of("workflows", columns):
        conditions = [_condition(c) for c in _listed(row["conditions"])]
        actions = [_action(a, templates, webhooks) for a in _listed(row["actions"])]
        moment = next((w for end, w in _MOMENTS.items() if row["event"].endswith(end)), "touched")
        model = OBJECTS.get(row["entity_type"], "")
        joined = "any of these" if row["condition_type"] == "or" else "all of these"
        yield _item(
            "workflow",
            row["name"],
            object=row["entity_type"],
            trigger=f"When one of the {row['entity_type']} is {moment} ({row['event']})",
            conditions=[f"If {joined} hold:", *conditions] if len(conditions) > 1 else conditions,
            actions=actions,
            equivalent=f"Automation rule (base.automation) on {model or 'the record'}: "
            + ("“On deletion”" if moment == "deleted" else "“On create”, “On update”"),
            notes=["Krayin cannot switch a workflow off: it was active."],
        )


def _condition(given: Mapping[str, Any]) -> str:
    sign = str(given.get("operator", ""))
    return f"{given.get('attribute', '?')} {_SIGNS.get(sign, sign)} {_value(given.get('value'))}"


def _action(
    given: Mapping[str, Any], templates: Mapping[str, str], webhooks: Mapping[str, str]
) -> str:
    name, value = str(given.get("id", "?")), given.get("value")
    # In 1.x the value of a hook is the hook itself, with its headers.
    plain = "one of its own" if isinstance(value, dict) else _value(value)
    words = _ACTIONS.get(name, f"{name}: {{value}}")
    return words.format(
        attribute=given.get("attribute", "a field"),
        value=plain,
        template=templates.get(str(value), f"number {plain}"),
        webhook=webhooks.get(str(value), plain),
    )


def _webhooks(rows: Rows) -> Iterator[dict[str, Any]]:
    columns = "name entity_type description method end_point payload_type"
    for row in rows.of("webhooks", columns):
        address = row["end_point"].split("?")[0]
        yield _item(
            "webhook",
            row["name"],
            object=row["entity_type"],
            trigger="When a workflow calls it",
            actions=[f"{row['method'].upper()} to {address}, content: {row['payload_type']}"],
            equivalent="Server action “Send Webhook Notification”, from an automation rule",
            notes=["Headers and query, which may hold keys, were left in Krayin: set them anew."],
        )


def _web_forms(rows: Rows) -> Iterator[dict[str, Any]]:
    attributes, pipelines = rows.names("attributes"), rows.names("lead_pipelines")
    columns = "web_form_id attribute_id name is_required"
    asked = rows.of("web_form_attributes", columns, order="web_form_id, sort_order, id")
    columns = "id title submit_success_action submit_success_content create_lead lead_pipeline_id"
    for row in rows.of("web_forms", columns):
        fields = [
            f"Ask for {a['name'] or attributes.get(a['attribute_id'], 'a field')}"
            + (" (required)" if a["is_required"] == "1" else "")
            for a in asked
            if a["web_form_id"] == row["id"]
        ]
        into = pipelines.get(row["lead_pipeline_id"], "the default pipeline")
        made = (
            f"Make a person, and a lead in {into}" if row["create_lead"] == "1" else "Make a person"
        )
        after = f"Then {row['submit_success_action']}: {row['submit_success_content'][:200]}"
        yield _item(
            "web form",
            row["title"],
            object="leads" if row["create_lead"] == "1" else "persons",
            trigger="When somebody sends the form from a web page",
            actions=[*fields, made, after],
            # What it asks for is one step, however long the list.
            steps=bool(fields) + 2,
            equivalent="Form of the Website app that makes a lead, or an alias of the sales team",
            notes=["Pages that embed the form must be changed before Krayin is switched off."],
        )


def _campaigns(rows: Rows) -> Iterator[dict[str, Any]]:
    templates = rows.names("email_templates")
    events = {row["id"]: row for row in rows.of("marketing_events", "id name date")}
    columns = "name subject status marketing_template_id marketing_event_id"
    for row in rows.of("marketing_campaigns", columns):
        event = events.get(row["marketing_event_id"])
        when = f"On {event['date']} ({event['name']})" if event else "At no event"
        template = templates.get(row["marketing_template_id"], "none")
        yield _item(
            "campaign",
            row["name"],
            object="persons",
            trigger=when,
            actions=[f"Send the e-mail template {template} to every address of every person"],
            delays=[when] if event else [],
            equivalent="Email Marketing: a mailing with a filter for who wants it",
            notes=["active" if row["status"] == "1" else "not active",
                   "Krayin knows no audience, no log of what was sent and no opting out."],
        )  # fmt: skip


def _filters(rows: Rows) -> Iterator[dict[str, Any]]:
    users = rows.names("users")
    for row in rows.of("datagrid_saved_filters", "name src user_id applied"):
        applied = _parsed(row["applied"])
        filters = applied.get("filters") if isinstance(applied, dict) else None
        columns = filters.get("columns") if isinstance(filters, dict) else None
        yield _item(
            "saved filter",
            row["name"],
            object=row["src"].rstrip("/").rsplit("/", 1)[-1],
            trigger=f"Chosen by {users.get(row['user_id'], 'a user who is gone')}",
            conditions=[
                f"{column.get('index', '?')}: {_value(column.get('value'))}"
                for column in _dicts(columns)
            ],
            steps=1,
            equivalent="Favourite filter (ir.filters) of that user",
        )


def _groups(rows: Rows) -> Iterator[dict[str, Any]]:
    users = rows.names("users")
    members = rows.of("user_groups", "group_id user_id", order="group_id, user_id")
    for row in rows.of("groups", "id name description"):
        inside = {m["user_id"] for m in members if m["group_id"] == row["id"]}
        names = sorted(users[user] or f"user {user}" for user in inside if user in users)
        yield _item(
            "group",
            row["name"],
            object="users",
            actions=[f"Has the members {', '.join(names)}" if names else "Has no members"],
            equivalent="Sales team with these members, if they see one another's records",
            notes=[row["description"]] if row["description"] else [],
        )


def _roles(rows: Rows) -> Iterator[dict[str, Any]]:
    columns = "role_id view_permission"
    held = rows.of("users", columns)
    for row in rows.of("roles", "id name description permission_type permissions"):
        views = [user["view_permission"] for user in held if user["role_id"] == row["id"]]
        everything = row["permission_type"] == "all"
        granted = [str(name) for name in _values(_parsed(row["permissions"]))]
        seen = ", ".join(f"{views.count(view)} see {view}" for view in sorted(set(views)) if view)
        yield _item(
            "role",
            row["name"],
            object="users",
            steps=1,
            permissions=["all"] if everything else granted,
            equivalent="Sales: Administrator" if everything else "Sales: User, with record rules",
            notes=[
                note
                for note in (
                    row["description"],
                    f"{len(views)} users" + (f": {seen}" if seen else ""),
                )
                if note
            ],
        )


def _listed(text: str) -> list[Mapping[str, Any]]:
    return _dicts(_values(_parsed(text)))


def _dicts(given: Any) -> list[Mapping[str, Any]]:
    return [item for item in _values(given) if isinstance(item, dict)]


def _parsed(text: str) -> Any:
    try:
        found = json.loads(text)
        return json.loads(found) if isinstance(found, str) else found
    except ValueError:
        return None


def _values(given: Any) -> Sequence[Any]:
    """A list, or an object whose keys are the places of a list with holes."""
    if isinstance(given, dict):
        numbered: Callable[[Any], tuple[int, str]] = lambda key: (len(str(key)), str(key))  # noqa: E731
        return [given[key] for key in sorted(given, key=numbered)]
    return given if isinstance(given, list) else []


def _value(given: Any) -> str:
    if isinstance(given, list | dict):
        return ", ".join(_value(item) for item in _values(given))
    return "nothing" if given in (None, "") else str(given)[:200]
