"""The terminal: calm errors, progress that fits where it is written, tables at 80 columns."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from moorage.commands.result import OnProgress, silent
from moorage.errors import Finding, MoorageError

LINE_SECONDS = 5.0
WAIT_SECONDS = 10.0
MANY = 40


class Screen(Console):
    """Where results go; `is_verbose` asks for all that a result has to tell."""

    is_verbose = False


def console(*, is_verbose: bool = False) -> Screen:
    """Where results go. Colours follow the terminal and NO_COLOR."""
    screen = Screen(highlight=False, soft_wrap=False, emoji=False)
    screen.is_verbose = is_verbose
    return screen


def side_console() -> Console:
    """Where errors and progress go: not into what a script reads."""
    return Console(stderr=True, highlight=False, emoji=False)


class _LongSteps(logging.Handler):
    """Says on the side what takes a while: nobody likes a silent minute."""

    def emit(self, record: logging.LogRecord) -> None:
        side_console().print(f"[dim]… {escape(record.getMessage())}[/]", soft_wrap=True)


def show_long_steps(logger_name: str) -> None:
    """Let what `logger_name` reports of its long steps reach the screen, from now on."""
    logger = logging.getLogger(logger_name)
    logger.setLevel(logging.INFO)
    if not any(isinstance(handler, _LongSteps) for handler in logger.handlers):
        logger.addHandler(_LongSteps())


def show_error(error: MoorageError) -> None:
    """What happened, where, in what state things are, what to do next."""
    screen = side_console()
    screen.print()
    screen.print(f"[bold red]{_title(error)}[/]  {escape(_sentence(error.what))}")
    findings: list[Finding] = list(getattr(error, "findings", ()))
    for finding in findings[:MANY]:
        colour = "yellow" if finding.severity == "warning" else "red"
        place = f"{finding.file}:{finding.line}" if finding.line else finding.file
        subject = f"{finding.path}: " if finding.path else ""
        text = Text("  ")
        text.append(place or "-", style=colour)
        text.append(f"  {subject}{finding.message}")
        screen.print(text)
    if len(findings) > MANY:
        screen.print(f"  and {len(findings) - MANY} more (all of them: --json)")
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, words in (("where", error.where), ("state", error.state), ("next", error.todo)):
        if words:
            grid.add_row(label, Text(words))
    screen.print(grid)


def _title(error: MoorageError) -> str:
    return {2: "Settings", 3: "Refused", 4: "Stopped"}.get(error.exit_code, "Error")


def _sentence(words: str) -> str:
    is_name = "." in words.partition(" ")[0]
    begin = words[:1] if is_name else words[:1].upper()
    return begin + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")


@dataclass(frozen=True)
class Telling:
    """How far work is, and that a server is waited for."""

    on_progress: OnProgress
    on_wait: Callable[[str], None]


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Telling]:
    """A bar on a terminal; a plain line now and then where there is none; when quiet waits only."""
    if quiet:
        yield Telling(silent, _waits(_line))
    elif sys.stderr.isatty():
        with _bar() as telling:
            yield telling
    else:
        yield Telling(_lines(), _waits(_line))


class _Rate(ProgressColumn):
    """How much goes through in a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", style="dim")


@contextmanager
def _bar() -> Iterator[Telling]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=side_console(), transient=True) as bars:
        tasks: dict[str, int] = {}

        def on_progress(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                for known in tasks.values():
                    bars.update(known, visible=False)  # type: ignore[arg-type]
                tasks[what] = bars.add_task(escape(what), total=total)
            bars.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

        def warn(words: str) -> None:
            bars.console.print(f"[yellow]![/] {escape(words)}")

        yield Telling(on_progress, _waits(warn))


def _waits(tell: Callable[[str], None]) -> Callable[[str], None]:
    """Tell of a wait at once, and then every few seconds."""
    last = float("-inf")

    def on_wait(words: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= WAIT_SECONDS:
            last = now
            tell(words)

    return on_wait


def _line(words: str) -> None:
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


def _lines() -> OnProgress:
    last = time.monotonic()

    def on_progress(what: str, done: int, total: int | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= LINE_SECONDS:
            of = f" of {total:,}" if total else ""
            _line(f"{what}: {done:,}{of}")
            last = now

    return on_progress
