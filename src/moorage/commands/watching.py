"""A run as the ledger sees it, while it goes on: whoever runs it, here or elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from moorage.commands.building import plan_folder
from moorage.commands.loading import aside_groups
from moorage.commands.opening import PRODUCTION, opened_ledger
from moorage.commands.result import Result
from moorage.ledger import Ledger
from moorage.ledger.runs import DRAFTS
from moorage.plan.confirm import load_plan
from moorage.plan.report import WRITING
from moorage.project import Project
from moorage.reports.loading import AsideGroup

#: The rate of a run is that of its last so many seconds.
WINDOW_SECONDS = 30


@dataclass(frozen=True)
class EntryGoing:
    """One entry of a run: rows the plan writes, rows written; `state` is open, now or done."""

    entry: str
    planned: int
    written: int
    state: str


@dataclass(frozen=True, kw_only=True)
class WatchResult(Result):
    """The last run into a destination. `rate` is in records a second, `seconds_left` None if it
    cannot be said; `status` is '' before the first run. Rows `set_aside` did not go, those of
    `left_out` went without something.
    """

    destination: str
    run: int
    status: str
    plan_digest: str
    started_at: str
    ended_at: str
    entries: tuple[EntryGoing, ...]
    set_aside: tuple[AsideGroup, ...]
    left_out: tuple[AsideGroup, ...]
    rate: float
    seconds_left: float | None

    @property
    def planned(self) -> int:
        """All rows that the plan writes."""
        return sum(entry.planned for entry in self.entries)

    @property
    def written(self) -> int:
        """Of these, how many were written."""
        return sum(entry.written for entry in self.entries)


def watch(project: Project, *, to: str = PRODUCTION) -> WatchResult:
    """Read the ledger and the saved plan; nothing is locked, no server is asked."""
    with opened_ledger(project) as ledger:
        row = ledger.connection.execute(
            "SELECT id FROM destination WHERE name = ?", (to,)
        ).fetchone()
        loads = [
            run
            for run in (ledger.runs(int(row["id"])) if row else ())
            if run["kind"] == "load" and run["plan_digest"] != DRAFTS
        ]
        if row is None or not loads:
            return _nothing(to)
        last = loads[-1]
        written = _written(ledger, int(last["id"]))
        over = None if last["status"] == "done" else _reconciled(ledger, int(last["id"]))
        asides = aside_groups(ledger, int(row["id"]))
        warned = _warned(ledger, int(row["id"]), int(last["id"]))
        rate = _rate(ledger, int(last["id"])) if last["status"] == "running" else 0.0
    entries = _entries(_planned(project, to, str(last["plan_digest"])), written, over)
    left = sum(max(0, entry.planned - entry.written) for entry in entries)
    return WatchResult(
        destination=to,
        run=int(last["id"]),
        status=str(last["status"]),
        plan_digest=str(last["plan_digest"]),
        started_at=str(last["started_at"]),
        ended_at=str(last["ended_at"] or ""),
        entries=entries,
        set_aside=asides,
        left_out=warned,
        rate=round(rate, 1),
        seconds_left=round(left / rate) if rate else None,
    )


def _nothing(to: str) -> WatchResult:
    return WatchResult(
        destination=to, run=0, status="", plan_digest="", started_at="", ended_at="", entries=(),
        set_aside=(), left_out=(), rate=0, seconds_left=None,
    )  # fmt: skip


def _planned(project: Project, to: str, digest: str) -> dict[str, int]:
    """Rows that the plan of the run writes, by entry; empty where another plan was made since."""
    saved = load_plan(plan_folder(project, to))
    if saved is None or saved.report.digest != digest:
        return {}
    return {
        entry: sum(counts.get(operation, 0) for operation in WRITING)
        for entry, counts in saved.report.counts.items()
    }


def _written(ledger: Ledger, run: int) -> dict[str, int]:
    """Rows by entry whose call was answered; the answer may have been no."""
    return {
        str(row["entry"]): int(row["rows"])
        for row in ledger.connection.execute(
            "SELECT entry, sum(json_array_length(keys)) AS rows FROM batch"
            " WHERE run_id = ? AND status = 'done' GROUP BY entry",
            (run,),
        )
    }


def _reconciled(ledger: Ledger, run: int) -> set[str]:
    """Entries counted since the run was begun or gone on with."""
    rows = ledger.connection.execute(
        "SELECT detail FROM event WHERE run_id = ? AND what = 'phase reconciled' AND id >"
        " (SELECT max(id) FROM event WHERE run_id = ? AND what IN ('run started', 'run resumed'))",
        (run, run),
    )
    return {str(json.loads(row["detail"])["entry"]) for row in rows}


def _warned(ledger: Ledger, destination_id: int, run: int) -> tuple[AsideGroup, ...]:
    """What run `run` left out of rows that went, by entry and reason, the largest first."""
    rows = ledger.connection.execute(
        "SELECT entry, CASE field WHEN '' THEN message ELSE field || ': ' || message END AS reason,"
        " count(*) AS rows, min(key) AS key FROM warning WHERE destination_id = ? AND run_id = ?"
        " GROUP BY 1, 2 ORDER BY rows DESC, 1, 2",
        (destination_id, run),
    )
    return tuple(
        AsideGroup(row["entry"], row["reason"], row["rows"], (row["key"],)) for row in rows
    )


def _rate(ledger: Ledger, run: int) -> float:
    """Records a second over the calls answered last."""
    rows = ledger.connection.execute(
        "SELECT done_at, json_array_length(keys) AS rows FROM batch WHERE run_id = ?"
        " AND status = 'done' ORDER BY id DESC LIMIT 40",
        (run,),
    ).fetchall()
    now = datetime.now(UTC)
    recent = [
        ((now - datetime.fromisoformat(row["done_at"])).total_seconds(), int(row["rows"]))
        for row in rows
    ]
    recent = [one for one in recent if one[0] <= WINDOW_SECONDS]
    span = max((age for age, _ in recent), default=0.0)
    return sum(count for _, count in recent) / span if span > 0 else 0.0


def _entries(
    planned: dict[str, int], written: dict[str, int], over: set[str] | None
) -> tuple[EntryGoing, ...]:
    found = []
    for entry in planned or written:
        rows = planned.get(entry, written.get(entry, 0))
        done = min(written.get(entry, 0), rows)
        is_over = over is None or entry in over or (rows and done == rows)
        state = "done" if is_over else "now" if done else "open"
        found.append(EntryGoing(entry, rows, rows if entry in (over or ()) else done, state))
    return tuple(found)
