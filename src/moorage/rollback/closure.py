"""What must stay because something else stays: what it links to, and what is part of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from moorage.rollback.plan import Standing
from moorage.rollback.scope import Place, Scope, linked
from moorage.rollback.touched import Reasons


class Closure:
    """Widens a set of kept records until nothing kept hangs in the air."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._parts: dict[Place, list[Standing]] | None = None
        self._cascades: set[tuple[str, str]] | None = None

    def widen(
        self, reasons: Reasons, since: Sequence[Place] | None = None, *, parts: bool = True
    ) -> None:
        """Add to `reasons` what kept records link to and, unless `parts` is off, what is theirs.

        `since` are those that are kept since the last time; without it, all of `reasons`.
        """
        waiting = list(reasons if since is None else since)
        while waiting:
            place = waiting.pop()
            record = self._scope.find(*place)
            if record is None:
                continue
            for other in self._parents(record):
                if (other.model, other.key) not in reasons:
                    words = f"{record.model} {record.odoo_id}, which stays, links to it"
                    reasons[other.model, other.key] = [words]
                    waiting.append((other.model, other.key))
            for other in self._parts_of(place) if parts else ():
                if (other.model, other.key) not in reasons:
                    words = f"it is part of {record.model} {record.odoo_id}, which stays"
                    reasons[other.model, other.key] = [words]
                    waiting.append((other.model, other.key))

    def wholes(self, record: Standing) -> Iterator[Standing]:
        """The records that `record` is part of: with them, Odoo deletes it too."""
        for name, model, key in linked(self._scope, record):
            found = self._scope.find(model, key)
            if found is not None and (record.model, name) in self._cascading():
                yield found

    def _parents(self, record: Standing) -> Iterator[Standing]:
        for _, model, key in linked(self._scope, record):
            found = self._scope.find(model, key)
            if found is not None:
                yield found

    def _parts_of(self, place: Place) -> Iterable[Standing]:
        if self._parts is None:
            self._parts = self._find_parts()
        return self._parts.get(place, ())

    def _find_parts(self) -> dict[Place, list[Standing]]:
        """Records that Odoo deletes with another: order lines, messages, activities."""
        parts: dict[Place, list[Standing]] = {}
        for record in self._scope:
            for whole in self.wholes(record):
                parts.setdefault((whole.model, whole.key), []).append(record)
        return parts

    def _cascading(self) -> set[tuple[str, str]]:
        if self._cascades is None:
            self._cascades = self._find_cascades()
        return self._cascades

    def _find_cascades(self) -> set[tuple[str, str]]:
        domain = [
            ("model", "in", list(self._scope.created)),
            "|",
            ("on_delete", "=", "cascade"),
            ("ttype", "=", "many2one_reference"),
        ]
        pages = self._scope.destination.pages("ir.model.fields", domain, ["model", "name"])
        return {(row["model"], row["name"]) for page in pages for row in page}
