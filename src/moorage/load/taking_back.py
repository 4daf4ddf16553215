"""Records taken back in the run that made them: what may not become final is set aside, whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from moorage.ledger import SetAside
from moorage.ledger.undo import forget
from moorage.load.work import PhaseCount, Work
from moorage.mapping.target import TargetTable
from moorage.staging.staging import identifier, literal

_AT_ONCE = 100


def take_back(
    work: Work, tables: Mapping[str, TargetTable], counts: Mapping[str, PhaseCount],
    table: TargetTable, rows: Sequence[SetAside],
) -> None:  # fmt: skip
    """Delete the records of `rows` with all that cannot be without them, and set the rows aside.

    The reasons are in the ledger before the first deletion: a kill between leaves records that the
    next try, which looks at them anew, deletes.
    """
    if not rows:
        return
    work.set_aside(table, rows)
    keys = [row.key for row in rows]
    parts = [(one, found) for one in tables.values() if (found := _parts(work, table, one, keys))]
    for one, found in parts:
        work.set_aside(one, found)
    _delete(work, counts[table.entry], table, keys)
    for one, found in parts:
        _delete(work, counts[one.entry], one, [row.key for row in found])


def _parts(
    work: Work, table: TargetTable, other: TargetTable, keys: Sequence[str]
) -> list[SetAside]:
    """Records of `other` with a link to one of `keys` that they cannot be without."""
    found: dict[str, SetAside] = {}
    for field in other.fields:
        if field.holds != "link" or field.many or field.on_missing_link != "set_aside":
            continue
        column = f"t.{identifier(field.name)}"
        for key, linked in work.connection.execute(
            f"SELECT t.key, {column} FROM {other.table} AS t JOIN meta.plan AS p ON p.key = t.key"
            f" AND p.entry = {literal(other.entry)} AND p.operation = 'create' JOIN meta.ids AS i"
            " ON i.model = p.model AND i.key = t.key"
            f" WHERE {field.model_sql(column)} = {literal(table.model)}"
            f" AND {column} IN (SELECT unnest(?::VARCHAR[]))",
            [list(keys)],
        ).fetchall():
            words = f"{field.name} points to {linked}, which was set aside"
            found[key] = SetAside(key, "link_missing", words, key)
    return list(found.values())


def _delete(work: Work, count: PhaseCount, table: TargetTable, keys: Sequence[str]) -> None:
    ids = work.connection.execute(
        "SELECT odoo_id FROM meta.ids WHERE model = ? AND key IN (SELECT unnest(?::VARCHAR[]))",
        [table.model, list(keys)],
    ).fetchall()
    for start in range(0, len(ids), _AT_ONCE):
        part = [odoo_id for (odoo_id,) in ids[start : start + _AT_ONCE]]
        work.destination.unlink(table.model, part)
    forget(work.ledger, work.destination_id, table.model, keys)
    work.connection.execute(
        "DELETE FROM meta.ids WHERE model = ? AND key IN (SELECT unnest(?::VARCHAR[]))",
        [table.model, list(keys)],
    )
    count.created -= len(keys)
    count.set_aside += len(keys)
