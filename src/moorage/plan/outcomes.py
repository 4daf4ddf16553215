"""What becomes of each target row: one operation and its reason, decided over keys and digests.

A row's text is made twice, for its digest and for the plan, and never carried through the joins in
between: memory grows with the number of rows, not with what stands in them.
"""

from __future__ import annotations

from collections.abc import Sequence

from moorage.ledger.ledger import Ledger
from moorage.mapping.target import TargetTable
from moorage.plan.matching import NONE_FIT, SEVERAL_FIT
from moorage.plan.rows import changed_fields_sql, row_json_sql
from moorage.plan.standing import bring_loaded
from moorage.staging.staging import Staging, identifier, literal

_PLAN_COLUMNS = (
    "entry VARCHAR, model VARCHAR, key VARCHAR, operation VARCHAR, odoo_id BIGINT,"
    " into_key VARCHAR, reason VARCHAR, changed VARCHAR[], phase INTEGER, digest VARCHAR,"
    " loaded VARCHAR, object VARCHAR, source_key VARCHAR"
)
_TEMPORARY = ("plan_digest", "ledger_wanted", "ledger_loaded", "plan_changed", "plan_decided")


def decide(
    staging: Staging,
    ledger: Ledger,
    destination_id: int,
    tables: Sequence[TargetTable],
    *,
    is_sample: bool,
) -> None:
    """Fill `meta.plan` with one operation for each row of `tables`.

    Wants the temporary tables `ledger_record`, `plan_out`, `plan_match`, `odoo_empty`, `plan_kept`,
    and `plan_sample` for a sample.
    """
    run = staging.connection.execute
    run(f"CREATE OR REPLACE TABLE meta.plan ({_PLAN_COLUMNS})")
    for table in sorted(tables, key=lambda table: (table.phase, table.entry)):
        text = row_json_sql(table, "t")
        run(
            "CREATE OR REPLACE TEMP TABLE plan_digest AS"
            f" SELECT key, md5({text}) AS digest FROM {table.table} AS t"
        )
        run(
            "CREATE OR REPLACE TEMP TABLE ledger_wanted AS SELECT r.model, r.key"
            " FROM plan_digest AS d JOIN ledger_record AS r"
            f" ON r.model = {literal(table.model)} AND r.key = d.key"
            " AND r.operation <> 'merged' AND r.digest <> d.digest"
        )
        bring_loaded(staging, ledger, destination_id)
        run(f"CREATE OR REPLACE TEMP TABLE plan_changed AS {_changed_sql(table)}")
        run(
            "CREATE OR REPLACE TEMP TABLE plan_decided AS"
            f" {_decided_sql(table, is_sample=is_sample)}"
        )
        run(
            f"INSERT INTO meta.plan SELECT {literal(table.entry)}, {literal(table.model)}, t.key,"
            f" d.operation, d.odoo_id, d.into_key, d.reason, d.changed, {table.phase}, d.digest,"
            f" {text}, t._object, t._source_key"
            f" FROM {table.table} AS t JOIN plan_decided AS d ON d.key = t.key"
        )
    for name in _TEMPORARY:
        run(f"DROP TABLE IF EXISTS temp.{name}")


def _changed_sql(table: TargetTable) -> str:
    """SELECT (key, changed): the fields that would change in Odoo, of rows where any could."""
    model = literal(table.model)
    fill_empty = table.match is not None and table.match.update == "fill_empty"
    filled = ", ".join(
        f"CASE WHEN t.{identifier(field.name)} IS NOT NULL THEN {literal(field.name)} END"
        for field in table.fields
    )
    fillable = (
        f"list_filter([{filled}], lambda name: list_contains(e.fields, name))"
        if fill_empty and filled
        else "CAST([] AS VARCHAR[])"
    )
    empty_join = (
        f"LEFT JOIN odoo_empty AS e ON e.model = {model} AND e.odoo_id ="
        " coalesce(r.odoo_id, x.odoo_id)"
        if fill_empty
        else ""
    )
    changed = changed_fields_sql(table, "t.loaded", "nullif(b.loaded, '')")
    return (
        f"SELECT t.key, CASE WHEN r.operation = 'created' THEN {changed}"
        f" WHEN r.operation = 'matched' THEN list_intersect({changed}, {fillable})"
        f" WHEN x.odoo_id IS NOT NULL THEN {fillable} END AS changed"
        f" FROM (SELECT {row_json_sql(table, 'source')} AS loaded, source.*"
        f" FROM {table.table} AS source WHERE key IN (SELECT key FROM ledger_wanted UNION ALL"
        f" SELECT key FROM plan_match WHERE model = {model} AND odoo_id IS NOT NULL)) AS t"
        f" LEFT JOIN ledger_loaded AS b ON b.model = {model} AND b.key = t.key"
        f" LEFT JOIN ledger_record AS r ON r.model = {model} AND r.key = b.key"
        f" LEFT JOIN plan_match AS x ON x.model = {model} AND x.key = t.key {empty_join}"
    )


