"""Extraction from Dataverse's Web API: records a second against the stand-in, within its limits.

The stand-in makes every answer itself, on the same machine: with a real environment the network
and Dataverse's own speed count, and four calls at once.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from moorage.sources.opex365 import SOURCE
from moorage.sources.opex365.demo.sizes import ROWS_PER_UNIT
from moorage.sources.opex365.demo.starter import RunningStandIn, start
from moorage.staging.staging import Staging

SIZES = (10_000, 100_000)
LEAST_RATE = 2_000
SETTINGS: dict[str, Any] = {"team_owner": "nobody", "countries": {}, "states": {}}


def run(rows: int | None) -> None:
    """Print records a second, and the most that was asked of the server, for each size."""
    table = Table(title=f"extraction by Web API (at least {LEAST_RATE:,} records/s)")
    for name in ("records", "extract s", "records/s", "tidy s", "delta s", "calls", "at once"):
        table.add_column(name, justify="right")
    rates = []
    for size in (rows,) if rows else SIZES:
        running = start(size / ROWS_PER_UNIT, 1)
        try:
            rate, cells = _measure(running)
        finally:
            running.stop()
        rates.append(rate)
        table.add_row(*cells)
    Console(width=100).print(table)
    assert min(rates) >= LEAST_RATE, "too slow, or the machine was busy with other work"


def check_limits(account: Mapping[str, Any]) -> None:
    """What came stayed below what Dataverse allows, kept to its pauses, and wrote nothing."""
    assert account["most_in_window"] <= 6_000, account
    assert account["most_concurrent"] <= 52, account
    assert account["most_execution_seconds"] <= 1_200, account
    assert (account["refused"], account["during_pause"], account["writes"]) == ({}, 0, []), account


def _measure(running: RunningStandIn) -> tuple[float, list[str]]:
    with tempfile.TemporaryDirectory() as folder, Staging(Path(folder) / "bench.duckdb") as staging:
        count, seconds, tidy_seconds = _extract(running, staging, since_last=False)
        account = running.control("account")
        _, delta_seconds, _ = _extract(running, staging, since_last=True)
    check_limits(account)
    return count / seconds, [
        f"{count:,}",
        f"{seconds:.1f}",
        f"{count / seconds:,.0f}",
        f"{tidy_seconds:.1f}",
        f"{delta_seconds:.1f}",
        f"{account['requests']:,}",
        f"{account['most_concurrent']}",
    ]


def _extract(
    running: RunningStandIn, staging: Staging, *, since_last: bool
) -> tuple[int, float, float]:
    defaults = {name: default for name, (default, _) in SOURCE.options.items()}
    source = SOURCE.open({**defaults, **running.options, **running.secrets})
    try:
        source.discover()
        begun = time.perf_counter()
        report = staging.extract(source.raw_tables(), since_last=since_last)
        read = time.perf_counter()
        staging.tidy(source.tidy_sql(), SETTINGS)
        return sum(report.row_counts.values()), read - begun, time.perf_counter() - read
    finally:
        source.close()
