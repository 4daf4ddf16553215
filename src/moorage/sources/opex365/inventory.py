"""What runs by itself in the environment: rules, workflows, flows and plug-ins. None of it moves;
each is described, with what would do the same in Odoo.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from moorage.errors import SettingsError
from moorage.sources.opex365.api import LABEL, Api, Row

WORKFLOW = (
    "workflowid,name,category,type,statecode,mode,scope,primaryentity,ondemand,subprocess,"
    "triggeroncreate,triggerondelete,triggeronupdateattributelist,description,ismanaged"
)
KINDS = {
    0: ("workflow", "an automation rule (base.automation) with server actions"),
    1: ("dialog", "a wizard has to be written, or a checklist of activities"),
    2: ("business rule", "a required or read-only field in the view, or an automation rule"),
    3: ("action", "a server action"),
    4: ("business process flow", "a pipeline with its stages (moved as such)"),
    5: ("cloud flow", "an automation rule (base.automation) with server actions"),
    6: ("desktop flow", "no counterpart: it works on screens"),
    7: ("AI flow", "no counterpart"),
}
STEP_MODES = {0: "synchronous", 1: "asynchronous"}
STEP_STAGES = {10: "before validation", 20: "before the change", 40: "after the change"}
#: Steps of a cloud flow that only wait.
WAITS = ("Wait", "Delay", "DelayUntil")
BRANCHES = ("If", "Switch")
EFFORT_STEPS = 3


def read_inventory(api: Api, present: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One description for each process and plug-in step; tables that are not there are skipped."""
    found: list[dict[str, Any]] = []
    if "workflow" in present:
        rows = api.rows("workflows", select=WORKFLOW, filter="type eq 1")
        found += [_process(api, row) for row in rows]
    if "sdkmessageprocessingstep" in present:
        found += _steps(api)
    return found


def _process(api: Api, row: Row) -> dict[str, Any]:
    category = int(row.get("category") or 0)
    kind, equivalent = KINDS.get(category, ("process", "to be looked at"))
    entity = str(row.get("primaryentity") or "")
    about = {
        "kind": kind,
        "name": str(row.get("name") or row["workflowid"]),
        "object": "" if entity == "none" else entity,
        "trigger": _trigger(row),
        "conditions": [],
        "actions": [],
        "delays": [],
        "steps": 0,
        "equivalent": equivalent,
        "notes": _notes(row),
    }
    if category == 5:
        about.update(_flow(api, str(row["workflowid"])))
    return {**about, "effort": _effort(about)}


def _trigger(row: Row) -> str:
    words = [
        word
        for word, given in (
            ("created", row.get("triggeroncreate")),
            ("deleted", row.get("triggerondelete")),
        )
        if given
    ]
    changed = str(row.get("triggeronupdateattributelist") or "")
    if changed:
        words.append(f"changed ({changed.replace(',', ', ')})")
    if row.get("ondemand"):
        words.append("started by hand")
    if row.get("subprocess"):
        words.append("called by another process")
    return ", ".join(words)


def _notes(row: Row) -> list[str]:
    notes = []
    if int(row.get("statecode") or 0) != 1:
        notes.append("It is switched off.")
    if row.get("mode") is not None and int(row["mode"]) == 1:
        notes.append("It runs at once, within the change itself.")
    if row.get("ismanaged"):
        notes.append("It belongs to a solution that was installed, not made here.")
    if row.get("description"):
        notes.append(str(row["description"]))
    return notes


def _flow(api: Api, workflow_id: str) -> dict[str, Any]:
    """Trigger and steps of a cloud flow, from its definition; each is read on its own."""
    try:
        row = api.get(f"workflows({workflow_id})?$select=clientdata,clientdataiscompressed")
    except SettingsError:
        row = api.get(f"workflows({workflow_id})?$select=clientdata")
    if row.get("clientdataiscompressed"):
        return {"notes": ["Its definition is compressed and cannot be read."]}
    try:
        definition = json.loads(row.get("clientdata") or "{}")["properties"]["definition"]
    except (ValueError, KeyError, TypeError):
        return {"notes": ["Its definition cannot be read."]}
    steps = list(_flow_steps(definition.get("actions")))
    triggers = definition.get("triggers") or {}
    words = [f"{name} ({about.get('type', '')})" for name, about in triggers.items()]
    inputs = [about.get("inputs") for about in triggers.values()]
    return {
        "trigger": ", ".join(words),
        "object": next((name for name in (_entity(one) for one in inputs) if name), ""),
        "conditions": [name for name, kind, _ in steps if kind in BRANCHES],
        "delays": [name for name, kind, _ in steps if kind in WAITS],
        "actions": [text for name, kind, text in steps if kind not in (*BRANCHES, *WAITS)],
        "steps": len(steps),
    }


