"""The project's pages, and the blocks of code in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, what stands behind it, its text, its line in the page."""

    language: str
    title: str
    text: str
    line: int


def pages() -> list[Path]:
    """Every page of the project that a person reads."""
    inside = [path for part in ("docs", "src") for path in (ROOT / part).rglob("*.md")]
    return sorted([*ROOT.glob("*.md"), *inside])


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of `page`."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(found[1], found[2].strip(), found[3], text.count("\n", 0, found.start()) + 1)
        for found in _BLOCK.finditer(text)
    ]


def files(page: Path) -> dict[str, str]:
    """The files that `page` shows in full: blocks headed by `file=NAME`."""
    shown = {}
    for block in blocks(page):
        if block.title.startswith("file="):
            shown[block.title.removeprefix("file=")] = block.text
    return shown
