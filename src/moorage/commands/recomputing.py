"""What a witness compares Odoo with: target tables and their plan, made anew from staging."""

from __future__ import annotations

from moorage.commands.building import PLAN_OF, PLANNED_FOR, Ground
from moorage.commands.settled import state_of
from moorage.mapping import CompiledMapping, load_references, references_needed
from moorage.plan.plan import make_plan

_WITNESS = "witness"


def recompute(ground: Ground, sample: int | None) -> CompiledMapping:
    """Fill the target tables, whatever stands there, and plan them.

    The plan says which rows were not to go, and empties links that lead nowhere. What a witness
    made a moment ago, of the very same state, is not made again.
    """
    staging = ground.staging
    load_references(staging, ground.destination, references_needed(ground.file.mapping))
    if staging.recall(PLAN_OF) == [_WITNESS, *state_of(ground, sample)]:
        return ground.compile()
    compiled, decisions = ground.build_decided(anew=True)
    make_plan(
        staging,
        ground.ledger,
        ground.destination,
        ground.destination_id,
        compiled.tables,
        decisions,
        mapping_digest=ground.mapping_digest,
        sample=sample,
    )
    staging.remember(PLANNED_FOR, ground.name)
    staging.remember(PLAN_OF, [_WITNESS, *state_of(ground, sample)])
    return compiled
