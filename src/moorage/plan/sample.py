"""A sample: a few records of each entry, with everything that they hang on or are made of."""

from __future__ import annotations

from collections.abc import Sequence

from moorage.destination import Destination
from moorage.mapping.target import TargetField, TargetTable
from moorage.plan.rows import link_fields, links_sql
from moorage.staging.staging import Staging, literal

_SEED = "moorage"


def choose_sample(
    staging: Staging, destination: Destination, tables: Sequence[TargetTable], size: int
) -> None:
    """Fill `plan_sample` (model, key, round): `size` keys of each entry, and their closure.

    The closure is what they link to, what is merged with them, and their parts: an order comes
    with all its lines, or its total would be another one. The same keys are chosen each time, and
    a larger sample holds the smaller one, so that a sample can be repeated and grown.
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
    parts = _parts(destination, tables)
    round_number = 0
    while _grown(staging, round_number):
        round_number += 1
        for table in tables:
            for field in link_fields(table):
                part, links = literal(table.model), links_sql(table, field)
                _add(staging, round_number, field.model_sql("l.link"), links, part)
                if (table.model, field.name) in parts:
                    turned = f"(SELECT link AS key, key AS link FROM {links})"
                    _add(staging, round_number, part, turned, field.model_sql("l.key"))
        for into in ("target._merges", "plan_match"):
            merged = f"FROM {into} WHERE into_key IS NOT NULL"
            for pair in ("key, into_key AS link", "into_key AS key, key AS link"):
                links = f"(SELECT model, {pair} {merged})"
                _add(staging, round_number, "l.model", links, "l.model")


def _parts(destination: Destination, tables: Sequence[TargetTable]) -> set[tuple[str, str]]:
    """The links (model, field) that make a record a part of another one.

    The mapping requires them, and Odoo deletes the one with the other: an order and its lines.
    """
    required = {
        (table.model, field.name)
        for table in tables
        for field in link_fields(table)
        if _is_part_like(field)
    }
    if not required:
        return set()
    found = destination.read(
        "ir.model.fields",
        "search_read",
        domain=[
            ("model", "in", sorted({model for model, _ in required})),
            ("name", "in", sorted({name for _, name in required})),
            ("on_delete", "=", "cascade"),
        ],
        fields=["model", "name"],
    )
    return required & {(row["model"], row["name"]) for row in found}


def _is_part_like(field: TargetField) -> bool:
    return field.required and field.type == "many2one"


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
