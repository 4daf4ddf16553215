"""Deciding on the map: what a person presses there, written into the mapping file."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from starlette.requests import Request

from moorage.commands import deciding, mapping
from moorage.errors import SettingsError
from moorage.web.desk import Desk, form_of, session_of
from moorage.web.drawing import Act
from moorage.web.paging import query_of


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
    digest = desk.entries().digest
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
    deciding.accept_rules(desk.project, name, targets, by=session_of(request).name)
    row = quote(f"rule-{targets[-1]}") if targets else "rules"
    return f"{_at(name)}{query_of(form.one('at'))}#{row}"


def accept_sure(desk: Desk, request: Request) -> str:
    """Accept what is sure enough, in one entry or in all."""
    form, by = form_of(request), session_of(request).name
    name = form.one("entry")
    given = form.one("threshold")
    if not given.isdigit() or int(given) > 100:
        raise SettingsError(
            "how sure is not a number from 0 to 100",
            state="Nothing was changed.",
            todo="Write a whole number.",
        )
    threshold = int(given) / 100
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
    if what == "try":
        words = {"new": form.one("new"), "rule": form.one("rule")}
        if words["new"] not in ("", target) and words["rule"] == form.one("was"):
            del words["rule"]  # The rule follows the field.
        return f"{_at(name)}/{quote(target, safe='')}?{urlencode(words)}"
    if what == "save":
        new = form.one("new") or target
        deciding.set_rule(project, name, target, new=new, text=form.one("rule"), by=by)
    elif what == "leave":
        deciding.leave_field(project, name, target, reason=form.one("reason"), by=by)
    elif what == "remark":
        deciding.remark(project, name, target, words=form.one("note"), by=by)
    else:
        deciding.accept_rules(project, name, (target,), by=by)
    following = form.one("then")
    if following and what != "remark":
        return f"{_at(name)}/{quote(following, safe='')}"
    return f"{_at(name)}#{quote(f'rule-{target}')}"


def take_up(desk: Desk, request: Request) -> str:
    """Move a field after all that was left behind."""
    form, by = form_of(request), session_of(request).name
    name = request.path_params["entry"]
    source = form.one("source")
    text = f"from: {source}" if source.isidentifier() else f'from: "{source}"'
    target = form.one("target")
    deciding.take_up_field(desk.project, name, source, target=target, text=text, by=by)
    return f"{_at(name)}/{quote(target, safe='')}"


def settings(desk: Desk, request: Request) -> str:
    """Answer what the source asks of a person, in the mapping's settings."""
    form, by = form_of(request), session_of(request).name
    deciding.answer_settings(desk.project, form.one("settings"), by=by)
    return "/map"


def objects(desk: Desk, request: Request) -> str:
    """Let source objects become records of models, or leave them behind, each for a reason."""
    form, session = form_of(request), session_of(request)
    moves, leaves = form.answers("model"), form.answers("reason")
    others = form.one("others")
    if others:
        undecided = desk.entries().undecided
        leaves = dict.fromkeys(undecided, others) | leaves
    leaves = {name: reason for name, reason in leaves.items() if name not in moves}
    desk.begin(
        "decide on objects",
        "/map",
        lambda _: deciding.decide_objects(
            desk.project, moves=moves, leaves=leaves, by=session.name, to=session.to
        ),
    )
    return "/map"


def _at(name: str) -> str:
    return f"/map/{quote(name, safe='')}"


ACTS: dict[str, Act] = {
    "/map/propose": propose,
    "/map/check": check,
    "/map/confirm": confirm,
    "/map/sure": accept_sure,
    "/map/objects": objects,
    "/map/settings": settings,
    "/map/{entry}/accept": accept,
    "/map/{entry}/take-up": take_up,
    "/map/{entry}/{target}/decide": decide,
}
