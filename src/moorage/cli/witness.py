"""The verb verify."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape

from moorage.cli.later import later
from moorage.cli.queues import To
from moorage.cli.tables import counted, figures, heading, state
from moorage.cli.verb import Work, verb

if TYPE_CHECKING:
    from moorage.commands import checking
else:
    checking = later("moorage.commands.checking")

MANY = 20


def register(app: typer.Typer) -> None:
    """Add this verb to `app`."""
    verb(app, "verify", example="moorage verify", show=show_verify)(verify)


def verify(work: Work, to: To = "production") -> checking.VerifyResult:
    """Read every mapped field of every record back and compare it with its source."""
    return checking.verify(work.project, to=to, on_progress=work.on_progress)


def show_verify(screen: Console, result: checking.VerifyResult) -> None:
    """Records, values, differences by entry."""
    found = result.found
    heading(screen, f"{found.values:,} values compared", f"{found.duration_seconds:.1f} s")
    rows = [
        (
            entry.entry,
            entry.own,
            entry.shared,
            entry.held_back,
            entry.values,
            entry.by_people,
            entry.wrong,
        )
        for entry in found.entries
    ]
    heads = ("", "records", "shared", "aside", "values", "by people", "wrong")
    figures(screen, heads, rows, sums=True, tones={"wrong": "red"})
    for check in found.sums:
        mark = "done" if check.agrees else "bad"
        what = f"{check.model}.{check.field} {check.currency}".rstrip()
        words = f"{what}: {check.expected:,}"
        if check.by_people:
            mark, words = "note", f"{words}, in Odoo {check.found:,} by what people changed"
        state(screen, mark, words if check.agrees else f"{words}, in Odoo {check.found:,}")
    for parted in found.parted:
        words = f"{parted.model}.{parted.field} by {parted.by}: {counted(parted.groups, 'group')}"
        if not parted.agrees:
            words += f", {parted.differing:,} not equal, by up to {parted.largest:,.2f}"
        state(screen, "done" if parted.agrees else "bad", words)
    for difference in found.differences[:MANY]:
        state(screen, "note" if difference.changed_by else "bad", escape(str(difference)))
    if found.difference_count > MANY:
        screen.print(f"  and {found.difference_count - MANY:,} more (see the report)")
    if found.agrees and found.by_people:
        count = counted(found.by_people, "value")
        words = (
            f"Odoo holds what the source and the mapping say, but for {count} that people changed."
        )
        state(screen, "done", words)
    elif found.agrees:
        state(screen, "done", "Odoo holds exactly what the source and the mapping say.")
