"""The verb `freeze`: whether the source still is what was extracted, and is left in peace."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from moorage.commands.beginning import PULSE
from moorage.commands.opening import kind_of, opened_source, opened_staging
from moorage.commands.result import OnProgress, Result, silent
from moorage.errors import RefusedError
from moorage.project import Project
from moorage.sources.base import Pulsing, TablePulse
from moorage.staging import Staging

#: What a pulse is made of, in words.
WORDS = {
    "row_count": "rows", "newest": "newest change", "highest": "highest id", "content": "content",
}  # fmt: skip


@dataclass(frozen=True)
class Move:
    """One table that moved: between which two looks, and what of it (name: before, now)."""

    table: str
    since: str
    what: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, kw_only=True)
class FreezeResult(Result):
    """`moved` since the extraction, `moving` while it was watched; frozen when both are empty."""

    tables: int
    extracted_at: str
    watched_seconds: float
    moved: tuple[Move, ...]
    moving: tuple[Move, ...]

    @property
    def is_frozen(self) -> bool:
        """Whether staging holds what the source holds, as far as a pulse tells."""
        return not (self.moved or self.moving)


def freeze(
    project: Project, *, watch_seconds: float, on_progress: OnProgress = silent
) -> FreezeResult:
    """Compare the source's pulse with that of the extraction, and once more after a while."""
    with (
        project.lock("freeze"),
        opened_staging(project) as staging,
        opened_source(project) as source,
    ):
        if not isinstance(source, Pulsing):
            raise RefusedError(
                f"{kind_of(project).label} cannot say whether it is written to",
                state="Nothing was changed.",
                todo="Close it for everybody, extract, and look at the next extraction's"
                " digest: it is the same if nobody wrote.",
            )
        staged, extracted_at = _staged(project, staging)
        first = source.pulse()
        _wait(watch_seconds, on_progress)
        last = source.pulse() if watch_seconds else first
    moved = _moves(staged, first, "the extraction")
    moving = _moves(first, last, "the first look")
    return FreezeResult(
        tables=len(last),
        extracted_at=extracted_at,
        watched_seconds=watch_seconds,
        moved=moved,
        moving=moving,
        attention=len({move.table for move in (*moved, *moving)}),
        next_command="moorage extract" if moved or moving else "moorage plan",
        next_words="when nobody writes any more" if moving else "",
    )


def _staged(project: Project, staging: Staging) -> tuple[dict[str, TablePulse], str]:
    """The source's pulse at the last extraction, and when that was."""
    kept = staging.recall(PULSE)
    if kept is None:
        raise RefusedError(
            "the last extraction did not note what the source looked like",
            where=str(project.staging_path),
            state="Nothing was changed.",
            todo="Run `moorage extract`, then this again.",
        )
    pulses = {name: TablePulse(**pulse) for name, pulse in kept.items()}
    return pulses, str(staging.recall("extracted_at"))


def _wait(seconds: float, on_progress: OnProgress) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        on_progress("watching", int(seconds - left), int(seconds))
        time.sleep(min(1.0, left))


def _moves(
    before: Mapping[str, TablePulse], now: Mapping[str, TablePulse], since: str
) -> tuple[Move, ...]:
    return tuple(
        Move(name, since, _differing(before.get(name), now.get(name)))
        for name in sorted({*before, *now})
        if before.get(name) != now.get(name)
    )


def _differing(before: TablePulse | None, now: TablePulse | None) -> dict[str, tuple[Any, Any]]:
    pairs = {
        about.name: (getattr(before, about.name, None), getattr(now, about.name, None))
        for about in fields(TablePulse)
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
