"""The map: where every field goes, decided rule by rule on real values."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from starlette.requests import Request

from moorage.commands import deciding, looking, mapping, ranking
from moorage.commands.deciding import EntriesResult, EntryLines, RuleLine
from moorage.commands.opening import known_discovery
from moorage.commands.result import to_json
from moorage.destination import ModelField
from moorage.errors import MoorageError, SettingsError
from moorage.mapping.editing import rule_text
from moorage.mapping.spec import FieldRule, FindRule
from moorage.proposals import Candidate
from moorage.web.desk import Desk, session_of
from moorage.web.diagram import diagram
from moorage.web.drawing import Look, View
from moorage.web.worker import error_json

#: What "sure" means where nobody says otherwise, in per cent.
SURE = 80


def overview(desk: Desk, request: Request) -> View:
    """Every entry, what waits in each, and the diagram."""
    found = deciding.map_entries(desk.project)
    data = {
        "entries": [
            {
                "entry": about.entry,
                "object": about.object,
                "model": about.model,
                "rules": len(about.rules),
                "open": about.open_count,
                "left": len(about.left),
                "links": list(about.links),
            }
            for about in found.entries
        ],
        "not_migrated": found.not_migrated,
        "undecided": list(found.undecided),
        "digest": found.digest,
        "confirmed": to_json(found.confirmed),
        "unconfirmed_because": found.unconfirmed_because,
        "open": sum(about.open_count for about in found.entries),
    }
    models: dict[str, str] = {}
    if found.undecided:
        with suppress(MoorageError):
            models = desk.models(session_of(request).to)
    checked = desk.result("map --check", mapping.CheckResult)
    drawn = {
        "diagram": diagram(found.entries),
        "models": models,
        "settings": "".join(
            f"{name}: {json.dumps(value, ensure_ascii=False)}\n"
            for name, value in found.settings.items()
        ),
        "asked": _asked(desk),
        "sure": SURE,
        "warnings": [str(one) for one in checked.warnings] if checked else [],
    }
    return View("map.html.j2", "Map", data, drawn)


def _asked(desk: Desk) -> list[str]:
    """What the source asks, as it was looked at last."""
    with suppress(MoorageError):
        return list(known_discovery(desk.project).questions)
    return []


def entry(desk: Desk, request: Request) -> View:
    """One entry: a row for each rule, with real values, the proposal, how sure, and why."""
    about = _entry(deciding.map_entries(desk.project), request)
    only = request.query_params.get("only", "")
    seen = _samples(desk, about)
    fields = _fields(desk, request, about.model)
    rules = [_rule(rule, seen, fields) for rule in about.rules]
    data = {
        "entry": about.entry,
        "object": about.object,
        "model": about.model,
        "only": only,
        "open": about.open_count,
        "rules": [rule for rule in rules if _is_shown(rule, only)],
        "rule_count": len(rules),
        "left": [
            {"source": name, "reason": reason, "seen": to_json(seen.get(name))}
            for name, reason in about.left.items()
        ],
    }
    return View("entry.html.j2", f"Map: {about.entry}", data, {"sure": SURE})


def _is_shown(rule: dict[str, Any], only: str) -> bool:
    if only == "open":
        return bool(rule["open"])
    if only == "unsure":
        return bool(rule["open"]) and (rule["confidence"] or 0) * 100 < SURE
    return only != "new" or bool(rule["creates"])


def _rule(
    rule: RuleLine, seen: dict[str, looking.Seen], fields: dict[str, ModelField]
) -> dict[str, Any]:
    about = rule.about
    there = fields.get(about.target)
    return {
        "target": about.target,
        "label": there.label if there else "",
        "type": there.type if there else "",
        "sources": [{"name": name, "seen": to_json(seen.get(name))} for name in about.sources],
        "how": about.how,
        "status": about.status,
        "confidence": about.confidence,
        "why": about.why,
        "note": rule.rule.note or "",
        "open": rule.is_open,
        "creates": rule.rule.create is not None,
        "text": rule.text,
    }


def rule(desk: Desk, request: Request) -> View:
    """One rule: its values, its text, what it makes of real rows; a place to decide."""
    about = _entry(deciding.map_entries(desk.project), request)
    target = request.path_params["target"]
    found = next((one for one in about.rules if one.about.target == target), None)
    if found is None:
        raise _not_there(f"{about.entry}.{target}")
    given = request.query_params
    wanted = given.get("new") or target
    text = given.get("rule") or found.text
    fields = _fields(desk, request, about.model)
    seen = _samples(desk, about)
    if wanted != target and not given.get("rule"):
        text = _fitting(found.rule, fields.get(wanted))
    lines, problem = _preview(desk, request, about.entry, wanted, text)
    data = {
        "entry": about.entry,
        "object": about.object,
        "model": about.model,
        "rule": _rule(found, seen, fields),
        "candidates": _candidates(desk, about, found, fields, seen),
        "wanted": wanted,
        "text": text,
        "preview": to_json(lines) if lines else None,
        "problem": problem,
    }
    order = [one.about.target for one in about.rules if one.is_open and one.about.target != target]
    drawn = {"fields": sorted(fields.values(), key=lambda one: one.label), "waiting": order}
    return View("rule.html.j2", f"{about.entry}: {target}", data, drawn)


def _candidates(
    desk: Desk,
    about: EntryLines,
    found: RuleLine,
    fields: dict[str, ModelField],
    seen: dict[str, looking.Seen],
) -> list[dict[str, Any]]:
    """Where else the rule's source fields may go, the likeliest first."""

    def rank() -> dict[str, tuple[Candidate, ...]]:
        return ranking.candidates(desk.project, about.object, about.model, fields, seen)

    with suppress(MoorageError):
        ranked = desk.known(("ranked", about.object, about.model, bool(fields)), rank)
        return [
            {"target": one.target, "label": fields[one.target].label, "why": one.why}
            for name in found.about.sources
            for one in ranked.get(name, ())
            if one.target in fields and one.target != found.about.target
        ]
    return []


