"""A small Odoo for the plan's tests: records in a dictionary, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moorage.destination import DestinationIdentity, ModelField


class FakeDestination:
    """Holds `records[model][id] = values` and the External IDs `keys[model][key] = id`."""

    def __init__(self, fields: dict[str, dict[str, str]] | None = None) -> None:
        self.described = fields or {}
        self.identity = DestinationIdentity(
            "http://odoo", "db", "uuid", "19.0", "community", 2, "admin", 1, "EUR"
        )
        self.records: dict[str, dict[int, dict[str, Any]]] = {}
        self.keys: dict[str, dict[str, int]] = {}
        self.cascading: list[tuple[str, str]] = []

    def add(self, model: str, **values: Any) -> int:
        odoo_id = len(self.records.setdefault(model, {})) + 1
        self.records[model][odoo_id] = {"id": odoo_id, "active": True, **values}
        return odoo_id

    def automations(self, models: Any) -> list[str]:
        return []

    def fields(self, model: str) -> dict[str, ModelField]:
        names = self.described.get(model, {})
        return {name: ModelField(name, kind, name) for name, kind in names.items()}

    def read(self, model: str, method: str, **_: Any) -> Any:
        if model == "ir.model.fields":
            return [{"model": of, "name": name} for of, name in self.cascading]
        assert method == "search_count"
        return len(self.records.get(model, {}))

    def pages(
        self, model: str, domain: Any, fields: Any, *, size: int = 2000
    ) -> Iterator[list[dict[str, Any]]]:
        wanted = {i for term in domain if term[:2] == ("id", "in") for i in term[2]}
        rows = [
            {"id": row["id"], **{name: row.get(name, False) for name in fields}}
            for row in self.records.get(model, {}).values()
            if not domain or row["id"] in wanted
        ]
        for start in range(0, len(rows), size):
            yield rows[start : start + size]

    def all_keys(self, model: str) -> Iterator[list[tuple[str, int]]]:
        yield list(self.keys.get(model, {}).items())
