"""What a verification found. Printed it shows kinds and lengths; the values are in DuckDB."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from decimal import Decimal

#: Kinds of difference, and what each means.
KINDS = {
    "missing": "a source row has no record in Odoo",
    "unexpected": "the mapping sets the row aside, yet Odoo has its record",
    "extra": "a record carries this project's mark, but no source row stands behind it",
    "identity": "the External ID points to a record with another key or with none",
    "match": "the record matched does not carry the values it was matched on",
    "field": "a field holds another value",
    "link": "a link points to another record",
    "unfilled": "a field that was to be filled is empty",
    "no_field": "Odoo has no such field",
    "check": "a total that Odoo computes is not the one the source gives",
}


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it must be. `expected` and `found` are people's data: never log.

    `changed_by` is who changed the field in Odoo since the last run; None where nobody did.
    """

    entry: str
    model: str
    key: str
    odoo_id: int | None
    field: str
    kind: str
    expected: str | None = dataclasses.field(repr=False)
    found: str | None = dataclasses.field(repr=False)
    changed_by: str | None = None
    changed_at: str | None = None

    def __str__(self) -> str:
        place = f"{self.model} {self.odoo_id}" if self.odoo_id else self.model
        subject = f"{self.entry} {self.key} ({place})"
        if self.changed_by:
            return f"{subject}.{self.field}: changed by {self.changed_by}, {self.changed_at}"
        if not self.field:
            return f"{subject}: {KINDS[self.kind]}"
        return (
            f"{subject}.{self.field}: {KINDS[self.kind]}"
            f" (expected {_redacted(self.expected)}, found {_redacted(self.found)})"
        )


@dataclass(frozen=True)
class EntryReport:
    """One target table against Odoo. `own` rows have a record of their own, `shared` rows were
    matched or merged into one; `held_back` rows were not to be loaded and are not there."""

    entry: str
    model: str
    rows: int
    own: int
    shared: int
    held_back: int
    fields: int
    values: int
    differences: int
    duration_seconds: float
    not_compared: tuple[str, ...] = ()
    by_people: int = 0

    @property
    def wrong(self) -> int:
        """Differences that are not the work of people in Odoo."""
        return self.differences - self.by_people


@dataclass(frozen=True)
class SumCheck:
    """The sum of one amount over all records of a model that carry this project's key."""

    model: str
    field: str
    currency: str
    expected: Decimal
    found: Decimal
    by_people: bool = False

    @property
    def agrees(self) -> bool:
        return self.by_people or self.expected == self.found


@dataclass(frozen=True)
class PartedSum:
    """One amount added up on both sides by the values of field `by`, a date by month.

    `differing` of the `groups` are not equal to the cent; `largest` is how far the worst is off.
    """

    model: str
    field: str
    by: str
    groups: int
    differing: int
    largest: float

    @property
    def agrees(self) -> bool:
        return self.differing == 0


@dataclass(frozen=True)
class CountCheck:
    """Records with this project's key as Odoo itself counts them, against the rows loaded."""

    model: str
    expected: int
    found: int

    @property
    def agrees(self) -> bool:
        return self.expected == self.found


@dataclass(frozen=True)
class VerifyReport:
    """All that was found. `differences` lists the first 1000; `meta.differences` has all.

    `extras` counts, by model and kind, what stands on our records and no source row asked for:
    messages, activities, attachments, followers. Of the differences, `by_people` were made in Odoo
    since the last run; `gone` records stand without a source row, which was deleted.
    """

    entries: tuple[EntryReport, ...]
    differences: tuple[Difference, ...]
    difference_count: int
    kinds: dict[str, int]
    sums: tuple[SumCheck, ...]
    counts: tuple[CountCheck, ...]
    extras: dict[str, dict[str, int]]
    duration_seconds: float
    odoo_seconds: float
    by_people: int = 0
    gone: int = 0
    parted: tuple[PartedSum, ...] = ()

    @property
    def wrong_count(self) -> int:
        """Differences that are not the work of people in Odoo."""
        return self.difference_count - self.by_people

    @property
    def agrees(self) -> bool:
        """Whether Odoo holds what it must, but for what people changed. Extras are told, not
        judged.
        """
        return (
            self.wrong_count == 0
            and all(check.agrees for check in self.sums)
            and (self.by_people > 0 or all(check.agrees for check in self.parted))
            and all(check.agrees for check in self.counts)
        )

    @property
    def verdict(self) -> str:
        """'equal' or 'different'."""
        return "equal" if self.agrees else "different"

    @property
    def values(self) -> int:
        """How many single values were compared."""
        return sum(entry.values for entry in self.entries)


def _redacted(value: str | None) -> str:
    if not value:
        return "nothing"
    return f"a value of {len(value)} character{'' if len(value) == 1 else 's'}"
