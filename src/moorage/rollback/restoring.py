"""Updates put back: each field, where Odoo still holds what was written."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from moorage.errors import RowError
from moorage.ledger import undo as ledger_undo
from moorage.rollback.plan import Kept, Restore, RollbackPlan
from moorage.rollback.scope import Scope, chunks
from moorage.rollback.values import same, to_write

Chain = list[sqlite3.Row]
FieldOf = tuple[str, int, str]


def plan_restores(scope: Scope, plan: RollbackPlan, *, force: bool) -> None:
    """Sort the changes of the scope into those to put back and those to leave."""
    going = {(one.model, one.odoo_id) for one in [*plan.delete, *plan.gone]}
    staying = {(one.model, one.odoo_id) for one in plan.kept}
    chains: dict[FieldOf, Chain] = {}
    for change in ledger_undo.changes(scope.ledger, scope.destination_id, scope.run_id):
        place = (change["model"], change["odoo_id"])
        if place not in going and place not in staying:
            chains.setdefault((*place, change["field"]), []).append(change)
    current = _current(scope, chains)
    for place_of, chain in chains.items():
        _judge(scope, plan, chain, current.get(place_of, _GONE), force=force)


_GONE = object()


def _current(scope: Scope, chains: Iterable[FieldOf]) -> dict[FieldOf, Any]:
    """What Odoo holds now in each of the fields."""
    wanted: dict[str, tuple[set[int], set[str]]] = {}
    for model, odoo_id, name in chains:
        ids, names = wanted.setdefault(model, (set(), set()))
        ids.add(odoo_id)
        names.add(name)
    found: dict[FieldOf, Any] = {}
    for model, (ids, names) in wanted.items():
        there = [name for name in sorted(names) if name in scope.destination.fields(model)]
        for part in chunks(sorted(ids)):
            for page in scope.destination.pages(model, [("id", "in", part)], there):
                for row in page:
                    found |= {(model, row["id"], name): row[name] for name in there}
    return found


def _judge(scope: Scope, plan: RollbackPlan, chain: Chain, now: Any, *, force: bool) -> None:
    """Find where in the chain of changes (latest first) Odoo stands, and go back from there."""
    latest, first = chain[0], chain[-1]
    field = scope.destination.fields(latest["model"]).get(latest["field"])
    if field is None or now is _GONE:
        plan.kept_changes.append(_kept(latest, "the record or the field is gone"))
        return

    def holds(value: str) -> bool:
        return same(field, now, json.loads(value), scope.resolve)

    back_from = next((at for at, change in enumerate(chain) if holds(change["after"])), None)
    if back_from is None and not holds(first["before"]) and not force:
        words = f"{latest['field']} no longer holds what was written to it"
        plan.kept_changes.append(_kept(latest, words))
        return
    plan.restore += [
        Restore(change["id"], change["model"], change["key"], change["odoo_id"], change["field"])
        for change in chain
    ]


def _kept(change: sqlite3.Row, words: str) -> Kept:
    return Kept(change["model"], change["key"], change["odoo_id"], change["run_id"], (words,))


def restore(scope: Scope, plan: RollbackPlan) -> tuple[int, list[Kept]]:
    """Put back what the plan says, record by record; how many fields, and what was refused."""
    wanted = {one.change_id for one in plan.restore}
    rows = ledger_undo.changes(scope.ledger, scope.destination_id, scope.run_id)
    by_record: dict[tuple[str, int], Chain] = {}
    for change in rows:
        if change["id"] in wanted:
            by_record.setdefault((change["model"], change["odoo_id"]), []).append(change)
    refused: list[Kept] = []
    restored = 0
    for (model, odoo_id), chain in by_record.items():
        described = scope.destination.fields(model)
        # Latest first: the earliest before-image of each field is the one that remains.
        values = {
            change["field"]: to_write(described[change["field"]], json.loads(change["before"]))
            for change in chain
        }
        try:
            scope.destination.write(model, [odoo_id], values)
        except RowError as error:
            refused.append(_kept(chain[0], error.reason))
            continue
        for change in chain:
            ledger_undo.mark_change(scope.ledger, scope.destination_id, change, "restored")
        restored += len(values)
    return restored, refused
