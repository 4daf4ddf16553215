"""Pages that were drawn before: read back from a report's JSON, to be drawn again elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moorage.reports.page import Cell, Chip, Column, Page, Section, Tile


@dataclass(frozen=True)
class KeptPage:
    """A page of an earlier report, and when it was made (ISO, UTC)."""

    page: Page
    made_at: str


def kept_page(folder: Path, name: str) -> KeptPage | None:
    """The page of report `name` in `folder`; None if there is none that can be read."""
    try:
        document = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        return KeptPage(_page(document["page"]), str(document["made_at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _page(given: Mapping[str, Any]) -> Page:
    drawn = {
        "verdict": Chip(**given["verdict"]),
        "tiles": tuple(Tile(**tile) for tile in given["tiles"]),
        "sections": tuple(_section(section) for section in given["sections"]),
    }
    return Page(**{**given, **drawn})


def _section(given: Mapping[str, Any]) -> Section:
    drawn = {
        "columns": tuple(
            column if isinstance(column, str) else Column(**column) for column in given["columns"]
        ),
        "rows": tuple(_cells(row) for row in given["rows"]),
        "totals": _cells(given["totals"]),
        "items": tuple(given["items"]),
        "files": tuple((label, href) for label, href in given["files"]),
    }
    return Section(**{**given, **drawn})


def _cells(row: list[dict[str, Any]]) -> tuple[Cell, ...]:
    return tuple(Cell(**{**cell, "lines": tuple(cell["lines"])}) for cell in row)
