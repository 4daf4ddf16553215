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
from moorage.plan.matching import match_existing, start_matches
from moorage.plan.merges import ensure_merges
from moorage.plan.outcomes import decide
from moorage.plan.report import PlanReport
from moorage.plan.sample import choose_sample
from moorage.plan.standing import bring_ledger
from moorage.staging.staging import Staging

_TEMPORARY = (
    "ledger_record", "plan_out", "plan_match", "plan_candidate", "plan_sample", "plan_kept",
    "odoo_raw", "odoo_existing", "odoo_empty", "own_id",
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
    decide(staging, ledger, destination_id, tables, is_sample=sample is not None)
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
