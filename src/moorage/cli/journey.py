"""The verbs map, prepare, plan and run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from moorage.cli.later import later
from moorage.cli.proposed import show_table
from moorage.cli.queues import show_groups
from moorage.cli.screen import Screen
from moorage.cli.tables import counted, figures, heading, moment, state, table, waiting
from moorage.cli.verb import Work, verb
from moorage.commands.result import Result
from moorage.errors import SettingsError

if TYPE_CHECKING:
    from moorage.commands import loading, mapping, proposing
    from moorage.plan.report import PlanReport
else:
    loading = later("moorage.commands.loading")
    mapping = later("moorage.commands.mapping")
    proposing = later("moorage.commands.proposing")

To = Annotated[str, typer.Option(help="The destination.")]
Name = Annotated[str, typer.Option("--name", help="Who confirms.")]
Sample = Annotated[
    int | None, typer.Option(min=1, help="Only so many records of each kind, and what they need.")
]
MANY = 20


def register(app: typer.Typer) -> None:
    """Add these verbs to `app`."""
    verb(app, "map", example='moorage map --confirm --name "Ann Admin"', show=show_map)(map_)
    verb(app, "prepare", example="moorage prepare --apply", show=show_prepare)(prepare)
    verb(app, "plan", example="moorage plan --sample 5", show=show_plan)(plan)
    verb(app, "run", example="moorage run --to staging", show=show_run)(run)


def map_(
    work: Work,
    *,
    propose: Annotated[
        bool, typer.Option("--propose", help="Propose a place for every field without one.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Check it against source and Odoo.")
    ] = False,
    confirm: Annotated[bool, typer.Option("--confirm", help="Confirm it as it stands.")] = False,
    table: Annotated[
        Path | None,
        typer.Option(help="Propose for the fields listed in this file (JSON, CSV); no project."),
    ] = None,
    model: Annotated[str, typer.Option(help="The Odoo model, with --table.")] = "",
    convention: Annotated[
        list[str] | None, typer.Option(help="What was agreed, with --table: totals=custom.")
    ] = None,
    remember: Annotated[
        bool, typer.Option("--remember", help="Remember what is confirmed for other projects.")
    ] = False,
    name: Name = "",
    to: To = "production",
) -> Result:
    """Show where every source field goes; propose, check, confirm it."""
    _one_of(propose=propose, check=check, confirm=confirm)
    if table is not None:
        return proposing.map_table(table, model, conventions=convention or ())
    if propose:
        return mapping.map_propose(work.project, to=to)
    if confirm:
        return mapping.map_confirm(work.project, _named(name), to=to, remember=remember)
    return mapping.map_check(work.project, to=to) if check else mapping.map_show(work.project)


def _one_of(**flags: bool) -> None:
    if sum(flags.values()) > 1:
        names = " and ".join(f"--{name}" for name, given in flags.items() if given)
        raise SettingsError(f"{names} cannot go together", state="Nothing was changed.")


def _named(name: str) -> str:
    if not name.strip():
        raise SettingsError(
            "a confirmation needs the name of a person",
            state="Nothing was changed.",
            todo='Give it: --name "Ann Admin".',
        )
    return name


def show_map(screen: Screen, result: Result) -> None:
    """The table, the findings, or the confirmation."""
    if isinstance(result, mapping.CheckResult):
        heading(screen, "The mapping fits", f"{result.rule_count} rules")
        for finding in result.warnings[:MANY]:
            state(screen, "warn", escape(str(finding)))
        if len(result.warnings) > MANY:
            screen.print(f"  and {len(result.warnings) - MANY} more (all: --json)")
    elif isinstance(result, mapping.ConfirmResult):
        confirmed = result.confirmed
        words = f"Confirmed by {escape(confirmed.name)}, digest {confirmed.digest[:16]}"
        state(screen, "done", words)
    elif isinstance(result, mapping.ProposeResult):
        heading(screen, f"{counted(len(result.added_fields), 'field')} proposed")
        for name in result.added_fields[:MANY]:
            state(screen, "ask", escape(name))
        if len(result.added_fields) > MANY:
            screen.print(f"  and {len(result.added_fields) - MANY} more (all: --json)")
        for name in result.added_objects:
            state(screen, "ask", f"{escape(name)} asks for a decision")
    elif isinstance(result, proposing.TableResult):
        show_table(screen, result)
    elif isinstance(result, mapping.MapResult):
        _show_mapping(screen, result)


def _show_mapping(screen: Screen, result: mapping.MapResult) -> None:
    if screen.is_verbose:
        _show_rules(screen, result)
    else:
        _show_entries(screen, result)
    if result.confirmed:
        state(screen, "done", f"confirmed by {escape(result.confirmed.name)}")
    else:
        state(screen, "now", escape(result.unconfirmed_because))


def _show_entries(screen: Console, result: mapping.MapResult) -> None:
    """One line for each entry; all rules are in the report."""
    heading(screen, "Mapping", f"{len(result.rows)} rules")
    entries: dict[tuple[str, str], list[int]] = {}
    for row in result.rows:
        if row.entry:
            filled, left, proposed = entries.setdefault((row.entry, row.model), [0, 0, 0])
            is_open = row.status == "proposed" and not result.confirmed
            entries[row.entry, row.model] = [
                filled + bool(row.target), left + (not row.target), proposed + is_open
            ]  # fmt: skip
    rows = [(entry, model, *map(str, counts)) for (entry, model), counts in entries.items()]
    heads = ("entry", "in Odoo", "filled", "left", "open")
    table(screen, heads, rows, right=2)
    screen.print("[dim]every rule: --verbose, or the report[/]")


def _show_rules(screen: Console, result: mapping.MapResult) -> None:
    heading(screen, "Mapping", f"{len(result.rows)} rules")
    rows, last = [], ""
    for row in result.rows:
        if not row.target:
            continue
        if row.entry != last:
            rows.append((f"[bold]{escape(row.entry)}[/]", f"[bold]{escape(row.model)}[/]", ""))
            last = row.entry
        source = escape(", ".join(row.sources)) or "[dim]-[/]"
        mark = "[yellow]?[/] " if row.status == "proposed" else ""
        rows.append((f"  {source}", f"  {escape(row.target)}", f"{mark}[dim]{escape(row.how)}[/]"))
    table(screen, ("source", "Odoo", "how"), rows)
    left = sum(not row.target for row in result.rows)
    state(screen, "note", f"{left} source fields are not moved, each with its reason in the file")


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
        return loading.plan_confirm(work.project, _named(name), to=to)
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