def _decided_sql(table: TargetTable, *, is_sample: bool) -> str:
    """SELECT (key, operation, odoo_id, into_key, reason, changed, digest) for every row."""
    model = literal(table.model)
    in_sample = f"AND s.model = {model} AND s.key = d.key"
    sample_join = f"LEFT JOIN plan_sample AS s ON true {in_sample}" if is_sample else ""
    joins = " ".join(
        f"LEFT JOIN {name} AS {alias} ON {alias}.model = {model} AND {alias}.key = d.key"
        for name, alias in (
            ("ledger_record", "r"), ("plan_out", "o"), ("plan_match", "x"),
            ("target._merges", "g"), ("plan_kept", "k"),
        )
    )  # fmt: skip
    return (
        "SELECT key, operation, CASE WHEN operation IN"
        " ('create', 'set_aside', 'waive', 'open') AND NOT stands THEN NULL ELSE odoo_id END"
        " AS odoo_id, CASE WHEN operation = 'merge' OR is_merged THEN into_key END AS into_key,"
        " reason, CASE WHEN operation IN ('update', 'match') THEN changed END AS changed, digest"
        f" FROM (SELECT d.key, d.digest, {_operation_sql(is_sample=is_sample)} AS operation,"
        " coalesce(r.odoo_id, x.odoo_id, survivor.odoo_id) AS odoo_id,"
        " coalesce(r.into_key, g.into_key, x.into_key) AS into_key,"
        f" {_reason_sql()} AS reason, c.changed,"
        " r.key IS NOT NULL AND r.operation <> 'merged' AS stands,"
        " coalesce(r.operation = 'merged', false) AS is_merged"
        f" FROM plan_digest AS d {joins} LEFT JOIN plan_changed AS c ON c.key = d.key {sample_join}"
        f" LEFT JOIN ledger_record AS survivor ON survivor.model = {model}"
        " AND survivor.key = g.into_key)"
    )


def _operation_sql(*, is_sample: bool) -> str:
    operation = (
        "CASE WHEN o.kind IS NOT NULL THEN o.kind"
        " WHEN r.operation = 'merged' THEN CASE WHEN g.key IS NULL AND k.key IS NOT NULL"
        " THEN 'create' ELSE 'unchanged' END"
        " WHEN r.key IS NOT NULL THEN CASE WHEN len(c.changed) > 0 THEN 'update'"
        " ELSE 'unchanged' END"
        " WHEN g.key IS NOT NULL OR x.into_key IS NOT NULL THEN 'merge'"
        " WHEN x.question IS NOT NULL THEN 'open'"
        " WHEN x.odoo_id IS NOT NULL THEN 'match'"
        " ELSE 'create' END"
    )
    if not is_sample:
        return operation
    # What needs no writing is what it is, in the sample or not.
    return (
        f"CASE WHEN s.key IS NULL AND {operation} NOT IN ('set_aside', 'waive', 'unchanged')"
        f" THEN 'not_in_sample' ELSE {operation} END"
    )


def _reason_sql() -> str:
    return (
        "CASE WHEN o.kind IS NOT NULL THEN o.reason"
        " WHEN r.operation = 'merged' AND g.key IS NULL AND k.key IS NOT NULL"
        " THEN 'a former merge is undone'"
        " WHEN r.operation = 'merged' THEN 'merged by an earlier run'"
        " WHEN r.operation = 'created' AND g.key IS NOT NULL"
        " THEN 'created by an earlier run, so it stays: ' || g.why"
        " WHEN r.operation = 'matched' THEN 'stood in Odoo before'"
        " WHEN r.key IS NOT NULL THEN ''"
        " WHEN g.key IS NOT NULL THEN g.why"
        f" WHEN x.question IS NOT NULL THEN CASE WHEN x.why = {literal(NONE_FIT)}"
        f" THEN {literal(NONE_FIT)} ELSE {literal(SEVERAL_FIT)} END || x.question"
        " WHEN x.odoo_id IS NOT NULL THEN x.why ELSE '' END"
    )
