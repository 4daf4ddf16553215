"""Extract, map and plan at growing sizes: seconds and peak memory of the real command.

The limits are those of a two-core machine: 1,000,000 rows in under 90 seconds and 1.5 GB. MariaDB
and Odoo run on the same machine; their work counts too.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.project import Project, demo_project
from moorage.sandbox import Sandbox

SIZES = (10_000, 100_000, 1_000_000)


def run(rows: int | None) -> None:
    """Print seconds and memory for 10k, 100k and 1M source rows (or just `rows`)."""
    sandbox = Sandbox()
    table = Table(title="extract + map + plan (owners unanswered: nothing is loaded)")
    for name in ("source rows", "extract s", "plan s", "sum s", "rows/s", "peak MB"):
        table.add_column(name, justify="right")
    with tempfile.TemporaryDirectory() as folder:
        for size in (rows,) if rows else SIZES:
            project = demo_project(sandbox, Path(folder) / f"p{size}", size, "bench_pipeline")
            try:
                table.add_row(*_measure(project))
            finally:
                sandbox.drop("bench_pipeline")
                sandbox.mariadb().drop_database("bench_pipeline")
    Console(width=100).print(table)


def _measure(project: Project) -> list[str]:
    extract_seconds, extract_mb = measured(project, "extract")
    project.moorage("map", "--propose")
    project.moorage("map", "--confirm", "--name", "Bench")
    project.moorage("prepare", "--apply")
    plan_seconds, plan_mb = measured(project, "plan")
    total = extract_seconds + plan_seconds
    return [
        f"{project.row_count:,}",
        f"{extract_seconds:.1f}",
        f"{plan_seconds:.1f}",
        f"{total:.1f}",
        f"{project.row_count / total:,.0f}",
        f"{max(extract_mb, plan_mb):,.0f}",
    ]


def measured(project: Project, *arguments: str) -> tuple[float, float]:
    """Seconds and peak megabytes of one command, start-up included."""
    start = time.perf_counter()
    process = project.start(*arguments)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, 1), f"moorage {' '.join(arguments)} ended with {code}"
    return seconds, usage.ru_maxrss / 1000
