"""What a plan says: counts, reasons, warnings, questions. Keys and counts, no person's data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

OPERATIONS = (
    "create", "update", "match", "merge", "unchanged", "conflict", "archive", "gone", "set_aside",
    "waive", "open", "not_in_sample",
)  # fmt: skip

#: Those that write something to Odoo.
WRITING = ("create", "update", "match", "merge", "archive")


@dataclass(frozen=True)
class NotSelected:
    """Source rows that no entry takes: how many of an object, and why."""

    object: str
    reason: str
    count: int


@dataclass(frozen=True)
class PlanWarning:
    """Rows that go with something left out: what, in how many, and the first keys."""

    entry: str
    field: str
    message: str
    count: int
    keys: tuple[str, ...]


@dataclass(frozen=True)
class PlanReport:
    """A plan in numbers.

    `counts` is entry → operation → rows. `objects` is tidy object → outcome → rows; its sums equal
    the source's counts, or there is no plan. `gone` counts, by model, records of earlier runs whose
    row was deleted in the source, `deselected` those whose row the mapping takes no more: they stay
    in Odoo without a person's word. Open conflicts and deletions hold nothing up. `guards` says in
    words what is unusually large.
    """

    digest: str
    made_at: str
    counts: dict[str, dict[str, int]]
    objects: dict[str, dict[str, int]]
    not_selected: tuple[NotSelected, ...] = ()
    samples: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    warnings: tuple[PlanWarning, ...] = ()
    guards: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    gone: dict[str, int] = field(default_factory=dict)
    deselected: dict[str, int] = field(default_factory=dict)
    open_conflicts: int = 0
    open_deletions: int = 0
    open_owners: tuple[str, ...] = ()
    open_duplicates: tuple[str, ...] = ()
    open_matches: tuple[str, ...] = ()
    sample: int | None = None

    @property
    def totals(self) -> dict[str, int]:
        """Rows by operation, over all entries."""
        return {
            operation: count
            for operation in OPERATIONS
            if (count := sum(counts.get(operation, 0) for counts in self.counts.values()))
        }

    @property
    def has_questions(self) -> bool:
        """Whether somebody must answer before this plan may run."""
        return bool(self.open_owners or self.open_duplicates or self.open_matches)

    @property
    def changes_nothing(self) -> bool:
        """Whether a run of this plan would write nothing to Odoo."""
        return not self.write_count

    @property
    def write_count(self) -> int:
        """How many rows a run of this plan would write something of."""
        return sum(self.totals.get(name, 0) for name in WRITING)

    def as_json(self) -> dict[str, Any]:
        """Everything, for plan.json and `--json`."""
        return {**asdict(self), "totals": self.totals}


def report_from_json(given: dict[str, Any]) -> PlanReport:
    """The report that `as_json` wrote."""
    plain = {name: value for name, value in given.items() if name in PlanReport.__annotations__}
    for name in ("guards", "notes", "open_owners", "open_duplicates", "open_matches"):
        plain[name] = tuple(plain[name])
    plain["not_selected"] = tuple(NotSelected(**row) for row in given["not_selected"])
    plain["warnings"] = tuple(
        PlanWarning(**{**row, "keys": tuple(row["keys"])}) for row in given["warnings"]
    )
    return PlanReport(**plain)
