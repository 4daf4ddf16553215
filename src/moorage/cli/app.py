"""The command `moorage`: its verbs in the order of the journey, and the overview.

A verb's module is imported when the verb is called, and with it what the verb needs: `moorage`
alone answers at once.
"""

from __future__ import annotations

import json
import signal
import sys
import warnings
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table
from typer.core import TyperGroup
from typer.exceptions import Exit, TyperException

from moorage.cli.screen import console, show_error
from moorage.errors import SettingsError

#: Every verb and the module it stands in, in the order of the journey.
VERBS = {
    "new": "start",
    "secret": "start",
    "template": "start",
    "export-request": "start",
    "discover": "start",
    "extract": "start",
    "map": "mapped",
    "prepare": "journey",
    "owners": "queues",
    "duplicates": "queues",
    "plan": "journey",
    "run": "journey",
    "verify": "witness",
    "spotcheck": "signing",
    "signoff": "signing",
    "delta": "golive",
    "conflicts": "golive",
    "deletions": "golive",
    "freeze": "golive",
    "issues": "queues",
    "handoff": "handing",
    "rollback": "returning",
    "status": "start",
    "serve": "serving",
    "demo": "sandbox",
    "sandbox": "sandbox",
}


class Verbs(TyperGroup):
    """The verbs, each imported when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All of them, in the order of the journey."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The verb `cmd_name`; None if there is none."""
        return _part(VERBS[cmd_name]).commands[cmd_name] if cmd_name in VERBS else None

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Every verb in a line or two; drawn here, since Typer's own takes as long as all else."""
        screen = console()
        screen.print(f"[bold]Usage[/]  {ctx.command_path} <verb> \\[options]\n")
        screen.print(f"{self.help}\n")
        grid = Table.grid(padding=(0, 2), pad_edge=True)
        grid.add_column(style="bold", no_wrap=True)
        grid.add_column()
        for name in VERBS:
            grid.add_row(name, escape(self.get_command(ctx, name).get_short_help_str(limit=200)))
        screen.print(grid)
        screen.print("\n  moorage <verb> --help    what a verb does, with an example")
        screen.print("  moorage --version        which Moorage this is")


@cache
def _part(name: str) -> TyperGroup:
    """The verbs of one module."""
    part = typer.Typer(rich_markup_mode="rich")
    import_module(f"moorage.cli.{name}").register(part)
    return typer.main.get_group(part)


app = typer.Typer(
    name="moorage",
    cls=Verbs,
    help="Move a CRM into Odoo, and prove that nothing was lost.",
    invoke_without_command=True,
    rich_markup_mode="rich",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

OVERVIEW = """\
[bold]Moorage[/] moves a CRM into Odoo, and proves that nothing was lost.

  [bold]1[/]  moorage new acme --from krayin   make a project folder
  [bold]2[/]  moorage discover                 look at both sides, change nothing
  [bold]3[/]  moorage extract                  copy the source into staging
  [bold]4[/]  moorage map                      see and confirm where every field goes
  [bold]5[/]  moorage prepare                  what Odoo lacks: shown, then made
  [bold]6[/]  moorage owners, duplicates       answer what only a person can
  [bold]7[/]  moorage plan                     what would happen; confirm it
  [bold]8[/]  moorage run                      load, phase by phase, counts reconciled
  [bold]9[/]  moorage verify                   read every field back and compare
      moorage delta                    what changed since, on both sides; then 7 to 9 again
      moorage spotcheck, signoff       tick and sign a rehearsal, before production
      moorage handoff                  one folder for the customer, with all of it
      moorage rollback                 put everything back, at any time

  moorage serve     all of it as a page in the browser
  moorage status    where your project stands and what to type next
  moorage demo      the whole journey on this machine, with made-up data
  moorage <verb> --help    what a verb does, with an example
"""


@app.callback()
def overview(
    context: typer.Context,
    shows_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Move a CRM into Odoo, and prove that nothing was lost."""
    if shows_version:
        console().print(_version())
    elif context.invoked_subcommand is None:
        console().print(OVERVIEW, end="")


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - slow to load, and rarely asked for

    return version("moorage")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if given == ["--version"]:
        sys.stdout.write(_version() + "\n")
        sys.exit(0)
    # A service manager's stop is a stop like Ctrl-C: with a state, and to be gone on with.
    signal.signal(signal.SIGTERM, _interrupt)
    if not sys.warnoptions:
        # Words of libraries to programmers; they would only worry who reads them here.
        warnings.simplefilter("ignore")
    try:
        code = app(given, standalone_mode=False, prog_name="moorage")
    except Exit as ending:
        code = ending.exit_code
    except TyperException as error:
        code = _misused(error, given)
    except (KeyboardInterrupt, typer.Abort):
        code = 4
    sys.exit(code if isinstance(code, int) else 0)


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def _misused(error: TyperException, given: list[str]) -> int:
    """A command line that cannot be understood: exit 2, like every wrong setting."""
    message = getattr(error, "format_message", error.__str__)()
    if not message:  # a group alone: its help was shown
        return SettingsError.exit_code
    verb = next((word for word in given if not word.startswith("-")), "")
    told = SettingsError(
        message.rstrip("."),
        state="Nothing was changed.",
        todo=f"See: moorage {verb} --help" if verb in VERBS else "See: moorage --help",
    )
    if "--json" in given:
        document = {
            "command": verb,
            "exit_code": told.exit_code,
            "error": {"kind": "UsageError", "what": told.what, "todo": told.todo},
        }
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        show_error(told)
    return told.exit_code


if __name__ == "__main__":
    main()
