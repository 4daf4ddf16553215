"""One rule of the map: its values, what it makes of real rows, where else the field may go."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from starlette.requests import Request

from moorage.commands import looking, ranking
from moorage.commands.deciding import EntryLines, RuleLine
from moorage.commands.result import to_json
from moorage.destination import ModelField
from moorage.errors import MoorageError
from moorage.mapping.editing import rule_text
from moorage.mapping.spec import FieldRule, FindRule
from moorage.proposals import Candidate
from moorage.web.desk import Desk, session_of
from moorage.web.drawing import Look, View
from moorage.web.maps import (
    by_label,
    drawn_rule,
    entry_of,
    fields_of,
    not_there,
    samples_of,
    sources_of,
)
from moorage.web.worker import error_json


def rule(desk: Desk, request: Request) -> View:
    """One rule: its values, its text, what it makes of real rows; a place to decide.

    With `else=1` also where else its source fields may go: for that, all fields are looked at.
    """
    about = entry_of(desk.entries(), request)
    target = request.path_params["target"]
    found = next((one for one in about.rules if one.about.target == target), None)
    if found is None:
        raise not_there(f"{about.entry}.{target}")
    given = request.query_params
    wanted = given.get("new") or target
    text = given.get("rule") or found.text
    fields = fields_of(desk, request, about.model)
    sources = sources_of(desk, about, found)
    seen = samples_of(desk, about, sources)
    if wanted != target and not given.get("rule"):
        text = _fitting(found.rule, fields.get(wanted))
    lines, problem = _preview(desk, request, about.entry, wanted, text)
    others = _candidates(desk, about, found, sources, fields) if given.get("else") else None
    data = {
        "entry": about.entry,
        "object": about.object,
        "model": about.model,
        "rule": {**drawn_rule(found, sources, seen, fields), "text": found.text},
        "candidates": others,
        "wanted": wanted,
        "text": text,
        "preview": to_json(lines) if lines else None,
        "problem": problem,
    }
    order = [one.about.target for one in about.rules if one.is_open and one.about.target != target]
    drawn = {"fields": by_label(fields), "waiting": order}
    return View("rule.html.j2", f"{about.entry}: {target}", data, drawn)


def _candidates(
    desk: Desk,
    about: EntryLines,
    found: RuleLine,
    sources: Sequence[str],
    fields: dict[str, ModelField],
) -> list[dict[str, Any]]:
    """Where else the rule's source fields may go, the likeliest first."""

    def rank() -> dict[str, tuple[Candidate, ...]]:
        with desk.worker.looking():
            values = looking.values(desk.project, about.object)
        return ranking.candidates(desk.project, about.object, about.model, fields, values)

    with suppress(MoorageError):
        ranked = desk.known(("ranked", about.object, about.model, bool(fields)), rank)
        return [
            {"target": one.target, "label": fields[one.target].label, "why": one.why}
            for name in sources
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
    """What a rule makes of real rows, or why it cannot be tried."""
    to, project = session_of(request).to, desk.project

    def look() -> looking.PreviewResult:
        models = tuple(sorted({about.model for about in desk.entries().entries}))
        fields = desk.fields(models, to)
        with desk.worker.looking():
            return looking.preview(project, name, target, text, fields)

    files = (project.staging_path, project.mapping_path)
    try:
        return desk.known(("preview", to, name, target, text), look, of=files), None
    except MoorageError as error:
        return None, error_json(error)


LOOKS: dict[str, Look] = {"/map/{entry}/{target}": rule}
