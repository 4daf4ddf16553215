"""The queues: what only a person can answer, into the files that the command line uses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.requests import Request

from moorage.commands import golive, queues, waiting
from moorage.commands.building import decisions_folder
from moorage.commands.result import to_json
from moorage.errors import LockedError, MoorageError
from moorage.plan.issues import Issue
from moorage.web.desk import Desk, form_of, session_of
from moorage.web.drawing import Act, Look, View
from moorage.web.paging import Part, part_of, query_of

HERE = "/questions"
NAMES = ("owners", "duplicates", "matches", "conflicts", "deletions")
#: So many groups of duplicates stand on one page.
GROUPS = 10
#: So many reasons of issues stand on the overview.
REASONS = 50


def overview(desk: Desk, request: Request) -> View:
    """Every queue and how many wait; what was set aside, and why."""
    to = session_of(request).to
    found = _waiting(desk, to)
    issues, because = _issues(desk, to)
    groups = queues.grouped(issues)
    data = {
        "to": to,
        "queues": [
            {"name": name, "all": len(getattr(found, name)), "open": found.open_counts[name]}
            for name in NAMES
        ],
        "issues": to_json(groups[:REASONS]),
        "reasons": len(groups),
        "issue_count": sum(group.count for group in groups),
        "issues_because": because,
    }
    return View("questions.html.j2", "Questions", data)


def issues(desk: Desk, request: Request) -> View:
    """Every row that does not go, or goes with something left out, and where it stands."""
    to = session_of(request).to
    found, because = _issues(desk, to)
    part = part_of(request, found, _words, only=_is_severe)
    data = {"to": to, "issues": to_json(part.rows), "part": part.about, "because": because}
    return View("issues.html.j2", "Issues", data, {"part": part})


def owners(desk: Desk, request: Request) -> View:
    """Who each user of the source is in Odoo."""
    return _queue(desk, request, "owners")


def duplicates(desk: Desk, request: Request) -> View:
    """Rows that may be one thing, side by side."""
    to = session_of(request).to
    found = _waiting(desk, to)
    part = part_of(request, found.duplicates, _group_words, only=_is_open, size=GROUPS)
    place = desk.project.staging_path

    def look() -> tuple[waiting.DuplicateGroup, ...]:
        with desk.worker.looking():
            return waiting.side_by_side(desk.project, part.rows)

    try:
        shown = desk.known(("sides", to, part.rows), look, of=(place,))
    except LockedError:
        shown = part.rows  # A verb writes to staging: the names in the decision file must do.
    groups = [
        {**to_json(replace(one, sides=())), "sides": [_side(side) for side in one.sides]}
        for one in shown
    ]
    return _drawn(desk, "duplicates", found, part, groups)


def _side(side: waiting.Side) -> dict[str, Any]:
    return {
        "name": side.name,
        "values": list(side.values),
        "is_same": side.is_same,
        "is_equal": len(set(side.values)) == 1,
    }


def matches(desk: Desk, request: Request) -> View:
    """Rows that several of Odoo's records fit."""
    return _queue(desk, request, "matches")


def conflicts(desk: Desk, request: Request) -> View:
    """Fields changed on both sides."""
    return _queue(desk, request, "conflicts")


def deletions(desk: Desk, request: Request) -> View:
    """Records whose row is gone from the source."""
    return _queue(desk, request, "deletions")


def _queue(desk: Desk, request: Request, name: str) -> View:
    found = _waiting(desk, session_of(request).to)
    part = part_of(request, getattr(found, name), _words, only=_is_open)
    return _drawn(desk, name, found, part, to_json(part.rows))


def _drawn(desk: Desk, name: str, found: waiting.QueuesResult, part: Part[Any], rows: Any) -> View:
    to = found.destination
    data = {
        "to": to,
        "open": found.open_counts[name],
        "all": len(getattr(found, name)),
        "part": part.about,
        name: rows,
    }
    odoo = desk.project.destination(to).url if to in desk.project.settings.destinations else ""
    drawn = {"odoo": odoo.rstrip("/"), "part": part}
    return View(f"{name}.html.j2", name.capitalize(), data, drawn)


