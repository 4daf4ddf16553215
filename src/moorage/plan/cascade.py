"""Which rows cannot go, what hangs on them, and which links are left empty.

`plan_out` (model, key, kind, reason, round) names the rows that make no record: kind is
'set_aside', 'waive' (an owner decided to nobody) or 'open' (a question is not answered yet).
A row whose link must not be empty follows the row it points to, until nothing more falls out.
"""

from __future__ import annotations

from collections.abc import Sequence

from moorage.mapping.target import TargetField, TargetTable
from moorage.plan.rows import keys_sql, link_fields, links_sql
from moorage.staging.staging import Staging, identifier, literal


def start_out(staging: Staging, tables: Sequence[TargetTable]) -> None:
    """Fill `plan_out` with the rows that have a set-aside finding."""
    connection = staging.connection
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE plan_out"
        " (model VARCHAR, key VARCHAR, kind VARCHAR, reason VARCHAR, round INTEGER)"
    )
    for table in tables:
        connection.execute(
            f"INSERT INTO plan_out SELECT {literal(table.model)}, key, 'set_aside',"
            " string_agg(DISTINCT coalesce(nullif(field, '') || ': ', '') || message, '; '"
            " ORDER BY coalesce(nullif(field, '') || ': ', '') || message), 0"
            f" FROM {table.findings} WHERE severity = 'set_aside' GROUP BY key"
        )


def cascade(staging: Staging, tables: Sequence[TargetTable]) -> None:
    """Add to `plan_out` what hangs on rows that are in it or are nowhere, to a fixed point."""
    ordered = sorted(tables, key=lambda table: (table.phase, table.entry))
    strict = [(table, field) for table in ordered for field in link_fields(table)
              if is_strict(field)]  # fmt: skip
    for table, field in strict:
        _follow(staging, tables, table, field, 1)
    _follow_merges(staging, 1)
    round_number = 1
    while _count(staging, round_number):
        round_number += 1
        for table, field in strict:
            _follow(staging, tables, table, field, round_number)
        _follow_merges(staging, round_number)


def is_strict(field: TargetField) -> bool:
    """Whether a row with this link cannot go without the record it points to."""
    return field.required or field.on_missing_link == "set_aside"


def _count(staging: Staging, round_number: int) -> int:
    row = staging.connection.execute(
        "SELECT count(*) FROM plan_out WHERE round = ?", [round_number]
    ).fetchone()
    return int(row[0]) if row else 0


def _lost_links_sql(tables: Sequence[TargetTable], table: TargetTable, field: TargetField) -> str:
    """The SQL of (key, link, kind) for links of `field` that lead to no record."""
    model = field.model_sql("l.link")
    return (
        f"SELECT l.key, l.link, coalesce(o.kind, 'nowhere') AS kind"
        f" FROM {links_sql(table, field)} AS l LEFT JOIN plan_out AS o"
        f" ON o.model = {model} AND o.key = l.link"
        # A record that stands in Odoo from an earlier run can be linked to, whatever became of its
        # row since; one whose owner is still a question is taken to be there.
        " WHERE NOT EXISTS (SELECT 1 FROM ledger_record AS r"
        f" WHERE r.model = {model} AND r.key = l.link)"
        " AND coalesce(o.kind <> 'open', NOT EXISTS"
        f" (SELECT 1 FROM ({keys_sql(tables, field.models)}) AS k"
        f" WHERE k.model = {model} AND k.key = l.link))"
    )


