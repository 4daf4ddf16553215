"""What every part of a run shares, and the counts it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import duckdb

from moorage.destination import Destination
from moorage.ledger import Ledger, SetAside, Warned
from moorage.load.batches import Outcome
from moorage.load.links import put_off, refuse
from moorage.load.rows import add_ids
from moorage.mapping.target import TargetTable
from moorage.sources.base import FileStore

#: Called with (entry, rows done, rows in all).
Progress = Callable[[str, int, int], None]


@dataclass
class PhaseCount:
    """One entry after its phase: what the plan said, and what became of each row."""

    entry: str
    model: str
    phase: int
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    matched: int = 0
    merged: int = 0
    waived: int = 0
    set_aside: int = 0
    conflicts: int = 0
    archived: int = 0
    gone: int = 0
    to_update: int = 0

    @property
    def accounted(self) -> int:
        """The sum of the outcomes; equals `rows` or the run stops."""
        return (
            self.created + self.updated + self.unchanged + self.matched
            + self.merged + self.waived + self.set_aside + self.conflicts + self.archived
            + self.gone + self.to_update
        )  # fmt: skip


@dataclass
class LoadReport:
    """A run: its counts by entry, and how the counters of Odoo moved.

    `sample` is how many rows of each entry were asked for; None when all were.
    """

    run_id: int
    sample: int | None = None
    phases: list[PhaseCount] = field(default_factory=list)
    counters_before: dict[str, int] = field(default_factory=dict)
    counters_after: dict[str, int] = field(default_factory=dict)

    @property
    def created(self) -> dict[str, int]:
        """How many records of each model this run created."""
        counts: dict[str, int] = {}
        for phase in self.phases:
            counts[phase.model] = counts.get(phase.model, 0) + phase.created
        return counts

    @property
    def moved(self) -> dict[str, int]:
        """By how much each counter of Odoo moved in this run."""
        return {
            model: after - self.counters_before.get(model, 0)
            for model, after in self.counters_after.items()
            if after != self.counters_before.get(model, 0)
        }


@dataclass(frozen=True)
class Work:
    """One run at work: where it reads, where it writes, and its own number."""

    connection: duckdb.DuckDBPyConnection
    ledger: Ledger
    destination: Destination
    destination_id: int
    run_id: int
    progress: Progress
    files: FileStore | None = None

    def receive(self, table: TargetTable, batch_id: int, outcome: Outcome, operation: str) -> None:
        """Write down what a call did, in the ledger and for the links of later rows."""
        self.ledger.receive(
            batch_id, self.destination_id, outcome.receipts, outcome.refused, operation=operation
        )
        add_ids(
            self.connection,
            [(table.model, receipt.key, receipt.odoo_id) for receipt in outcome.receipts],
        )
        refuse(self.connection, table.entry, [row.key for row in outcome.refused])

    def set_aside(self, table: TargetTable, rows: Sequence[SetAside]) -> None:
        """Write down rows that do not go, outside of any call."""
        self.ledger.put_aside(self.run_id, self.destination_id, table.entry, table.model, rows)
        refuse(self.connection, table.entry, [row.key for row in rows])

    def warn(self, table: TargetTable, rows: Sequence[Warned]) -> None:
        """Note links left empty; the next plan comes back to them, for the ledger says so."""
        self.ledger.warn(self.run_id, self.destination_id, table.entry, table.model, rows)
        put_off(self.connection, table.entry, rows)
