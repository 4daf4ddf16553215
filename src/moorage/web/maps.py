"""The map: where every field goes, decided rule by rule on real values."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request

from moorage.commands import deciding, looking, mapping
from moorage.commands.deciding import EntriesResult, EntryLines, RuleLine
from moorage.commands.result import to_json
from moorage.destination import ModelField
from moorage.errors import MoorageError, SettingsError
from moorage.mapping.editing import rule_text
from moorage.mapping.spec import FieldRule, FindRule
from moorage.web.desk import Desk, Form, form_of, session_of
from moorage.web.diagram import diagram
from moorage.web.drawing import Act, Look, View
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
        "sure": SURE,
        "warnings": [str(one) for one in checked.warnings] if checked else [],
    }
    return View("map.html.j2", "Map", data, drawn)


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
    if wanted != target and not given.get("rule"):
        text = _fitting(found.rule, fields.get(wanted))
    lines, problem = _preview(desk, request, about.entry, wanted, text)
    data = {
        "entry": about.entry,
        "object": about.object,
        "model": about.model,
        "rule": _rule(found, _samples(desk, about), fields),
        "wanted": wanted,
        "text": text,
        "preview": to_json(lines) if lines else None,
        "problem": problem,
    }
    order = [one.about.target for one in about.rules if one.is_open and one.about.target != target]
    drawn = {"fields": sorted(fields.values(), key=lambda one: one.label), "waiting": order}
    return View("rule.html.j2", f"{about.entry}: {target}", data, drawn)


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


# -- deciding --------------------------------------------------------------------------------


def propose(desk: Desk, request: Request) -> str:
    """Propose a place for every field that has none."""
    to = session_of(request).to
    desk.begin("map --propose", "/map", lambda _: mapping.map_propose(desk.project, to=to))
    return "/map"


def check(desk: Desk, request: Request) -> str:
    """Hold the file against the source and Odoo."""
    to = session_of(request).to
    desk.begin("map --check", "/map", lambda _: mapping.map_check(desk.project, to=to))
    return "/map"


def confirm(desk: Desk, request: Request) -> str:
    """Confirm the whole file as it stands, by name."""
    session, form = session_of(request), form_of(request)
    digest = deciding.map_entries(desk.project).digest
    if form.one("digest") != digest:
        raise SettingsError(
            "the mapping was changed since this page was drawn",
            where="mapping.yaml",
            state="Nothing was confirmed.",
            todo="Load the page again, look at what changed, and confirm.",
        )
    name = form.one("name")
    desk.begin(
        "map --confirm", "/map", lambda _: mapping.map_confirm(desk.project, name, to=session.to)
    )
    return "/map"


def accept(desk: Desk, request: Request) -> str:
    """Accept single rules as they stand."""
    form, name = form_of(request), request.path_params["entry"]
    targets = form.all("target")
    by = session_of(request).name
    desk.begin(
        "accept", _at(name), lambda _: deciding.accept_rules(desk.project, name, targets, by=by)
    )
    return f"{_at(name)}{_only(form)}#{quote(f'rule-{targets[-1]}') if targets else 'rules'}"


def accept_sure(desk: Desk, request: Request) -> str:
    """Accept what is sure enough, in one entry or in all."""
    form, by = form_of(request), session_of(request).name
    name = form.one("entry")
    try:
        threshold = min(100.0, max(0.0, float(form.one("threshold")))) / 100
    except ValueError:
        raise SettingsError(
            "how sure is not a number from 0 to 100",
            state="Nothing was changed.",
            todo="Write a number.",
        ) from None
    back = _at(name) if name else "/map"
    desk.begin(
        "accept",
        back,
        lambda _: deciding.accept_sure(desk.project, threshold, by=by, entry=name),
    )
    return back


def decide(desk: Desk, request: Request) -> str:
    """What a person decided on one rule: accept, change, leave behind, remark."""
    form, by = form_of(request), session_of(request).name
    name, target = request.path_params["entry"], request.path_params["target"]
    project, what = desk.project, form.one("do")
    done: Any
    if what == "try":
        words = {"new": form.one("new"), "rule": form.one("rule")}
        if words["new"] not in ("", target) and words["rule"] == form.one("was"):
            del words["rule"]  # The rule follows the field.
        return f"{_at(name)}/{quote(target, safe='')}?{urlencode(words)}"
    if what == "save":
        new = form.one("new") or target
        done = deciding.set_rule(project, name, target, new=new, text=form.one("rule"), by=by)
    elif what == "leave":
        done = deciding.leave_field(project, name, target, reason=form.one("reason"), by=by)
    elif what == "remark":
        done = deciding.remark(project, name, target, words=form.one("note"), by=by)
    else:
        done = deciding.accept_rules(project, name, (target,), by=by)
    following = form.one("then")
    if following and what != "remark":
        return f"{_at(name)}/{quote(following, safe='')}"
    return f"{_at(name)}#{quote(f'rule-{target}')}" if done else _at(name)


def take_up(desk: Desk, request: Request) -> str:
    """Move a field after all that was left behind."""
    form, by = form_of(request), session_of(request).name
    name = request.path_params["entry"]
    source = form.one("source")
    text = f"from: {source}" if source.isidentifier() else f'from: "{source}"'
    target = form.one("target")
    deciding.take_up_field(desk.project, name, source, target=target, text=text, by=by)
    return f"{_at(name)}/{quote(target, safe='')}"


def objects(desk: Desk, request: Request) -> str:
    """Leave a source object behind, or let it become records of a model."""
    form, session = form_of(request), session_of(request)
    name, model, reason = form.one("object"), form.one("model"), form.one("reason")
    if model:
        action = _moving(desk, name, model, session.name, session.to)
        desk.begin("map an object", "/map", action)
    else:
        deciding.leave_object(desk.project, name, reason=reason, by=session.name)
    return "/map"


def _moving(desk: Desk, name: str, model: str, by: str, to: str) -> Any:
    return lambda _: deciding.move_object(desk.project, name, model=model, by=by, to=to)


def _at(name: str) -> str:
    return f"/map/{quote(name, safe='')}"


def _only(form: Form) -> str:
    only = form.one("only")
    return f"?only={quote(only)}" if only else ""


LOOKS: dict[str, Look] = {
    "/map": overview,
    "/map/{entry}": entry,
    "/map/{entry}/{target}": rule,
}
ACTS: dict[str, Act] = {
    "/map/propose": propose,
    "/map/check": check,
    "/map/confirm": confirm,
    "/map/sure": accept_sure,
    "/map/objects": objects,
    "/map/{entry}/accept": accept,
    "/map/{entry}/take-up": take_up,
    "/map/{entry}/{target}/decide": decide,
}
