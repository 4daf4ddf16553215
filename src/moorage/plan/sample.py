"""A sample: a few records of each entry, with everything that they hang on."""

from __future__ import annotations

from collections.abc import Sequence

from moorage.mapping.target import TargetTable
from moorage.plan.rows import link_fields, links_sql
from moorage.staging.staging import Staging, literal

_SEED = "moorage"


def choose_sample(staging: Staging, tables: Sequence[TargetTable], size: int) -> None:
    """Fill `plan_sample` (model, key, round): `size` keys of each entry, and what they link to.

    The same keys are chosen each time, so a sample can be repeated and grown.
    """
    connection = staging.connection
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE plan_sample (model VARCHAR, key VARCHAR, round INTEGER)"
    )
    for table in tables:
        model = literal(table.model)
        connection.execute(
            f"INSERT INTO plan_sample SELECT {model}, t.key, 0 FROM {table.table} AS t"
            f" WHERE NOT EXISTS (SELECT 1 FROM plan_out AS o WHERE o.model = {model}"
            " AND o.key = t.key) AND NOT EXISTS (SELECT 1 FROM target._merges AS m"
            f" WHERE m.model = {model} AND m.key = t.key)"
            f" ORDER BY md5(t.key || {literal(_SEED)}) LIMIT {int(size)}"
        )
    round_number = 0
    while _grown(staging, round_number):
        round_number += 1
        for table in tables:
            for field in link_fields(table):
                _add(staging, round_number, literal(field.relation or ""), links_sql(table, field),
                     literal(table.model))  # fmt: skip
        for into in ("target._merges", "plan_match"):
            _add(staging, round_number, "l.model",
                 f"(SELECT model, key, into_key AS link FROM {into} WHERE into_key IS NOT NULL)",
                 "l.model")  # fmt: skip


def _add(staging: Staging, round_number: int, to_model: str, links: str, of_model: str) -> None:
    staging.connection.execute(
        f"INSERT INTO plan_sample SELECT DISTINCT {to_model}, l.link, {round_number}"
        f" FROM {links} AS l JOIN plan_sample AS s ON s.model = {of_model} AND s.key = l.key"
        f" AND s.round >= {round_number - 1} WHERE NOT EXISTS (SELECT 1 FROM plan_sample AS p"
        f" WHERE p.model = {to_model} AND p.key = l.link)"
    )


def _grown(staging: Staging, round_number: int) -> bool:
    row = staging.connection.execute(
        "SELECT count(*) FROM plan_sample WHERE round = ?", [round_number]
    ).fetchone()
    return bool(row and row[0])
