"""Amounts that a source gives and Odoo works out by itself: kept in a field, and compared."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from moorage.destination import ModelField
from moorage.proposals import Proposal
from moorage.sources.base import SourceField

#: From the records of which model Odoo works out the amounts of another.
_LINES = {"sale.order": "sale.order.line", "account.move": "account.move.line"}
_AMOUNTS = ("money", "decimal", "integer")


@dataclass(frozen=True)
class Total:
    """The field of Odoo's own that a custom field is to equal; `pairs` tells that it can, because
    the lines go along. `why` says it to people.
    """

    field: str
    pairs: bool
    why: str


def total_of(
    column: SourceField,
    proposal: Proposal,
    field: ModelField,
    model: str,
    models: Collection[str],
) -> Total | None:
    """What `column` is compared with, if Odoo works it out from lines; `models` go along."""
    lines = _LINES.get(model)
    if lines is None or not proposal.candidates[0].computed or column.type not in _AMOUNTS:
        return None
    if field.type not in ("monetary", "float"):
        return None
    if lines in models:
        return Total(field.name, True, f"Odoo works out {field.label} by itself; both are compared")
    why = f"Odoo works out {field.label} from lines, which do not go along; kept to look at"
    return Total(field.name, False, why)
