"""Every address of the page and what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from moorage.web import checks, choices, maps, questions, rules, runs, steps
from moorage.web.desk import Desk, form_of, own_path, session_of
from moorage.web.drawing import (
    Act,
    Look,
    action,
    fragment,
    icon,
    login_page,
    nowhere,
    page,
    script,
    stylesheet,
)
from moorage.web.shield import Shield
from moorage.web.taking import download, zipped

LOOKS: dict[str, Look] = (
    steps.LOOKS | maps.LOOKS | rules.LOOKS | questions.LOOKS | runs.LOOKS | checks.LOOKS
)
ACTS: dict[str, Act] = steps.ACTS | choices.ACTS | questions.ACTS | runs.ACTS | checks.ACTS


def make_app(desk: Desk, *, token: str, hosts: Sequence[str]) -> ASGIApp:
    """The application behind its shield; `hosts` are the Host headers that are answered."""
    routes: list[BaseRoute] = [
        Route("/login", _login),
        Route("/static/page.css", _style),
        Route("/static/page.js", _script),
        Route("/static/icon.svg", _icon),
        Route("/job", partial(_job, desk)),
        Route("/job.json", partial(_job_json, desk)),
        Route("/job/pause", action(desk, _pause), methods=["POST"]),
        Route("/to", action(desk, _to), methods=["POST"]),
    ]
    for path, look in LOOKS.items():
        routes += _twins(path, page(desk, look))
    for path, act in ACTS.items():
        routes.append(Route(path, action(desk, act), methods=["POST"]))
    routes.append(Route("/download/{name:path}", partial(download, desk)))
    routes.append(Route("/handoff.zip", partial(zipped, desk)))
    app = Starlette(routes=routes, exception_handlers={404: nowhere(desk)})
    return Shield(app, token=token, hosts=hosts)


def _twins(path: str, endpoint: object) -> list[Route]:
    twin = "/overview.json" if path == "/" else f"{path}.json"
    # The twin first: a path's own part would take `.json` for its end.
    return [Route(twin, endpoint), Route(path, endpoint)]  # type: ignore[arg-type]


async def _login(request: Request) -> Response:
    given = request.query_params
    return HTMLResponse(login_page(given.get("wrong", ""), given.get("token", "")))


async def _style(request: Request) -> Response:
    return Response(stylesheet(), media_type="text/css")


async def _script(request: Request) -> Response:
    return Response(script(), media_type="text/javascript")


async def _icon(request: Request) -> Response:
    return Response(icon(), media_type="image/svg+xml")


async def _job(desk: Desk, request: Request) -> Response:
    """The bar of the job at work; an empty answer says that it ended."""
    job = desk.worker.running
    if job is None:
        return Response(status_code=204)
    return HTMLResponse(fragment("job.html.j2", job=job, session=session_of(request)))


async def _job_json(desk: Desk, request: Request) -> Response:
    last = desk.worker.last
    return JSONResponse({"job": last.as_json() if last else None})


def _pause(desk: Desk, request: Request) -> str:
    desk.worker.pause()
    return own_path(form_of(request).one("back"))


def _to(desk: Desk, request: Request) -> str:
    wanted = form_of(request).one("to")
    desk.project.destination(wanted)
    session_of(request).to = wanted
    return "/"
