"""A second run over unchanged data: it writes nothing, and how long it takes beside the first."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.pipeline import measured
from bench.project import demo_project
from moorage.sandbox import Sandbox

ROWS = 100_000


def run(rows: int | None) -> None:
    """Print the seconds of both runs over about `rows` source rows (default 100,000)."""
    sandbox = Sandbox()
    with tempfile.TemporaryDirectory() as folder:
        project = demo_project(sandbox, Path(folder) / "second", rows or ROWS, "bench_second")
        try:
            for arguments in (
                ("extract",), ("map", "--propose"), ("map", "--confirm", "--name", "Bench"),
                ("prepare", "--apply"), ("owners",), ("owners", "--all", "create"),
                ("duplicates", "--all", "keep"), ("plan",), ("plan", "--confirm", "--name", "B"),
            ):  # fmt: skip
                project.moorage(*arguments)
            first, _ = measured(project, "run", "--yes")
            stamp = sandbox.odoo("bench_second").psql(_WRITTEN)
            again = sum(measured(project, *verb)[0] for verb in (("extract",), ("plan",)))
            second, _ = measured(project, "run", "--yes")
            assert sandbox.odoo("bench_second").psql(_WRITTEN) == stamp, "the second run wrote"
        finally:
            sandbox.drop("bench_second")
            sandbox.mariadb().drop_database("bench_second")
    table = Table(title=f"A second run, {project.row_count:,} source rows")
    for name in ("first run s", "second run s", "ratio", "with extract and plan s", "ratio"):
        table.add_column(name, justify="right")
    table.add_row(
        f"{first:.1f}", f"{second:.1f}", f"{second / first:.2f}",
        f"{again + second:.1f}", f"{(again + second) / first:.2f}",
    )  # fmt: skip
    Console(width=100).print(table)


_WRITTEN = (
    "SELECT (SELECT max(write_date) FROM res_partner), (SELECT max(write_date) FROM crm_lead),"
    " (SELECT max(write_date) FROM sale_order), (SELECT count(*) FROM ir_model_data),"
    " (SELECT count(*) FROM mail_message)"
)
