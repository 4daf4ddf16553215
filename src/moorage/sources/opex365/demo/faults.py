"""Faults that a test orders: storms of 429, errors, dropped or cut connections, slowness.

An order is `{"kind", "match", "after", "times", …}`: the first `after` requests whose address holds
`match` pass, the next `times` are hit. Kinds: `status` (with `status`, and `retry_after`),
`throttle` (with `limit`: requests, execution or concurrent; and `retry_after`), `drop`, `cut`,
`slow` (with `seconds`), `page` (an HTML page instead of JSON, with `status`), `expire` (the token).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

KINDS = ("status", "throttle", "drop", "cut", "slow", "page", "expire")


class Faults:
    """The orders that stand. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[dict[str, Any]] = []

    def order(self, orders: Sequence[Mapping[str, Any]]) -> None:
        """Replace all orders."""
        for order in orders:
            if order.get("kind") not in KINDS:
                raise ValueError(f"no such fault: {order.get('kind')!r}")
        with self._lock:
            self._orders = [{"match": "", "after": 0, "times": 1, **order} for order in orders]

    def hit(self, address: str) -> dict[str, Any] | None:
        """The order that hits this request, if one does."""
        with self._lock:
            for order in self._orders:
                if order["match"] not in address or order["times"] <= 0:
                    continue
                if order["after"] > 0:
                    order["after"] -= 1
                    continue
                order["times"] -= 1
                return dict(order)
        return None
