"""Fields that Odoo works out anew when others of the record are written, and the last word on them.

`crm.lead` takes a deal's closing for now when it is won or lost, and its probability from the stage
that it moves to. Given in the same call, both are written over; given behind it, they stand. A
`crm.phonecall` that is held closes now, and its duration is worked out or lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import orjson

#: By model, in the order in which each is written once more by itself; seen in `crm` of Odoo 19 and
#: in `crm_phonecall` of the Odoo Community Association for it.
RESTATED: Mapping[str, tuple[str, ...]] = {
    "crm.lead": ("probability", "date_closed"),
    "crm.phonecall": ("duration", "date_closed"),
}


def is_restated(model: str, values: Iterable[str]) -> bool:
    """Whether one of the fields `values` of `model` is written once more."""
    return not set(RESTATED.get(model, ())).isdisjoint(values)


def in_turns(model: str, values: Mapping[int, str]) -> tuple[list[int], list[str]]:
    """`values` (JSON texts by id), and behind them what is to be written once more: ids, texts.

    Odoo writes them one after the other; a record may stand there several times.
    """
    names = RESTATED.get(model, ())
    read = {odoo_id: orjson.loads(text) for odoo_id, text in values.items()} if names else {}
    again = [
        (odoo_id, orjson.dumps({name: wanted[name]}).decode())
        for name in names
        for odoo_id, wanted in read.items()
        if name in wanted
    ]
    writes = [*values.items(), *again]
    return [odoo_id for odoo_id, _ in writes], [text for _, text in writes]
