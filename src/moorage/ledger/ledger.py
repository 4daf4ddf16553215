"""The project's ledger. The coordinator is its one writer; readers may look at any time."""

from __future__ import annotations

from moorage.ledger.changes import ChangeLog
from moorage.ledger.records import RecordLog
from moorage.ledger.runs import RunLog
from moorage.ledger.store import Change, LeftValue, Receipt, SetAside, Warned, now_text

__all__ = ["Change", "Ledger", "LeftValue", "Receipt", "SetAside", "Warned", "now_text"]


class Ledger(RunLog, RecordLog, ChangeLog):
    """An open ledger. Statuses move forward only; every write is a transaction of its own."""
