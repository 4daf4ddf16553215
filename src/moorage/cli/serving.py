"""The verb serve: the same as all others, as a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from moorage.cli.crash import write_crash
from moorage.cli.later import later
from moorage.cli.screen import console, side_console
from moorage.cli.tables import state
from moorage.cli.verb import Work, verb
from moorage.commands.result import Result

if TYPE_CHECKING:
    from moorage import web
else:
    web = later("moorage.web")


@dataclass(frozen=True, kw_only=True)
class ServeResult(Result):
    """The page was served, and is no longer."""

    host: str
    port: int


def register(app: typer.Typer) -> None:
    """Add this verb to `app`."""
    verb(app, "serve", example="moorage serve --port 8765", show=show_serve)(serve)


def serve(
    work: Work,
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8765,
    host: Annotated[
        str, typer.Option(help="The address to listen at; by default this machine alone.")
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None,
        typer.Option("--name", help="A further host name that the page may be called by."),
    ] = None,
) -> ServeResult:
    """The whole journey as a page in the browser: look, decide, confirm, run, verify, roll back."""
    project = work.project
    screen = side_console() if work.as_json else console()

    def on_ready(served: web.Served) -> None:
        screen.print("Open this in a browser; the token lets in whoever has it:")
        screen.print(f"  [bold]{escape(served.url)}[/]", soft_wrap=True)
        if not served.is_loopback:
            screen.print(
                "[yellow]![/] Others in this network can reach the page, and what goes over it is"
                " not encrypted: put a server with TLS before it."
            )
        screen.print("[dim]Ctrl-C ends it; a verb at work is paused first.[/]")

    def on_crash(error: Exception, command: str) -> str:
        return str(write_crash(error, command, project.state))

    with web.bound(host, port) as made:
        at = int(made.getsockname()[1])
        web.serve(project, made, host, tuple(name or ()), on_crash, on_ready)
    return ServeResult(host=host, port=at, next_command="moorage status")


def show_serve(screen: Console, result: ServeResult) -> None:
    """That it is over."""
    state(screen, "done", "The page is no longer served.")
