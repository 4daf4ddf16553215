"""The verbs owners, duplicates and issues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from moorage.cli.later import later
from moorage.cli.tables import counted, heading, places, state, table, waiting
from moorage.cli.verb import Work, verb
from moorage.errors import SettingsError

if TYPE_CHECKING:
    from moorage.commands import queues
    from moorage.reports.loading import AsideGroup
else:
    queues = later("moorage.commands.queues")

To = Annotated[str, typer.Option(help="The destination.")]
By = Annotated[str, typer.Option("--name", help="Who answers (default: your login here).")]
MANY = 60


def register(app: typer.Typer) -> None:
    """Add these verbs to `app`."""
    example = "moorage owners --answer krayin:users:7=create_inactive"
    verb(app, "owners", example=example, show=show_owners)(owners)
    example = "moorage duplicates --all keep"
    verb(app, "duplicates", example=example, show=show_duplicates)(duplicates)
    verb(app, "issues", example="moorage issues", show=show_issues)(issues)


def pairs(given: list[str] | None) -> dict[str, str]:
    """KEY=DECISION pairs; SettingsError for anything else."""
    found = {}
    for pair in given or ():
        key, sign, decision = pair.partition("=")
        if not sign or not key.strip():
            raise SettingsError(
                f"{pair!r} is no answer",
                state="Nothing was changed.",
                todo="Write KEY=DECISION.",
            )
        found[key.strip()] = decision.strip()
    return found


def owners(
    work: Work,
    answer: Annotated[
        list[str] | None,
        typer.Option(
            "--answer",
            metavar="KEY=DECISION",
            help="match:<login>, create, create_inactive or nobody; may be given several times.",
        ),
    ] = None,
    all_: Annotated[
        str, typer.Option("--all", metavar="DECISION", help="The same for all open ones.")
    ] = "",
    by: By = "",
    to: To = "production",
) -> queues.OwnersResult:
    """Who each user of the source is in Odoo; answer what could not be matched by e-mail."""
    return queues.owners(work.project, to=to, answers=pairs(answer), answer_all=all_, by=by)


def show_owners(screen: Console, result: queues.OwnersResult) -> None:
    """The queue, open questions first."""
    count = len(result.open_keys)
    heading(
        screen, counted(len(result.rows), "owner"), f"{count:,} {waiting(count)}" if count else ""
    )
    rows = [
        (
            escape(row.source_key),
            escape(row.decision) if row.decision else "[yellow]?[/]",
            escape(row.decided_by),
            f"{row.records:,}",
        )
        for row in result.rows[:MANY]
    ]
    table(screen, ("owner", "decision", "decided by", "records"), rows, right=3, whole=(0, 1))
    screen.print(f"[dim]names and addresses: {escape(str(result.file))}[/]", soft_wrap=True)
    if count:
        state(screen, "note", f"Answer here (--answer KEY=DECISION) or in {result.file.name}.")


def duplicates(
    work: Work,
    answer: Annotated[
        list[str] | None,
        typer.Option(
            "--answer",
            metavar="GROUP=DECISION",
            help="merge, merge:<id> or keep; KEY=ID for a row that several records in Odoo fit.",
        ),
    ] = None,
    all_: Annotated[
        str, typer.Option("--all", metavar="DECISION", help="merge or keep all open groups.")
    ] = "",
    by: By = "",
    to: To = "production",
) -> queues.DuplicatesResult:
    """Records that may be one thing; say which are. Nothing is merged silently."""
    return queues.duplicates(work.project, to=to, answers=pairs(answer), answer_all=all_, by=by)


def show_duplicates(screen: Console, result: queues.DuplicatesResult) -> None:
    """Groups, open ones first. Names stay in the file."""
    groups = {row.group for row in result.rows}
    count = len(result.open_groups)
    heading(
        screen,
        f"{counted(len(groups), 'group')} of possible duplicates",
        f"{count:,} {waiting(count)}" if count else "",
    )
    shown = result.rows[:MANY]
    rows = [
        (
            # A group is named once: its members follow.
            "" if place and shown[place - 1].group == row.group else escape(row.group),
            escape(row.key),
            escape(row.why),
            escape(row.decision) if row.decision else "[yellow]?[/]",
        )
        for place, row in enumerate(shown)
    ]
    if rows:
        table(screen, ("group", "record", "why", "decision"), rows, whole=(0, 1))
    if len(result.rows) > MANY:
        screen.print(f"and {len(result.rows) - MANY} more (all: --json, or the file)")
    screen.print(f"[dim]names: {escape(str(result.file))}[/]", soft_wrap=True)


def issues(work: Work, to: To = "production") -> queues.IssuesResult:
    """What was set aside, or is about to be, and why."""
    return queues.issues(work.project, to=to)


def show_issues(screen: Console, result: queues.IssuesResult) -> None:
    """Reasons, the most frequent first."""
    if not result.groups:
        state(screen, "done", f"Nothing is set aside in {result.destination}.")
        return
    rows = [
        (_reason(group.reason, group.entry), places(group.keys), f"{group.count:,}")
        for group in result.groups[:MANY]
    ]
    heading(screen, counted(sum(group.count for group in result.groups), "issue"))
    table(screen, ("what", "such as", "rows"), rows, right=2)
    for todo in dict.fromkeys(group.todo for group in result.groups):
        state(screen, "now", escape(todo))
    if len(result.groups) > MANY:
        screen.print(f"and {len(result.groups) - MANY} more (all: --json)")


def _reason(reason: str, entry: str) -> str:
    return f"{escape(reason)}\n[dim]{escape(entry)}[/]"


def show_groups(screen: Console, groups: tuple[AsideGroup, ...]) -> None:
    """Rows set aside, by reason."""
    rows = [
        (_reason(group.reason, group.entry), places(group.keys), f"{group.count:,}")
        for group in groups[:MANY]
    ]
    table(screen, ("set aside because", "such as", "rows"), rows, right=2)
    if len(groups) > MANY:
        screen.print(f"and {len(groups) - MANY} more reasons (all: --json)")
