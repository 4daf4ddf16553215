"""The overview, and the steps around the others: scope, prepare, hand-off, history."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request

from moorage.commands import beginning, handoff, loading, pulse
from moorage.commands.history import history
from moorage.commands.result import to_json
from moorage.errors import SettingsError
from moorage.web.desk import Desk, agreed, form_of, session_of
from moorage.web.drawing import Act, Look, View
from moorage.web.reported import reported
from moorage.web.taking import handoff_folder

#: The source is watched for so long, unless somebody says otherwise, and never longer than an hour.
WATCH_SECONDS, MOST_SECONDS = 10, 3600
#: Where a step of the journey is done on the page.
PLACES = {
    "discover": "/scope",
    "extract": "/scope",
    "map": "/map",
    "rehearse": "/check",
    "prepare": "/prepare",
    "plan": "/plan",
    "run": "/run",
    "verify": "/check",
}


def overview(desk: Desk, request: Request) -> View:
    """Every step, and what is on now."""
    found = desk.status()
    now = next((step for step in found.steps if step.state == "now"), None)
    place = PLACES.get(now.name, "/") if now else "/handoff"
    if now and now.name == "plan" and "owners" in now.command + now.detail:
        place = "/questions"
    data = {
        "steps": [{**to_json(step), "place": PLACES.get(step.name, "/")} for step in found.steps],
        "next": {"name": now.name if now else "handoff", "place": place},
        "holder": found.holder,
    }
    return View("overview.html.j2", "Overview", data)


def scope(desk: Desk, request: Request) -> View:
    """What the source holds and what moving it takes; read it, and copy it into staging."""
    steps = {step.name: to_json(step) for step in desk.status().steps}
    found = reported(desk.project, "scope")
    rest = desk.result("freeze", pulse.FreezeResult)
    data = {
        "discover": steps["discover"],
        "extract": steps["extract"],
        "made_at": found.made_at if found else "",
        "report": to_json(found.page) if found else None,
        "freeze": {**to_json(rest), "is_frozen": rest.is_frozen} if rest else None,
    }
    drawn = {"found": found, "watch": WATCH_SECONDS, "words": pulse.WORDS}
    return View("scope.html.j2", "Scope", data, drawn)


def discover(desk: Desk, request: Request) -> str:
    """Look at both sides."""
    to = session_of(request).to
    desk.begin("discover", "/scope", lambda _: beginning.discover(desk.project, to=to))
    return "/scope"


def extract(desk: Desk, request: Request) -> str:
    """Copy the source into staging."""
    since = bool(form_of(request).one("since_last"))
    desk.begin(
        "extract",
        "/scope",
        lambda told: beginning.extract(desk.project, since_last=since, on_progress=told),
    )
    return "/scope"


def freeze(desk: Desk, request: Request) -> str:
    """See whether the source is what was extracted, and whether somebody writes to it."""
    given = form_of(request).one("watch")
    if not given.isdecimal() or int(given) > MOST_SECONDS:
        raise SettingsError(
            f"the source is watched for 0 to {MOST_SECONDS:,} seconds",
            state="Nothing was changed.",
            todo="Write a whole number.",
        )
    seconds = float(given)
    desk.begin(
        "freeze",
        "/scope#rest",
        lambda told: pulse.freeze(desk.project, watch_seconds=seconds, on_progress=told),
    )
    return "/scope#rest"


def prepare(desk: Desk, request: Request) -> View:
    """What Odoo lacks for the mapping."""
    found = desk.result("prepare", loading.PrepareResult)
    to = session_of(request).to
    if found is not None and found.destination != to:
        found = None
    data = {"to": to, "found": to_json(found), "mapping": agreed(desk)}
    return View("prepare.html.j2", "Prepare", data)


def look_what_lacks(desk: Desk, request: Request) -> str:
    """Look, and with `apply` make it."""
    to, apply = session_of(request).to, form_of(request).one("apply") == "yes"
    desk.begin("prepare", "/prepare", lambda _: loading.prepare(desk.project, to=to, apply=apply))
    return "/prepare"


def hand_off(desk: Desk, request: Request) -> View:
    """The folder for the customer, and every report, to take away."""
    project, to = desk.project, session_of(request).to
    folder = handoff_folder(desk, to)
    made = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.exists() else []
    kept = [path for path in sorted(project.reports.glob("*")) if path.is_file()]
    written = desk.result("handoff", handoff.HandoffResult)
    data = {
        "to": to,
        "folder": folder.name,
        "drafts": written.drafts if written is not None and written.destination == to else None,
        "files": [_file(path, folder.parent) for path in made],
        "reports": [_file(path, project.root) for path in kept if path.name[0] != "."],
    }
    return View("handoff_page.html.j2", "Hand-off", data)


def _file(path: Path, root: Path) -> dict[str, object]:
    return {"name": path.relative_to(root).as_posix(), "size": path.stat().st_size}


def make_hand_off(desk: Desk, request: Request) -> str:
    """Write the folder; with `drafts`, inactive automation rules into Odoo first."""
    to, drafts = session_of(request).to, form_of(request).one("drafts") == "yes"
    desk.begin(
        "handoff",
        "/handoff",
        lambda told: handoff.handoff(desk.project, to=to, drafts=drafts, on_progress=told),
    )
    return "/handoff"


def past(desk: Desk, request: Request) -> View:
    """Who decided what, when, on which digest."""
    return View("history.html.j2", "History", to_json(history(desk.project)))


LOOKS: dict[str, Look] = {
    "/": overview,
    "/scope": scope,
    "/prepare": prepare,
    "/handoff": hand_off,
    "/history": past,
}
ACTS: dict[str, Act] = {
    "/scope/discover": discover,
    "/scope/extract": extract,
    "/scope/freeze": freeze,
    "/prepare/go": look_what_lacks,
    "/handoff/go": make_hand_off,
}
