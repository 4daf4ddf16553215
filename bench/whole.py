"""The whole journey from Krayin with history and files: load, verify, a second run, a delta with
edits on both sides, verify again, and back.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.journey import EDITS, Journey
from bench.project import demo_project
from moorage.sandbox import Sandbox

ROWS = 30_000
_NAME = "bench_whole"


def run(rows: int | None) -> None:
    """Print the table for about `rows` source rows (default 30,000)."""
    sandbox = Sandbox()
    with tempfile.TemporaryDirectory() as folder:
        project = demo_project(
            sandbox, Path(folder) / "whole", rows or ROWS, _NAME, files=Path(folder) / "files"
        )
        try:
            journey = Journey(project, sandbox.odoo(_NAME))
            journey.extract()
            journey.load()
            journey.again()
            _edit(sandbox)
            journey.delta("leads")
            journey.back()
            journey.show()
        finally:
            sandbox.drop(_NAME)
            sandbox.mariadb().drop_database(_NAME)


def _edit(sandbox: Sandbox) -> None:
    """Other titles in the source, other names in Odoo, and some on both sides."""
    for share in (EDITS["source"], EDITS["both"]):
        sandbox.mariadb().execute(
            "UPDATE leads SET title = concat('Renamed ', id), updated_at = now()"
            f" WHERE id % {share} = 0 AND lead_pipeline_stage_id IS NOT NULL",
            _NAME,
        )
    for share in (EDITS["odoo"], EDITS["both"]):
        sandbox.odoo(_NAME).psql(
            "UPDATE crm_lead SET name = 'By people ' || id,"
            " write_date = now() AT TIME ZONE 'UTC',"
            " write_uid = (SELECT max(id) FROM res_users)"
            f" WHERE x_krayin_lead_id % {share} = 0 RETURNING id"
        )
    # The run writes other fields of these, and is their last writer: still it is people's change.
    sandbox.odoo(_NAME).psql(
        "UPDATE crm_lead SET expected_revenue = expected_revenue + 1,"
        " write_date = now() AT TIME ZONE 'UTC', write_uid = (SELECT max(id) FROM res_users)"
        f" WHERE x_krayin_lead_id % {EDITS['source']} = 0 RETURNING id"
    )
