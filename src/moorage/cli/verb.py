"""How a verb becomes a command: the options all verbs share, one way to show and to fail."""

from __future__ import annotations

import inspect
import json
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer
from rich.markup import escape

from moorage.cli.crash import redacted, write_crash
from moorage.cli.screen import Screen, console, progress, show_error
from moorage.commands.result import ON_WAIT, OnProgress, Result, silent, to_json
from moorage.errors import MoorageError, StoppedError

if TYPE_CHECKING:
    from moorage.project import Project

Folder = Annotated[
    Path | None,
    typer.Option("--project", "-C", help="The project folder (default: from here upwards)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", help="Tell all; show where an error came from.")
]
_SHARED = (
    ("shared_folder", Folder, None),
    ("shared_json", AsJson, False),
    ("shared_verbose", Verbose, False),
)


@dataclass
class Work:
    """What a verb gets: the project it is about, and where to tell how far it is."""

    start: Path
    on_progress: OnProgress = silent
    as_json: bool = False
    crash_folder: Path | None = None
    known: Project | None = field(default=None, init=False)

    @property
    def project(self) -> Project:
        """The project here; SettingsError if there is none."""
        from moorage.project import Project  # noqa: PLC0415 - slow to load; help needs none

        if self.known is None:
            self.known = Project.find(self.start)
        return self.known


Show = Callable[[Screen, Any], None]


def verb(
    app: typer.Typer, name: str, *, example: str, show: Show, in_project: bool = True
) -> Callable[[Any], Any]:
    """Register `function(work, **options) -> Result` as the command `name`.

    One that is not `in_project` has no option to name a project.
    """

    def register(function: Callable[..., Result]) -> Callable[..., Result]:
        own = list(inspect.signature(function).parameters.values())[1:]
        # What it gives back is not looked up: that would load all that the verb needs.
        options = {about.name: about.annotation for about in own}
        hints = get_type_hints(
            SimpleNamespace(__annotations__=options, __globals__=function.__globals__),
            include_extras=True,
        )
        shared = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
            )
            for name, annotation, default in _SHARED
            if in_project or annotation is not Folder
        ]

        def command(**given: Any) -> None:
            folder, as_json, verbose = (given.pop(name, unset) for name, _, unset in _SHARED)
            work = Work(folder or Path.cwd(), as_json=as_json)
            code = carry_out(work, name, lambda: function(work, **given), show, is_verbose=verbose)
            raise typer.Exit(code)

        own = [
            about.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[about.name])
            for about in own
        ]
        # Typer reads the options from the signature; the shared ones are added to it here.
        command.__doc__ = function.__doc__
        command.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
        command.__annotations__ = {about.name: about.annotation for about in (*own, *shared)}
        app.command(name, epilog=f"Example:  [bold]{example}[/]")(command)
        return function

    return register


def carry_out(
    work: Work,
    name: str,
    action: Callable[[], Result],
    show: Show,
    *,
    is_verbose: bool,
) -> int:
    """Run `action` and show how it went; the exit code."""
    try:
        # A script that reads JSON has no use for progress, unless a person watches too.
        with progress(quiet=work.as_json and not sys.stderr.isatty()) as telling:
            work.on_progress = telling.on_progress
            ON_WAIT.set(telling.on_wait)
            result = action()
        _show_result(work, name, result, show, is_verbose=is_verbose)
    except MoorageError as error:
        return _failed(work, name, error, is_verbose)
    except KeyboardInterrupt:
        stopped = StoppedError(
            "stopped on your word",
            state="What was done is written down; nothing is half done without a note of it.",
            todo=f"Run `moorage {name}` again: it goes on from there.",
        )
        return _failed(work, name, stopped, is_verbose=False)
    except BrokenPipeError:
        # Who read our output has seen enough; Python must not complain about it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last net: anything else is a fault of Moorage
        return _crashed(work, name, error, is_verbose)
    return result.exit_code


def _show_result(work: Work, name: str, result: Result, show: Show, *, is_verbose: bool) -> None:
    if work.as_json:
        document = {"command": name, "exit_code": result.exit_code, **result.as_json()}
        _print_json(document)
        return
    screen = console(is_verbose=is_verbose)
    show_result(screen, result, show)
    if result.next_words:
        screen.print(escape(result.next_words))
    if result.next_command:
        screen.print(f"[dim]next[/]    [bold]{escape(result.next_command)}[/]", soft_wrap=True)


def show_result(screen: Screen, result: Result, show: Show) -> None:
    """`result` as its verb shows it, then its notes and reports."""
    show(screen, result)
    for note in result.notes:
        screen.print(f"[dim]·[/] {escape(note)}")
    for path in result.reports:
        screen.print(f"[dim]report[/]  {escape(_near(path))}", soft_wrap=True)


def _failed(work: Work, name: str, error: MoorageError, is_verbose: bool) -> int:
    if is_verbose:
        sys.stderr.write(redacted("".join(traceback.format_exception(error))))
    if work.as_json:
        _print_json({"command": name, "exit_code": error.exit_code, "error": _as_json(error)})
    else:
        show_error(error)
    return error.exit_code


def _as_json(error: MoorageError) -> dict[str, Any]:
    return {
        "kind": type(error).__name__,
        "what": error.what,
        "where": error.where,
        "state": error.state,
        "todo": error.todo,
        "findings": to_json(getattr(error, "findings", [])),
    }


def _crashed(work: Work, name: str, error: Exception, is_verbose: bool) -> int:
    folder = work.known.state if work.known is not None else work.crash_folder
    path = write_crash(error, name, folder) if folder is not None else None
    told = MoorageError(
        f"Moorage itself failed here ({type(error).__name__})",
        where=f"moorage {name}",
        state="What was done before is written down.",
        todo=f"Report it with {path} (it holds no values and no secrets)."
        if path
        else "Report it with what --verbose shows.",
    )
    return _failed_with(work, name, told, error if is_verbose else None)


def _failed_with(work: Work, name: str, told: MoorageError, cause: Exception | None) -> int:
    if cause is not None:
        sys.stderr.write(redacted("".join(traceback.format_exception(cause))))
    return _failed(work, name, told, is_verbose=False)


def _print_json(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _near(path: Path) -> str:
    """`path` as short as it can be typed from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
