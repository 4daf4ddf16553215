"""The whole journey from a bundle of OctopusPro: discover to hand-off, its money held to the truth,
a second run, a delta by a later export, and back to the accounts as they were.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import closing
from pathlib import Path

import duckdb

from bench.journey import EDITS, Journey
from bench.octopuspro_truth import IN_ODOO, Truth
from bench.project import Project
from moorage.commands import mapping
from moorage.project import Project as ProjectFolder
from moorage.sandbox import OdooServer, Sandbox
from moorage.sources.octopuspro import SOURCE
from moorage.sources.octopuspro.demo.offer import ANSWERS

CUSTOMERS = 1_000
_NAME = "bench_octopuspro"
#: What the accounts hold, and what is open on them.
_BALANCE = (
    "SELECT account_id, sum(debit), sum(credit), sum(amount_residual), count(*)"
    " FROM account_move_line GROUP BY 1 ORDER BY 1"
)


def run(rows: int | None) -> None:
    """Print the table for `rows` customers (default 1,000), three bookings and invoices each."""
    sandbox = Sandbox()
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            closing(Truth(Path(folder) / "bundle", rows or CUSTOMERS)) as truth,
        ):
            sandbox.drop(_NAME)  # What a bench that was killed left.
            odoo = sandbox.odoo(_NAME)
            _OctopusPro(truth, project_over(truth, Path(folder) / "whole", odoo), odoo).run()
    finally:
        sandbox.drop(_NAME)


def project_over(truth: Truth, path: Path, odoo: OdooServer) -> ProjectFolder:
    """A project that reads the bundle; what discovery asks is not answered yet."""
    given = {"bundle": str(truth.folder), "timezone": "Australia/Sydney", "currency": "USD"}
    return ProjectFolder.create(
        path, "bench", SOURCE, given=given, url=odoo.url, database=odoo.database
    )


class _OctopusPro:
    def __init__(self, truth: Truth, folder: ProjectFolder, odoo: OdooServer) -> None:
        self._truth = truth
        self._folder = folder
        self._odoo = odoo
        environment = {**os.environ, "MOORAGE_ODOO_KEY": odoo.api_key}
        self._journey = Journey(Project(folder.root, environment, truth.row_count), odoo)

    def run(self) -> None:
        journey = self._journey
        balance = self._odoo.psql(_BALANCE)
        journey.step("discover", "discover")
        journey.extract()
        mapping.map_settings(self._folder, ANSWERS)
        journey.load()
        self._hold()
        journey.again()
        self._edit()
        journey.delta("customers")
        self._hold()
        journey.step("hand-off", "handoff")
        journey.back()
        assert self._odoo.psql(_BALANCE) == balance, "the accounts are not what they were"
        journey.show()

    def _hold(self) -> None:
        with duckdb.connect(str(self._folder.staging_path), read_only=True) as staging:
            aside = staging.execute(
                "SELECT DISTINCT source_key FROM tidy._findings"
                " WHERE object = 'invoices' AND severity = 'set_aside'"
            ).fetchall()
        found = self._truth.hold(self._odoo.psql(IN_ODOO), [number for (number,) in aside])
        self._journey.note("by customer, month and state", found)

    def _edit(self) -> None:
        """Other towns of customers in the bundle, in Odoo, and in both; and a later export."""
        source, people, both = EDITS["source"], EDITS["odoo"], EDITS["both"]
        self._truth.edit(f"id % {source} = 0 OR id % {both} = 0")
        number = "x_octo_customer_id::int"
        self._odoo.psql(
            "UPDATE res_partner SET city = 'By people ' || id,"
            " write_date = now() AT TIME ZONE 'UTC', write_uid = (SELECT max(id) FROM res_users)"
            r" WHERE x_octo_customer_id ~ '^\d+$'"
            f" AND ({number} % {people} = 0 OR {number} % {both} = 0) RETURNING id"
        )
