"""Partners' `customer_rank`, which Odoo raises with each entry that is posted, and never lowers.

It says who is listed as a customer. A partner that was there before would stay one of whom nothing
is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from moorage.destination import Destination, Json
from moorage.odoo.schema import MARKER

#: The states in which an entry, or that of a payment, is posted.
POSTED = ("posted", "in_process", "paid")


def lower_ranks(destination: Destination, undone: Iterable[dict[str, Json]]) -> None:
    """Take off what posting `undone` (state, partner_id) put on partners that are not ours.

    Ours go themselves. A partner and its company were raised by one each.
    """
    raised = Counter(
        int(row["partner_id"]) for row in undone if row["state"] in POSTED and row["partner_id"]
    )
    if not raised:
        return
    partners = _partners(destination, list(raised))
    wanted = Counter(raised)
    for number, row in partners.items():
        if row["commercial_partner_id"] != number:
            wanted[int(row["commercial_partner_id"])] += raised[number]
    partners |= _partners(destination, [number for number in wanted if number not in partners])
    ranks: dict[int, list[int]] = {}
    for number, row in partners.items():
        if not row[MARKER] and row["customer_rank"]:
            ranks.setdefault(max(0, row["customer_rank"] - wanted[number]), []).append(number)
    for rank, numbers in ranks.items():
        destination.write("res.partner", numbers, {"customer_rank": rank})


def _partners(destination: Destination, ids: list[int]) -> dict[int, dict[str, Json]]:
    names = [MARKER, "commercial_partner_id", "customer_rank"]
    pages = destination.pages("res.partner", [("id", "in", ids)], names) if ids else ()
    return {int(row["id"]): row for page in pages for row in page}
