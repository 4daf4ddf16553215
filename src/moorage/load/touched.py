"""What people changed between two runs: noted before the next run writes over the traces.

Odoo keeps only the last writer of a record. Once a run has updated a record, nobody could tell any
more that a person had changed it before, and which of its fields; rollback and verify must know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from moorage.destination import Domain, Json
from moorage.ledger import LeftValue
from moorage.ledger.ledger import now_text
from moorage.load.work import Work
from moorage.mapping.comparable import as_in_odoo, bring_ids, comparable, is_close, keys_in, still
from moorage.mapping.target import TargetField, TargetTable

#: Odoo's own user, who runs scheduled jobs: what it writes is nobody's decision.
_JOBS_USER_ID = 1
#: Who wrote a record last, and when.
LAST_WRITE = ("id", "write_uid", "write_date")


def note_touched(work: Work, tables: Sequence[TargetTable]) -> None:
    """Write down which of our records somebody changed since our last run, and in which fields.

    Reads `meta.ids`; to be called before the run writes anything.
    """
    domain = _changed_since(work)
    if domain is None:
        return
    for model in work.ledger.created_models(work.destination_id):
        fed = {table.entry: table for table in tables if table.model == model}
        there = work.destination.fields(model)
        asked = {field.compared for table in fed.values() for field in table.fields}
        asked |= {total for table in fed.values() for total, _ in table.checks}
        names = sorted({*LAST_WRITE, *(name for name in asked if name in there)})
        for page in work.destination.pages(model, domain, names):
            by_people = [row for row in page if row["write_uid"] != _JOBS_USER_ID]
            work.ledger.touch(
                [
                    (work.destination_id, model, row["id"], now_text(), row["write_uid"])
                    for row in by_people
                ]
            )
            _note_left(work, model, fed, page)


def _changed_since(work: Work) -> Domain | None:
    """Records of ours that others wrote to since the last run began, or our user since it ended.

    None before the first run. Our user may be a person's too, but a run that was killed has left
    writes of it behind, and no end to compare with.
    """
    began = work.ledger.last_odoo_start(work.destination_id)
    ended = work.ledger.last_odoo_time(work.destination_id)
    if began is None or ended is None:
        return None
    own = work.destination.identity.user_id
    domain = ["&", ("write_uid", "!=", own), ("write_date", ">=", began)]
    if not work.ledger.has_unended_loads(work.destination_id):
        # Odoo's clock was read in whole seconds, its writes have their fractions.
        after = str(datetime.fromisoformat(ended) + timedelta(seconds=1))
        domain = ["|", "&", ("write_uid", "=", own), ("write_date", ">=", after), *domain]
    return ["&", ("x_moorage_key", "!=", False), *domain]


def _note_left(
    work: Work, model: str, fed: Mapping[str, TargetTable], page: Sequence[Mapping[str, Json]]
) -> None:
    """Of the records of a page, the fields that do not hold what was loaded."""
    records: dict[str, list[tuple[Mapping[str, Json], dict[str, Any]]]] = {}
    there = {row["id"]: row for row in page}
    for odoo_id, entry, loaded in work.ledger.created(work.destination_id, model, list(there)):
        pair = (there[odoo_id], orjson.loads(loaded or "{}"))
        records.setdefault(entry, []).append(pair)
    for entry in records.keys() & fed.keys():
        fields = fed[entry].fields
        formerly = [loaded for _, loaded in records[entry]]
        ids = bring_ids(work.connection, "meta.ids", fields, formerly)
        values = [
            left_value(row, field.name, row[field.compared])
            for row, loaded in records[entry]
            for field in fields
            if field.name in loaded and _differs(field, row, loaded, ids)
        ]
        values += [
            left_value(row, total, row[total])
            for row, loaded in records[entry]
            for total, expected in fed[entry].checks
            if total in row and not is_close(row[total] or 0, loaded.get(expected) or 0)
        ]
        work.ledger.note_left(work.destination_id, model, values)


def _differs(
    field: TargetField,
    row: Mapping[str, Json],
    loaded: Mapping[str, Any],
    ids: Mapping[str, Mapping[str, int]],
) -> bool:
    if field.compared not in row:
        return False
    if (
        field.holds == "link"
        and not {*keys_in(loaded[field.name])} <= ids.get(field.name, {}).keys()
    ):
        return False
    was = as_in_odoo(field, loaded[field.name], ids)
    return not still(field, comparable(field, row[field.compared]), was)


def left_value(row: Mapping[str, Json], name: str, found: Json) -> LeftValue:
    """What people made of the field `name`; `row` is Odoo's, with id, writer and time."""
    writer, moment = int(row["write_uid"] or 0), str(row["write_date"] or "")
    return LeftValue(row["id"], name, orjson.dumps(found).decode(), writer, moment)
