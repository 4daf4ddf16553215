"""Carries out a confirmed plan, phase by phase, and reconciles the counts after each."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict

from moorage.destination import Destination
from moorage.errors import StoppedError
from moorage.ledger import Ledger, SetAside
from moorage.load.adoption import match, merge, take_back_merges
from moorage.load.archiving import archive
from moorage.load.companions import bring_companions
from moorage.load.creation import create
from moorage.load.final import make_final, waves
from moorage.load.hush import delete_logged
from moorage.load.later import fill_later, finish_created, with_later
from moorage.load.links import missing_links, prepare_refused
from moorage.load.recover import recover
from moorage.load.rows import prepare_ids
from moorage.load.taking_back import take_back
from moorage.load.touched import note_touched
from moorage.load.updates import Updater
from moorage.load.work import LoadReport, PhaseCount, Progress, Work
from moorage.mapping.target import TargetTable
from moorage.sources.base import FileStore
from moorage.staging import Staging


class Loader:
    """One run into one destination. The coordinator: the only writer of the ledger.

    `executor` is the one seam for concurrency: threads, as many as the destination has
    connections, unless another one is given. `files` is where the contents of files come from.
    """

    def __init__(
        self,
        staging: Staging,
        ledger: Ledger,
        destination: Destination,
        destination_id: int,
        tables: Sequence[TargetTable],
        *,
        files: FileStore | None = None,
        executor: Executor | None = None,
        on_progress: Progress | None = None,
    ) -> None:
        self._connection = staging.connection
        self._ledger = ledger
        self._destination = destination
        self._destination_id = destination_id
        self._tables = sorted(tables, key=lambda table: (table.phase, table.entry))
        self._files = files
        self._executor = executor
        self._progress: Progress = on_progress or (lambda *_: None)

    def run(self, plan_digest: str, *, sample: int | None = None) -> LoadReport:
        """Carry out `meta.plan`. May be killed at any moment and called again.

        `sample` is noted in the report: of how many rows of each entry the plan is.
        """
        run_id = self._ledger.start_run(
            self._destination_id, "load", plan_digest, self._destination.now()
        )
        report = LoadReport(run_id, sample, counters_before=self._destination.counters())
        executor = self._executor or ThreadPoolExecutor(
            self._destination.connections, thread_name_prefix="load"
        )
        try:
            self._phases(report, executor)
        except BaseException:
            self._ledger.end_run(run_id, "stopped")
            raise
        finally:
            if self._executor is None:
                executor.shutdown(wait=True, cancel_futures=True)
        report.counters_after = self._destination.counters()
        self._ledger.end_run(run_id, "done", asdict(report), self._destination.now())
        return report

    def _phases(self, report: LoadReport, executor: Executor) -> None:
        work = Work(
            self._connection,
            self._ledger,
            self._destination,
            self._destination_id,
            report.run_id,
            self._progress,
            self._files,
        )
        prepare_refused(self._connection)
        tables = [with_later(table, self._destination) for table in self._tables]
        recover(self._ledger, self._destination, self._destination_id, self._connection, tables)
        prepare_ids(self._connection, self._ledger.ids(self._destination_id))
        note_touched(work, self._tables)
        by_entry = {table.entry: table for table in tables}
        counts: dict[str, PhaseCount] = {}
        for wave in waves(tables, self._destination):
            for table in wave:
                counts[table.entry] = _first_pass(work, table, executor)
                report.phases.append(counts[table.entry])
            # What becomes final comes last: Odoo guards it, and its lines with it.
            for table in sorted(wave, key=lambda table: _is_final(work, table)):
                refused = make_final(work, table, executor)
                take_back(work, by_entry, counts, table, refused)
                _second_pass(work, table, counts[table.entry], executor)
        delete_logged(work, tables, self._ledger.odoo_started_at(report.run_id))


def _is_final(work: Work, table: TargetTable) -> bool:
    return bool(work.destination.profile(table.model).final)


def _first_pass(work: Work, table: TargetTable, executor: Executor) -> PhaseCount:
    """Everything that makes records or adopts them."""
    count = PhaseCount(table.entry, table.model, table.phase)
    _read_plan(work, count)
    rows = work.connection.execute(
        "SELECT key, reason FROM meta.plan WHERE entry = ? AND operation = 'set_aside'",
        [table.entry],
    ).fetchall()
    work.set_aside(table, [SetAside(key, "mapping", reason, key) for key, reason in rows])
    take_back_merges(work, table)
    bring_companions(work, table)
    match(work, table, count)
    create(work, table, count, executor)
    merge(work, table, count)
    _reconcile(work, table, count)
    return count


def _read_plan(work: Work, count: PhaseCount) -> None:
    rows = work.connection.execute(
        "SELECT operation, count(*) FROM meta.plan"
        " WHERE entry = ? AND operation <> 'not_in_sample' GROUP BY 1",
        [count.entry],
    ).fetchall()
    planned: dict[str, int] = dict(rows)
    count.rows = sum(planned.values())
    count.unchanged = planned.get("unchanged", 0)
    count.to_update = planned.get("update", 0)
    count.waived = planned.get("waive", 0)
    count.set_aside = planned.get("set_aside", 0)
    count.conflicts = planned.get("conflict", 0)
    count.archived = planned.get("archive", 0)
    count.gone = planned.get("gone", 0)


def _second_pass(work: Work, table: TargetTable, count: PhaseCount, executor: Executor) -> None:
    """Links that could not be known before, then updates, when all that they need exists."""
    bring_companions(work, table)
    updater = Updater(work, table)
    if any(field.later for field in table.fields):
        fill_later(work, table, executor)
        _, warned = missing_links(work.connection, table, later=True)
        work.warn(table, warned)
    finish_created(work, table)
    updater.update(count.to_update)
    count.updated = updater.updated_count
    count.unchanged += updater.waiting_count
    count.conflicts += updater.conflict_count
    count.set_aside += updater.refused_count
    count.to_update = 0
    archive(work, table, count)
    _reconcile(work, table, count)


def _reconcile(work: Work, table: TargetTable, count: PhaseCount) -> None:
    """Stop unless every planned row has exactly one outcome."""
    work.ledger.event(work.run_id, "phase reconciled", **asdict(count))
    if count.accounted != count.rows:
        raise StoppedError(
            f"{table.entry} does not add up: {count.rows} rows planned,"
            f" {count.accounted} accounted for",
            where=f"phase {table.phase}, {table.model}",
            state="Later phases were not begun. What was written is in the ledger.",
            todo="Run `moorage plan` again and look at `moorage issues`; then run again.",
        )
