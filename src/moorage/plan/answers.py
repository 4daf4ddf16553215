"""What people's answers do to a plan: owners, adopted records, questions still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from moorage.destination import Destination
from moorage.errors import SettingsError
from moorage.ledger.ledger import now_text
from moorage.mapping.target import TargetTable
from moorage.plan.decisions import (
    Decisions,
    MatchDecision,
    OwnerDecision,
    check_answer,
    read_rows,
    write_rows,
)
from moorage.plan.owners import USERS, read_users
from moorage.plan.rows import field_named, of_model
from moorage.plan.standing import append_rows
from moorage.staging.staging import Staging, literal

Adoption = tuple[str, str, int, str]


class Questions(NamedTuple):
    """What is not answered yet: owner keys, duplicate groups, keys that several records fit."""

    owners: tuple[str, ...]
    duplicates: tuple[str, ...]
    matches: tuple[str, ...]


def apply_owners(
    staging: Staging,
    destination: Destination,
    tables: Sequence[TargetTable],
    decisions: Decisions,
) -> tuple[list[Adoption], list[str]]:
    """Owners decided to nobody and open ones leave the plan (`plan_out`); matched ones are adopted.

    An owner without any line in the file is open. Those that stand in Odoo already stay as they
    are; where the answer now says otherwise, a note says so.
    """
    users = of_model(tables, USERS)
    if not users:
        return [], []
    answers = {row.source_key: row for row in decisions.owners}
    standing: dict[str, int] = dict(
        staging.connection.execute(
            f"SELECT key, odoo_id FROM ledger_record WHERE model = {literal(USERS)}"
        ).fetchall()
    )
    logins = {user.login: user.odoo_id for user in read_users(destination)}
    adopted: list[Adoption] = []
    out: list[tuple[str, str, str, str, int]] = []
    notes: list[str] = []
    for table in users:
        keys = [row[0] for row in staging.connection.execute(
            f"SELECT key FROM {table.table} WHERE key NOT IN"
            f" (SELECT key FROM plan_out WHERE model = {literal(USERS)}) ORDER BY key"
        ).fetchall()]  # fmt: skip
        for key in keys:
            answer = answers.get(key, OwnerDecision(key))
            found = _login_id(answer, logins)
            if key in standing:
                if found not in (None, standing[key]):
                    notes.append(f"{key}: the answer changed after it was loaded; roll back first")
            elif not answer.decision:
                out.append((USERS, key, "open", "nobody has decided who this owner is in Odoo", 0))
            elif answer.decision == "nobody":
                out.append((USERS, key, "waive", f"nobody, decided by {answer.decided_by}", 0))
            elif found is not None:
                adopted.append((USERS, key, found, "owner decision"))
        inactive = {row.source_key for row in decisions.owners if row.decision == "create_inactive"}
        _make_inactive(staging, table, [k for k in keys if k in inactive])
    append_rows(staging, "plan_out", out)
    return adopted, notes


def _login_id(answer: OwnerDecision, logins: dict[str, int]) -> int | None:
    if not answer.decision.startswith("match:"):
        return None
    login = answer.decision.removeprefix("match:").strip().casefold()
    if login not in logins:
        raise SettingsError(
            "Odoo has no user with the login of this answer",
            where=f"decisions/owners.csv, {answer.source_key}",
            state="Nothing was changed.",
            todo="Answer with a login that exists, or create, create_inactive or nobody.",
        )
    return logins[login]


def _make_inactive(staging: Staging, table: TargetTable, keys: Sequence[str]) -> None:
    if not keys:
        return
    if field_named(table, "active") is None:
        raise SettingsError(
            "an owner is to be created inactive, but the entry does not fill the field 'active'",
            where=f"mapping entry {table.entry}",
            state="Nothing was changed.",
            todo="Add the field 'active' to the entry.",
        )
    staging.connection.execute(
        f"UPDATE {table.table} SET active = false WHERE list_contains(?, key)", [list(keys)]
    )


def decided_adoptions(staging: Staging, tables: Sequence[TargetTable]) -> list[Adoption]:
    """Keys whose duplicate decision names a record of Odoo, and which can go."""
    models = {table.model for table in tables}
    rows = staging.connection.execute(
        "SELECT a.model, a.key, a.odoo_id, a.why FROM target._adoptions AS a"
        " WHERE NOT EXISTS (SELECT 1 FROM plan_out AS o WHERE o.model = a.model AND o.key = a.key)"
        " AND NOT EXISTS (SELECT 1 FROM ledger_record AS r WHERE r.model = a.model"
        " AND r.key = a.key) ORDER BY ALL"
    ).fetchall()
    return [row for row in rows if row[0] in models]


def list_questions(staging: Staging, decisions: Decisions) -> Questions:
    """The questions that rows of this plan wait for."""
    waiting = staging.connection.execute(
        "SELECT model, key FROM meta.plan WHERE operation = 'open' ORDER BY ALL"
    ).fetchall()
    planned = {(row.model, row.key): row.group for row in decisions.duplicates if not row.decision}
    groups = sorted({planned[pair] for pair in _going(staging, list(planned))})
    return Questions(
        tuple(key for model, key in waiting if model == USERS),
        tuple(groups),
        tuple(key for model, key in waiting if model != USERS),
    )


def write_match_questions(staging: Staging, path: Path) -> list[MatchDecision]:
    """Write the file of rows that several of Odoo's records fit, after a plan; answers are kept.

    Returns the lines that are still open.
    """
    answered = {(row.model, row.key): row for row in read_rows(path, MatchDecision)}
    for model, key, ids in staging.connection.execute(
        "SELECT model, key, regexp_extract(reason, '[0-9 ]+$') FROM meta.plan"
        f" WHERE operation = 'open' AND model <> {literal(USERS)} ORDER BY len(key), key"
    ).fetchall():
        answered[model, key] = MatchDecision(model, key, odoo_ids=ids.strip())
    rows = list(answered.values())
    if rows or path.exists():
        write_rows(path, MatchDecision, rows)
    return [row for row in rows if not row.decision]


def answer_match(path: Path, key: str, decision: str, by: str) -> MatchDecision:
    """Answer with the id of the record that is meant, or `create`, in `by`'s name."""
    decision = decision.strip()
    check_answer(MatchDecision, decision, str(path))
    rows = read_rows(path, MatchDecision)
    row = next((row for row in rows if row.key == key), None)
    if row is None or (decision.isdigit() and decision not in row.odoo_ids.split()):
        raise SettingsError(
            "there is no such question, or the record is none of those that fit",
            where=f"{path.name}: {key}",
            state="Nothing was changed.",
            todo="Run `moorage plan` to see the questions and the ids.",
        )
    given = replace(row, decision=decision, decided_by=by, decided_at=now_text())
    write_rows(path, MatchDecision, [given if old is row else old for old in rows])
    return given


def _going(staging: Staging, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of `pairs` (model, key) that a run would write."""
    if not pairs:
        return []
    staging.connection.execute("CREATE OR REPLACE TEMP TABLE asked (model VARCHAR, key VARCHAR)")
    append_rows(staging, "asked", pairs)
    return staging.connection.execute(
        "SELECT model, key FROM asked JOIN meta.plan AS p USING (model, key)"
        " WHERE p.operation IN ('create', 'match', 'merge', 'open')"
    ).fetchall()
