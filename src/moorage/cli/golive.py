"""The verbs delta, conflicts, deletions and freeze."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from moorage.cli.later import later
from moorage.cli.queues import By, To, pairs
from moorage.cli.start import Since, is_since_last
from moorage.cli.tables import counted, figures, heading, state, table, waiting
from moorage.cli.verb import Work, verb

if TYPE_CHECKING:
    from moorage.commands import golive, pulse
else:
    golive = later("moorage.commands.golive")
    pulse = later("moorage.commands.pulse")

MANY = 60
#: How much of a value is shown; the file has all of it.
_SHOWN = 60
Watch = Annotated[
    float, typer.Option("--watch", min=0, metavar="SECONDS", help="Look again after so long.")
]


def register(app: typer.Typer) -> None:
    """Add these verbs to `app`."""
    verb(app, "delta", example="moorage delta", show=show_delta)(delta)
    example = "moorage conflicts --answer krayin:leads:12.name=source"
    verb(app, "conflicts", example=example, show=show_conflicts)(conflicts)
    example = "moorage deletions --all archive"
    verb(app, "deletions", example=example, show=show_deletions)(deletions)
    verb(app, "freeze", example="moorage freeze --watch 60", show=show_freeze)(freeze)


def delta(work: Work, since: Since = "", to: To = "production") -> golive.DeltaResult:
    """Extract, plan, and tell what changed on both sides since; nothing is written to Odoo."""
    return golive.delta(
        work.project, to=to, since_last=is_since_last(since), on_progress=work.on_progress
    )


def show_delta(screen: Console, result: golive.DeltaResult) -> None:
    """Rows by entry and what became of them."""
    same = "the source is as it was" if result.is_unchanged else "the source has changed"
    heading(screen, f"Delta for {result.destination}", same)
    names = ("created", "changed", "conflicts", "gone", "unchanged", "held")
    rows = [(about.entry, *(getattr(about, name) for name in names)) for about in result.entries]
    heads = ("", "new", "changed", "conflict", "gone", "same", "held")
    figures(screen, heads, rows, sums=True, tones={"conflict": "yellow", "gone": "yellow"})
    for about in result.entries:
        if about.fields:
            told = ", ".join(f"{field} {count:,}" for field, count in about.fields.items())
            state(screen, "note", f"{escape(about.entry)}: {escape(told)}")
    for count, noun in (
        (result.plan.open_conflicts, "field"),
        (result.plan.open_deletions, "record"),
    ):
        what = "changed on both sides" if noun == "field" else "deleted in the source"
        if count:
            state(screen, "ask", f"{counted(count, noun)} {what} {waiting(count)}")


def conflicts(
    work: Work,
    answer: Annotated[
        list[str] | None,
        typer.Option(
            "--answer", metavar="KEY[.FIELD]=DECISION", help="odoo (stays) or source (is written)."
        ),
    ] = None,
    all_: Annotated[
        str, typer.Option("--all", metavar="DECISION", help="odoo or source for all open ones.")
    ] = "",
    by: By = "",
    to: To = "production",
) -> golive.ConflictsResult:
    """Fields changed both in the source and in Odoo; say which value counts."""
    return golive.conflicts(work.project, to=to, answers=pairs(answer), answer_all=all_, by=by)


def show_conflicts(screen: Console, result: golive.ConflictsResult) -> None:
    """Each with the values it had and has."""
    _headed(screen, len(result.rows), "conflict", result.open_count)
    for row in result.rows[:MANY]:
        screen.print()
        mark = "done" if row.decision else "ask"
        answer = f"  [bold]{escape(row.decision)}[/]" if row.decision else ""
        state(screen, mark, f"{escape(row.key)}.{escape(row.field)}  {escape(row.label)}{answer}")
        by = ", ".join(part for part in (row.changed_by, row.changed_at) if part)
        values = [
            ("loaded", escape(_cut(row.loaded)), ""),
            ("in Odoo", escape(_cut(row.in_odoo)), escape(by)),
            ("in the source", escape(_cut(row.in_source)), ""),
        ]
        table(screen, ("", "value", "changed by"), values, whole=(0,))
        screen.print(f"[dim]{escape(row.record)}[/]", soft_wrap=True)
    _ended(screen, len(result.rows), result.file)


def deletions(
    work: Work,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="KEY=DECISION", help="archive or keep."),
    ] = None,
    all_: Annotated[
        str, typer.Option("--all", metavar="DECISION", help="archive or keep all open ones.")
    ] = "",
    by: By = "",
    to: To = "production",
) -> golive.DeletionsResult:
    """Records whose row was deleted in the source; say what becomes of them in Odoo."""
    return golive.deletions(work.project, to=to, answers=pairs(answer), answer_all=all_, by=by)


def show_deletions(screen: Console, result: golive.DeletionsResult) -> None:
    """Keys and links; names stay in the file."""
    _headed(screen, len(result.rows), "deletion", result.open_count)
    rows = [
        (
            escape(row.key),
            escape(row.decision) if row.decision else "[yellow]?[/]",
            escape(row.record + (f"\n{row.todo}" if row.todo else "")),
        )
        for row in result.rows[:MANY]
    ]
    if rows:
        table(screen, ("record", "decision", "in Odoo"), rows, whole=(0,))
    _ended(screen, len(result.rows), result.file)


def _headed(screen: Console, count: int, noun: str, open_count: int) -> None:
    below = f"{open_count:,} {waiting(open_count)}" if open_count else ""
    heading(screen, f"{counted(count, noun)}, as of the last plan", below)


def _ended(screen: Console, count: int, file: Any) -> None:
    if count > MANY:
        screen.print(f"and {count - MANY} more (all: --json, or the file)")
    screen.print(f"[dim]{escape(str(file))}[/]", soft_wrap=True)


def _cut(value: str) -> str:
    return value if len(value) <= _SHOWN else f"{value[:_SHOWN]} …"


def freeze(work: Work, watch: Watch = 30.0) -> pulse.FreezeResult:
    """Say whether the source is still written to: since the extraction, and while watched."""
    return pulse.freeze(work.project, watch_seconds=watch, on_progress=work.on_progress)


def show_freeze(screen: Console, result: pulse.FreezeResult) -> None:
    """The tables that moved."""
    from moorage.commands.pulse import WORDS  # noqa: PLC0415 - help needs none of it

    watched = f", watched for {result.watched_seconds:g} s" if result.watched_seconds else ""
    heading(screen, f"{result.tables} tables{watched}", f"extracted {result.extracted_at[:16]} UTC")
    rows = [
        (escape(move.table), f"since {move.since}", WORDS[name], str(before), str(now))
        for move in (*result.moved, *result.moving)
        for name, (before, now) in move.what.items()
    ]
    if rows:
        table(screen, ("table", "moved", "", "before", "now"), rows[:MANY], whole=(0,))
    if result.moving:
        state(screen, "bad", "The source is being written to at this moment.")
    elif result.moved:
        state(screen, "warn", "Nobody writes now, but somebody did since the extraction.")
    else:
        state(screen, "done", "Frozen: staging holds what the source holds, as far as this tells.")