def _fitting(rule: FieldRule, there: ModelField | None) -> str:
    """A rule brought to another field: a field that Odoo has is not made, a link is looked up."""
    changed: dict[str, Any] = {}
    if there is not None:
        changed["create"] = None
        if there.relation and not rule.link and rule.find is None:
            changed["find"] = FindRule(model=there.relation, by=["name"])
            changed["missing"] = "empty"
    made = rule.model_copy(update=changed)
    made.model_fields_set.discard("create")
    return rule_text(made)


def _preview(
    desk: Desk, request: Request, name: str, target: str, text: str
) -> tuple[looking.PreviewResult | None, dict[str, Any] | None]:
    to = session_of(request).to
    try:
        models = tuple(
            sorted({about.model for about in deciding.map_entries(desk.project).entries})
        )
        fields = desk.fields(models, to)
        with desk.worker.looking():
            return looking.preview(desk.project, name, target, text, fields), None
    except MoorageError as error:
        return None, error_json(error)


def _entry(found: EntriesResult, request: Request) -> EntryLines:
    name = request.path_params["entry"]
    about = next((one for one in found.entries if one.entry == name), None)
    if about is None:
        raise _not_there(name)
    return about


def _not_there(where: str) -> SettingsError:
    return SettingsError(
        "the mapping has no such place",
        where=where,
        state="Nothing was changed.",
        todo="Go back to the map: the file was changed meanwhile.",
    )


def _samples(desk: Desk, about: EntryLines) -> dict[str, looking.Seen]:
    with suppress(MoorageError):
        return desk.samples(about.object)
    return {}


def _fields(desk: Desk, request: Request, model: str) -> dict[str, ModelField]:
    with suppress(MoorageError):
        return desk.fields((model,), session_of(request).to)[model]
    return {}


LOOKS: dict[str, Look] = {
    "/map": overview,
    "/map/{entry}": entry,
    "/map/{entry}/{target}": rule,
}
