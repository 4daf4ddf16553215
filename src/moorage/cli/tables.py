"""How results look: headings, tables of figures, facts, lines with a state; fits 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

#: A mark and a word's colour per state; the mark alone must be enough.
MARKS = {
    "done": ("[green]✓[/]", ""),
    "open": ("[dim]○[/]", "dim"),
    "now": ("[cyan]→[/]", ""),
    "ask": ("[yellow]?[/]", ""),
    "warn": ("[yellow]![/]", ""),
    "bad": ("[red]✗[/]", ""),
    "note": ("[dim]·[/]", "dim"),
}

#: Characters of a cell; an id of 36 with its table before it is longer.
LONG = 40


def heading(screen: Console, title: str, below: str = "") -> None:
    """A title, and beside it what is less important."""
    screen.print()
    faint = f"  [dim]{escape(below)}[/]" if below else ""
    screen.print(f"[bold]{escape(title)}[/]{faint}")


def state(screen: Console, mark: str, words: str) -> None:
    """One line behind its mark. `words` may hold markup: escape what is not yours."""
    sign, style = MARKS[mark]
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold", style=style or None)
    grid.add_row(sign, words)
    screen.print(grid)


def facts(screen: Console, pairs: Sequence[tuple[str, str]]) -> None:
    """Names and what they are."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, words in pairs:
        if words:
            grid.add_row(name, escape(words))
    screen.print(grid)


def moment(at: str) -> str:
    """A time as it is kept (ISO 8601, UTC), for people: `2026-11-23 16:19 UTC`."""
    return f"{at[:16].replace('T', ' ')} UTC"


def counted(count: int, noun: str) -> str:
    """`1 issue`, `2 issues`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def waiting(count: int) -> str:
    """What a question does, and what several do."""
    return "waits for an answer" if count == 1 else "wait for an answer"


def places(keys: Sequence[str]) -> str:
    """Where source rows stand, in words: `leads id 7, 9`, one table a line."""
    found: dict[str, list[str]] = {}
    for key in keys:
        _, table, row = key.split(":", 2)
        found.setdefault(table, []).append(row)
    return "\n".join(escape(f"{table} id {', '.join(rows)}") for table, rows in found.items())


def table(
    screen: Console,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: int = 99,
    whole: Sequence[int] = (),
) -> None:
    """A table of words; columns from `right` on are figures, those of `whole` are not wrapped.

    But long ones are: else they would be cut, and leave the others no room. Cells may hold markup.
    """
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False)
    for place, head in enumerate(heads):
        is_figure = place >= right
        is_whole = place in whole and all(len(row[place]) <= LONG for row in rows)
        grid.add_column(head, justify="right" if is_figure else "left",
                        no_wrap=is_figure or is_whole, overflow="fold")  # fmt: skip
    for row in rows:
        grid.add_row(*row)
    screen.print(grid)


def figures(
    screen: Console,
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    sums: bool = False,
    tones: dict[str, str] | None = None,
) -> None:
    """A name in front and figures behind it; columns without any figure are left out."""
    used = [
        place
        for place in range(1, len(heads))
        if any(row[place] for row in rows) or place == 1 or len(heads) <= 4
    ]
    grid = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", show_footer=sums, show_edge=False
    )
    grid.add_column(heads[0], "sum" if sums else "", overflow="fold", footer_style="bold")
    for place in used:
        total = sum(row[place] for row in rows)
        grid.add_column(
            heads[place], f"{total:,}" if sums else "", justify="right", no_wrap=True,
            footer_style="bold",
        )  # fmt: skip
    for row in rows:
        cells = [_figure(row[place], (tones or {}).get(heads[place], "")) for place in used]
        grid.add_row(escape(str(row[0])), *cells)
    screen.print(grid)


def _figure(value: int, tone: str) -> str:
    if not value:
        return "[dim]0[/]"
    return f"[{tone}]{value:,}[/]" if tone else f"{value:,}"
