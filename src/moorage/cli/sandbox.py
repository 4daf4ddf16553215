"""The verbs `sandbox up`, `status`, `reset`, `down`, and `demo`."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from moorage.cli.later import later
from moorage.cli.screen import console, show_long_steps
from moorage.cli.tables import facts, heading, state
from moorage.cli.verb import Work, show_result, verb
from moorage.commands.result import Result

if TYPE_CHECKING:
    from moorage.commands import demo as demos
    from moorage.commands import sandboxes
else:
    demos, sandboxes = later("moorage.commands.demo"), later("moorage.commands.sandboxes")


def register(app: typer.Typer) -> None:
    """Add these verbs to `app`."""
    show_long_steps("moorage.sandbox")
    group = typer.Typer(help="A throw-away real Odoo on this machine.", no_args_is_help=True)
    verb(group, "up", example="moorage sandbox up", show=show_sandbox, in_project=False)(up)
    verb(group, "status", example="moorage sandbox status", show=show_sandbox, in_project=False)(
        status
    )
    verb(group, "reset", example="moorage sandbox reset", show=show_sandbox, in_project=False)(
        reset
    )
    verb(group, "down", example="moorage sandbox down", show=show_sandbox, in_project=False)(down)
    app.add_typer(group, name="sandbox")
    example = "moorage demo krayin --scale 1000"
    verb(app, "demo", example=example, show=show_demo, in_project=False)(demo)


def up(work: Work) -> sandboxes.SandboxResult:
    """Serve a real Odoo 19; the first time this installs it (some minutes)."""
    return sandboxes.sandbox_up()


def status(work: Work) -> sandboxes.SandboxResult:
    """Say what runs."""
    return sandboxes.sandbox_status()


def reset(work: Work) -> sandboxes.SandboxResult:
    """Throw the sandbox's database away and serve a fresh one at the same address."""
    return sandboxes.sandbox_reset()


def down(work: Work) -> sandboxes.SandboxResult:
    """Stop everything the sandbox started; its data stay for the next time."""
    return sandboxes.sandbox_down()


def show_sandbox(screen: Console, result: sandboxes.SandboxResult) -> None:
    """Where it is, or that it is down."""
    heading(screen, "Sandbox", str(result.home))
    for name, pid, port in result.servers:
        mark = "done" if pid else "open"
        state(screen, mark, f"{name:<16} {f'port {port}, process {pid}' if pid else 'down'}")
    if result.url:
        login = f"{result.login} / {result.password}"
        facts(screen, [("address", result.url), ("database", result.database), ("login", login)])


def demo(
    work: Work,
    source: Annotated[str, typer.Argument(help="The kind of CRM.")] = "krayin",
    *,
    scale: Annotated[int, typer.Option(min=30, help="About how many rows.")] = 300,
    seed: Annotated[int, typer.Option(help="Another number, other data.")] = 7,
    keep: Annotated[
        bool, typer.Option("--keep", help="Go on with the demo that is there.")
    ] = False,
    home: Annotated[Path, typer.Option(help="Where the project folder is made.")] = Path(),
) -> demos.DemoResult:
    """The whole journey on this machine: a made-up CRM, a real Odoo, every verb in turn."""
    place = (work.start / home).resolve()
    work.crash_folder = place
    return demos.demo(
        source,
        home=place,
        scale=scale,
        seed=seed,
        keep=keep,
        program=_program(),
        on_step=(lambda _words, _result: None) if work.as_json else _show_step,
        on_progress=work.on_progress,
    )


def _program() -> str:
    """How this program is called from here: by its name if the shell finds it, else by its path."""
    called = Path(sys.argv[0])
    found = shutil.which("moorage")
    if called.name != "moorage" or (found and Path(found).samefile(called)):
        return "moorage"
    return shlex.quote(str(demos.near(called.absolute())))


def _show_step(words: str, result: Result) -> None:
    """A step as the verb itself would print it, behind the command line."""
    screen = console()
    screen.print()
    typed, _, remark = words.partition("  ")
    screen.rule(f"[bold cyan]$ moorage {typed}[/]", align="left", style="dim")
    if remark:
        screen.print(f"[dim]{remark}[/]")
    from moorage.cli.showing import SHOWN  # noqa: PLC0415 - it loads every verb

    show_result(screen, result, SHOWN[type(result)])


def show_demo(screen: Console, result: demos.DemoResult) -> None:
    """Where everything is."""
    screen.rule(style="dim")
    heading(screen, "The demo is done", f"{result.seconds:.0f} s")
    facts(
        screen,
        [
            ("Odoo", result.url),
            ("login", f"{result.login} / {result.password}"),
            ("project", str(result.root)),
        ],
    )
