"""Decisions that people confirmed in earlier projects: one small file, readable and shareable.

It holds labels of fields and where they went, never a value. A line is a model, a label, the target
(`-`: no field of Odoo's own) and how often that was confirmed, with tabs between.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from moorage.errors import SettingsError
from moorage.proposals.column import Column
from moorage.proposals.words import bare, folded

NOWHERE = "-"
#: Measured across vendors: what was confirmed once before was right so often.
_ONCE = 0.94
_MORE = 0.01
_MOST = 0.98
#: Another place than the machine's own, such as a folder that a team shares.
PLACE_VARIABLE = "MOORAGE_DECISIONS"


@dataclass(frozen=True)
class Recalled:
    """What was confirmed most often for a label: the target (None: none), and how often."""

    target: str | None
    count: int

    @property
    def confidence(self) -> float:
        """The probability that it is right once more."""
        return min(_MOST, _ONCE + _MORE * (self.count - 1))


def default_place() -> Path:
    """Where decisions are kept on this machine."""
    named = os.environ.get(PLACE_VARIABLE)
    return Path(named) if named else platformdirs.user_data_path("moorage") / "decisions.tsv"


class Memory:
    """The decisions of one file; a file that is not there is an empty one."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._counts: dict[tuple[str, str, str], int] = {}
        if place.exists():
            for number, line in enumerate(place.read_text(encoding="utf-8").splitlines(), 1):
                if line and not line.startswith("#"):
                    self._read(line, number)

    def _read(self, line: str, number: int) -> None:
        parts = line.split("\t")
        if len(parts) != 4 or not parts[3].isdigit():
            raise SettingsError(
                "this is no line of decisions",
                where=f"{self._place}, line {number}",
                state="No decision was taken from the file.",
                todo="Write model, label, target and count with tabs between, or take it out.",
            )
        model, label, target, count = parts
        self._counts[(model, label, target)] = int(count)

    def recall(self, model: str, column: Column) -> Recalled | None:
        """What was confirmed before for a field of this label (or name), or None.

        Where people decided differently, nothing is recalled unless one answer clearly leads.
        """
        for label in _labels(column):
            found = sorted(
                (count, target)
                for (of, said, target), count in self._counts.items()
                if of == model and said == label
            )
            if found and (len(found) == 1 or found[-1][0] > 2 * found[-2][0]):
                count, target = found[-1]
                return Recalled(None if target == NOWHERE else target, count)
        return None

    def learn(self, decisions: Iterable[tuple[str, str, str | None]]) -> int:
        """Keep (model, label, target) of each decision that was confirmed; how many there were."""
        learnt = 0
        for model, label, target in decisions:
            said = folded(label)
            if said:
                key = (model, said, target or NOWHERE)
                self._counts[key] = self._counts.get(key, 0) + 1
                learnt += 1
        return learnt

    def save(self) -> None:
        """Write the file, in order, as a whole."""
        lines = [
            "# Where fields went in Odoo, as people confirmed it: model, label, target, times.",
            *("\t".join((*key, str(count))) for key, count in sorted(self._counts.items())),
        ]
        self._place.parent.mkdir(parents=True, exist_ok=True)
        draft = self._place.with_suffix(".new")
        draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
        draft.replace(self._place)


def _labels(column: Column) -> list[str]:
    return [text for text in (folded(column.label), folded(bare(column.name))) if text]
