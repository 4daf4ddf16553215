"""The verb map: show, propose, check and confirm where every field goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from moorage.cli.later import later
from moorage.cli.proposed import show_preview, show_table
from moorage.cli.screen import Screen
from moorage.cli.tables import counted, heading, state, table
from moorage.cli.verb import Work, verb
from moorage.commands.result import Result
from moorage.errors import SettingsError

if TYPE_CHECKING:
    from moorage.commands import advising, mapping, proposing
else:
    advising = later("moorage.commands.advising")
    mapping = later("moorage.commands.mapping")
    proposing = later("moorage.commands.proposing")

To = Annotated[str, typer.Option(help="The destination.")]
Name = Annotated[str, typer.Option("--name", help="Who confirms.")]
MANY = 20


def register(app: typer.Typer) -> None:
    """Add this verb to `app`."""
    verb(app, "map", example='moorage map --confirm --name "Ann Admin"', show=show_map)(map_)


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
    ai: Annotated[
        bool, typer.Option("--ai", help="Ask a language model about proposals in doubt.")
    ] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="With --ai: show what would be sent; send nothing.")
    ] = False,
    budget: Annotated[
        str, typer.Option(help="With --ai: stop before so many tokens, or dollars ($0.50).")
    ] = "",
    name: Name = "",
    to: To = "production",
) -> Result:
    """Show where every source field goes; propose, check, confirm it."""
    _one_of(propose=propose, check=check, confirm=confirm)
    if ((preview or budget) and not ai) or (ai and not (propose or table)):
        raise SettingsError(
            "--ai goes with --propose, --preview and --budget go with --ai",
            state="Nothing was changed or sent.",
        )
    if ai and table is not None:
        asking = advising.preview_table if preview else advising.table_with_advice
        return asking(table, model, conventions=convention or (), budget=budget)
    if ai:
        showing = advising.preview if preview else advising.propose_with_advice
        return showing(work.project, to=to, budget=budget)
    if table is not None:
        return proposing.map_table(table, model, conventions=convention or ())
    if propose:
        return mapping.map_propose(work.project, to=to)
    if confirm:
        return mapping.map_confirm(work.project, named(name), to=to, remember=remember)
    return mapping.map_check(work.project, to=to) if check else mapping.map_show(work.project)


def _one_of(**flags: bool) -> None:
    if sum(flags.values()) > 1:
        names = " and ".join(f"--{name}" for name, given in flags.items() if given)
        raise SettingsError(f"{names} cannot go together", state="Nothing was changed.")


def named(name: str) -> str:
    """The name of who confirms; SettingsError without one."""
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
    elif isinstance(result, advising.PreviewResult):
        show_preview(screen, result)
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
