"""The answers that go-live asks for: fields changed on both sides, rows deleted in the source."""

from __future__ import annotations

from dataclasses import dataclass

CONFLICTS_FILE = "conflicts.csv"
DELETIONS_FILE = "deletions.csv"


@dataclass(frozen=True)
class ConflictDecision:
    """One field changed both in the source and in Odoo since it was loaded.

    `decision` is `odoo` (stays as it is there), `source` (is written by the next run), or empty
    while open. It holds for the two values that `fingerprint` stands for: when either side changes
    again, it is asked again.
    """

    model: str
    key: str
    field: str
    label: str = ""
    record: str = ""
    loaded: str = ""
    in_odoo: str = ""
    in_source: str = ""
    changed_by: str = ""
    changed_at: str = ""
    fingerprint: str = ""
    decision: str = ""
    decided_by: str = ""
    decided_at: str = ""


@dataclass(frozen=True)
class DeletionDecision:
    """A record of ours whose row is gone from the source: `archive`, `keep`, or empty while open.

    `todo` says what a person can do where Odoo has no archive for the model.
    """

    model: str
    key: str
    name: str = ""
    record: str = ""
    todo: str = ""
    decision: str = ""
    decided_by: str = ""
    decided_at: str = ""


def fits_conflict(decision: str) -> bool:
    """Whether `decision` is a word that conflicts.csv takes."""
    return decision in ("", "odoo", "source")


def fits_deletion(decision: str) -> bool:
    """Whether `decision` is a word that deletions.csv takes."""
    return decision in ("", "archive", "keep")
