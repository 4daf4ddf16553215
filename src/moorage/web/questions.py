"""The queues: what only a person can answer, into the files that the command line uses."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from moorage.commands import golive, queues, waiting
from moorage.commands.result import to_json
from moorage.errors import LockedError, MoorageError
from moorage.web.desk import Desk, form_of, session_of
from moorage.web.drawing import Act, Look, View

#: So many questions of a queue are shown; the file has all.
SHOWN = 200
NAMES = ("owners", "duplicates", "matches", "conflicts", "deletions")


def overview(desk: Desk, request: Request) -> View:
    """Every queue and how many wait; what was set aside, and why."""
    to = session_of(request).to
    found = waiting.queues(desk.project, to=to, with_rows=False)
    issues, because = None, ""
    try:
        with desk.worker.looking():
            issues = queues.issues(desk.project, to=to)
    except MoorageError as error:
        because = error.what
    data = {
        "to": to,
        "queues": [
            {
                "name": name,
                "all": len(getattr(found, name)),
                "open": found.open_counts[name],
            }
            for name in NAMES
        ],
        "issues": to_json(issues.groups[:SHOWN]) if issues else [],
        "issue_count": issues.attention if issues else 0,
        "issues_because": because,
    }
    return View("questions.html.j2", "Questions", data)


def owners(desk: Desk, request: Request) -> View:
    """Who each user of the source is in Odoo."""
    return _queue(desk, request, "owners", "Owners")


def duplicates(desk: Desk, request: Request) -> View:
    """Rows that may be one thing, side by side; rows that several of Odoo's records fit."""
    return _queue(desk, request, "duplicates", "Duplicates", "matches")


def conflicts(desk: Desk, request: Request) -> View:
    """Fields changed on both sides."""
    return _queue(desk, request, "conflicts", "Conflicts")


def deletions(desk: Desk, request: Request) -> View:
    """Records whose row is gone from the source."""
    return _queue(desk, request, "deletions", "Deletions")


def _queue(desk: Desk, request: Request, name: str, title: str, *more: str) -> View:
    to = session_of(request).to
    try:
        with desk.worker.looking():
            found = waiting.queues(desk.project, to=to)
    except LockedError:
        found = waiting.queues(desk.project, to=to, with_rows=False)
    data: dict[str, Any] = {
        "to": to,
        "open": found.open_counts[name],
        "all": len(getattr(found, name)),
    }
    for one in (name, *more):
        data[one] = to_json(getattr(found, one)[:SHOWN])
    if name == "duplicates":
        for group, shown in zip(found.duplicates, data["duplicates"], strict=False):
            shown["sides"] = [{**to_json(side), "is_same": side.is_same} for side in group.sides]
    odoo = desk.project.destination(to).url if to in desk.project.settings.destinations else ""
    return View(f"{name}.html.j2", title, data, {"odoo": odoo.rstrip("/"), "shown": SHOWN})


def answer_owners(desk: Desk, request: Request) -> str:
    """Match anew, with the answers given."""
    form, session = form_of(request), session_of(request)
    answers = form.answers("answer")
    for key, login in form.answers("login").items():
        answers[key] = f"match:{login}"
    desk.begin(
        "owners",
        "/questions/owners",
        lambda _: queues.owners(
            desk.project, to=session.to, answers=answers, answer_all=form.one("all"),
            by=session.name,
        ),
    )  # fmt: skip
    return "/questions/owners"


def answer_duplicates(desk: Desk, request: Request) -> str:
    """Look anew, with the answers given."""
    form, session = form_of(request), session_of(request)
    answers = form.answers("answer")
    desk.begin(
        "duplicates",
        "/questions/duplicates",
        lambda _: queues.duplicates(
            desk.project, to=session.to, answers=answers, answer_all=form.one("all"),
            by=session.name,
        ),
    )  # fmt: skip
    return "/questions/duplicates"


def answer_conflicts(desk: Desk, request: Request) -> str:
    """Write the answers down."""
    form, session = form_of(request), session_of(request)
    answers, everything = form.answers("answer"), form.one("all")
    golive.conflicts(
        desk.project, to=session.to, answers=answers, answer_all=everything, by=session.name
    )
    return "/questions/conflicts"


def answer_deletions(desk: Desk, request: Request) -> str:
    """Write the answers down."""
    form, session = form_of(request), session_of(request)
    answers, everything = form.answers("answer"), form.one("all")
    golive.deletions(
        desk.project, to=session.to, answers=answers, answer_all=everything, by=session.name
    )
    return "/questions/deletions"


LOOKS: dict[str, Look] = {
    "/questions": overview,
    "/questions/owners": owners,
    "/questions/duplicates": duplicates,
    "/questions/conflicts": conflicts,
    "/questions/deletions": deletions,
}
ACTS: dict[str, Act] = {
    "/questions/owners/answer": answer_owners,
    "/questions/duplicates/answer": answer_duplicates,
    "/questions/conflicts/answer": answer_conflicts,
    "/questions/deletions/answer": answer_deletions,
}
