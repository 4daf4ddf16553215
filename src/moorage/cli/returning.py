"""The verb rollback."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from moorage.cli.later import later
from moorage.cli.tables import facts, figures, heading, state
from moorage.cli.verb import Work, verb
from moorage.errors import RefusedError

if TYPE_CHECKING:
    from moorage.commands import returning
    from moorage.rollback import Kept
else:
    returning = later("moorage.commands.returning")

MANY = 20


def register(app: typer.Typer) -> None:
    """Add this verb to `app`."""
    verb(app, "rollback", example="moorage rollback --plan-only", show=show_rollback)(rollback)


def rollback(
    work: Work,
    *,
    run: Annotated[int | None, typer.Option("--run", help="Only this run.")] = None,
    plan_only: Annotated[bool, typer.Option("--plan-only", help="Only say what it does.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Undo also what people changed since.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    to: Annotated[str, typer.Option(help="The destination.")] = "production",
) -> returning.RollbackResult:
    """Put everything back; what people changed since is kept and listed."""
    asks = not (yes or plan_only or work.as_json) and sys.stdin.isatty()
    what = f"run {run}" if run is not None else "everything this project did"
    if asks and not typer.confirm(f"Undo {what} in {to}?", err=True):
        raise RefusedError("you did not say yes", state="Nothing was changed.")
    return returning.rollback(
        work.project,
        to=to,
        run_id=run,
        plan_only=plan_only,
        force=force,
        on_progress=work.on_progress,
    )


def show_rollback(screen: Console, result: returning.RollbackResult) -> None:
    """Counts by model, and what stays."""
    plan, report = result.plan, result.report
    if plan is not None:
        heading(screen, f"A rollback of {result.destination} would", "nothing was changed")
        models = sorted({*plan.delete_counts, *plan.restore_counts, *plan.kept_counts})
        rows = [
            (
                model,
                plan.delete_counts.get(model, 0),
                plan.restore_counts.get(model, 0),
                plan.kept_counts.get(model, 0),
            )
            for model in models
        ]
        figures(screen, ("", "delete", "restore", "keep"), rows, sums=True)
        facts(screen, [("fields and settings", str(plan.preparations))])
        _show_kept(screen, [*plan.kept, *plan.kept_changes])
    if report is not None:
        heading(screen, f"Rolled back {result.destination}", f"{report.duration_seconds:.1f} s")
        figures(screen, ("", "deleted"), list(report.deleted.items()), sums=True)
        facts(
            screen,
            [
                ("fields put back", f"{report.restored:,}"),
                ("were there before, left", f"{report.released:,}"),
                ("were gone already", f"{report.already_gone:,}"),
                ("fields and settings undone", f"{report.preparations_undone:,}"),
            ],
        )
        _show_kept(screen, [*report.kept, *report.kept_changes, *report.archived])
        if report.preparations_left:
            state(screen, "warn", escape(report.preparations_left))
        if report.complete:
            state(screen, "done", "Nothing of this project stands in Odoo any more.")


def _show_kept(screen: Console, kept: list[Kept]) -> None:
    for one in kept[:MANY]:
        state(screen, "warn", escape(f"stays: {one}"))
    if len(kept) > MANY:
        screen.print(f"  and {len(kept) - MANY} more (see the report)")
