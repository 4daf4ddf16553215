"""Creates the planned records of one entry: batches through an executor, answers in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from typing import Any

from moorage.load.batches import Outcome, Row, batches, create_isolating
from moorage.load.links import missing_links
from moorage.load.rows import as_created_sql, values_query
from moorage.load.work import PhaseCount, Work
from moorage.mapping.target import TargetTable
from moorage.staging.staging import identifier, literal

_FINISHED_AT_ONCE = 100


def create(work: Work, table: TargetTable, count: PhaseCount, executor: Executor) -> None:
    """Create what the plan says and does not stand yet; fills `created` and `set_aside`."""
    if table.self_links:
        while _create_ready(work, table, count, executor, _parents_known(table)):
            pass
    # What hangs on a record that did not go; also what is left of a circle of parents.
    aside, warned = missing_links(work.connection, table)
    work.set_aside(table, aside)
    work.warn(table, warned)
    count.set_aside += len(aside)
    _create_ready(work, table, count, executor, "")
    _finish(work, table)
    count.created = _standing(work, table, "count(*)")


def _finish(work: Work, table: TargetTable) -> None:
    """Write what new records of this model get in a second step; twice is the same as once."""
    profile = work.destination.profile(table.model)
    if not (profile.finish or profile.unfollow):
        return
    ids = _standing(work, table, "coalesce(list(i.odoo_id), [])")
    for start in range(0, len(ids), _FINISHED_AT_ONCE):
        part = ids[start : start + _FINISHED_AT_ONCE]
        if profile.finish:
            work.destination.write(table.model, part, profile.finish)
        if profile.unfollow:
            work.destination.unfollow(table.model, part, profile.unfollow)


def _standing(work: Work, table: TargetTable, what: str) -> Any:
    """`what` over the plan's creations that stand in Odoo, those of a killed try of it too."""
    rows = work.connection.execute(
        f"SELECT {what} FROM meta.plan p JOIN meta.ids i ON i.model = p.model AND i.key = p.key"
        " WHERE p.entry = ? AND p.operation = 'create'",
        [table.entry],
    ).fetchall()
    return rows[0][0]


def _parents_known(table: TargetTable) -> str:
    terms = [
        f"(t.{identifier(field.name)} IS NULL OR EXISTS (SELECT 1 FROM meta.ids i WHERE i.model"
        f" = {field.lands_sql('t.' + identifier(field.name))} AND i.key"
        f" = t.{identifier(field.name)}))"
        for field in table.fields
        if field.name in table.self_links
    ]
    return (
        f" AND EXISTS (SELECT 1 FROM {table.table} t WHERE t.key = p.key AND {' AND '.join(terms)})"
    )


def _create_ready(
    work: Work, table: TargetTable, count: PhaseCount, executor: Executor, condition: str
) -> int:
    """Create the planned rows that fulfil `condition`; how many became records."""
    profile = work.destination.profile(table.model)
    group = profile.group_field
    has_group = any(
        field.name == group and field.holds == "link" and not field.later for field in table.fields
    )
    query = values_query(
        table,
        _wanted_sql(table, condition),
        given=profile.given,
        foretold=profile.foretold,
        group_field=group if has_group else None,
    )
    created = 0
    refused = 0
    # A cursor of its own: rows stream from it while receipts are written beside it.
    cursor = work.connection.cursor()
    reader: Any = cursor.sql(query).to_arrow_reader(profile.batch_rows)
    for outcome in _sent(work, table, executor, batches(reader, profile.batch_rows, work.files)):
        created += len(outcome.receipts)
        refused += len(outcome.refused)
        work.progress(table.entry, created + refused, count.rows)
    cursor.close()
    count.set_aside += refused
    return created


def _wanted_sql(table: TargetTable, condition: str) -> str:
    return (
        f"SELECT p.key, {as_created_sql(table)} FROM meta.plan p"
        f" WHERE p.entry = {literal(table.entry)} AND p.operation = 'create'{condition}"
        " AND NOT EXISTS (SELECT 1 FROM meta.ids i WHERE i.model = p.model AND i.key = p.key)"
        " AND NOT EXISTS (SELECT 1 FROM meta.refused r WHERE r.key = p.key AND r.entry = p.entry)"
    )


def _sent(
    work: Work, table: TargetTable, executor: Executor, parts: Iterator[list[Row]]
) -> Iterator[Outcome]:
    """Send batches through the executor, a few under way at once; outcomes in order."""
    window = work.destination.connections + 2
    under_way: deque[tuple[int, Future[Outcome]]] = deque()
    try:
        for part in parts:
            keys = [row.key for row in part]
            batch_id = work.ledger.intend(work.run_id, table.entry, table.model, "create", keys)
            future = executor.submit(create_isolating, work.destination, table.model, part)
            under_way.append((batch_id, future))
            if len(under_way) >= window:
                yield _answered(work, table, *under_way.popleft())
        while under_way:
            yield _answered(work, table, *under_way.popleft())
    except BaseException:
        # On the way out of a failure, keep what other calls have answered meanwhile.
        for batch_id, future in under_way:
            if not future.cancel() and future.exception() is None:
                work.receive(table, batch_id, future.result(), "created")
        raise


def _answered(work: Work, table: TargetTable, batch_id: int, future: Future[Outcome]) -> Outcome:
    outcome = future.result()
    work.receive(table, batch_id, outcome, "created")
    return outcome
