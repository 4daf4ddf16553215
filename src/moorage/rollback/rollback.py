"""The way back: what a run made is deleted, what it changed put back, what people did is left."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence

from moorage.destination import Destination
from moorage.errors import RefusedError, RowError
from moorage.ledger import Ledger, Receipt
from moorage.ledger import undo as ledger_undo
from moorage.rollback.closure import Closure
from moorage.rollback.hanging import find_hanging
from moorage.rollback.plan import Kept, RollbackPlan, RollbackReport, Standing
from moorage.rollback.restoring import plan_restores, restore
from moorage.rollback.scope import Scope, by_model, in_calls
from moorage.rollback.touched import Reasons, find_touched

BATCH_ROWS = 200
#: Of records that are looked for, and found gone: all there is to do is little.
RETRY_ROWS = 1000

#: Takes records away with all that Odoo made besides them; RowError where Odoo refuses. Called
#: without ids at the end, to complete what a kill left half-way.
Undo = Callable[[Destination, Sequence[int]], None]
#: Takes the External IDs of these keys of a model away; the records stay.
DropKeys = Callable[[str, Sequence[str]], None]
#: Undoes fields and settings; how many.
UndoPreparations = Callable[[Destination, Ledger, int], int]
Progress = Callable[[str, int, int], None]


def plan_rollback(
    ledger: Ledger,
    destination: Destination,
    destination_id: int,
    run_id: int | None = None,
    *,
    force: bool = False,
) -> RollbackPlan:
    """What undoing `run_id`, or everything, would do. Only reads, in Odoo and in the ledger.

    `force` deletes and restores what people changed since, too.
    """
    scope = Scope(ledger, destination, destination_id, run_id)
    return _plan(scope, None, force=force)


def _plan(scope: Scope, rollback_started_at: str | None, *, force: bool) -> RollbackPlan:
    plan = RollbackPlan(scope.run_ids, scope.full)
    reasons, gone = find_touched(scope, rollback_started_at)
    for place, words in find_hanging(scope).items():
        reasons.setdefault(place, []).extend(words)
    if force:
        reasons = {}
    Closure(scope).widen(reasons)
    for record in sorted(scope, key=lambda one: (one.batch, one.model, one.odoo_id), reverse=True):
        place = (record.model, record.key)
        if place in gone:
            plan.gone.append(record)
        elif place in reasons:
            plan.kept.append(_kept(record, reasons[place]))
        else:
            plan.delete.append(record)
    staying = {(one.model, one.odoo_id) for one in plan.kept}
    plan.release = [one for one in scope.adopted if (one.model, one.odoo_id) not in staying]
    plan_restores(scope, plan, force=force)
    if scope.full:
        plan.preparations = len(ledger_undo.preparations(scope.ledger, scope.destination_id))
    return plan


def roll_back(
    ledger: Ledger,
    destination: Destination,
    destination_id: int,
    run_id: int | None = None,
    *,
    drop_keys: DropKeys,
    undo: Mapping[str, Undo] | None = None,
    undo_preparations: UndoPreparations | None = None,
    go_along: Collection[str] = (),
    force: bool = False,
    on_progress: Progress | None = None,
) -> RollbackReport:
    """Undo `run_id`, or everything. May be killed at any moment and called again.

    Records of the models in `go_along` are deleted by Odoo with what they are part of.
    Preparations are undone only with everything, and only if no record of ours stays.
    """
    settle(ledger, destination, destination_id)
    digest = f"rollback {run_id or 'all'}{' by force' if force else ''}"
    own_run = ledger.start_run(destination_id, "rollback", digest, destination.now())
    started_at = ledger.odoo_started_at(own_run)
    scope = Scope(ledger, destination, destination_id, run_id)
    plan = _plan(scope, started_at, force=force)
    work = _WayBack(scope, plan, RollbackReport(own_run), drop_keys, undo or {}, go_along)
    try:
        work.go(on_progress or (lambda *_: None))
        if scope.full and undo_preparations is not None:
            work.undo_preparations(undo_preparations)
    except BaseException:
        ledger.end_run(own_run, "stopped")
        raise
    work.close()
    return work.report


def settle(ledger: Ledger, destination: Destination, destination_id: int) -> None:
    """Find out what became of calls whose answer was never written down."""
    past = {"create": "created", "match": "matched", "merge": "merged"}
    for batch in ledger.open_batches(destination_id):
        receipts = []
        if batch["operation"] in past:
            found = destination.find_keys(batch["model"], json.loads(batch["keys"]))
            receipts = [Receipt(key, odoo_id, "", "") for key, odoo_id in found.items()]
        operation = past.get(batch["operation"], "created")
        ledger.receive(batch["id"], destination_id, receipts, operation=operation)


def _kept(record: Standing, reasons: Sequence[str]) -> Kept:
    return Kept(record.model, record.key, record.odoo_id, record.run_id, tuple(reasons))


class _WayBack:
    """Carries out one plan."""

    def __init__(  # noqa: PLR0917
        self,
        scope: Scope,
        plan: RollbackPlan,
        report: RollbackReport,
        drop_keys: DropKeys,
        undo: Mapping[str, Undo],
        go_along: Collection[str],
    ) -> None:  # fmt: skip
        self.scope = scope
        self.plan = plan
        self.report = report
        self.drop_keys = drop_keys
        self.undo = undo
        self.go_along = go_along
        self.started = time.monotonic()
        self.closure = Closure(scope)
        self.stay: Reasons = {}
        self.going = {(one.model, one.key) for one in plan.delete}
        self.deferred: list[Standing] = []

    def go(self, progress: Progress) -> None:
        self.report.kept += self.plan.kept
        self.report.kept_changes += self.plan.kept_changes
        self.report.restored, refused = restore(self.scope, self.plan)
        self.report.kept_changes += refused
        for model, records in by_model(self.plan.gone):
            self._forget(model, records)
        self.report.already_gone = len(self.plan.gone)
        done = 0
        for part in in_calls(self.plan.delete, BATCH_ROWS):
            staying = [one for one in part if (one.model, one.key) in self.stay]
            self.report.kept += [_kept(one, self.stay[one.model, one.key]) for one in staying]
            going = [one for one in part if one not in staying]
            if part[0].model in self.go_along:
                going = [one for one in going if not self._put_off(one)]
            self._delete(part[0].model, going)
            done += len(part)
            progress(part[0].model, done, len(self.plan.delete))
        self._retry()
        self._release()
        for finish in self.undo.values():
            finish(self.scope.destination, [])
        if self.scope.full:
            self._orphans()

    def _delete(self, model: str, records: list[Standing]) -> None:
        """Delete `records`; a refused call is halved until the refused ones stand alone."""
        if not records:
            return
        ids = [one.odoo_id for one in records]
        try:
            if model in self.undo:
                self.undo[model](self.scope.destination, ids)
            else:
                self.scope.destination.unlink(model, ids)
        except RowError as error:
            if len(records) == 1:
                self._refused(records[0], error.reason)
                return
            middle = len(records) // 2
            self._delete(model, records[:middle])
            self._delete(model, records[middle:])
            return
        self._forget(model, records)
        self.report.deleted[model] = self.report.deleted.get(model, 0) + len(records)

    def _refused(self, record: Standing, reason: str) -> None:
        """Keep what Odoo will not delete, out of sight where it can be, and what it links to.

        A part of something that goes itself, such as the line of a confirmed order, is met again
        when that is gone.
        """
        if self._put_off(record):
            return
        kept = _kept(record, [f"Odoo refuses: {reason}"])
        self.stay[record.model, record.key] = list(kept.reasons)
        self.closure.widen(self.stay, [(record.model, record.key)], parts=False)
        if "active" in self.scope.destination.fields(record.model):
            try:
                self.scope.destination.write(record.model, [record.odoo_id], {"active": False})
            except RowError:
                self.report.kept.append(kept)
                return
            self.report.archived.append(kept)
        else:
            self.report.kept.append(kept)

    def _put_off(self, record: Standing) -> bool:
        """Put off what is part of something that goes itself; whether it was."""
        is_part = (record.model, record.key) in self.going and any(
            (one.model, one.key) in self.going and (one.model, one.key) not in self.stay
            for one in self.closure.wholes(record)
        )
        if is_part:
            self.deferred.append(record)
        return is_part

    def _retry(self) -> None:
        """Records that were to go with what they are part of: forget them, or try once more."""
        self.going = set()
        for records in in_calls(sorted(self.deferred, key=lambda one: one.model), RETRY_ROWS):
            model = records[0].model
            domain = [("id", "in", [one.odoo_id for one in records])]
            pages = self.scope.destination.pages(model, domain, ["id"])
            there = {row["id"] for page in pages for row in page}
            gone = [one for one in records if one.odoo_id not in there]
            if gone:
                # The database deleted them without Odoo's own clearing up.
                self.drop_keys(model, [one.key for one in gone])
                self._forget(model, gone)
                self.report.deleted[model] = self.report.deleted.get(model, 0) + len(gone)
            self._delete(model, [one for one in records if one.odoo_id in there])

    def _release(self) -> None:
        """Take the External IDs off records that were there before, and off what is gone.

        What was merged into a record of ours that stays, stays known.
        """
        left = {(one.model, one.odoo_id) for one in [*self.report.kept, *self.report.archived]}
        for model, records in by_model(self.plan.release):
            going = [
                one
                for one in records
                if one.operation != "merged" or (one.model, one.odoo_id) not in left
            ]
            for start in range(0, len(going), 1000):
                part = going[start : start + 1000]
                self.drop_keys(model, [one.key for one in part])
                self._forget(model, part)
            self.report.released += len(going)

    def _orphans(self) -> None:
        """External IDs of ours that the ledger does not know: drop those that lead nowhere."""
        scope = self.scope
        known = {
            (one["model"], one["key"])
            for one in ledger_undo.standing(scope.ledger, scope.destination_id)
        }
        for model in sorted({model for model, _ in scope.ids}):
            for page in scope.destination.all_keys(model):
                unknown = {odoo_id: key for key, odoo_id in page if (model, key) not in known}
                domain = [("id", "in", list(unknown))]
                there = {
                    int(row["id"])
                    for rows in (scope.destination.pages(model, domain, ["id"]) if unknown else ())
                    for row in rows
                }
                empty = [key for odoo_id, key in unknown.items() if odoo_id not in there]
                if empty:
                    self.drop_keys(model, empty)
                words = ("it carries our External ID, but no run in the ledger made it",)
                self.report.kept += [Kept(model, unknown[i], i, 0, words) for i in sorted(there)]

    def _forget(self, model: str, records: Sequence[Standing]) -> None:
        ledger_undo.forget(
            self.scope.ledger, self.scope.destination_id, model, [one.key for one in records]
        )

    def undo_preparations(self, undo: UndoPreparations) -> None:
        """Fields and settings last, when no record needs them any more."""
        scope = self.scope
        standing = sum(1 for _ in ledger_undo.standing(scope.ledger, scope.destination_id))
        if standing:
            self.report.preparations_left = f"{standing} records still need them"
            return
        try:
            self.report.preparations_undone = undo(
                scope.destination, scope.ledger, scope.destination_id
            )
        except (RefusedError, RowError) as error:
            self.report.preparations_left = error.what

    def close(self) -> None:
        """Mark the runs, and this rollback, as what they are now."""
        report, scope = self.report, self.scope
        kept_runs = {one.run_id for one in [*report.kept, *report.kept_changes, *report.archived]}
        ledger_undo.mark_runs(scope.ledger, scope.destination_id, scope.run_ids, kept_runs)
        report.duration_seconds = time.monotonic() - self.started
        counts = {
            "deleted": report.deleted,
            "restored": report.restored,
            "released": report.released,
            "kept": len(report.kept),
            "archived": len(report.archived),
        }
        scope.ledger.end_run(report.run_id, "done", counts, scope.destination.now())
