"""The command `moorage`: all verbs, and the overview that `moorage` alone prints."""

from __future__ import annotations

import json
import signal
import sys
import warnings
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.exceptions import Exit, TyperException

from moorage.cli import journey, queues, returning, sandbox, start
from moorage.cli.screen import console, show_error
from moorage.errors import SettingsError

app = typer.Typer(
    name="moorage",
    help="Move a CRM into Odoo, and prove that nothing was lost.",
    invoke_without_command=True,
    rich_markup_mode="rich",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (start, journey, queues, returning, sandbox):
    part.register(app)

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
      moorage rollback                 put everything back, at any time

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
        console().print(version("moorage"))
    elif context.invoked_subcommand is None:
        console().print(OVERVIEW, end="")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
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
    verb = next((word for word in given if not word.startswith("-")), "")
    told = SettingsError(
        message.rstrip("."),
        state="Nothing was changed.",
        todo=f"See: moorage {verb} --help" if verb in _verbs() else "See: moorage --help",
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


def _verbs() -> set[str]:
    commands = {str(about.name) for about in app.registered_commands}
    return commands | {str(group.name) for group in app.registered_groups}


if __name__ == "__main__":
    main()
