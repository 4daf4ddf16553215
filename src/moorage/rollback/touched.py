"""Which of our records people have changed since: what they did is not undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from moorage.ledger import undo as ledger_undo
from moorage.rollback.plan import Standing
from moorage.rollback.scope import Place, Scope, chunks, loaded_values
from moorage.rollback.values import compared, same

#: Odoo's own user: scheduled jobs, not people.
SYSTEM_USER_ID = 1
Reasons = dict[Place, list[str]]


def find_touched(scope: Scope, rollback_started_at: str | None) -> tuple[Reasons, set[Place]]:
    """Reasons by record that was changed since it was loaded; and records that are gone.

    What our own user wrote after the last run counts too (an administrator may share it), unless
    it was an earlier, killed attempt of this rollback.
    """
    reasons: Reasons = {}
    gone: set[Place] = set()
    touched = ledger_undo.touched_ids(scope.ledger, scope.destination_id)
    for model, records in scope.created.items():
        for part in chunks(list(records)):
            standing = _written(scope, model, part)
            gone |= {(model, records[i].key) for i in part if i not in standing}
            suspects = {
                odoo_id: user_id
                for odoo_id, (user_id, written_at) in standing.items()
                if _suspect(scope, records[odoo_id], user_id, written_at, rollback_started_at)
            }
            reasons |= _changed(scope, model, suspects)
        for odoo_id in touched.get(model, set()) & records.keys():
            place = (model, records[odoo_id].key)
            if place not in gone:
                reasons.setdefault(place, ["changed by people between two runs"])
    return reasons, gone


def _written(scope: Scope, model: str, ids: list[int]) -> dict[int, tuple[int, str]]:
    """Who wrote each of `ids` last, and when; those that are gone are left out."""
    has_log = "write_uid" in scope.destination.fields(model)
    names = ["write_uid", "write_date"] if has_log else ["id"]
    pages = scope.destination.pages(model, [("id", "in", ids)], names, size=len(ids) + 1)
    return {
        int(row["id"]): (int(row.get("write_uid") or 0), str(row.get("write_date") or ""))
        for page in pages
        for row in page
    }


def _suspect(
    scope: Scope, record: Standing, user_id: int, written_at: str, rollback_started_at: str | None
) -> bool:
    if user_id in (0, SYSTEM_USER_ID):
        return False
    if user_id != scope.destination.identity.user_id:
        return True
    if rollback_started_at is not None and written_at >= rollback_started_at:
        return False
    return written_at > scope.ended_for(record)


def _changed(scope: Scope, model: str, suspects: dict[int, int]) -> Reasons:
    """Field by field, what `suspects` (id: last user) no longer hold."""
    if not suspects:
        return {}
    described = scope.destination.fields(model)
    records = scope.created[model]
    loaded = {odoo_id: loaded_values(records[odoo_id]) for odoo_id in suspects}
    names = sorted(
        {compared(described[name]) for row in loaded.values() for name in row if name in described}
    )
    reasons: Reasons = {}
    domain = [("id", "in", list(suspects))]
    for page in scope.destination.pages(model, domain, names or ["id"]):
        for row in page:
            odoo_id = int(row["id"])
            fields = _differing(scope, model, row, loaded[odoo_id])
            user_id = suspects[odoo_id]
            if fields:
                words = [f"{name} was changed by user {user_id}" for name in fields]
                reasons[model, records[odoo_id].key] = words
            elif user_id != scope.destination.identity.user_id:
                words = [f"written to by user {user_id}, in fields that were not loaded"]
                reasons[model, records[odoo_id].key] = words
    return reasons


def _differing(scope: Scope, model: str, row: dict[str, Any], loaded: dict[str, Any]) -> list[str]:
    described = scope.destination.fields(model)
    # What a link by model and id points to stands beside it.
    beside = loaded.get("res_model") or loaded.get("model")
    return [
        name
        for name, value in sorted(loaded.items())
        if (field := described.get(name))
        and not same(
            replace(field, relation=beside) if field.type == "many2one_reference" else field,
            row[compared(field)],
            value,
            scope.resolve,
        )
    ]
