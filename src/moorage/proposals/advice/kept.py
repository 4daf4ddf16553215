"""Advice that was given before: lines of JSON with names of fields, never a value or a secret."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from moorage.proposals.advice.question import AboutTable
from moorage.proposals.advice.told import told
from moorage.proposals.column import Proposal


@dataclass(frozen=True)
class Verdict:
    """What one model said of one field, when (ISO 8601, UTC), to which question.

    `is_split`: it said one thing and another; then `target` and `why` mean nothing.
    """

    by: str
    at: str
    question: str
    target: str | None = None
    why: str = ""
    is_split: bool = False


class Kept:
    """The verdicts in one file; one that is not there is an empty one."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._found: dict[str, Verdict] = {}
        if place.is_file():
            for line in place.read_text(encoding="utf-8").splitlines():
                self._read(line)

    def _read(self, line: str) -> None:
        # A line that was cut off by a kill, or that another Moorage wrote, is only asked again.
        try:
            row = json.loads(line)
            self._found[row["key"]] = Verdict(**row["verdict"])
        except (ValueError, KeyError, TypeError):
            return

    def recall(self, by: str, proposal: Proposal, about: AboutTable) -> Verdict | None:
        """What the model `by` said before of this field as it is now; a field that is gone since
        was not said.
        """
        found = self._found.get(_key(by, proposal, about))
        if found is None or (found.target is not None and found.target not in about.fields):
            return None
        return found

    def keep(self, verdict: Verdict, proposal: Proposal, about: AboutTable) -> None:
        """Write the verdict down, at once: what was paid for is not lost by a stop."""
        key = _key(verdict.by, proposal, about)
        self._found[key] = verdict
        self._place.parent.mkdir(parents=True, exist_ok=True)
        with self._place.open("a", encoding="utf-8") as file:
            row = {"key": key, "verdict": asdict(verdict)}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _key(by: str, proposal: Proposal, about: AboutTable) -> str:
    """The digest of who is asked, and of all that is told of the field itself."""
    said: list[Any] = [
        by, about.name, about.model, told(proposal.column),
        [one.target for one in proposal.candidates],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:24]
