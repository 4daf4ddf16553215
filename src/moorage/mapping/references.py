"""Odoo's own records that a mapping looks up (countries, states, titles …), read once.

They stand in `meta.reference` (model, fields, value, id, matches): `fields` are the compared fields
joined by commas, `value` what they hold, folded, several parted by a separator; `matches` counts
the records of that value, so an ambiguous one is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from moorage.destination import Destination
from moorage.errors import RefusedError
from moorage.mapping.spec import Mapping
from moorage.staging import Staging

_SEPARATOR = "\x1f"
#: Looked up by Odoo's own External ID (`mail.mt_note`), which no translation changes.
XML_ID = "xml_id"


@dataclass(frozen=True)
class ReferenceNeed:
    """Records of `model` are looked up by these fields; `country_id.code` reads through a link,
    `xml_id` is the External ID.
    """

    model: str
    by: tuple[str, ...]


def references_needed(mapping: Mapping) -> list[ReferenceNeed]:
    """What the mapping's `find` rules look up, each once."""
    found = [
        ReferenceNeed(rule.find.model, tuple(rule.find.by))
        for entry in mapping.objects.values()
        for rule in entry.fields.values()
        if rule.find is not None
    ]
    return list(dict.fromkeys(found))


def load_references(
    staging: Staging, destination: Destination, needed: Sequence[ReferenceNeed]
) -> dict[ReferenceNeed, int]:
    """Read `needed` anew into staging; the number of records read for each."""
    staging.connection.execute("DROP TABLE IF EXISTS meta.reference")
    staging.connection.execute(
        "CREATE TABLE meta.reference (model VARCHAR, fields VARCHAR, value VARCHAR, id BIGINT,"
        " matches BIGINT)"
    )
    return {need: _load(staging, destination, need) for need in needed}


def _load(staging: Staging, destination: Destination, need: ReferenceNeed) -> int:
    rows = [
        {"value": _SEPARATOR.join(values), "id": record_id}
        for record_id, values in _values(destination, need)
    ]
    if not rows:
        return 0
    incoming = pa.Table.from_pylist(rows)
    staging.connection.register("incoming_reference", incoming)
    staging.connection.execute(
        "INSERT INTO meta.reference SELECT ?, ?, value, min(id), count(*) FROM incoming_reference"
        " GROUP BY value",
        [need.model, ",".join(need.by)],
    )
    staging.connection.unregister("incoming_reference")
    return len(rows)


def _values(destination: Destination, need: ReferenceNeed) -> Iterator[tuple[int, list[str]]]:
    if need.by == (XML_ID,):
        yield from _by_xml_id(destination, need.model)
        return
    first_names = list(dict.fromkeys(name.split(".")[0] for name in need.by))
    through = {name: _related(destination, need.model, name) for name in need.by if "." in name}
    for page in destination.pages(need.model, [], first_names):
        for record in page:
            values = [_value(record, name, through.get(name)) for name in need.by]
            if values[0]:
                yield int(record["id"]), values


def _by_xml_id(destination: Destination, model: str) -> Iterator[tuple[int, list[str]]]:
    names = ["module", "name", "res_id"]
    for page in destination.pages("ir.model.data", [("model", "=", model)], names):
        for row in page:
            yield int(row["res_id"]), [_folded(f"{row['module']}.{row['name']}")]


def _related(destination: Destination, model: str, name: str) -> dict[int, str]:
    """What the field behind the dot holds, by id of the related record."""
    link, _, field = name.partition(".")
    known = destination.fields(model).get(link)
    if known is None or known.relation is None or "." in field:
        raise RefusedError(
            f"{model} cannot be looked up by {name}",
            todo="Name a field, or one link and a field of its model.",
        )
    return {
        int(record["id"]): _folded(record.get(field))
        for page in destination.pages(known.relation, [], [field])
        for record in page
    }


def _value(record: dict[str, Any], name: str, through: dict[int, str] | None) -> str:
    found = record.get(name.split(".", maxsplit=1)[0])
    if through is None:
        return _folded(found[1] if isinstance(found, list | tuple) else found)
    if isinstance(found, list | tuple):
        found = found[0] if found else None
    return through.get(int(found), "") if found else ""


def _folded(value: Any) -> str:
    """As `select.folded` does in SQL; the two must agree."""
    if value is None or value is False:
        return ""
    text = str(value).replace("\x00", "")
    return re.sub(r"[\t\n\f\r ]+", " ", text).strip(" ").lower()
