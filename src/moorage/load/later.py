"""The second pass: links that could not be written when their record was created."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

from moorage.destination import Destination
from moorage.load.rows import link_ids_sql
from moorage.load.work import Work
from moorage.mapping.target import TargetField, TargetTable


def with_later(table: TargetTable, destination: Destination) -> TargetTable:
    """`table`, with those links put off too that make Odoo do more than it is asked."""
    names = destination.profile(table.model).later
    fields = tuple(
        replace(field, later=True) if field.name in names and field.holds == "link" else field
        for field in table.fields
    )
    self_links = tuple(name for name in table.self_links if name not in names)
    return replace(table, fields=fields, self_links=self_links)


def fill_later(work: Work, table: TargetTable, executor: Executor) -> None:
    """Write the links of the second pass on the records that the plan created."""
    for field in table.fields:
        if field.later and field.holds == "link":
            _fill(work, table, field, executor)


def _fill(work: Work, table: TargetTable, field: TargetField, executor: Executor) -> None:
    rows = work.connection.execute(
        "SELECT link.odoo_ids, list(own.odoo_id ORDER BY own.odoo_id)"
        f" FROM ({link_ids_sql(table, field)}) link"
        " JOIN meta.plan p ON p.key = link.key AND p.entry = ? AND p.operation = 'create'"
        " JOIN meta.ids own ON own.model = p.model AND own.key = link.key"
        " GROUP BY link.odoo_ids ORDER BY link.odoo_ids",
        [table.entry],
    ).fetchall()
    writes = [
        partial(
            work.destination.write,
            table.model,
            ids,
            {field.name: [[6, 0, linked]] if field.many else linked[0]},
        )
        for linked, ids in rows
    ]
    for future in [executor.submit(write) for write in writes]:
        future.result()


def finish_created(work: Work, table: TargetTable) -> None:
    """Let the ledger say that the rows just created are wholly loaded; not those put off."""
    rows = work.connection.execute(
        "SELECT p.digest, p.loaded, p.key FROM meta.plan p"
        " JOIN meta.ids i ON i.model = p.model AND i.key = p.key"
        " WHERE p.entry = ? AND p.operation = 'create'"
        " AND NOT EXISTS (SELECT 1 FROM meta.put_off o WHERE o.key = p.key)",
        [table.entry],
    )
    while page := rows.fetchmany(10_000):
        work.ledger.update_records(work.destination_id, table.model, page)
