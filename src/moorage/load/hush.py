"""Messages that Odoo logs on our records when a call is over, out of reach of the silent context.

What Odoo computes after a call, such as that an invoice is paid, it computes without the call's
context and logs as a change. Nobody wrote these messages and no row of the source asked for them.
"""

from __future__ import annotations

from collections.abc import Sequence

from moorage.load.work import Work
from moorage.mapping.target import TargetTable

_AT_ONCE = 1000


def delete_logged(work: Work, tables: Sequence[TargetTable], since: str) -> int:
    """Delete what was logged on our records since `since` (Odoo's clock); how many messages."""
    models = {table.model for table in tables}
    logged = [model for model in sorted(models) if work.destination.profile(model).is_logged]
    return sum(_delete(work, model, since) for model in logged)


def _delete(work: Work, model: str, since: str) -> int:
    ours = {
        odoo_id
        for (odoo_id,) in work.connection.execute(
            "SELECT odoo_id FROM meta.ids WHERE model = ?", [model]
        ).fetchall()
    }
    domain = [
        ("model", "=", model),
        ("message_type", "=", "notification"),
        ("create_uid", "=", work.destination.identity.user_id),
        ("create_date", ">=", since),
        ("body", "in", ["", False]),
    ]
    found = [
        int(row["id"])
        for page in work.destination.pages("mail.message", domain, ["res_id"])
        for row in page
        if row["res_id"] in ours
    ]
    for start in range(0, len(found), _AT_ONCE):
        work.destination.unlink("mail.message", found[start : start + _AT_ONCE])
    return len(found)
