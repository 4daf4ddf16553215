"""Values for records that stand in Odoo: many in one call, and a refused one alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from moorage.destination import Destination
from moorage.errors import RowError
from moorage.load.contents import BATCH_BYTES

#: Records of one call: Odoo writes them one after the other, in one transaction.
_AT_ONCE = 200


@dataclass(frozen=True)
class Written:
    """A record that gets `values` (the text of a JSON object)."""

    key: str
    odoo_id: int
    values: str


def parts(rows: Iterable[Written]) -> Iterator[list[Written]]:
    """`rows` in their order, as many to a call as are one transaction's worth."""
    part: list[Written] = []
    size = 0
    for row in rows:
        if part and (len(part) >= _AT_ONCE or size + len(row.values) > BATCH_BYTES):
            yield part
            part, size = [], 0
        part.append(row)
        size += len(row.values)
    if part:
        yield part


def write_isolating(
    destination: Destination, model: str, rows: Sequence[Written]
) -> list[tuple[Written, str]]:
    """Write all of `rows`; a refused call is halved until the refused rows stand alone.

    Returns those, each with Odoo's own reason. They stand as they stood before.
    """
    if not rows:
        return []
    try:
        if len({row.values for row in rows}) == 1:
            ids = [row.odoo_id for row in rows]
            destination.write(model, ids, orjson.loads(rows[0].values))
        else:
            destination.write_each(model, {row.odoo_id: row.values for row in rows})
    except RowError as error:
        if len(rows) == 1:
            return [(rows[0], error.reason)]
        middle = len(rows) // 2
        refused = write_isolating(destination, model, rows[:middle])
        return refused + write_isolating(destination, model, rows[middle:])
    return []
