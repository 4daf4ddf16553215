"""The verb `rollback`: everything put back, and what cannot be is said."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from moorage.commands.balancing import tell_balance
from moorage.commands.opening import PRODUCTION, opened_destination, opened_ledger
from moorage.commands.result import OnProgress, Result, silent
from moorage.errors import RefusedError
from moorage.ledger.runs import DRAFTS
from moorage.ledger.undo import load_runs
from moorage.odoo.models.undo import GO_ALONG, UNDO, drop_keys
from moorage.prepare import undo_preparations
from moorage.project import Project
from moorage.reports.rollback import write_rollback
from moorage.rollback import RollbackPlan, RollbackReport, plan_rollback, roll_back


@dataclass(frozen=True, kw_only=True)
class RollbackResult(Result):
    """What a rollback would do (`plan`), or what it did (`report`).

    `run` is None for everything; `force` is whether people's changes go too.
    """

    destination: str
    run: int | None
    force: bool
    plan: RollbackPlan | None
    report: RollbackReport | None


@dataclass(frozen=True)
class RunToUndo:
    """A run that stands; `is_drafts` where it only made drafts of automation rules."""

    run: int
    started_at: str
    status: str
    is_drafts: bool


def undoable(project: Project, *, to: str = PRODUCTION) -> tuple[RunToUndo, ...]:
    """The runs into `to` that were not rolled back, the latest first; no server is asked."""
    with opened_ledger(project) as ledger:
        row = ledger.connection.execute(
            "SELECT id FROM destination WHERE name = ?", (to,)
        ).fetchone()
        found = load_runs(ledger, int(row["id"]), None) if row else []
    return tuple(
        RunToUndo(run["id"], run["started_at"], run["status"], run["plan_digest"] == DRAFTS)
        for run in reversed(found)
    )


def rollback(
    project: Project,
    *,
    to: str = PRODUCTION,
    run_id: int | None = None,
    plan_only: bool = False,
    force: bool = False,
    on_progress: OnProgress = silent,
) -> RollbackResult:
    """Undo one run, or everything, in `to`; with `plan_only` say what that would do."""
    with (
        project.lock("rollback"),
        opened_destination(project, to) as destination,
        opened_ledger(project) as ledger,
    ):
        destination_id = ledger.destination(to, destination.identity)
        if run_id is not None and run_id not in {row["id"] for row in ledger.runs(destination_id)}:
            raise RefusedError(
                f"there is no run {run_id} in {to}",
                state="Nothing was changed.",
                todo="`moorage status` names the runs.",
            )
        if plan_only:
            plan = plan_rollback(ledger, destination, destination_id, run_id, force=force)
            kept = len(plan.kept) + len(plan.kept_changes)
            return RollbackResult(
                destination=to, run=run_id, force=force, plan=plan, report=None, attention=kept,
                next_command="moorage rollback",
            )  # fmt: skip
        report = roll_back(
            ledger,
            destination,
            destination_id,
            run_id,
            drop_keys=partial(drop_keys, destination),
            undo=UNDO,
            go_along=GO_ALONG,
            undo_preparations=undo_preparations,
            force=force,
            on_progress=on_progress,
        )
        destination.forget()
        is_all = run_id is None
        balance, notes = tell_balance(project, to, destination, undone=True) if is_all else ((), ())
    kept = len(report.kept) + len(report.kept_changes) + len(report.archived)
    return RollbackResult(
        destination=to,
        run=run_id,
        force=force,
        plan=None,
        report=report,
        attention=0 if report.complete or run_id is not None else max(1, kept),
        reports=(*write_rollback(project.reports, project.name, to, report), *balance),
        notes=notes,
        # With everything gone, Odoo lacks the fields again; after one run it has them still.
        next_command="moorage plan" if run_id is not None else "moorage prepare --apply",
    )
