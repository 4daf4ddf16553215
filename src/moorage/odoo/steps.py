"""States that Odoo reaches by its own actions: an invoice is posted, never written as posted.

Written like any other field they would skip what belongs to them: numbers, checks, journal items.
So the client leads a record to the state it is given, action by action.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from moorage.destination import Json
from moorage.errors import LostAnswerError, RowError

_TRIES = 5


@dataclass(frozen=True)
class Steps:
    """How the values of one field are reached.

    A record begins at `start`; `ways` names the action that leads from there to each other value,
    `back` the one that leads there again. They are called in `context`.
    """

    field: str
    start: str
    ways: Mapping[str, str]
    back: str
    context: Mapping[str, bool]


#: By model; seen in `account` of Odoo 19.
STEPS = {
    "account.move": Steps(
        "state",
        "draft",
        {"posted": "action_post", "cancel": "button_cancel"},
        "button_draft",
        # Lines of taxes and of what is due stand as they are: to work them out anew before each
        # action takes as long as the action.
        {"skip_invoice_sync": True},
    ),
    "account.payment": Steps(
        "state",
        "draft",
        {"in_process": "action_post", "canceled": "action_cancel", "rejected": "action_reject"},
        "action_draft",
        {},
    ),
}
#: By model and field, values that Odoo makes of others by itself: they count as those. A payment in
#: process becomes paid with its last invoice or by its bank statement; with Accounting installed an
#: invoice is in payment until that statement comes.
SAME: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "account.move": {"payment_state": {"in_payment": "paid"}},
    "account.payment": {"state": {"paid": "in_process"}},
}


class _Caller(Protocol):
    def call(self, model: str, method: str, **arguments: Json) -> Json: ...
    def read(self, model: str, method: str, **arguments: Json) -> Json: ...


def is_stepped(model: str, values: Iterable[str]) -> bool:
    """Whether one of the fields `values` of `model` is reached by actions."""
    steps = STEPS.get(model)
    return steps is not None and steps.field in values


def as_meant(model: str, page: list[dict[str, Json]]) -> list[dict[str, Json]]:
    """`page` of records, with values that Odoo made of others by itself as those others."""
    for name, same in SAME.get(model, {}).items():
        for row in page:
            if name in row:
                row[name] = same.get(row[name], row[name])
    return page


def lead(caller: _Caller, model: str, ids: Sequence[int], values: Mapping[str, Json]) -> None:
    """Lead `ids` to the state in `values`, and write what else stands there on the way.

    Each action is a call, and so a transaction, of its own. Where each record stands is asked
    first, so doing it again is no harm, also after a lost answer. RowError where Odoo refuses an
    action or has none that leads there.
    """
    steps = STEPS[model]
    wanted = as_meant(model, [dict(values)])[0][steps.field]
    if wanted != steps.start and wanted not in steps.ways:
        raise RowError(f"no action of Odoo leads to {steps.field} {wanted!r}", code="no_step")
    for _ in range(_TRIES):
        try:
            _walk(caller, steps, model, ids, {**values, steps.field: wanted})
        except LostAnswerError as error:
            lost = error
            # Any answer to a read says that Odoo is back, and waits until it is.
            caller.read("res.users", "search_count", domain=[("id", "=", 1)])
        else:
            return
    raise lost


def lead_each(caller: _Caller, model: str, values: Mapping[int, str]) -> dict[int, str]:
    """Lead those of `values` (JSON texts by id) that want it, one by one; the others are left."""
    if model not in STEPS:
        return dict(values)
    plain = {}
    for odoo_id, text in values.items():
        if is_stepped(model, wanted := orjson.loads(text)):
            lead(caller, model, [odoo_id], wanted)
        else:
            plain[odoo_id] = text
    return plain


def _walk(
    caller: _Caller, steps: Steps, model: str, ids: Sequence[int], values: dict[str, Any]
) -> None:
    wanted = values.pop(steps.field)
    rows = as_meant(
        model,
        caller.read(model, "search_read", domain=[("id", "in", list(ids))], fields=[steps.field]),
    )
    moving = [int(row["id"]) for row in rows if row[steps.field] != wanted]
    begun = [int(row["id"]) for row in rows if row[steps.field] not in (wanted, steps.start)]
    if begun:
        caller.call(model, steps.back, ids=begun, context=dict(steps.context))
    if values:
        caller.call(model, "write", ids=list(ids), vals=values)
    if moving and wanted != steps.start:
        caller.call(model, steps.ways[wanted], ids=moving, context=dict(steps.context))