def _waiting(desk: Desk, to: str) -> waiting.QueuesResult:
    """All queues, read again when one of their files has changed."""
    folder = decisions_folder(desk.project, to)
    files = [folder / f"{name}.csv" for name in NAMES]
    return desk.known(("queues", to), lambda: waiting.queues(desk.project, to=to), of=files)


def _issues(desk: Desk, to: str) -> tuple[list[Issue], str]:
    """All issues, or none and why they cannot be told."""
    project = desk.project
    ledger = project.ledger_path
    files = (project.staging_path, ledger, ledger.with_name(f"{ledger.name}-wal"))

    def look() -> list[Issue]:
        with desk.worker.looking():
            return queues.issue_list(project, to=to)

    try:
        return desk.known(("issues", to), look, of=files), ""
    except MoorageError as error:
        return [], error.what


def _words(row: object) -> str:
    return " ".join(map(str, vars(row).values()))


def _group_words(group: waiting.DuplicateGroup) -> str:
    return " ".join((group.group, group.why, *map(_words, group.members)))


def _is_open(row: Any, kind: str) -> bool:
    return kind != "open" or not row.decision


def _is_severe(issue: Issue, kind: str) -> bool:
    return issue.severity == kind


def answer_owners(desk: Desk, request: Request) -> str:
    """Match anew, with the answers given."""
    form, session = form_of(request), session_of(request)
    answers = form.answers("answer")
    for key, login in form.answers("login").items():
        answers[key] = f"match:{login}"
    back = _back(request, "owners")
    desk.begin(
        "owners",
        back,
        lambda _: queues.owners(
            desk.project, to=session.to, answers=answers, answer_all=form.one("all"),
            by=session.name,
        ),
    )  # fmt: skip
    return back


def answer_duplicates(desk: Desk, request: Request) -> str:
    """Look anew, with the answers given on duplicates or matches."""
    form, session = form_of(request), session_of(request)
    answers = form.answers("answer")
    back = _back(request, "matches" if form.one("queue") == "matches" else "duplicates")
    desk.begin(
        "duplicates",
        back,
        lambda _: queues.duplicates(
            desk.project, to=session.to, answers=answers, answer_all=form.one("all"),
            by=session.name,
        ),
    )  # fmt: skip
    return back


def answer_conflicts(desk: Desk, request: Request) -> str:
    """Write the answers down."""
    form, session = form_of(request), session_of(request)
    answers, everything = form.answers("answer"), form.one("all")
    golive.conflicts(
        desk.project, to=session.to, answers=answers, answer_all=everything, by=session.name
    )
    return _back(request, "conflicts")


def answer_deletions(desk: Desk, request: Request) -> str:
    """Write the answers down."""
    form, session = form_of(request), session_of(request)
    answers, everything = form.answers("answer"), form.one("all")
    golive.deletions(
        desk.project, to=session.to, answers=answers, answer_all=everything, by=session.name
    )
    return _back(request, "deletions")


def _back(request: Request, name: str) -> str:
    """The part of the queue where the answers were given."""
    return f"{HERE}/{name}{query_of(form_of(request).one('at'))}"


LOOKS: dict[str, Look] = {
    HERE: overview,
    f"{HERE}/issues": issues,
    f"{HERE}/owners": owners,
    f"{HERE}/duplicates": duplicates,
    f"{HERE}/matches": matches,
    f"{HERE}/conflicts": conflicts,
    f"{HERE}/deletions": deletions,
}
ACTS: dict[str, Act] = {
    f"{HERE}/owners/answer": answer_owners,
    f"{HERE}/duplicates/answer": answer_duplicates,
    f"{HERE}/conflicts/answer": answer_conflicts,
    f"{HERE}/deletions/answer": answer_deletions,
}
