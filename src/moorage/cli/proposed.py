"""Proposals for a list of fields, on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from moorage.cli.screen import Screen
from moorage.cli.tables import heading, state, table

if TYPE_CHECKING:
    from moorage.commands.advising import PreviewResult
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


def show_preview(screen: Screen, result: PreviewResult) -> None:
    """Each text as it would go to the language model, and what all of it may cost."""
    heading(screen, f"{len(result.questions)} questions for {result.by}", result.server)
    if result.questions:
        screen.print(escape(result.instructions), soft_wrap=True)
    for one in result.questions:
        screen.print(f"\n[bold]{escape(one.table)}[/] for {one.model}, {one.tokens:,} tokens")
        screen.print(escape(one.text), soft_wrap=True)
    cost = f"at most ${result.dollars}" if result.dollars else "no price is known"
    screen.print(
        f"\n{result.tokens:,} tokens to send, up to {result.answer_tokens:,} to answer: {cost}."
    )
    kind = "done" if result.is_within else "warn"
    state(screen, kind, f"budget: {result.budget}" + ("" if result.is_within else ", not enough"))
