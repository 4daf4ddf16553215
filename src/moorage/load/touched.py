"""What people changed between two runs: noted before the next run writes over the traces.

Odoo keeps only the last writer of a record. Once a run has updated a record, nobody could tell any
more that a person had changed it before; rollback must know.
"""

from __future__ import annotations

from moorage.destination import Destination
from moorage.ledger import Ledger
from moorage.ledger.ledger import now_text

#: Odoo's own user, who runs scheduled jobs: what it writes is nobody's decision.
_JOBS_USER_ID = 1


def note_touched(ledger: Ledger, destination: Destination, destination_id: int) -> int:
    """Write down which of our records somebody changed since our last run; how many."""
    since = ledger.last_odoo_time(destination_id)
    if since is None:
        return 0
    # A run that was killed has left writes of our own user behind, and no end to compare with.
    writers = [_JOBS_USER_ID]
    if ledger.has_unended_loads(destination_id):
        writers.append(destination.identity.user_id)
    rows: list[tuple[int, str, int, str, int | None]] = []
    for model in ledger.created_models(destination_id):
        domain = [
            ("x_moorage_key", "!=", False),
            ("write_date", ">", since),
            ("write_uid", "not in", writers),
        ]
        for page in destination.pages(model, domain, ["write_uid"]):
            rows += [
                (destination_id, model, row["id"], now_text(), row["write_uid"]) for row in page
            ]
    ledger.touch(rows)
    return len(rows)
