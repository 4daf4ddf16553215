"""Records that Odoo makes along with ours, and how the one is found by the other.

A user has a partner, a variant its template, an invoice its line on the receivable account. A link
in the mapping may mean either: the record itself, or what came along with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from moorage.destination import Destination, Json

_PART = 1000


@dataclass(frozen=True)
class Companion:
    """`field` of our record names the companion, or `back` of the companion names our record.

    `only` are further conditions on a companion that is found by `back`; of several the oldest
    counts.
    """

    field: str = ""
    back: str = ""
    only: tuple[Json, ...] = ()


#: The line that waits for money: what customers owe, what is owed to vendors.
_OPEN_ITEM = (("account_id.account_type", "in", ["asset_receivable", "liability_payable"]),)

#: By model, the models that come along with its records.
COMPANIONS: Mapping[str, Mapping[str, Companion]] = {
    "res.users": {"res.partner": Companion("partner_id")},
    "product.product": {"product.template": Companion("product_tmpl_id")},
    "account.move": {"account.move.line": Companion(back="move_id", only=_OPEN_ITEM)},
    "account.payment": {"account.move.line": Companion(back="payment_id", only=_OPEN_ITEM)},
}


def companions(
    destination: Destination, model: str, along: str, ids: Sequence[int]
) -> Iterator[list[tuple[int, int]]]:
    """In pages, the (id, id of its companion of model `along`) of those `ids` that have one."""
    how = COMPANIONS[model][along]
    for start in range(0, len(ids), _PART):
        part = list(ids[start : start + _PART])
        if how.field:
            for page in destination.pages(model, [("id", "in", part)], [how.field]):
                yield [(int(row["id"]), int(row[how.field])) for row in page if row[how.field]]
            continue
        oldest: dict[int, int] = {}
        for page in destination.pages(along, [(how.back, "in", part), *how.only], [how.back]):
            for row in page:
                oldest.setdefault(int(row[how.back]), int(row["id"]))
        yield list(oldest.items())
