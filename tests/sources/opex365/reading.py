"""An environment opened as a source, and what it becomes in staging."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from moorage.sources.opex365 import SOURCE
from moorage.sources.opex365.demo.starter import RunningStandIn
from moorage.sources.opex365.source import DataverseSource, open_source
from moorage.staging.staging import ExtractReport, Staging

SETTINGS = {
    "team_owner": "nobody",
    "countries": {"uk": "United Kingdom"},
    "states": {},
}


def opened(running: RunningStandIn, told: list[str] | None = None, **more: Any) -> DataverseSource:
    """The stand-in as a source; what is waited for is written to `told`."""
    options = {name: default for name, (default, _) in SOURCE.options.items()}
    options |= {
        **running.options,
        **running.secrets,
        "on_wait": ([] if told is None else told).append,
        **more,
    }
    return open_source(options)


def extracted(
    source: DataverseSource, path: Path, *, since_last: bool = False
) -> tuple[Staging, ExtractReport]:
    """A staging filled from `source`, tidy tables included."""
    staging = Staging(path / "staging.duckdb")
    report = staging.extract(source.raw_tables(), since_last=since_last)
    staging.tidy(source.tidy_sql(), SETTINGS)
    return staging, report


def rows(staging: Staging, sql: str) -> list[tuple[Any, ...]]:
    """The answer of staging."""
    return list(staging.connection.execute(sql).fetchall())
