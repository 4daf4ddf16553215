"""Drafts of automation rules in Odoo: switched off, without actions, in words what they shall do.

They are written as all records are: intent first, key and External ID with the record, a receipt
after it. So writing them twice makes none twice, and a rollback takes them back.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from moorage.destination import Destination, NewRecord
from moorage.ledger import Ledger, Receipt
from moorage.ledger.runs import DRAFTS
from moorage.load import LoadReport
from moorage.load.work import PhaseCount
from moorage.prepare import apply_preparation, plan_preparation

MODEL = "base.automation"
ENTRY = "automation_drafts"
#: The name that drafts have in keys, as objects of the source have theirs.
OBJECT = "automation_drafts"
NOT_INSTALLED = (
    "No drafts were made: Automation Rules is not installed in this Odoo. Install it under Apps,"
    " then write the hand-off with --drafts again."
)
#: Words in a trigger, and what Odoo calls such a trigger; the first that is found counts.
_TRIGGERS = (("deleted", "on_unlink"), ("made", "on_create"), ("", "on_create_or_write"))


def make_drafts(
    destination: Destination,
    ledger: Ledger,
    destination_id: int,
    *,
    items: Sequence[Mapping[str, Any]],
    models: Mapping[str, str],
    source: str,
) -> dict[str, int]:
    """Make a draft for each workflow of `items` that has none; the ids of all, by key.

    `models` says which model each object of the source became. Objects without one have no draft.
    Nothing is made where `NOT_INSTALLED` holds: see `can_draft`.
    """
    wanted = {
        f"{source}:{OBJECT}:{number}": (item, models[item["object"]])
        for number, item in enumerate(items, 1)
        if item.get("kind") == "workflow" and item.get("object") in models
    }
    if not wanted:
        return {}
    lacking = plan_preparation(destination, destination.markers(MODEL))
    if not lacking.empty:
        apply_preparation(destination, ledger, destination_id, lacking)
        destination.forget()
    standing = destination.find_keys(MODEL, list(wanted))
    missing = {key: about for key, about in wanted.items() if key not in standing}
    return {**standing, **_create(destination, ledger, destination_id, missing)}


def can_draft(destination: Destination) -> bool:
    """Whether this Odoo has automation rules."""
    return bool(destination.fields(MODEL))


def _create(
    destination: Destination,
    ledger: Ledger,
    destination_id: int,
    missing: Mapping[str, tuple[Mapping[str, Any], str]],
) -> dict[str, int]:
    if not missing:
        return {}
    ids = _model_ids(destination, {model for _, model in missing.values()})
    values = {
        key: json.dumps(_values(item, ids[model]))
        for key, (item, model) in missing.items()
        if model in ids
    }
    sample = _sample(ledger, destination_id)
    run_id = ledger.start_run(destination_id, "load", DRAFTS, destination.now())
    report = LoadReport(run_id, sample=sample, counters_before=destination.counters())
    batch = ledger.intend(run_id, ENTRY, MODEL, "create", list(values))
    made = destination.create(MODEL, [NewRecord(key, text) for key, text in values.items()])
    found = dict(zip(values, made, strict=True))
    receipts = [Receipt(key, odoo_id, DRAFTS, values[key]) for key, odoo_id in found.items()]
    ledger.receive(batch, destination_id, receipts)
    report.phases.append(PhaseCount(ENTRY, MODEL, 0, rows=len(found), created=len(found)))
    report.counters_after = destination.counters()
    ledger.end_run(run_id, "done", asdict(report), destination.now())
    return found


def _sample(ledger: Ledger, destination_id: int) -> int | None:
    """What the runs before loaded: drafts do not change whether it was a sample."""
    sizes = [
        json.loads(run["report"]).get("sample")
        for run in ledger.runs(destination_id)
        if run["kind"] == "load" and run["report"]
    ]
    return None if None in sizes else max(sizes, default=None)


def _model_ids(destination: Destination, models: set[str]) -> dict[str, int]:
    domain = [("model", "in", sorted(models))]
    pages = destination.pages("ir.model", domain, ["model"])
    return {row["model"]: int(row["id"]) for page in pages for row in page}


def _values(item: Mapping[str, Any], model_id: int) -> dict[str, Any]:
    trigger = str(item.get("trigger", ""))
    return {
        "name": f"Draft: {item.get('name', '')}"[:200],
        "model_id": model_id,
        "active": False,
        "trigger": next(name for word, name in _TRIGGERS if word in trigger),
        "description": _description(item),
    }


def _description(item: Mapping[str, Any]) -> str:
    """What the rule shall do, for whoever builds it. All words of the source are escaped."""
    parts = [f"<p>{html.escape(str(item.get('trigger', '')))}</p>"]
    for name, title in (("conditions", "Conditions"), ("actions", "Actions"), ("notes", "Remarks")):
        lines = [f"<li>{html.escape(str(line))}</li>" for line in item.get(name) or ()]
        if lines:
            parts.append(f"<p><b>{title}</b></p><ul>{''.join(lines)}</ul>")
    return "".join(parts)
