"""Where a mapping says that records of several objects may stand: maps from objects to models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def places(node: Any, name: str, model: str) -> Iterator[Any]:
    """Every map (`link`, `values`) in `node` that says `name` becomes `model`."""
    if isinstance(node, dict):
        if node.get(name) == model:
            yield node
        for value in node.values():
            yield from places(value, name, model)
