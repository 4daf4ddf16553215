"""What a rollback is about: the runs, their records, and where every key stands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from moorage.companions import COMPANIONS, companions
from moorage.destination import Destination
from moorage.ledger import Ledger
from moorage.ledger import undo as ledger_undo
from moorage.rollback.plan import Standing

Place = tuple[str, str]
_LINKS = ("many2one", "many2many", "many2one_reference", "integer")


class Scope:
    """The records of the runs to undo, and the ids of all keys of the destination."""

    def __init__(
        self, ledger: Ledger, destination: Destination, destination_id: int, run_id: int | None
    ) -> None:
        self.ledger = ledger
        self.destination = destination
        self.destination_id = destination_id
        self.run_id = run_id
        runs = ledger_undo.load_runs(ledger, destination_id, run_id)
        self.run_ids = tuple(int(run["id"]) for run in runs)
        everything = ledger_undo.load_runs(ledger, destination_id, None)
        self.full = set(self.run_ids) == {int(run["id"]) for run in everything}
        # A run that was killed has no end: from its start on, what another user wrote is theirs.
        self.ended = {
            int(run["id"]): str(run["odoo_ended_at"] or run["odoo_started_at"] or "")
            for run in everything
        }
        starts = [str(run["odoo_started_at"]) for run in runs if run["odoo_started_at"]]
        self.started_at = min(starts, default="")
        self.ended_at = max((self.ended[number] for number in self.run_ids), default="")
        self._last_runs = ledger_undo.last_runs(ledger, destination_id)
        self.ids: dict[Place, int] = {}
        self.created: dict[str, dict[int, Standing]] = {}
        self.ours: dict[str, set[int]] = {}
        self.adopted: list[Standing] = []
        #: Records of ours that other runs made.
        self.outside: list[Standing] = []
        self._models: dict[str, str] = {}
        self._companions: dict[Place, int | None] = {}
        self._sort()

    def _sort(self) -> None:
        order = ledger_undo.creation_order(self.ledger, self.destination_id)
        inside = set(self.run_ids)
        for row in ledger_undo.standing(self.ledger, self.destination_id):
            model, key, odoo_id = row["model"], row["key"], int(row["odoo_id"])
            self.ids[model, key] = odoo_id
            self._models.setdefault(key, model)
            if row["operation"] == "created":
                self.ours.setdefault(model, set()).add(odoo_id)
            record = Standing(
                model, key, odoo_id, row["operation"], row["run_id"], row["loaded"],
                order.get((model, key), 0),
            )  # fmt: skip
            if record.run_id not in inside:
                self.outside.append(record)
            elif record.operation == "created":
                self.created.setdefault(model, {})[odoo_id] = record
            else:
                self.adopted.append(record)

    def __iter__(self) -> Iterator[Standing]:
        """All records of the scope that were created."""
        for records in self.created.values():
            yield from records.values()

    def ended_for(self, record: Standing) -> str:
        """Odoo's time after which what was written to `record` was not written by a run."""
        last = self._last_runs.get((record.model, record.key), record.run_id)
        return max(self.ended.get(record.run_id, ""), self.ended.get(last, ""))

    def resolve(self, model: str | None, key: str) -> int | None:
        """The id that a link of `key` to `model` holds, or None where it stands no more.

        It may be that of a record which Odoo made along with ours, such as a user's partner.
        """
        own = self._model(model, key)
        if own is None or own == model or model is None:
            return self.ids.get((own or "", key))
        if (own, key) not in self._companions:
            pages = companions(self.destination, own, model, [self.ids[own, key]])
            found = [other for page in pages for _, other in page]
            self._companions[own, key] = found[0] if found else None
        return self._companions[own, key]

    def find(self, model: str | None, key: str) -> Standing | None:
        """The created record of the scope behind `key`."""
        own = self._model(model, key) or ""
        odoo_id = self.ids.get((own, key))
        return None if odoo_id is None else self.created.get(own, {}).get(odoo_id)

    def _model(self, model: str | None, key: str) -> str | None:
        """The model of our record behind a link of `key` to `model`."""
        if model is None:
            return self._models.get(key)
        if (model, key) in self.ids:
            return model
        owners = (own for own, along in COMPANIONS.items() if model in along)
        return next((own for own in owners if (own, key) in self.ids), None)


def loaded_values(record: Standing) -> dict[str, Any]:
    """The row as it was loaded; empty where the ledger does not know it."""
    values: dict[str, Any] = json.loads(record.loaded) if record.loaded else {}
    return values


def linked(scope: Scope, record: Standing) -> Iterator[tuple[str, str, str]]:
    """(field, model, key) of every link in the record's loaded row."""
    described = scope.destination.fields(record.model)
    loaded = loaded_values(record)
    for name, value in loaded.items():
        field = described.get(name)
        if field is None or field.type not in _LINKS or not value:
            continue
        for key in value if isinstance(value, list) else [value]:
            # What a reference by id points to, its key tells.
            found = scope.find(field.relation, key) if isinstance(key, str) else None
            if found is not None:
                yield name, found.model, key


def chunks(ids: list[int], size: int = 1000) -> Iterator[list[int]]:
    """`ids` in parts."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def in_calls(records: Sequence[Standing], size: int) -> Iterator[list[Standing]]:
    """Records in calls of one model each, the order kept."""
    part: list[Standing] = []
    for record in records:
        if part and (part[0].model != record.model or len(part) >= size):
            yield part
            part = []
        part.append(record)
    if part:
        yield part


def by_model(records: Sequence[Standing]) -> Iterator[tuple[str, list[Standing]]]:
    """Records parted by model."""
    found: dict[str, list[Standing]] = {}
    for record in records:
        found.setdefault(record.model, []).append(record)
    yield from found.items()
