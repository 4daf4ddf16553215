"""Which way of rounding gives the source's taxes, told from the target rows alone."""

from __future__ import annotations

from pathlib import Path

from moorage.mapping.target import TargetField, TargetTable
from moorage.plan.rounding import RoundingFit, rounding_fit
from moorage.staging.staging import Staging

TAXES = TargetTable("taxes", "taxes", "account.tax", (TargetField("amount", "float"),))
INVOICES = TargetTable(
    "invoices", "invoices", "account.move", (TargetField("x_tax", "float"),),
    sums=("amount_tax=x_tax",),
)  # fmt: skip
LINES = TargetTable(
    "lines", "lines", "account.move.line",
    (
        TargetField("move_id", "many2one", "link", "account.move"),
        TargetField("price_unit", "float"),
        TargetField("tax_ids", "many2many", "link", "account.tax"),
    ),
)  # fmt: skip


def test_both_ways_are_counted(tmp_path: Path) -> None:
    staging = Staging(tmp_path / "staging.duckdb")
    run = staging.connection.execute
    run("CREATE TABLE target.taxes AS SELECT 't' AS key, 15.0 AS amount")
    # 15 % of 2.05 is 0.3075: three times 0.31 by line, 0.9225 in all by tax.
    run(
        "CREATE TABLE target.invoices AS FROM (VALUES ('line', 0.93), ('tax', 0.92),"
        " ('both', 15.0), ('untold', NULL)) AS v(key, x_tax)"
    )
    run(
        "CREATE TABLE target.lines AS SELECT * FROM (SELECT 'a' || i AS key, m AS move_id,"
        " 2.05 AS price_unit, ['t'] AS tax_ids FROM range(3) r(i), (VALUES ('line'), ('tax')) v(m)"
        " UNION ALL SELECT 'b', 'both', 100, ['t'] UNION ALL SELECT 'c', 'untold', 7, ['t'])"
    )
    fit = rounding_fit(staging, [TAXES, INVOICES, LINES])
    assert fit == RoundingFit(documents=3, per_line=2, per_tax=2)
    assert rounding_fit(staging, [TAXES, INVOICES]) is None
    staging.close()