def _follow(
    staging: Staging,
    tables: Sequence[TargetTable],
    table: TargetTable,
    field: TargetField,
    round_number: int,
) -> None:
    if round_number == 1:
        lost = _lost_links_sql(tables, table, field)
    else:
        lost = (
            f"SELECT l.key, l.link, o.kind FROM {links_sql(table, field)} AS l JOIN plan_out AS o"
            f" ON o.model = {field.model_sql('l.link')} AND o.key = l.link"
            f" AND o.round = {round_number - 1} AND NOT EXISTS (SELECT 1 FROM ledger_record AS r"
            " WHERE r.model = o.model AND r.key = o.key)"
        )
    waived = "true" if field.required else "x.kind <> 'waive'"
    staging.connection.execute(
        f"INSERT INTO plan_out SELECT {literal(table.model)}, x.key, 'set_aside',"
        f" {literal(field.name)} || ': links to ' || min(x.link) || CASE min_by(x.kind, x.link)"
        " WHEN 'nowhere' THEN ', which nothing in the plan creates' WHEN 'waive'"
        " THEN ', which was decided to be nobody, and Odoo requires it'"
        f" ELSE ', which is set aside' END, {round_number} FROM ({lost}) AS x"
        f" WHERE {waived} AND NOT EXISTS (SELECT 1 FROM plan_out AS p"
        f" WHERE p.model = {literal(table.model)} AND p.key = x.key)"
        f" AND NOT EXISTS (SELECT 1 FROM target._merges AS m"
        f" WHERE m.model = {literal(table.model)} AND m.key = x.key) GROUP BY x.key"
    )


def _follow_merges(staging: Staging, round_number: int) -> None:
    staging.connection.execute(
        "INSERT INTO plan_out SELECT DISTINCT m.model, m.key, 'set_aside',"
        f" 'merged into ' || m.into_key || ', which is set aside', {round_number}"
        " FROM target._merges AS m JOIN plan_out AS o ON o.model = m.model AND o.key = m.into_key"
        " AND o.kind = 'set_aside' WHERE NOT EXISTS (SELECT 1 FROM plan_out AS p"
        " WHERE p.model = m.model AND p.key = m.key) AND NOT EXISTS (SELECT 1 FROM ledger_record"
        " AS r WHERE r.model = m.model AND r.key = m.into_key)"
    )


def empty_lost_links(staging: Staging, tables: Sequence[TargetTable]) -> None:
    """Empty the links that may be empty and lead nowhere, in the target tables themselves.

    What was emptied stands in `target._emptied` (entry, model, key, field, link, why); 'waived'
    ones are on purpose, the others are warnings.
    """
    staging.connection.execute(
        "CREATE TABLE IF NOT EXISTS target._emptied (entry VARCHAR, model VARCHAR, key VARCHAR,"
        " field VARCHAR, link VARCHAR, why VARCHAR)"
    )
    for table in tables:
        for field in link_fields(table):
            if not field.required:
                _empty(staging, tables, table, field)


def _empty(
    staging: Staging, tables: Sequence[TargetTable], table: TargetTable, field: TargetField
) -> None:
    only = "x.kind = 'waive'" if is_strict(field) else "true"
    here = f"entry = {literal(table.entry)} AND field = {literal(field.name)}"
    ((lost_count,),) = staging.connection.execute(
        f"INSERT INTO target._emptied SELECT {literal(table.entry)}, {literal(table.model)},"
        f" x.key, {literal(field.name)}, x.link, CASE x.kind WHEN 'waive' THEN 'waived'"
        " WHEN 'nowhere' THEN 'nothing in the plan creates it' ELSE 'it is set aside' END"
        f" FROM ({_lost_links_sql(tables, table, field)}) AS x WHERE {only}"
    ).fetchall()
    if not lost_count:
        return
    column = identifier(field.name)
    left = (
        f"list_filter(t.{column}, lambda link: NOT list_contains(e.links, link))"
        if field.many
        else "NULL"
    )
    has_link = "true" if field.many else f"list_contains(e.links, t.{column})"
    staging.connection.execute(
        f"UPDATE {table.table} AS t SET {column} = {left} FROM (SELECT key, list(link) AS links"
        f" FROM target._emptied WHERE {here} GROUP BY key) AS e"
        f" WHERE t.key = e.key AND {has_link}"
    )
