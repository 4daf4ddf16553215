"""The map: where every field goes, decided rule by rule on real values."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from itertools import chain
from typing import Any

from starlette.requests import Request

from moorage.commands import looking, mapping
from moorage.commands.deciding import EntriesResult, EntryLines, RuleLine
from moorage.commands.opening import known_discovery
from moorage.commands.result import to_json
from moorage.commands.spotting import in_sql
from moorage.destination import ModelField
from moorage.errors import MoorageError, SettingsError
from moorage.web.desk import Desk, session_of
from moorage.web.diagram import diagram
from moorage.web.drawing import Look, View
from moorage.web.paging import Part, part_of

#: What "sure" means where nobody says otherwise, in per cent.
SURE = 80
#: So many rules stand on one page.
RULES = 100


def overview(desk: Desk, request: Request) -> View:
    """Every entry, what waits in each, and the diagram."""
    found = desk.entries()
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
        "settings": found.settings,
        "asked": _asked(desk),
        "warnings": _warnings(desk),
    }
    models: dict[str, str] = {}
    if found.undecided:
        with suppress(MoorageError):
            models = desk.models(session_of(request).to)
    drawn = {
        "diagram": diagram(found.entries),
        "models": models,
        "setting_lines": "".join(
            f"{name}: {json.dumps(value, ensure_ascii=False)}\n"
            for name, value in found.settings.items()
        ),
        "sure": SURE,
    }
    return View("map.html.j2", "Map", data, drawn)


def _asked(desk: Desk) -> list[str]:
    """What the source asks, as it was looked at last."""
    with suppress(MoorageError):
        return list(known_discovery(desk.project).questions)
    return []


def _warnings(desk: Desk) -> list[str]:
    """What the last check noticed."""
    checked = desk.result("map --check", mapping.CheckResult)
    return [str(one) for one in checked.warnings] if checked else []


def entry(desk: Desk, request: Request) -> View:
    """One entry: a row for each rule, with real values, the proposal, how sure, and why.

    With `only=left`, a row for each field that is left behind.
    """
    about = entry_of(desk.entries(), request)
    left = part_of(request, list(about.left.items()), " ".join, size=RULES)
    part: Part[Any] = left
    if left.only != "left":
        part = part_of(request, about.rules, _words, only=_is_shown, size=RULES)
    shown = () if part is left else part.rows
    read = {rule.about.target: sources_of(desk, about, rule) for rule in shown}
    names = [name for name, _ in left.rows] if part is left else list(chain(*read.values()))
    seen = samples_of(desk, about, names)
    fields = fields_of(desk, request, about.model)
    data = {
        "entry": about.entry,
        "object": about.object,
        "model": about.model,
        "open": about.open_count,
        "part": part.about,
        "rules": [drawn_rule(rule, read[rule.about.target], seen, fields) for rule in shown],
        "rule_count": len(about.rules),
        "left_count": len(about.left),
        "left": [
            {"source": name, "reason": reason, "seen": to_json(seen.get(name))}
            for name, reason in (left.rows if part is left else ())
        ],
    }
    drawn = {"sure": SURE, "part": part, "fields": by_label(fields) if part is left else []}
    return View("entry.html.j2", f"Map: {about.entry}", data, drawn)


def _words(rule: RuleLine) -> str:
    about = rule.about
    return " ".join((about.target, *about.sources, about.how, about.why, rule.rule.note or ""))


def sources_of(desk: Desk, about: EntryLines, rule: RuleLine) -> list[str]:
    """The source fields that a rule reads, those in its SQL too."""
    if rule.rule.sql is None:
        return list(rule.about.sources)

    def columns() -> set[str]:
        found = known_discovery(desk.project).object(about.object)
        return {field.name for field in found.fields} if found else set()

    place = desk.project.discovery_path
    known = desk.known(("columns", about.object), columns, of=(place,)) if place.exists() else set()
    return in_sql(rule.rule, desk.entries().settings, known)


def _is_shown(rule: RuleLine, only: str) -> bool:
    if only == "open":
        return rule.is_open
    if only == "unsure":
        # What comes from the source's own template has no figure, and counts as sure.
        sure = rule.about.confidence
        return rule.is_open and sure is not None and sure * 100 < SURE
    return only != "new" or rule.rule.create is not None


def drawn_rule(
    rule: RuleLine,
    sources: Iterable[str],
    seen: dict[str, looking.Seen],
    fields: dict[str, ModelField],
) -> dict[str, Any]:
    """A rule with what is known of its two sides, as the twin has it."""
    about = rule.about
    there, made = fields.get(about.target), rule.rule.create
    return {
        "target": about.target,
        "label": there.label if there else made.label if made else "",
        "type": there.type if there else made.type if made else "",
        "sources": [{"name": name, "seen": to_json(seen.get(name))} for name in sources],
        "how": about.how,
        "status": about.status,
        "confidence": about.confidence,
        "why": about.why,
        "advice": rule.rule.advice or "",
        "note": rule.rule.note or "",
        "open": rule.is_open,
        "creates": made is not None,
    }


def entry_of(found: EntriesResult, request: Request) -> EntryLines:
    """The entry that the address names; SettingsError if there is none."""
    name = request.path_params["entry"]
    about = next((one for one in found.entries if one.entry == name), None)
    if about is None:
        raise not_there(name)
    return about


def not_there(where: str) -> SettingsError:
    """What is told of an address that no longer leads anywhere."""
    return SettingsError(
        "the mapping has no such place",
        where=where,
        state="Nothing was changed.",
        todo="Go back to the map: the file was changed meanwhile.",
    )


def samples_of(desk: Desk, about: EntryLines, names: Iterable[str]) -> dict[str, looking.Seen]:
    """Real values of an entry's object; {} where staging cannot be looked at."""
    with suppress(MoorageError):
        return desk.samples(about.object, names)
    return {}


def fields_of(desk: Desk, request: Request, model: str) -> dict[str, ModelField]:
    """Odoo's fields of a model; {} where Odoo cannot be asked."""
    with suppress(MoorageError):
        return desk.fields((model,), session_of(request).to)[model]
    return {}


def by_label(fields: dict[str, ModelField]) -> list[ModelField]:
    """Fields as a person looks for them."""
    return sorted(fields.values(), key=lambda one: one.label)


LOOKS: dict[str, Look] = {
    "/map": overview,
    "/map/{entry}": entry,
}
