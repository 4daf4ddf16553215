"""Custom fields and switches that a mapping needs in Odoo.

Stages, teams and tags are records of the source: they are planned, loaded, verified and rolled
back as such. Here stands only what changes Odoo's schema or its settings.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from moorage.destination import Destination, WantedField, WantedModel
from moorage.errors import RefusedError, SettingsError
from moorage.ledger import Ledger
from moorage.ledger.ledger import now_text


@dataclass(frozen=True)
class PreparationPlan:
    """What `prepare --apply` will do: models and fields to make, switches; what stands already."""

    fields: tuple[WantedField, ...]
    settings: tuple[str, ...]
    standing: tuple[WantedField, ...] = ()
    models: tuple[WantedModel, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether Odoo has all that the mapping needs."""
        return not self.fields and not self.settings and not self.models


def plan_preparation(
    destination: Destination,
    wanted: Iterable[WantedField],
    settings: Iterable[str] = (),
    models: Iterable[WantedModel] = (),
) -> PreparationPlan:
    """Compare what is wanted with what stands; SettingsError where a field of that name differs.

    Markers for every model of `wanted` are added.
    """
    fields = _with_markers(destination, wanted)
    missing, standing, conflicts = [], [], []
    for field in fields:
        existing = destination.fields(field.model).get(field.name)
        if existing is None:
            missing.append(field)
        elif existing.type != field.type or (existing.relation or None) != field.relation:
            conflicts.append(f"{field.model}.{field.name} is {existing.type}, not {field.type}")
        else:
            standing.append(field)
    if conflicts:
        raise SettingsError(
            f"Odoo has custom fields of another type: {'; '.join(conflicts)}",
            where=destination.identity.url,
            state="Nothing was changed.",
            todo="Give these fields another name in mapping.yaml and confirm it again.",
        )
    off = tuple(name for name in settings if destination.setting(name) is False)
    made = tuple(one for one in models if not destination.fields(one.model))
    return PreparationPlan(tuple(missing), off, tuple(standing), made)


def _with_markers(
    destination: Destination, wanted: Iterable[WantedField]
) -> dict[WantedField, None]:
    fields = dict.fromkeys(wanted)
    models = dict.fromkeys(field.model for field in fields)
    return dict.fromkeys([*(m for model in models for m in destination.markers(model)), *fields])


def apply_preparation(
    destination: Destination, ledger: Ledger, destination_id: int, plan: PreparationPlan
) -> int:
    """Make all of `plan`; its run's id. Killed half-way, the same call completes it."""
    # One open preparation at a time: a kill half-way changes what is missing, not which run it is.
    run_id = ledger.start_run(destination_id, "prepare", "prepare", destination.now())
    for name in plan.settings:
        _intend(ledger, destination_id, run_id, ("setting", "", name), "false")
        destination.set_setting(name, True)
    for model in plan.models:
        _intend(ledger, destination_id, run_id, ("model", model.model, ""), "null")
    model_ids = destination.make_models(plan.models) if plan.models else {}
    for field in plan.fields:
        _intend(ledger, destination_id, run_id, ("field", field.model, field.name), "null")
    ids = destination.make_fields(plan.fields) if plan.fields else {}
    with ledger.transaction() as connection:
        connection.execute(
            "UPDATE preparation SET status = 'done' WHERE run_id = ? AND kind = 'setting'",
            (run_id,),
        )
        connection.executemany(
            "UPDATE preparation SET status = 'done', odoo_id = ?"
            " WHERE run_id = ? AND kind = 'field' AND model = ? AND name = ?",
            [(field_id, run_id, model, name) for (model, name), field_id in ids.items()],
        )
        connection.executemany(
            "UPDATE preparation SET status = 'done', odoo_id = ?"
            " WHERE run_id = ? AND kind = 'model' AND model = ?",
            [(model_id, run_id, model) for model, model_id in model_ids.items()],
        )
    ledger.end_run(run_id, "done", {"fields": len(ids), "settings": len(plan.settings)})
    return run_id


def _intend(
    ledger: Ledger, destination_id: int, run_id: int, what: tuple[str, str, str], before: str
) -> None:
    with ledger.transaction() as connection:
        connection.execute(
            "INSERT OR IGNORE INTO preparation (destination_id, run_id, kind, model, name, before,"
            " after) VALUES (?, ?, ?, ?, ?, ?, 'true')",
            (destination_id, run_id, *what, before),
        )


def undo_preparations(destination: Destination, ledger: Ledger, destination_id: int) -> int:
    """Drop the fields that were made and turn the switches back; how many were undone.

    Only for a destination without records of this project: RefusedError otherwise.
    """
    standing = ledger.connection.execute(
        "SELECT count(*) FROM record WHERE destination_id = ?", (destination_id,)
    ).fetchone()[0]
    if standing:
        raise RefusedError(
            f"{standing} records of this project still stand in Odoo",
            state="Fields and settings were left.",
            todo="Look at what was kept and why: moorage rollback --plan-only.",
        )
    rows = ledger.connection.execute(
        "SELECT * FROM preparation WHERE destination_id = ? AND status IN ('intended', 'done')"
        " ORDER BY id DESC",
        (destination_id,),
    ).fetchall()
    names = [(row["model"], row["name"]) for row in rows if row["kind"] == "field"]
    found = destination.find_fields(names) if names else {}
    # One call: every deletion makes Odoo rebuild its models.
    destination.drop_fields(list(found.values()))
    models = [row["model"] for row in rows if row["kind"] == "model"]
    if models:
        destination.drop_models(models)
    for row in rows:
        if row["kind"] == "setting" and json.loads(row["before"]) is False:
            destination.set_setting(row["name"], False)
    _mark_undone(ledger, [row["id"] for row in rows])
    return len(rows)


def _mark_undone(ledger: Ledger, ids: Sequence[int]) -> None:
    with ledger.transaction() as connection:
        connection.executemany(
            "UPDATE preparation SET status = 'undone' WHERE id = ?", [(row_id,) for row_id in ids]
        )
        connection.execute(
            "INSERT INTO event (at, what, detail) VALUES (?, 'preparations undone', ?)",
            (now_text(), json.dumps({"count": len(ids)})),
        )
