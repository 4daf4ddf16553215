"""Rollback: the ledger walked backwards, what people did since left and said."""

from moorage.rollback.plan import Kept, Restore, RollbackPlan, RollbackReport, Standing
from moorage.rollback.rollback import plan_rollback, roll_back

__all__ = [
    "Kept",
    "Restore",
    "RollbackPlan",
    "RollbackReport",
    "Standing",
    "plan_rollback",
    "roll_back",
]
