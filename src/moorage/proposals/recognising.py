"""What kind of records a table holds, by its name, the model asked for and its fields."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from moorage.proposals.column import Column
from moorage.proposals.concepts import Kind, kinds
from moorage.proposals.words import readings, words_of

_PERSON = frozenset(
    ("first_name", "last_name", "job_title", "birth_date", "salutation", "gender", "full_name")
)
_COMPANY = frozenset(
    ("headcount", "industry", "legal_name", "parent_company", "sic_code", "annual_revenue")
)
_DEAL = frozenset(
    ("stage", "opportunity_value", "probability", "expected_close_date", "amount", "pipeline")
)
#: Whom a lead is, or how to reach them.
_REACHED = frozenset(("email", "phone", "mobile", "full_name"))
#: So many words of deals make one of a table that is called leads.
_CLEARLY = 2


def kind_of(model: str, columns: Sequence[Column], table: str = "") -> Kind:
    """The kind of records that `columns` describe, if they are to become records of `model`.

    A model that no concept knows is a kind of its own, with no concepts.
    """
    every = [kind for kind in kinds().values() if kind.model == model]
    if not every:
        return Kind(model, model, frozenset(), ())
    named = kind_by_name(table, model)
    if model == "res.partner":
        return _partner(columns, named)
    if model == "crm.lead":
        return _lead(columns, named)
    return named or every[0]


@cache
def kind_by_name(table: str, model: str = "") -> Kind | None:
    """The kind whose records are called as this table is, or None."""
    said = [frozenset(_singular(reading.words)) for reading in readings(table)] if table else []
    best: tuple[int, Kind] | None = None
    for kind in kinds().values():
        if model and kind.model != model:
            continue
        for name in kind.named:
            words = frozenset(_singular(words_of(name)))
            if any(words <= heard for heard in said) and (best is None or len(words) > best[0]):
                best = (len(words), kind)
    return best[1] if best else None


def _singular(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s") for word in words
    )


def _said(columns: Sequence[Column]) -> set[str]:
    texts = [text for column in columns for text in (column.label, column.name) if text]
    return {word for text in texts for reading in readings(text) for word in reading.words}


def _partner(columns: Sequence[Column], named: Kind | None) -> Kind:
    said = _said(columns)
    if said & {"first_name", "last_name"}:
        return kinds()["person"]
    if named and named.name == "company":
        return named
    person, company = len(said & _PERSON), len(said & _COMPANY)
    if person != company:
        return kinds()["person" if person > company else "company"]
    return named or kinds()["partner"]


def _lead(columns: Sequence[Column], named: Kind | None) -> Kind:
    said = _said(columns)
    if said & {"first_name", "last_name"}:
        return kinds()["lead"]
    needed = _CLEARLY if said & _REACHED else 1
    if named is not None and (named.name == "deal" or len(said & _DEAL) < needed):
        return named
    return kinds()["deal" if said & _DEAL else "lead"]
