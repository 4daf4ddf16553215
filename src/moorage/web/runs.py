"""The plan and its confirmation, the run while it goes on, and the way back."""

from __future__ import annotations

from starlette.requests import Request

from moorage.commands import golive, loading, returning, watching
from moorage.commands.building import plan_folder
from moorage.commands.history import note
from moorage.commands.result import OnProgress, Result, to_json
from moorage.errors import RefusedError, SettingsError
from moorage.plan.confirm import load_plan
from moorage.rollback import RollbackPlan
from moorage.web.desk import Desk, agreed, form_of, session_of
from moorage.web.drawing import Act, Look, View
from moorage.web.reported import reported

PAGE_RUN, PAGE_BACK = "/run", "/rollback"
SHOWN = 100


def plan(desk: Desk, request: Request) -> View:
    """The plan made last; a place to make it, and to confirm it by name."""
    to = session_of(request).to
    saved = load_plan(plan_folder(desk.project, to))
    report = saved.report if saved else None
    data = {
        "to": to,
        "digest": report.digest if report else "",
        "made_at": report.made_at if report else "",
        "confirmed_by": saved.confirmed_by if saved else "",
        "confirmed_at": saved.confirmed_at if saved else "",
        "has_questions": report.has_questions if report else False,
        "changes_nothing": report.changes_nothing if report else False,
        "writes": report.write_count if report else 0,
        "plan": report.as_json() if report else None,
        "mapping": agreed(desk),
    }
    return View("plan.html.j2", "Plan", data, {"found": reported(desk.project, "plan", to)})


def make_plan(desk: Desk, request: Request) -> str:
    """Plan anew: all, or a sample; with `delta`, extract first."""
    form, to = form_of(request), session_of(request).to
    sample = form.one("sample")
    if sample and not (sample.isdigit() and int(sample) > 0):
        raise SettingsError(
            "a sample is a number of records",
            state="Nothing was changed.",
            todo="Write a number, or leave it empty for all.",
        )
    if form.one("delta"):
        desk.begin(
            "delta", "/plan", lambda told: golive.delta(desk.project, to=to, on_progress=told)
        )
    else:
        size = int(sample) if sample else None
        desk.begin("plan", "/plan", lambda _: loading.plan(desk.project, to=to, sample=size))
    return "/plan"


def confirm(desk: Desk, request: Request) -> str:
    """Confirm the very plan that was shown."""
    form, to = form_of(request), session_of(request).to
    saved = load_plan(plan_folder(desk.project, to))
    if saved is None or saved.report.digest != form.one("digest"):
        raise RefusedError(
            "the plan is another one than the one that was shown",
            state="Nothing was confirmed.",
            todo="Load the page again, look at the plan, and confirm it.",
        )
    name = form.one("name")
    desk.begin("plan --confirm", "/plan", lambda _: loading.plan_confirm(desk.project, name, to=to))
    return "/plan"


def run(desk: Desk, request: Request) -> View:
    """The run, as the ledger has it this moment."""
    to = session_of(request).to
    seen = watching.watch(desk.project, to=to)
    saved = load_plan(plan_folder(desk.project, to))
    ready = bool(saved and saved.confirmed_by)
    digest = saved.report.digest if saved else ""
    data = {
        "to": to,
        "seen": {**to_json(seen), "planned": seen.planned, "written": seen.written},
        "confirmed_by": saved.confirmed_by if saved else "",
        "confirmed_at": saved.confirmed_at if saved else "",
        "digest": digest,
        "writes": saved.report.write_count if saved else 0,
        "ready": ready,
        "carried_out": (seen.status, seen.plan_digest) == ("done", digest),
    }
    found = reported(desk.project, "reconciliation", to)
    return View("run.html.j2", "Run", data, {"found": found})


def start_run(desk: Desk, request: Request) -> str:
    """Run the confirmed plan, or go on with the one that was stopped."""
    to = session_of(request).to
    desk.begin("run", PAGE_RUN, lambda told: loading.run(desk.project, to=to, on_progress=told))
    return PAGE_RUN


def rollback(desk: Desk, request: Request) -> View:
    """What a rollback would do; a place to do just that, guarded by a typed word."""
    to = session_of(request).to
    seen = _seen(desk, to)
    data = {
        "to": to,
        "word": desk.project.name,
        "runs": to_json(returning.undoable(desk.project, to=to)),
        "what": _what(seen) if seen else "",
        "plan": _in_numbers(seen.plan) if seen and seen.plan else None,
    }
    found = reported(desk.project, "rollback", to)
    return View("rollback.html.j2", "Roll back", data, {"found": found})


def _seen(desk: Desk, to: str) -> returning.RollbackResult | None:
    """What a rollback of `to` would do, as it was looked up last."""
    seen = desk.result("rollback --plan-only", returning.RollbackResult)
    return seen if seen is not None and seen.destination == to else None


def _in_numbers(plan: RollbackPlan) -> dict[str, object]:
    models = sorted(
        {*plan.delete_counts, *plan.restore_counts, *plan.kept_counts, *plan.release_counts}
    )
    return {
        "models": [
            {
                "model": model,
                "delete": plan.delete_counts.get(model, 0),
                "restore": plan.restore_counts.get(model, 0),
                "release": plan.release_counts.get(model, 0),
                "keep": plan.kept_counts.get(model, 0),
            }
            for model in models
        ],
        "preparations": plan.preparations,
        "stays": bool(plan.kept),
        "kept": [str(one) for one in (*plan.kept, *plan.kept_changes)][:SHOWN],
        "kept_count": len(plan.kept) + len(plan.kept_changes),
    }


def plan_rollback(desk: Desk, request: Request) -> str:
    """Say what it would do to everything, or to one run."""
    form, to = form_of(request), session_of(request).to
    run, force = form.one("run"), form.one("force") == "yes"
    run_id = int(run) if run.isdecimal() else None
    desk.begin(
        "rollback --plan-only",
        PAGE_BACK,
        lambda _: returning.rollback(
            desk.project, to=to, run_id=run_id, plan_only=True, force=force
        ),
    )
    return PAGE_BACK


def roll_back(desk: Desk, request: Request) -> str:
    """Do what was shown, if the project's name was typed."""
    form, session = form_of(request), session_of(request)
    to, seen = session.to, _seen(desk, session.to)
    if form.one("word") != desk.project.name:
        raise RefusedError(
            "the project's name was not typed",
            state="Nothing was changed.",
            todo=f"To roll back in {to}, type the name of the project.",
        )
    if seen is None or form.one("what") != _what(seen):
        raise RefusedError(
            "what would be rolled back was not looked at, or is something else by now",
            state="Nothing was changed.",
            todo="Let the page say what it would do, then do it.",
        )

    def work(told: OnProgress) -> Result:
        note(desk.project, "rollback begun", by=session.name, destination=to, of=_what(seen))
        return returning.rollback(
            desk.project, to=to, run_id=seen.run, force=seen.force, on_progress=told
        )

    desk.begin("rollback", PAGE_BACK, work)
    desk.worker.results.pop("rollback --plan-only", None)
    return PAGE_BACK


def _what(seen: returning.RollbackResult) -> str:
    """What a rollback undoes, in words."""
    what = "everything" if seen.run is None else f"run {seen.run}"
    return f"{what}, people's changes too" if seen.force else what


LOOKS: dict[str, Look] = {"/plan": plan, "/run": run, "/rollback": rollback}
ACTS: dict[str, Act] = {
    "/plan/make": make_plan,
    "/plan/confirm": confirm,
    "/run/go": start_run,
    "/rollback/look": plan_rollback,
    "/rollback/go": roll_back,
}
