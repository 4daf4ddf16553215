"""Pages as HTML for people and as JSON for scripts, from the same data."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)

from moorage.commands.result import to_json
from moorage.errors import LockedError, MoorageError, RefusedError, SettingsError
from moorage.web.desk import Desk, session_of
from moorage.web.reported import outside
from moorage.web.worker import Job, crashed, error_json

#: The parts of the journey, as the head of every page lists them.
PARTS = (
    ("/", "Overview"),
    ("/scope", "Scope"),
    ("/map", "Map"),
    ("/prepare", "Prepare"),
    ("/questions", "Questions"),
    ("/plan", "Plan"),
    ("/run", "Run"),
    ("/check", "Check"),
    ("/rollback", "Roll back"),
    ("/handoff", "Hand-off"),
    ("/history", "History"),
)


@dataclass(frozen=True)
class View:
    """One page: its template, its title, and its data, which are the JSON twin.

    `drawn` are values for the template alone.
    """

    template: str
    title: str
    data: dict[str, Any]
    drawn: dict[str, Any] = field(default_factory=dict)


Look = Callable[[Desk, Request], View]
Act = Callable[[Desk, Request], str]


def page(desk: Desk, look: Look) -> Callable[[Request], Any]:
    """An endpoint that shows what `look` gives; a `.json` path or `Accept` asks for the twin."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_shown, desk, request, look)

    return endpoint


def action(desk: Desk, act: Act) -> Callable[[Request], Any]:
    """An endpoint that does what `act` does and goes to the address it gives."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_acted, desk, request, act)

    return endpoint


def _shown(desk: Desk, request: Request, look: Look) -> Response:
    as_json = _wants_json(request)
    try:
        view = look(desk, request)
        if as_json:
            return JSONResponse(json.loads(json.dumps(to_json(view.data), default=str)))
        return HTMLResponse(draw(desk, request, view))
    except MoorageError as error:
        return _told(desk, request, error, as_json=as_json)
    except Exception as error:  # the last net: anything else is a fault of Moorage
        told = crashed(error, request.url.path, desk.on_crash)
        return _told(desk, request, told, as_json=as_json)


def _acted(desk: Desk, request: Request, act: Act) -> Response:
    try:
        return RedirectResponse(act(desk, request), 303)
    except MoorageError as error:
        return _told(desk, request, error, as_json=_wants_json(request))
    except Exception as error:
        told = crashed(error, request.url.path, desk.on_crash)
        return _told(desk, request, told, as_json=_wants_json(request))


def nowhere(desk: Desk) -> Callable[[Request, Exception], Any]:
    """What answers an address that leads to no page."""
    error = SettingsError(
        "there is no such page",
        state="Nothing was changed.",
        todo="Take one of the parts of the journey above.",
    )

    async def endpoint(request: Request, _: Exception) -> Response:
        if request.state.session is None:
            return PlainTextResponse("There is no such page.", 404)
        as_json = _wants_json(request)
        return await run_in_threadpool(_told, desk, request, error, as_json=as_json, status=404)

    return endpoint


def _wants_json(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return request.url.path.endswith(".json") or accept.startswith("application/json")


def _told(
    desk: Desk, request: Request, error: MoorageError, *, as_json: bool, status: int = 500
) -> Response:
    for kind, code in ((LockedError, 409), (RefusedError, 409), (SettingsError, 400)):
        if status == 500 and isinstance(error, kind):
            status = code
    if as_json:
        return JSONResponse({"error": error_json(error)}, status)
    view = View("error.html.j2", "That did not work", {}, {"error": error_json(error)})
    return HTMLResponse(draw(desk, request, view), status)


def draw(desk: Desk, request: Request, view: View) -> str:
    """The whole page, in the frame that all share."""
    session = session_of(request)
    path = request.url.path
    last = desk.worker.last
    news = last if last is not None and _is_news(last, session.told, path) else None
    if news is not None:
        session.told = news.number
    framed = {
        "title": view.title,
        "session": session,
        "parts_of_journey": PARTS,
        "here": path,
        "job": desk.worker.running,
        "news": news,
        **_about(desk),
    }
    return environment().get_template(view.template).render(**view.data | view.drawn | framed)


def _about(desk: Desk) -> dict[str, Any]:
    """The project in the frame; little of it where its settings cannot be read."""
    about: dict[str, Any] = {"project": desk.root.name, "destinations": [], "holder": None}
    with suppress(MoorageError):
        project = desk.project
        about["destinations"] = list(project.settings.destinations)
        about |= {"project": project.name, "holder": project.holder}
    return about


def _is_news(job: Job, told: int, path: str) -> bool:
    """Whether a job that ended belongs on this page, and nobody was told of it yet."""
    return job.state != "running" and job.number > told and path == urlsplit(job.back).path


def login_page(wrong: str, token: str) -> str:
    """The one page that is seen without a session."""
    return environment().get_template("login.html.j2").render(wrong=wrong, token=token)


def fragment(template: str, **values: Any) -> str:
    """A part of a page, for a script that puts it in its place."""
    return environment().get_template(template).render(**values)


@cache
def stylesheet() -> str:
    """The style of all reports, and what the page adds to it."""
    reports = files("moorage.reports").joinpath("templates/style.css")
    own = files("moorage.web").joinpath("static/page.css")
    return reports.read_text(encoding="utf-8") + own.read_text(encoding="utf-8")


@cache
def script() -> str:
    """The one script; every page works without it."""
    return files("moorage.web").joinpath("static/page.js").read_text(encoding="utf-8")


@cache
def icon() -> str:
    """The little picture in the browser's tab."""
    return files("moorage.web").joinpath("static/icon.svg").read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """The templates of the page, and those of the reports for what both draw."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader("moorage.web"), PackageLoader("moorage.reports")]),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["part"] = lambda text: quote(str(text), safe="")
    made.filters["moment"] = lambda at: f"{str(at)[:16].replace('T', ' ')} UTC" if at else ""
    made.filters["count"] = lambda number: f"{number:,}"
    made.filters["duration"] = duration
    made.filters["outside"] = outside
    made.filters["lasted"] = lambda job: duration(job.as_json()["seconds"])
    return made


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
