"""Prepare: what Odoo lacks for a mapping, shown first, then made, and taken back at the end."""

from moorage.prepare.prepare import (
    PreparationPlan,
    apply_preparation,
    plan_preparation,
    undo_preparations,
)

__all__ = ["PreparationPlan", "apply_preparation", "plan_preparation", "undo_preparations"]
