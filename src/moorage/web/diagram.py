"""The mapping as a drawing: source objects on the left, Odoo's models on the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moorage.commands.deciding import EntryLines

WIDTH, BOX_WIDTH, BOX_HEIGHT, GAP = 720, 250, 30, 12


@dataclass(frozen=True)
class Box:
    """A name in its place."""

    words: str
    x: int
    y: int

    @property
    def middle(self) -> int:
        """The height where lines meet it."""
        return self.y + BOX_HEIGHT // 2


@dataclass(frozen=True)
class Line:
    """A way from an object to a model; `is_open` while a rule of it waits for a person."""

    path: str
    words: str
    is_open: bool


@dataclass(frozen=True)
class Diagram:
    """All of it, in units of its own box."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: int
    height: int
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def diagram(entries: Sequence[EntryLines]) -> Diagram:
    """One line for each entry, from its object to its model."""
    objects = list(dict.fromkeys(entry.object for entry in entries))
    models = list(dict.fromkeys(entry.model for entry in entries))
    height = max(len(objects), len(models), 1) * (BOX_HEIGHT + GAP)
    left = _column(objects, 0, height)
    right = _column(models, WIDTH - BOX_WIDTH, height)
    lines = [
        Line(_curve(left[entry.object], right[entry.model]), entry.entry, entry.open_count > 0)
        for entry in entries
    ]
    return Diagram((*left.values(), *right.values()), tuple(lines), WIDTH, height)


def _column(names: Sequence[str], x: int, height: int) -> dict[str, Box]:
    step = height / max(len(names), 1)
    return {
        name: Box(name, x, round(place * step + (step - BOX_HEIGHT) / 2))
        for place, name in enumerate(names)
    }


def _curve(start: Box, end: Box) -> str:
    x1, x2 = BOX_WIDTH, end.x
    middle = (x1 + x2) // 2
    return f"M{x1} {start.middle} C{middle} {start.middle} {middle} {end.middle} {x2} {end.middle}"
