"""The plan: what would become of every target row, before anything is written to Odoo.

`make_plan` fills `meta.plan` (entry, model, key, operation, odoo_id, into_key, reason, changed,
phase, digest, loaded, object, source_key). It wants target tables as the mapping just built them,
after `apply_merges`; it empties links in them that lead nowhere (`target._emptied`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from moorage.destination import Destination
from moorage.ledger.ledger import Ledger, now_text
from moorage.mapping.target import TargetTable
from moorage.plan.accounting import (
    check_entries,
    count_deselected,
    count_gone,
    count_objects,
    count_operations,
    list_not_selected,
    list_samples,
    list_warnings,
)
from moorage.plan.answers import apply_owners, decided_adoptions, list_questions
from moorage.plan.cascade import cascade, empty_lost_links, start_out
from moorage.plan.conflicts import Answers, count_open, find_conflicts, start_conflicts
from moorage.plan.decisions import Decisions
from moorage.plan.deletions import count_undecided, find_deletions
from moorage.plan.guards import list_guards
from moorage.plan.matching import NONE_FIT, SEVERAL_FIT, match_existing, start_matches
from moorage.plan.merges import ensure_merges
from moorage.plan.report import PlanReport
from moorage.plan.rows import changed_fields_sql, row_json_sql
from moorage.plan.sample import choose_sample
from moorage.plan.standing import bring_ledger, bring_loaded
from moorage.staging.staging import Staging, identifier, literal

_PLAN_COLUMNS = (
    "entry VARCHAR, model VARCHAR, key VARCHAR, operation VARCHAR, odoo_id BIGINT,"
    " into_key VARCHAR, reason VARCHAR, changed VARCHAR[], phase INTEGER, digest VARCHAR,"
    " loaded VARCHAR, object VARCHAR, source_key VARCHAR"
)
_TEMPORARY = (
    "ledger_record", "ledger_wanted", "ledger_loaded", "plan_out", "plan_match", "plan_candidate",
    "plan_sample", "plan_kept", "odoo_raw", "odoo_existing", "odoo_empty", "own_id",
)  # fmt: skip


def make_plan(  # noqa: PLR0917
    staging: Staging,
    ledger: Ledger,
    destination: Destination,
    destination_id: int,
    tables: Sequence[TargetTable],
    decisions: Decisions,
    *,
    mapping_digest: str,
    sample: int | None = None,
) -> PlanReport:
    """Decide what becomes of every row, check that it adds up, and say it in numbers.

    With `sample` only that many records of each entry, and what they hang on, are to go.
    MoorageError when the counts do not add up; nothing is written to Odoo in any case.
    """
    ensure_merges(staging)
    bring_ledger(staging, ledger, destination_id)
    start_out(staging, tables)
    adopted, notes = apply_owners(staging, destination, tables, decisions)
    notes = [*notes, *_automations(destination, tables)]
    cascade(staging, tables)
    start_matches(staging, [*adopted, *decided_adoptions(staging, tables)])
    match_existing(staging, destination, tables, decisions)
    empty_lost_links(staging, tables)
    if sample is not None:
        choose_sample(staging, destination, tables, sample)
    _bring_kept(staging, decisions)
    _fill(staging, ledger, destination_id, tables, is_sample=sample is not None)
    answers = Answers(decisions)
    start_conflicts(staging)
    find_conflicts(staging, ledger, destination, destination_id, tables, answers)
    find_deletions(
        staging, ledger, destination, destination_id, tables, answers, is_sample=sample is not None
    )
    report = _report(
        staging,
        destination,
        tables,
        decisions,
        mapping_digest=mapping_digest,
        sample=sample,
        notes=notes,
    )
    for name in _TEMPORARY:
        staging.connection.execute(f"DROP TABLE IF EXISTS temp.{name}")
    return report


def _automations(destination: Destination, tables: Sequence[TargetTable]) -> list[str]:
    """What in Odoo would act on the records by itself."""
    return [
        f"Odoo has an active automation rule, {name}: it will act on what is loaded;"
        " archive it for the time of the run if it should not"
        for name in destination.automations([table.model for table in tables])
    ]


def _bring_kept(staging: Staging, decisions: Decisions) -> None:
    """Keys that were decided to stay apart: a former merge of theirs is undone."""
    staging.connection.execute(
        "CREATE OR REPLACE TEMP TABLE plan_kept (model VARCHAR, key VARCHAR)"
    )
    kept = {(row.model, row.key) for row in decisions.duplicates if row.decision == "keep"}
    merged = {
        (row.model, row.key) for row in decisions.duplicates if row.decision.startswith("merge")
    }
    if kept - merged:
        staging.connection.executemany("INSERT INTO plan_kept VALUES (?, ?)", sorted(kept - merged))


def _fill(
    staging: Staging,
    ledger: Ledger,
    destination_id: int,
    tables: Sequence[TargetTable],
    *,
    is_sample: bool,
) -> None:
    connection = staging.connection
    connection.execute(f"CREATE OR REPLACE TABLE meta.plan ({_PLAN_COLUMNS})")
    for table in sorted(tables, key=lambda table: (table.phase, table.entry)):
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE ledger_wanted AS SELECT r.model, r.key"
            f" FROM {table.table} AS t JOIN ledger_record AS r ON r.model = {literal(table.model)}"
            " AND r.key = t.key AND r.operation <> 'merged'"
            f" AND r.digest <> md5({row_json_sql(table, 't')})"
        )
        bring_loaded(staging, ledger, destination_id)
        connection.execute(f"INSERT INTO meta.plan {_plan_sql(table, is_sample=is_sample)}")


def _plan_sql(table: TargetTable, *, is_sample: bool) -> str:
    model = literal(table.model)
    in_sample = f"AND s.model = {model} AND s.key = t.key"
    sample_join = f"LEFT JOIN plan_sample AS s ON true {in_sample}" if is_sample else ""
    joins = " ".join(
        f"LEFT JOIN {name} AS {alias} ON {alias}.model = {model} AND {alias}.key = t.key"
        for name, alias in (
            ("ledger_record", "r"), ("ledger_loaded", "b"), ("plan_out", "o"), ("plan_match", "x"),
            ("target._merges", "g"), ("plan_kept", "k"),
        )
    )  # fmt: skip
    return (
        "SELECT entry, model, key, operation, CASE WHEN operation IN"
        " ('create', 'set_aside', 'waive', 'open') AND NOT stands THEN NULL ELSE odoo_id END,"
        " CASE WHEN operation = 'merge' OR is_merged THEN into_key END,"
        " reason, CASE WHEN operation IN ('update', 'match') THEN changed END, phase, md5(loaded),"
        " loaded, object, source_key FROM ("
        f" SELECT {literal(table.entry)} AS entry, {model} AS model, t.key,"
        f" {_operation_sql(table, is_sample=is_sample)} AS operation,"
        " coalesce(r.odoo_id, x.odoo_id, survivor.odoo_id) AS odoo_id,"
        " coalesce(r.into_key, g.into_key, x.into_key) AS into_key,"
        f" {_reason_sql(table)} AS reason, t.changed, {table.phase} AS phase, t.loaded,"
        " t.object, t.source_key, r.key IS NOT NULL AND r.operation <> 'merged' AS stands,"
        " coalesce(r.operation = 'merged', false) AS is_merged"
        f" FROM ({_rows_sql(table)}) AS t {joins} {sample_join}"
        f" LEFT JOIN ledger_record AS survivor ON survivor.model = {model}"
        " AND survivor.key = g.into_key)"
    )


def _rows_sql(table: TargetTable) -> str:
    """Target rows with their JSON, and the fields that would change in Odoo."""
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
        "SELECT t.key, t.loaded, t.object, t.source_key,"
        f" CASE WHEN r.operation = 'created' THEN {changed}"
        f" WHEN r.operation = 'matched' THEN list_intersect({changed}, {fillable})"
        f" WHEN x.odoo_id IS NOT NULL THEN {fillable} END AS changed"
        f" FROM (SELECT {row_json_sql(table, 'source')} AS loaded, source._object AS object,"
        f" source._source_key AS source_key, source.* FROM {table.table} AS source) AS t"
        f" LEFT JOIN ledger_loaded AS b ON b.model = {model} AND b.key = t.key"
        f" LEFT JOIN ledger_record AS r ON r.model = {model} AND r.key = b.key"
        f" LEFT JOIN plan_match AS x ON x.model = {model} AND x.key = t.key {empty_join}"
    )


def _operation_sql(table: TargetTable, *, is_sample: bool) -> str:
    operation = (
        "CASE WHEN o.kind IS NOT NULL THEN o.kind"
        " WHEN r.operation = 'merged' THEN CASE WHEN g.key IS NULL AND k.key IS NOT NULL"
        " THEN 'create' ELSE 'unchanged' END"
        " WHEN r.key IS NOT NULL THEN CASE WHEN len(t.changed) > 0 THEN 'update'"
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


def _reason_sql(table: TargetTable) -> str:
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


def _report(
    staging: Staging,
    destination: Destination,
    tables: Sequence[TargetTable],
    decisions: Decisions,
    *,
    mapping_digest: str,
    sample: int | None,
    notes: Sequence[str],
) -> PlanReport:
    counts = count_operations(staging)
    check_entries(counts, staging, tables)
    questions = list_questions(staging, decisions)
    return PlanReport(
        digest=_digest(staging, destination, tables, decisions, mapping_digest),
        made_at=now_text(),
        counts=counts,
        objects=count_objects(staging),
        not_selected=list_not_selected(staging),
        samples=list_samples(staging),
        warnings=list_warnings(staging, tables),
        guards=list_guards(counts),
        notes=tuple(notes),
        gone=count_gone(staging),
        deselected=count_deselected(staging, tables),
        open_conflicts=count_open(staging),
        open_deletions=count_undecided(staging),
        open_owners=questions.owners,
        open_duplicates=questions.duplicates,
        open_matches=questions.matches,
        sample=sample,
    )


def _digest(
    staging: Staging,
    destination: Destination,
    tables: Sequence[TargetTable],
    decisions: Decisions,
    mapping_digest: str,
) -> str:
    schema = {
        model: sorted((field.name, field.type) for field in destination.fields(model).values())
        for model in sorted({table.model for table in tables})
    }
    rows = staging.connection.execute(
        "SELECT count(*), CAST(bit_xor(md5_number(concat_ws('|', model, key,"
        # What people change in Odoo between plan and run makes conflicts, and no other plan.
        " CASE WHEN operation <> 'conflict' THEN operation WHEN digest = '' THEN 'archive'"
        " ELSE 'update' END,"
        " coalesce(CAST(odoo_id AS VARCHAR), '-'), coalesce(into_key, '-'), digest))) AS VARCHAR)"
        " FROM meta.plan"
    ).fetchone()
    covered = [mapping_digest, staging.digest, schema, decisions.digest, rows]
    return hashlib.sha256(json.dumps(covered).encode()).hexdigest()
