"""Who decided and agreed to what, when, as the ledger has it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from moorage.commands.opening import opened_ledger
from moorage.commands.result import Result
from moorage.project import Project


@dataclass(frozen=True)
class Decided:
    """Something that a person decided or agreed to, as the ledger has it."""

    at: str
    what: str
    by: str
    detail: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class HistoryResult(Result):
    """Who decided what, the latest first."""

    decided: tuple[Decided, ...]


def history(project: Project, *, limit: int = 200) -> HistoryResult:
    """Everything in the ledger that carries a person's name."""
    with opened_ledger(project) as ledger:
        rows = ledger.connection.execute(
            "SELECT at, what, detail FROM event WHERE coalesce(json_extract(detail, '$.by'),"
            " json_extract(detail, '$.name')) IS NOT NULL ORDER BY id DESC LIMIT ?",
            (limit,),
        ).fetchall()
    found = []
    for row in rows:
        detail = json.loads(row["detail"])
        by = str(detail.pop("by", None) or detail.pop("name", ""))
        found.append(Decided(str(row["at"]), str(row["what"]), by, detail))
    return HistoryResult(decided=tuple(found))


def note(project: Project, what: str, *, by: str, **detail: Any) -> None:
    """Write into the ledger that a person asked for something; keys and counts only."""
    with opened_ledger(project) as ledger:
        ledger.event(None, what, by=by, **detail)
