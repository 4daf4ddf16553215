"""What a rollback will do, as data: shown by `--plan-only`, carried out by `roll_back`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Standing:
    """A record in Odoo by our doing. `batch` is the call that made it; `loaded` its row (JSON)."""

    model: str
    key: str
    odoo_id: int
    operation: str
    run_id: int
    loaded: str
    batch: int = 0


@dataclass(frozen=True)
class Kept:
    """A record or a field that is left as it is, and why. No values: fields and counts only."""

    model: str
    key: str
    odoo_id: int
    run_id: int
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.model} {self.odoo_id} ({self.key}): {'; '.join(self.reasons)}"


@dataclass(frozen=True)
class Restore:
    """One field that gets its former value back (JSON in the ledger's change row)."""

    change_id: int
    model: str
    key: str
    odoo_id: int
    field: str


@dataclass
class RollbackPlan:
    """All that would happen, in the order in which it would.

    `delete` runs backwards through the calls that created; `release` are the External IDs of
    records that were there before us; `preparations` counts fields and settings taken back.
    """

    run_ids: tuple[int, ...]
    full: bool
    delete: list[Standing] = field(default_factory=list)
    gone: list[Standing] = field(default_factory=list)
    release: list[Standing] = field(default_factory=list)
    restore: list[Restore] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    kept_changes: list[Kept] = field(default_factory=list)
    preparations: int = 0

    @property
    def delete_counts(self) -> dict[str, int]:
        """How many records go, by model."""
        return dict(Counter(record.model for record in self.delete))

    @property
    def restore_counts(self) -> dict[str, int]:
        """How many fields are put back, by model."""
        return dict(Counter(one.model for one in self.restore))

    @property
    def kept_counts(self) -> dict[str, int]:
        """How many records stay, by model."""
        return dict(Counter(one.model for one in self.kept))

    @property
    def release_counts(self) -> dict[str, int]:
        """How many External IDs are taken off records that stay, by model."""
        return dict(Counter(one.model for one in self.release))


@dataclass
class RollbackReport:
    """What happened. `archived` could not be deleted and were put out of sight instead."""

    run_id: int
    deleted: dict[str, int] = field(default_factory=dict)
    already_gone: int = 0
    restored: int = 0
    released: int = 0
    kept: list[Kept] = field(default_factory=list)
    kept_changes: list[Kept] = field(default_factory=list)
    archived: list[Kept] = field(default_factory=list)
    preparations_undone: int = 0
    preparations_left: str = ""
    duration_seconds: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether nothing of ours stands any more."""
        return not (self.kept or self.kept_changes or self.archived or self.preparations_left)
