"""The verbs spotcheck and signoff."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from moorage.cli.later import later
from moorage.cli.screen import Screen
from moorage.cli.tables import facts, figures, heading, state
from moorage.cli.verb import Work, verb
from moorage.commands.result import Result
from moorage.errors import SettingsError

if TYPE_CHECKING:
    from moorage.commands import signing, spotting
else:
    signing = later("moorage.commands.signing")
    spotting = later("moorage.commands.spotting")

To = Annotated[str, typer.Option(help="The destination.")]
COUNT, SEED = 40, 1
MANY = 20


def register(app: typer.Typer) -> None:
    """Add these verbs to `app`."""
    example = "moorage spotcheck --to staging --count 40"
    verb(app, "spotcheck", example=example, show=show_spotcheck)(spotcheck)
    example = 'moorage signoff --to staging --name "Ann Admin"'
    verb(app, "signoff", example=example, show=show_signoff)(signoff)


def spotcheck(
    work: Work,
    *,
    count: Annotated[int, typer.Option(min=1, max=200, help="How many records.")] = COUNT,
    seed: Annotated[int, typer.Option(help="Another seed, other records.")] = SEED,
    read: Annotated[
        Path | None, typer.Option("--read", help="Read the ticks of this workbook back.")
    ] = None,
    to: To = "production",
) -> Result:
    """Records by chance, side by side with Odoo, to be ticked and signed; or read the ticks."""
    if read is not None:
        return spotting.spotcheck_read(work.project, read, to=to)
    return spotting.spotcheck(work.project, to=to, count=count, seed=seed)


def show_spotcheck(screen: Screen, result: Result) -> None:
    """How many records of each kind, or what was ticked."""
    if isinstance(result, spotting.TicksResult):
        ticks = result.ticks
        heading(screen, f"Spot check of {result.destination}", escape(str(ticks)))
        facts(screen, [("by", escape(f"{ticks.name} {ticks.date}".strip()))])
        for mark, words, places in (
            ("bad", "wrong", ticks.wrong),
            ("ask", "not ticked", ticks.unticked),
        ):
            for place in places[:MANY]:
                state(screen, mark, f"{words}: {escape(place)}")
            if len(places) > MANY:
                screen.print(f"  and {len(places) - MANY} more {words} (all: --json)")
        if ticks.right == ticks.count:
            state(screen, "done", "All records are ticked as right.")
    elif isinstance(result, spotting.SheetResult):
        total = sum(result.counts.values())
        heading(screen, f"{total} records of {result.destination}", f"sheet {result.sheet[:16]}")
        figures(screen, ("", "records"), list(result.counts.items()), sums=True)
        if result.differing:
            state(screen, "bad", f"{result.differing} values differ: they are marked")
        state(screen, "note", "The sheet shows people's data: it is for the customer alone.")


def signoff(
    work: Work,
    *,
    name: Annotated[str, typer.Option("--name", help="Who signs.")] = "",
    accept_differences: Annotated[
        bool, typer.Option("--accept-differences", help="Sign for what verify found, too.")
    ] = False,
    waive: Annotated[
        bool, typer.Option("--waive", help="Go to production without a sign-off.")
    ] = False,
    why: Annotated[str, typer.Option("--why", help="The reason to do without.")] = "",
    to: To = "staging",
) -> signing.SignOffResult:
    """Sign for a rehearsal, or waive it, by name; without a name, say where it stands."""
    if why and not waive:
        raise SettingsError("--why belongs to --waive", state="Nothing was changed.")
    if waive:
        return signing.signoff_waive(work.project, name, why)
    if not name and not accept_differences:
        return signing.signoff_show(work.project, to=to)
    return signing.signoff(work.project, name, to=to, accept_differences=accept_differences)


def show_signoff(screen: Screen, result: signing.SignOffResult) -> None:
    """Who signed for what."""
    heading(screen, "Rehearsal")
    rehearsal = result.rehearsal
    state(screen, "done" if rehearsal.is_enough else "ask", escape(rehearsal.words))
    signed = result.signed
    if signed is not None:
        facts(
            screen,
            [
                ("signed for", f"{signed.destination}, run {signed.run}"),
                ("Odoo", f"{signed.url} ({signed.database})"),
                ("mapping", signed.mapping_digest[:16]),
                ("snapshot", signed.snapshot[:16]),
            ],
        )
