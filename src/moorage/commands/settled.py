"""Whether Odoo holds what a plan would ask for, known without making the plan.

A plan follows from the snapshot, the mapping, Odoo's fields and records looked up, the answers in
the decision files and the ledger. When nothing was left to do, their digest is kept in staging; as
long as it is the same, there is still nothing to do.
"""

from __future__ import annotations

from moorage.commands.building import Ground
from moorage.mapping import load_references, references_needed
from moorage.plan.decisions import Decisions

_FACT = "settled"


def remember_settled(ground: Ground, sample: int | None) -> None:
    """Keep that nothing is left to do, as things stand now."""
    ground.staging.remember(_FACT, state_of(ground, sample))


def is_settled(ground: Ground, sample: int | None) -> bool:
    """Whether nothing was left to do, and nothing that a plan follows from changed since."""
    kept = ground.staging.recall(_FACT)
    if kept is None:
        return False
    load_references(ground.staging, ground.destination, references_needed(ground.file.mapping))
    return bool(kept == state_of(ground, sample))


def state_of(ground: Ground, sample: int | None) -> list[object]:
    """Digests of everything that a plan of `sample` rows of each entry follows from."""
    decisions = Decisions.load(ground.decisions)
    return [
        ground.name,
        sample,
        ground.built_from(),
        decisions.digest,
        ground.ledger.last_event(),
    ]
