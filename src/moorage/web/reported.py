"""Reports drawn again inside the page, from the JSON that stands beside each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moorage.commands.opening import PRODUCTION
from moorage.project import Project
from moorage.reports import Cell, Chip, Page, Section, Tile
from moorage.reports.page import Column


@dataclass(frozen=True)
class Reported:
    """A report as it was made: its page, when, and the address of the file itself."""

    page: Page
    made_at: str
    file: str


def reported(project: Project, name: str, to: str = PRODUCTION) -> Reported | None:
    """The report `name` about `to`; None where none was made, or it cannot be read."""
    name = name if to == PRODUCTION else f"{name}-{to}"
    try:
        found = json.loads((project.reports / f"{name}.json").read_text(encoding="utf-8"))
        return Reported(_page(found["page"]), str(found["made_at"]), f"reports/{name}.html")
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _page(given: Mapping[str, Any]) -> Page:
    plain = {**given, "verdict": Chip(**given["verdict"])}
    plain["tiles"] = tuple(Tile(**tile) for tile in given["tiles"])
    plain["sections"] = tuple(_section(section) for section in given["sections"])
    return Page(**plain)


def _section(given: Mapping[str, Any]) -> Section:
    plain = {**given, "items": tuple(given["items"])}
    plain["columns"] = tuple(
        Column(**column) if isinstance(column, dict) else column for column in given["columns"]
    )
    plain["rows"] = tuple(_cells(row) for row in given["rows"])
    plain["totals"] = _cells(given["totals"])
    # Addresses beside the report are none of this page.
    plain["files"] = ()
    return Section(**plain)


def _cells(given: Any) -> tuple[Cell, ...]:
    return tuple(
        Cell(**{**cell, "lines": tuple(cell["lines"]), "href": outside(cell["href"])})
        for cell in given
    )


def outside(href: str) -> str:
    """An address elsewhere that a link may lead to; '' for any other kind of address."""
    return href if href.startswith(("https://", "http://")) else ""
