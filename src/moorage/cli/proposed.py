"""Proposals for a list of fields, on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from moorage.cli.screen import Screen
from moorage.cli.tables import heading, table

if TYPE_CHECKING:
    from moorage.commands.proposing import TableResult

_STYLES = {"accept": "green", "ask": "yellow", "unsure": "dim"}
_NOWHERE = {"home": "a custom field", "drop": "leave out", "id": "the key", None: ""}


def show_table(screen: Screen, result: TableResult) -> None:
    """A line for each field: where it goes, how sure, and why."""
    sure = sum(one.band == "accept" for one in result.fields)
    heading(screen, f"{len(result.fields)} fields for {result.model}", f"{sure} of them surely")
    rows = [
        (
            escape(one.name),
            escape(one.target) if one.target else f"[dim]{_NOWHERE[one.fate]}[/]",
            f"[{_STYLES[one.band]}]{one.confidence:.0%}[/]",
            escape(one.why),
        )
        for one in result.fields
    ]
    table(screen, ("Field", "Goes to", "Sure", "Why"), rows, whole=(1, 2))
