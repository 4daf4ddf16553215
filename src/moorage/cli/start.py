"""The verbs new, secret, discover, extract and status."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from moorage.cli.later import later
from moorage.cli.tables import counted, facts, figures, heading, state
from moorage.cli.verb import Work, verb
from moorage.errors import SettingsError

if TYPE_CHECKING:
    from moorage.commands import beginning, standing, templates
else:
    beginning, standing = later("moorage.commands.beginning"), later("moorage.commands.standing")
    templates = later("moorage.commands.templates")

Since = Annotated[
    str,
    typer.Option(metavar="last", help="Read only what changed since the last extraction."),
]


def register(app: typer.Typer) -> None:
    """Add these verbs to `app`."""
    verb(app, "new", example="moorage new acme --from krayin", show=show_new)(new)
    verb(app, "template", example="moorage template klipy", show=show_template)(template)
    example = "moorage export-request octopuspro"
    verb(app, "export-request", example=example, show=show_template)(export_request)
    verb(app, "discover", example="moorage discover", show=show_discover)(discover)
    verb(app, "extract", example="moorage extract", show=show_extract)(extract)
    verb(app, "status", example="moorage status", show=show_status)(status)
    secret = typer.Typer(help="Keep secrets in this machine's keyring.", no_args_is_help=True)
    verb(secret, "set", example="moorage secret set production", show=show_secret)(secret_set)
    app.add_typer(secret, name="secret")


def new(
    work: Work,
    folder: Annotated[Path, typer.Argument(help="The folder to make; its name is the project's.")],
    source: Annotated[str, typer.Option("--from", help="The kind of CRM.")] = "krayin",
) -> beginning.NewResult:
    """Make a project folder with its settings and mapping."""
    return beginning.new(work.start / folder, source)


def show_new(screen: Console, result: beginning.NewResult) -> None:
    """What to fill in."""
    heading(screen, f"Project {result.name}", f"moves from {result.source}")
    screen.print("Now fill in, in moorage.yaml:")
    for name in result.to_fill:
        screen.print(f"  {name}")
    screen.print("and set MOORAGE_SOURCE_PASSWORD and MOORAGE_ODOO_KEY, or: moorage secret set")


def template(
    work: Work,
    source: Annotated[str, typer.Argument(help="The kind of CRM.")],
    into: Annotated[Path, typer.Option(help="The folder to make.")] = Path("bundle"),
) -> templates.TemplateResult:
    """Write empty files, explained, for what people must bring beside a CRM's own answers."""
    return templates.template(source, work.start / into)


def export_request(
    work: Work,
    source: Annotated[str, typer.Argument(help="The kind of CRM.")],
    into: Annotated[Path, typer.Option(help="The folder to make.")] = Path("export-request"),
) -> templates.TemplateResult:
    """Write the letter that asks a CRM's support for an export, and the files it is to fill."""
    return templates.export_request(source, work.start / into)


def show_template(screen: Console, result: templates.TemplateResult) -> None:
    """What was written."""
    heading(screen, f"Files for {result.source}", str(result.folder))
    state(screen, "done", ", ".join(result.files))


def secret_set(
    work: Work,
    account: Annotated[str, typer.Argument(help="source, or the name of a destination.")],
) -> beginning.SecretResult:
    """Put a secret into the keyring; it is asked for, or read from standard input."""
    if sys.stdin.isatty():
        given = typer.prompt(f"Secret of {account}", hide_input=True, default="", err=True)
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise SettingsError("no secret was given", state="Nothing was stored.")
    from pydantic import SecretStr  # noqa: PLC0415 - slow to load, and only this verb needs it

    return beginning.secret_set(work.project, account, SecretStr(given))


def show_secret(screen: Console, result: beginning.SecretResult) -> None:
    """That it is kept."""
    screen.print(f"The secret of {result.account} is in this machine's keyring.")


def discover(
    work: Work,
    to: Annotated[str, typer.Option(help="The destination to look at.")] = "production",
) -> beginning.DiscoverResult:
    """Look at the source and at Odoo; change nothing; write the scope report."""
    return beginning.discover(work.project, to=to)


def show_discover(screen: Console, result: beginning.DiscoverResult) -> None:
    """Counts, questions, the grade."""
    source, found = result.discovery, result.assessment
    heading(screen, f"{source.label} {source.release}", source.identity)
    rows = [
        (about.label, about.row_count, len(about.fields), sum(f.custom for f in about.fields))
        for about in source.objects
    ]
    figures(screen, ("", "records", "fields", "custom"), rows, sums=True)
    odoo = found.identity
    told = f"{odoo.version}, {odoo.edition}, {odoo.currency}" if odoo else "not looked at"
    facts(
        screen,
        [
            ("Odoo", told),
            ("grade", f"{found.grade.letter}: {found.grade.meaning}"),
            ("because", "; ".join(found.grade.reasons)),
            ("loading", found.estimate.words),
        ],
    )
    if found.problem:
        state(screen, "warn", escape(found.problem))
    for question in source.questions:
        state(screen, "ask", escape(question))
    for note in source.notes:
        state(screen, "note", escape(note))


def extract(work: Work, since: Since = "") -> beginning.ExtractResult:
    """Copy the source into staging; nothing is ever written to the source."""
    return beginning.extract(
        work.project, since_last=is_since_last(since), on_progress=work.on_progress
    )


def is_since_last(since: str) -> bool:
    """Whether only changes are wanted; SettingsError for a moment of one's own."""
    if since not in ("", "last"):
        raise SettingsError(
            f"{since!r} is no moment to extract since",
            state="Nothing was read.",
            todo="Give `--since last`, or leave it out to read everything.",
        )
    return since == "last"


def show_extract(screen: Console, result: beginning.ExtractResult) -> None:
    """Rows by object."""
    total = sum(result.raw_counts.values())
    changed = "the same as before" if result.is_unchanged else "a new snapshot"
    heading(screen, f"{total:,} rows in {result.seconds:.1f} s", changed)
    figures(screen, ("", "rows"), list(result.object_counts.items()), sums=True)
    facts(screen, [("snapshot", result.digest[:16])])
    files = result.files
    if files.count or files.problems:
        size = f"{files.size / 1_000_000:,.1f} MB"
        words = f"{counted(files.count, 'file')}, {size}; {files.hashed_count:,} read anew"
        state(screen, "note", words)
    for problem, count in files.problems.items():
        state(screen, "note", f"{counted(count, 'file')} cannot go: {problem}")
    if result.in_part:
        rows = sum(result.in_part.values())
        state(screen, "note", f"{rows:,} rows of {len(result.in_part)} tables were read in part")


def status(work: Work) -> standing.StatusResult:
    """Where the project stands in the journey, and what to type next."""
    return standing.status(work.project)


def show_status(screen: Console, result: standing.StatusResult) -> None:
    """The steps of the journey."""
    heading(screen, f"Project {result.name}", str(result.root))
    for step in result.steps:
        state(screen, step.state, f"[bold]{step.name:<11}[/] {step.detail}")
    if result.holder:
        state(screen, "warn", f"at work now: {result.holder}")
