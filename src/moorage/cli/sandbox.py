"""The verbs `sandbox up`, `status`, `reset`, `down`, and `demo`."""

from __future__ import annotations

import typer
from rich.console import Console

from moorage.cli.tables import facts, heading, state
from moorage.cli.verb import Work, verb
from moorage.commands import sandboxes


def register(app: typer.Typer) -> None:
    """Add these verbs to `app`."""
    group = typer.Typer(help="A throw-away real Odoo on this machine.", no_args_is_help=True)
    verb(group, "up", example="moorage sandbox up", show=show_sandbox)(up)
    verb(group, "status", example="moorage sandbox status", show=show_sandbox)(status)
    verb(group, "reset", example="moorage sandbox reset", show=show_sandbox)(reset)
    verb(group, "down", example="moorage sandbox down", show=show_sandbox)(down)
    app.add_typer(group, name="sandbox")


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