def _flow_steps(actions: Any) -> Iterator[tuple[str, str, str]]:
    """Name, type and description of each step, those within branches and loops included."""
    if not isinstance(actions, dict):
        return
    for name, about in actions.items():
        if not isinstance(about, dict):
            continue
        kind = str(about.get("type") or "")
        yield name.replace("_", " "), kind, _described(name.replace("_", " "), about)
        yield from _flow_steps(about.get("actions"))
        yield from _flow_steps((about.get("else") or {}).get("actions"))
        for case in (about.get("cases") or {}).values():
            yield from _flow_steps(case.get("actions"))


def _described(name: str, about: Mapping[str, Any]) -> str:
    inputs = about.get("inputs")
    operation = (inputs.get("host") or {}).get("operationId") if isinstance(inputs, dict) else None
    table = _entity(inputs)
    words = [word for word in (operation, f"on {table}" if table else "") if word]
    return f"{name} ({' '.join(words)})" if words else name


def _entity(inputs: Any) -> str:
    parameters = inputs.get("parameters") if isinstance(inputs, dict) else None
    if not isinstance(parameters, dict):
        return ""
    return str(
        parameters.get("entityName") or parameters.get("subscriptionRequest/entityname") or ""
    )


def _effort(about: Mapping[str, Any]) -> str:
    if about["kind"] == "business process flow":
        return "none"
    if not about["steps"]:
        return "to be looked at"
    return "high" if about["steps"] > EFFORT_STEPS else "low"


def _steps(api: Api) -> list[dict[str, Any]]:
    """Plug-in steps that were registered here, not those of installed solutions."""
    rows = api.rows(
        "sdkmessageprocessingsteps",
        select="name,description,mode,stage,rank,filteringattributes,statecode,_sdkmessageid_value,"
        "_sdkmessagefilterid_value,_eventhandler_value",
        filter="ismanaged eq false",
    )
    objects = _objects(api, rows)
    return [_step(row, objects) for row in rows]


def _objects(api: Api, rows: Sequence[Row]) -> dict[str, str]:
    if not any(row.get("_sdkmessagefilterid_value") for row in rows):
        return {}
    filters = api.rows("sdkmessagefilters", select="primaryobjecttypecode")
    return {str(row["sdkmessagefilterid"]): str(row["primaryobjecttypecode"]) for row in filters}


def _step(row: Row, objects: Mapping[str, str]) -> dict[str, Any]:
    message = str(row.get("_sdkmessageid_value" + LABEL) or "an event")
    stage, mode = int(row.get("stage") or 0), int(row.get("mode") or 0)
    changed = str(row.get("filteringattributes") or "")
    handler = str(row.get("_eventhandler_value" + LABEL) or "a plug-in")
    off = [] if int(row.get("statecode") or 0) == 0 else ["It is switched off."]
    return {
        "kind": "plug-in step",
        "name": str(row.get("name") or handler),
        "object": objects.get(str(row.get("_sdkmessagefilterid_value")), ""),
        "trigger": f"{message}, {STEP_STAGES.get(stage, f'stage {stage}')},"
        f" {STEP_MODES.get(mode, 'asynchronous')}",
        "conditions": [f"only if one of these changes: {changed}"] if changed else [],
        "actions": [f"runs {handler}"],
        "delays": [],
        "steps": 1,
        "effort": "high",
        "equivalent": "what the code does must be known; then an automation rule or a module",
        "notes": [*off, *([str(row["description"])] if row.get("description") else [])],
    }
