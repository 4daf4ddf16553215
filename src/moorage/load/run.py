"""Carries out a confirmed plan, phase by phase, and reconciles the counts after each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

from moorage.destination import Destination
from moorage.errors import StoppedError
from moorage.ledger import Ledger, SetAside, Warned
from moorage.load.batches import Outcome, Row, batches, create_isolating
from moorage.load.links import missing_links, prepare_refused, put_off, refuse
from moorage.load.recover import recover
from moorage.load.rows import add_ids, as_created_sql, prepare_ids, values_query
from moorage.load.updates import Updater
from moorage.mapping.target import TargetTable
from moorage.staging import Staging
from moorage.staging.staging import identifier, literal

Progress = Callable[[str, int, int], None]


@dataclass
class PhaseCount:
    """One entry after its phase: what the plan said, what happened, what Odoo holds."""

    entry: str
    model: str
    phase: int
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    matched: int = 0
    merged: int = 0
    waived: int = 0
    set_aside: int = 0
    conflicts: int = 0
    to_update: int = 0

    @property
    def accounted(self) -> int:
        """The sum of the outcomes; equals `rows` or the run stops."""
        return (
            self.created + self.updated + self.unchanged + self.matched
            + self.merged + self.waived + self.set_aside + self.conflicts + self.to_update
        )  # fmt: skip


@dataclass
class LoadReport:
    """A run: its counts by entry, and how the counters of Odoo moved."""

    run_id: int
    phases: list[PhaseCount] = field(default_factory=list)
    counters_before: dict[str, int] = field(default_factory=dict)
    counters_after: dict[str, int] = field(default_factory=dict)

    @property
    def moved(self) -> dict[str, int]:
        """By how much each counter of Odoo moved in this run."""
        return {
            model: after - self.counters_before.get(model, 0)
            for model, after in self.counters_after.items()
            if after != self.counters_before.get(model, 0)
        }


class Loader:
    """One run into one destination. The coordinator: the only writer of the ledger."""

    def __init__(
        self,
        staging: Staging,
        ledger: Ledger,
        destination: Destination,
        destination_id: int,
        tables: Sequence[TargetTable],
        *,
        executor: Executor | None = None,
        on_progress: Progress | None = None,
    ) -> None:
        self._staging = staging
        self._connection = staging.connection
        self._ledger = ledger
        self._destination = destination
        self._destination_id = destination_id
        self._tables = sorted(tables, key=lambda table: (table.phase, table.entry))
        self._executor = executor
        self._progress = on_progress or (lambda *_: None)
        self._run_id = 0

    def run(self, plan_digest: str) -> LoadReport:
        """Carry out `meta.plan`. May be killed at any moment and called again."""
        self._run_id = self._ledger.start_run(
            self._destination_id, "load", plan_digest, self._destination.now()
        )
        report = LoadReport(self._run_id, counters_before=self._destination.counters())
        own_executor = self._executor is None
        executor = self._executor or ThreadPoolExecutor(
            self._destination.connections, thread_name_prefix="load"
        )
        try:
            recover(self._ledger, self._destination, self._destination_id, self._connection)
            prepare_refused(self._connection)
            prepare_ids(self._connection, self._ledger.records(self._destination_id))
            for table in self._tables:
                report.phases.append(self._phase(table, executor))
            for table, count in zip(self._tables, report.phases, strict=True):
                self._second_pass(table, count)
        except BaseException:
            self._ledger.end_run(self._run_id, "stopped")
            raise
        finally:
            if own_executor:
                executor.shutdown(wait=True, cancel_futures=True)
        report.counters_after = self._destination.counters()
        self._ledger.end_run(self._run_id, "done", asdict(report), self._destination.now())
        return report

    # -- one entry ---------------------------------------------------------------------------

    def _phase(self, table: TargetTable, executor: Executor) -> PhaseCount:
        count = PhaseCount(table.entry, table.model, table.phase)
        self._planned(table, count)
        self._set_aside_planned(table)
        self._match(table, count)
        self._create(table, count, executor)
        self._merge(table)
        self._reconcile(table, count)
        return count

    def _second_pass(self, table: TargetTable, count: PhaseCount) -> None:
        """Links that could not be known before, then updates, when all that they need exists."""
        updater = self._updater(table)
        if any(field.later for field in table.fields):
            updater.fill_later()
            _, warned = missing_links(self._connection, table, later=True)
            self._warn(table, warned)
            updater.finish_created()
        updater.update(count.to_update, self._progress)
        count.updated, count.conflicts = updater.updated_count, updater.conflict_count
        count.set_aside += updater.refused_count
        count.to_update = 0
        self._reconcile(table, count)

    def _updater(self, table: TargetTable) -> Updater:
        return Updater(
            self._connection,
            ledger=self._ledger,
            destination=self._destination,
            destination_id=self._destination_id,
            run_id=self._run_id,
            table=table,
        )

    def _plan_sql(self, table: TargetTable, operation: str, columns: str) -> str:
        return (
            f"SELECT {columns} FROM meta.plan WHERE entry = {literal(table.entry)}"
            f" AND operation = {literal(operation)}"
        )

    def _planned(self, table: TargetTable, count: PhaseCount) -> None:
        rows = self._connection.execute(
            "SELECT operation, count(*) FROM meta.plan WHERE entry = ? GROUP BY 1", [table.entry]
        ).fetchall()
        planned: dict[str, int] = dict(rows)
        planned.pop("not_in_sample", None)
        count.rows = sum(planned.values())
        count.unchanged = planned.get("unchanged", 0)
        count.to_update = planned.get("update", 0)
        count.merged = planned.get("merge", 0)
        count.waived = planned.get("waive", 0)
        count.set_aside = planned.get("set_aside", 0)

    def _set_aside_planned(self, table: TargetTable) -> None:
        rows = self._connection.execute(
            self._plan_sql(table, "set_aside", "key, reason")
        ).fetchall()
        aside = [SetAside(key, "mapping", reason, key) for key, reason in rows]
        self._ledger.put_aside(self._run_id, self._destination_id, table.entry, table.model, aside)

    def _match(self, table: TargetTable, count: PhaseCount) -> None:
        rows = self._connection.execute(
            self._plan_sql(table, "match", "key, odoo_id, digest, loaded")
        ).fetchall()
        self._adopt(table, "match", [(Row(k, "", d, loaded), i) for k, i, d, loaded in rows])
        count.matched = len(rows)

    def _merge(self, table: TargetTable) -> None:
        rows = self._connection.execute(
            "SELECT p.key, i.odoo_id FROM meta.plan p"
            " JOIN meta.ids i ON i.model = p.model AND i.key = p.into_key"
            " WHERE p.entry = ? AND p.operation = 'merge'",
            [table.entry],
        ).fetchall()
        self._adopt(table, "merge", [(Row(key, "", "", ""), odoo_id) for key, odoo_id in rows])

    def _adopt(self, table: TargetTable, operation: str, rows: list[tuple[Row, int]]) -> None:
        known = {
            key
            for (key,) in self._connection.execute(
                "SELECT key FROM meta.ids WHERE model = ?", [table.model]
            ).fetchall()
        } if rows else set()  # fmt: skip
        new = [(row, odoo_id) for row, odoo_id in rows if row.key not in known]
        for start in range(0, len(new), 1000):
            part = new[start : start + 1000]
            keys = [row.key for row, _ in part]
            batch_id = self._ledger.intend(self._run_id, table.entry, table.model, operation, keys)
            self._destination.adopt(table.model, {row.key: odoo_id for row, odoo_id in part})
            past = {"match": "matched", "merge": "merged"}[operation]
            receipts = [row.receipt(odoo_id) for row, odoo_id in part]
            self._receive(table, batch_id, Outcome(receipts), past)

    # -- creation ----------------------------------------------------------------------------

    def _create(self, table: TargetTable, count: PhaseCount, executor: Executor) -> None:
        if table.self_links:
            while self._create_ready(table, count, executor, self._parents_known(table)):
                pass
        # What hangs on a record that did not go; also what is left of a circle of parents.
        self._missing_links(table, count)
        self._create_ready(table, count, executor, "")
        count.created = self._known(table)

    def _missing_links(self, table: TargetTable, count: PhaseCount) -> None:
        aside, warned = missing_links(self._connection, table)
        self._ledger.put_aside(self._run_id, self._destination_id, table.entry, table.model, aside)
        self._warn(table, warned)
        refuse(self._connection, table.entry, [row.key for row in aside])
        count.set_aside += len(aside)

    def _warn(self, table: TargetTable, warned: list[Warned]) -> None:
        """Note links left empty; the next plan comes back to them, for the ledger says so."""
        self._ledger.warn(self._run_id, self._destination_id, table.entry, table.model, warned)
        put_off(self._connection, [row.key for row in warned])

    def _known(self, table: TargetTable) -> int:
        """How many of the plan's creations stand in Odoo."""
        row = self._connection.execute(
            "SELECT count(*) FROM meta.plan p JOIN meta.ids i"
            " ON i.model = p.model AND i.key = p.key"
            " WHERE p.entry = ? AND p.operation = 'create'",
            [table.entry],
        ).fetchone()
        return int(row[0]) if row else 0

    def _parents_known(self, table: TargetTable) -> str:
        terms = [
            f"(t.{identifier(name)} IS NULL OR EXISTS (SELECT 1 FROM meta.ids i"
            f" WHERE i.model = {literal(table.model)} AND i.key = t.{identifier(name)}))"
            for name in table.self_links
        ]
        return (
            f" AND EXISTS (SELECT 1 FROM {table.table} t"
            f" WHERE t.key = p.key AND {' AND '.join(terms)})"
        )

    def _create_ready(
        self, table: TargetTable, count: PhaseCount, executor: Executor, condition: str
    ) -> int:
        """Create the planned rows that fulfil `condition`; how many became records."""
        profile = self._destination.profile(table.model)
        keys_sql = (
            f"SELECT p.key, {as_created_sql(table)} FROM meta.plan p"
            f" WHERE p.entry = {literal(table.entry)} AND p.operation = 'create'{condition}"
            " AND NOT EXISTS (SELECT 1 FROM meta.ids i WHERE i.model = p.model AND i.key = p.key)"
            " AND NOT EXISTS (SELECT 1 FROM meta.refused r"
            " WHERE r.key = p.key AND r.entry = p.entry)"
        )
        group = profile.group_field
        has_group = any(field.name == group and field.holds == "link" for field in table.fields)
        query = values_query(
            table, keys_sql, given=profile.given, group_field=group if has_group else None
        )
        cursor = self._connection.cursor()
        reader: Any = cursor.execute(query).to_arrow_reader(profile.batch_rows)
        created = 0
        new_ids: list[tuple[str, str, int]] = []
        refused: list[str] = []
        for outcome in self._sent(table, executor, batches(reader, profile.batch_rows)):
            created += len(outcome.receipts)
            count.set_aside += len(outcome.refused)
            new_ids += [(table.model, item.key, item.odoo_id) for item in outcome.receipts]
            refused += [item.key for item in outcome.refused]
            self._progress(table.entry, created + len(refused), count.rows)
        cursor.close()
        add_ids(self._connection, new_ids)
        refuse(self._connection, table.entry, refused)
        return created

    def _sent(
        self, table: TargetTable, executor: Executor, parts: Iterator[list[Row]]
    ) -> Iterator[Outcome]:
        """Send batches through the executor, a few under way at once; outcomes in order."""
        window = self._destination.connections + 2
        under_way: deque[tuple[int, Future[Outcome]]] = deque()
        try:
            for part in parts:
                keys = [row.key for row in part]
                batch_id = self._ledger.intend(
                    self._run_id, table.entry, table.model, "create", keys
                )
                future = executor.submit(create_isolating, self._destination, table.model, part)
                under_way.append((batch_id, future))
                if len(under_way) >= window:
                    yield self._answered(table, *under_way.popleft())
            while under_way:
                yield self._answered(table, *under_way.popleft())
        except BaseException:
            self._save_answers(table, under_way)
            raise

    def _save_answers(
        self, table: TargetTable, under_way: deque[tuple[int, Future[Outcome]]]
    ) -> None:
        """On the way out of a failure, keep what other calls have answered meanwhile."""
        for batch_id, future in under_way:
            if not future.cancel() and future.exception() is None:
                self._receive(table, batch_id, future.result(), "created")

    def _answered(self, table: TargetTable, batch_id: int, future: Future[Outcome]) -> Outcome:
        outcome = future.result()
        self._receive(table, batch_id, outcome, "created", known=False)
        return outcome

    def _receive(
        self,
        table: TargetTable,
        batch_id: int,
        outcome: Outcome,
        operation: str,
        *,
        known: bool = True,
    ) -> None:
        self._ledger.receive(
            batch_id, self._destination_id, outcome.receipts, outcome.refused, operation=operation
        )
        if known:
            rows = [(table.model, item.key, item.odoo_id) for item in outcome.receipts]
            add_ids(self._connection, rows)

    # -- reconciliation ----------------------------------------------------------------------

    def _reconcile(self, table: TargetTable, count: PhaseCount) -> None:
        """Stop unless every planned row has exactly one outcome."""
        self._ledger.event(self._run_id, "phase reconciled", **asdict(count))
        if count.accounted != count.rows:
            raise StoppedError(
                f"{table.entry} does not add up: {count.rows} rows planned,"
                f" {count.accounted} accounted for",
                where=f"phase {table.phase}, {table.model}",
                state="Later phases were not begun. What was written is in the ledger.",
                todo="Run `moorage plan` again and look at `moorage issues`; then run again.",
            )
