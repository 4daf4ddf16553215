"""From a bundle of OctopusPro to a plan: seconds and peak memory of each verb, nothing loaded."""

from __future__ import annotations

import os
import tempfile
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.octopuspro_truth import Truth
from bench.octopuspro_whole import project_over
from bench.pipeline import measured
from bench.project import Project
from moorage.commands import mapping
from moorage.sandbox import Sandbox
from moorage.sources.octopuspro.demo.offer import ANSWERS

#: With 60,000 bookings and as many invoices.
CUSTOMERS = 20_000
_NAME = "bench_octopuspro_plan"
_VERBS = (
    ("discover",), ("extract",), ("map", "--propose"), ("map", "--confirm", "--name", "Bench"),
    ("prepare", "--apply"), ("owners",), ("duplicates", "--all", "keep"), ("plan",),
)  # fmt: skip


def run(rows: int | None) -> None:
    """Print the table for `rows` customers (default 20,000), three bookings and invoices each."""
    sandbox = Sandbox()
    table = Table(title="from the bundle to the plan")
    for name in ("verb", "seconds", "peak MB"):
        table.add_column(name, justify="left" if name == "verb" else "right")
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            closing(Truth(Path(folder) / "bundle", rows or CUSTOMERS)) as truth,
        ):
            sandbox.drop(_NAME)  # What a bench that was killed left.
            odoo = sandbox.odoo(_NAME)
            made = project_over(truth, Path(folder) / "plan", odoo)
            environment = {**os.environ, "MOORAGE_ODOO_KEY": odoo.api_key}
            project = Project(made.root, environment, truth.row_count)
            for verb in _VERBS:
                seconds, megabytes = measured(project, *verb)
                table.add_row(" ".join(verb), f"{seconds:.1f}", f"{megabytes:,.0f}")
                if verb == ("extract",):
                    mapping.map_settings(made, ANSWERS)
            table.caption = f"{truth.row_count:,} rows in the bundle"
    finally:
        sandbox.drop(_NAME)
    Console(width=100).print(table)
