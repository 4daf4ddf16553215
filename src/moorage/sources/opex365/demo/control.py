"""What tests may ask of the stand-in, under `/_control/`: nothing here is part of Dataverse."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from moorage.sources.opex365.demo.app import Answer, App, json_answer
from moorage.sources.opex365.demo.changes import change
from moorage.sources.opex365.demo.faults import Faults
from moorage.sources.opex365.demo.limits import Limits


class Control:
    """The orders of a test."""

    def __init__(self, app: App, limits: Limits, faults: Faults) -> None:
        self.app = app
        self.limits = limits
        self.faults = faults
        self._orders: dict[str, Callable[[Any], Any]] = {
            "account": self._account,
            "reset": self._reset,
            "limits": self._limits,
            "faults": self._faults,
            "tokens": self._tokens,
            "privileges": self._privileges,
            "tracking": self._tracking,
            "rows": lambda orders: change(app.store, orders),
            "sql": self._sql,
        }

    def handle(self, path: str, body: bytes) -> Answer:
        """Carry out one order; its answer is JSON."""
        order = self._orders.get(path.removeprefix("/_control/"))
        if order is None:
            return json_answer(404, {"orders": sorted(self._orders)})
        try:
            return json_answer(200, order(json.loads(body or b"null")))
        except (ValueError, KeyError, TypeError) as error:
            return json_answer(400, {"problem": f"{type(error).__name__}: {error}"})

    def _account(self, _: Any) -> dict[str, Any]:
        return self.limits.account() | {"tokens": self.app.tokens.given}

    def _reset(self, _: Any) -> dict[str, Any]:
        self.limits.reset()
        self.faults.order([])
        self.app.hidden = frozenset()
        self.app.tokens.given = 0
        return {}

    def _limits(self, given: Mapping[str, float]) -> dict[str, Any]:
        settings = self.limits.settings
        for name, value in given.items():
            setattr(settings, name, type(getattr(settings, name))(value))
        return vars(settings)

    def _faults(self, given: list[dict[str, Any]]) -> dict[str, Any]:
        self.faults.order(given)
        return {"orders": len(given)}

    def _tokens(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if "lifetime_seconds" in given:
            self.app.tokens.lifetime_seconds = float(given["lifetime_seconds"])
        if given.get("revoke"):
            self.app.tokens.revoke()
        return {"given": self.app.tokens.given}

    def _privileges(self, given: Mapping[str, list[str]]) -> dict[str, Any]:
        self.app.hidden = frozenset(given["hidden"])
        return {"hidden": sorted(self.app.hidden)}

    def _tracking(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if given.get("expire"):
            self.app.sets.expire_deltas()
        return {"oldest_version": self.app.sets.oldest_version}

    def _sql(self, given: Mapping[str, str]) -> list[list[Any]]:
        """A query over the store, for tests that want the truth."""
        rows = self.app.store.rows(given["sql"])
        return [
            [v if isinstance(v, int | float | str | None) else str(v) for v in row] for row in rows
        ]
