"""The verb handoff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from moorage.cli.later import later
from moorage.cli.tables import counted, heading, state
from moorage.cli.verb import Work, verb

if TYPE_CHECKING:
    from moorage.commands import handoff as handing
else:
    handing = later("moorage.commands.handoff")


def register(app: typer.Typer) -> None:
    """Add this verb to `app`."""
    verb(app, "handoff", example="moorage handoff --drafts", show=show_handoff)(handoff)


def handoff(
    work: Work,
    drafts: Annotated[
        bool,
        typer.Option("--drafts", help="Make inactive automation rules in Odoo, as a beginning."),
    ] = False,
    to: Annotated[str, typer.Option(help="The destination.")] = "production",
) -> handing.HandoffResult:
    """Write one folder for the customer: scope, proof, what is left to do, ids, how to undo."""
    return handing.handoff(work.project, to=to, drafts=drafts, on_progress=work.on_progress)


def show_handoff(screen: Console, result: handing.HandoffResult) -> None:
    """What is in the folder."""
    heading(screen, f"Hand-off of {result.destination}", str(result.folder))
    pages = counted(len(result.pages), "page")
    state(screen, "done", f"{pages}, {counted(result.id_count, 'id')}, spreadsheets of all tables")
    if result.drafts:
        state(screen, "done", f"{counted(result.drafts, 'draft')} of automation rules in Odoo")
    if result.pdf:
        state(screen, "done", f"all of it as PDF: {result.pdf.name}")
