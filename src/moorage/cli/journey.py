"""The verbs prepare, plan and run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from moorage.cli.later import later
from moorage.cli.mapped import Name, To, named
from moorage.cli.queues import show_groups
from moorage.cli.screen import Screen
from moorage.cli.tables import counted, figures, heading, moment, state, table, waiting
from moorage.cli.verb import Work, verb

if TYPE_CHECKING:
    from moorage.commands import loading
    from moorage.plan.report import PlanReport
else:
    loading = later("moorage.commands.loading")

Sample = Annotated[
    int | None, typer.Option(min=1, help="Only so many records of each kind, and what they need.")
]


def register(app: typer.Typer) -> None:
    """Add these verbs to `app`."""
    verb(app, "prepare", example="moorage prepare --apply", show=show_prepare)(prepare)
    verb(app, "plan", example="moorage plan --sample 5", show=show_plan)(plan)
    verb(app, "run", example="moorage run --to staging", show=show_run)(run)


def prepare(
    work: Work,
    apply: Annotated[bool, typer.Option("--apply", help="Make what is shown.")] = False,
    to: To = "production",
) -> loading.PrepareResult:
    """Show what Odoo lacks for the mapping; with --apply, make it."""
    return loading.prepare(work.project, to=to, apply=apply)


def show_prepare(screen: Screen, result: loading.PrepareResult) -> None:
    """Fields and switches."""
    done = "made" if result.is_applied else "missing"
    count = len(result.fields) + len(result.settings) + len(result.models)
    heading(screen, f"Odoo ({result.destination})", f"{count} {done}, {result.standing} there")
    by_model: dict[str, list[str]] = {}
    for field in result.fields:
        by_model.setdefault(field.model, []).append(field.name)
    rows = [(model, len(names)) for model, names in by_model.items()]
    if result.settings:
        rows.append(("settings", len(result.settings)))
    if result.models:
        rows.append(("models of their own", len(result.models)))
    if rows and screen.is_verbose:
        named = [(escape(model), escape(", ".join(names))) for model, names in by_model.items()]
        named += [("settings", escape(name)) for name in result.settings]
        table(screen, ("model", f"fields {done}"), named, whole=(0,))
    elif rows:
        figures(screen, ("", done), rows, sums=True)
        screen.print("[dim]their names: --verbose, or --json[/]")
    else:
        state(screen, "done", "Odoo has all that the mapping needs.")


def plan(
    work: Work,
    sample: Sample = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Confirm the plan made last.")] = False,
    name: Name = "",
    to: To = "production",
) -> loading.PlanResult:
    """Say what would become of every row; confirm it by name."""
    if confirm:
        return loading.plan_confirm(work.project, named(name), to=to)
    return loading.plan(work.project, to=to, sample=sample)


def show_plan(screen: Console, result: loading.PlanResult) -> None:
    """Rows by entry and operation; what is unusual; what is open."""
    from moorage.plan.report import OPERATIONS  # noqa: PLC0415 - help needs none of it

    report = result.plan
    sample = f", sample of {report.sample}" if report.sample else ""
    heading(screen, f"Plan for {result.destination}{sample}", f"digest {report.digest[:16]}")
    rows = [
        (entry, *(counts.get(name, 0) for name in OPERATIONS))
        for entry, counts in report.counts.items()
    ]
    heads = ("", *(_short(name) for name in OPERATIONS))
    figures(screen, heads, rows, sums=True, tones={_short("set_aside"): "yellow"})
    for words in report.guards:
        state(screen, "warn", escape(words))
    for words in report.notes:
        state(screen, "note", escape(words))
    warned = sum(about.count for about in report.warnings)
    if warned:
        state(screen, "note", f"{warned:,} values are left out with a warning: see the report")
    for what, keys in (
        ("owner", report.open_owners),
        ("duplicate group", report.open_duplicates),
    ):
        if keys:
            state(screen, "ask", f"{counted(len(keys), what)} {waiting(len(keys))}")
    if report.open_matches:
        count = len(report.open_matches)
        words = f"{counted(count, 'row')} {waiting(count)}: several records in Odoo fit."
        state(screen, "ask", f"{words} Their ids stand in decisions/matches.csv.")
    for count, verb_name in (
        (report.open_conflicts, "conflicts"), (report.open_deletions, "deletions"),
    ):  # fmt: skip
        if count:
            words = f"{counted(count, verb_name.removesuffix('s'))} {waiting(count)}"
            state(screen, "ask", f"{words}: moorage {verb_name}. Odoo stays as it is until then.")
    if result.confirmed_by:
        words = f"confirmed by {escape(result.confirmed_by)}, {moment(result.confirmed_at)}"
        state(screen, "done", words)
    elif report.changes_nothing:
        state(screen, "done", "There is nothing to do.")


def _short(operation: str) -> str:
    """Column heads that leave room for the entry's name at 80 columns."""
    return {"unchanged": "same", "set_aside": "aside", "not_in_sample": "later"}.get(
        operation, operation
    )


def run(
    work: Work,
    sample: Sample = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before writing.")] = False,
    to: To = "production",
) -> loading.RunResult:
    """Carry out the confirmed plan, phase by phase; may be killed and run again."""

    def may_go(report: PlanReport) -> bool:
        if yes or work.as_json or not sys.stdin.isatty():
            return True
        return typer.confirm(f"Write {report.write_count:,} rows to {to}?", err=True)

    return loading.run(
        work.project, to=to, sample=sample, on_progress=work.on_progress, may_go=may_go
    )


def show_run(screen: Console, result: loading.RunResult) -> None:
    """The counts of every phase, what was set aside, what moved in Odoo."""
    from moorage.reports.loading import SILENT  # noqa: PLC0415 - help needs none of it

    load = result.load
    if load is None:
        return
    heading(screen, f"Run {load.run_id} into {result.destination}", f"{result.seconds:.1f} s")
    names = ("rows", "created", "updated", "unchanged", "matched", "merged", "waived", "set_aside",
             "conflicts", "archived", "gone")  # fmt: skip
    rows = [(phase.entry, *(getattr(phase, name) for name in names)) for phase in load.phases]
    short = {"unchanged": "same", "set_aside": "aside", "conflicts": "conflict"}
    heads = ("", *(short.get(name, name) for name in names))
    figures(screen, heads, rows, sums=True, tones={"aside": "yellow", "conflict": "yellow"})
    state(screen, "done", "The sums agree in every phase.")
    loud = {model: count for model, count in load.moved.items() if model in SILENT}
    if loud:
        state(screen, "bad", f"Odoo sent or queued something: {loud}")
    else:
        state(screen, "done", "Odoo sent nothing: no mail, no message, no notification.")
    if result.set_aside:
        show_groups(screen, result.set_aside)
