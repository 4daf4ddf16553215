"""Where the fields of a table go in Odoo: all that is known, brought together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from moorage.proposals.catalogue import Fields, built_in
from moorage.proposals.column import Candidate, Column, Proposal
from moorage.proposals.confidence import features, probability, stored_weights
from moorage.proposals.memory import Memory
from moorage.proposals.recognising import kind_of
from moorage.proposals.table import Ground, Placed, placed

SHOWN = 3


def propose_fields(
    columns: Sequence[Column],
    model: str,
    *,
    table: str = "",
    fields: Fields | None = None,
    memory: Memory | None = None,
    conventions: Mapping[str, str] | None = None,
) -> list[Proposal]:
    """One proposal for each of `columns`, in their order, if they are to become fields of `model`.

    `fields` are those of the live server; without, those of Odoo 19 as captured. `table` is what
    the source calls the table. `conventions` are answers to CONVENTIONS. What `memory` holds comes
    first. Nothing is asked of any server, and the same input gives the same proposals.
    """
    known = built_in(model) if fields is None else fields
    ground = Ground(kind_of(model, columns, table), known, conventions or {})
    return [_proposal(one, model, memory, known) for one in placed(columns, ground)]


def _proposal(one: Placed, model: str, memory: Memory | None, fields: Fields) -> Proposal:
    top = one.ranked[0]
    confidence = probability(features(one), stored_weights())
    recalled = memory.recall(model, one.column) if memory else None
    if recalled is not None and (recalled.target is None or recalled.target in fields):
        why = f"confirmed before, {recalled.count} times" if recalled.count > 1 else (
            "confirmed before"
        )  # fmt: skip
        top = Candidate(recalled.target, 2.0, why, fate=None if recalled.target else "home")
        confidence = recalled.confidence
    others = [other for other in one.ranked if other.target != top.target]
    return Proposal(
        column=one.column,
        model=model,
        target=top.target,
        fate=None if top.target else top.fate or "home",
        confidence=round(confidence, 3),
        why=top.why,
        candidates=(top, *others)[:SHOWN],
        remembered=recalled is not None,
    )
