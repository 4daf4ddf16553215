"""Duplicates: rows that may be one thing, asked about instead of merged in silence.

Equal after normalising comes first (`exact` of the rule), likeness of a name second (`similar`).
Both look within one entry and among the records that Odoo has of its own. A company and a person
are never one. What a rule decides stands in the file too, with the rule as the one who decided.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from moorage.destination import Destination
from moorage.errors import SettingsError
from moorage.ledger.ledger import Ledger, now_text
from moorage.mapping.target import DuplicateRule, TargetTable
from moorage.plan.candidates import Candidates, bring_candidates, exact_pairs
from moorage.plan.decisions import (
    RULE,
    DuplicateDecision,
    answered_elsewhere,
    check_answer,
    is_by_people,
    read_rows,
    write_rows,
)
from moorage.plan.likeness import similar_pairs
from moorage.plan.merges import ensure_merges
from moorage.plan.rows import in_key_order
from moorage.plan.standing import bring_ledger
from moorage.staging.staging import Staging

#: A group larger than this is asked about whatever the rule says: it is rarely one thing.
LARGE_GROUP = 20


@dataclass(frozen=True)
class Pair:
    """Two members that may be one; `left` and `right` are keys, or `odoo:<id>`."""

    left: str
    right: str
    why: str
    score: float


@dataclass(frozen=True)
class DuplicatesReport:
    """The file after a look: all lines, the groups still open, and what was not compared."""

    rows: tuple[DuplicateDecision, ...]
    open_groups: tuple[str, ...]
    notes: tuple[str, ...] = ()


def find_duplicates(  # noqa: PLR0917
    staging: Staging,
    ledger: Ledger,
    destination: Destination,
    destination_id: int,
    tables: Sequence[TargetTable],
    path: Path,
    others: Mapping[str, Path] | None = None,
) -> DuplicatesReport:
    """Look for duplicates and write `path`; answers of people are kept, also where a row is gone.

    What people answered in the files of `others` (destination: file) counts where nobody answered
    here, and no record that one of the two Odoos has of its own is in the group.
    Wants the target tables as the mapping just built them, before `apply_merges`.
    """
    ensure_merges(staging)
    bring_ledger(staging, ledger, destination_id)
    former = {(row.group, row.model, row.key): row for row in read_rows(path, DuplicateDecision)}
    found: list[DuplicateDecision] = []
    notes: list[str] = []
    for table in tables:
        if table.duplicates is not None:
            rows, said = _of_table(staging, destination, table, table.duplicates)
            found.extend(rows)
            notes.extend(f"{table.entry}: {sentence}" for sentence in said)
    staging.connection.execute("DROP TABLE IF EXISTS temp.ledger_record")
    elsewhere = {
        (row.group, row.model, row.key): row
        for row in answered_elsewhere(others or {}, DuplicateDecision, _fits_everywhere)
    }
    rows = _with_answers([_carried(row, elsewhere, former) for row in found], former)
    write_rows(path, DuplicateDecision, rows)
    open_groups = sorted({row.group for row in rows if not row.decision})
    return DuplicatesReport(tuple(rows), tuple(open_groups), tuple(notes))


def _of_table(
    staging: Staging, destination: Destination, table: TargetTable, rule: DuplicateRule
) -> tuple[list[DuplicateDecision], list[str]]:
    candidates = bring_candidates(staging, destination, table, rule)
    exact = [Pair(*row) for row in exact_pairs(staging, table, rule)]
    rows = _groups(table, candidates, exact, "exact", rule.exact_do)
    if rule.similar is None:
        return rows, []
    # One member stands for each exact group, so that nothing is asked twice.
    represented = {
        member for members in _components(exact).values() for member in _in_order(members)[1:]
    }
    likely, notes = similar_pairs(staging, table, rule, represented)
    pairs = [Pair(*row) for row in likely]
    return rows + _groups(table, candidates, pairs, "similar", rule.similar_do), notes


def _groups(
    table: TargetTable, candidates: Candidates, pairs: Sequence[Pair], kind: str, do: str
) -> list[DuplicateDecision]:
    best: dict[str, Pair] = {}
    for pair in pairs:
        for member in (pair.left, pair.right):
            if member not in best or pair.score > best[member].score:
                best[member] = pair
    names = candidates.names(list(best))
    rows: list[DuplicateDecision] = []
    for members in _components(pairs).values():
        keys = [member for member in _in_order(members) if not member.startswith("odoo:")]
        odoo_ids = sorted(int(m.removeprefix("odoo:")) for m in members if m.startswith("odoo:"))
        if not keys:
            continue
        decision, by = _by_rule(do, len(members), len(odoo_ids))
        rows.extend(
            DuplicateDecision(
                group=f"{kind} {keys[0]}",
                model=table.model,
                key=key,
                name=names.get(key, ""),
                why=best[key].why,
                score=round(best[key].score, 1),
                existing_odoo_id=" ".join(str(odoo_id) for odoo_id in odoo_ids),
                decision=decision,
                decided_by=by,
            )
            for key in keys
        )
    return rows


def _by_rule(do: str, size: int, odoo_count: int) -> tuple[str, str]:
    if do == "keep":
        return "keep", f"{RULE}keep"
    if do == "merge" and size <= LARGE_GROUP and odoo_count <= 1:
        return "merge", f"{RULE}merge"
    return "", ""


def _in_order(members: Iterable[str]) -> list[str]:
    """Keys first, Odoo's own last: a key must stand for a group that has one."""
    listed = list(members)
    keys = in_key_order(m for m in listed if not m.startswith("odoo:"))
    return keys + in_key_order(m for m in listed if m.startswith("odoo:"))


def _components(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """Members that pairs join, directly or through others, by one of them (union-find)."""
    parent: dict[str, str] = {}

    def root(member: str) -> str:
        while parent.setdefault(member, member) != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    for pair in pairs:
        left, right = root(pair.left), root(pair.right)
        if left != right:
            parent[right] = left
    groups: dict[str, list[str]] = {}
    for member in list(parent):
        groups.setdefault(root(member), []).append(member)
    return groups


def _fits_everywhere(answer: DuplicateDecision) -> bool:
    """Whether an answer is about rows of the source alone."""
    return not answer.existing_odoo_id and ":" not in answer.decision


def _carried(
    row: DuplicateDecision,
    elsewhere: Mapping[tuple[str, str, str], DuplicateDecision],
    former: Mapping[tuple[str, str, str], DuplicateDecision],
) -> DuplicateDecision:
    """`row` with the answer that was given for another destination, if it holds here too."""
    place = (row.group, row.model, row.key)
    own, given = former.get(place), elsewhere.get(place)
    if given is None or row.existing_odoo_id or (own is not None and is_by_people(own)):
        return row
    return replace(
        row, decision=given.decision, decided_by=given.decided_by, decided_at=given.decided_at
    )


def _with_answers(
    found: Sequence[DuplicateDecision],
    former: dict[tuple[str, str, str], DuplicateDecision],
) -> list[DuplicateDecision]:
    rows = []
    for row in found:
        answered = former.pop((row.group, row.model, row.key), None)
        if answered is not None and is_by_people(answered):
            rows.append(
                replace(
                    row,
                    decision=answered.decision,
                    decided_by=answered.decided_by,
                    decided_at=answered.decided_at,
                )
            )
        elif is_by_people(row):
            rows.append(row)
        elif row.decision:
            is_same = answered is not None and answered.decision == row.decision
            decided_at = answered.decided_at if answered and is_same else now_text()
            rows.append(replace(row, decided_at=decided_at))
        else:
            rows.append(row)
    # What people answered outlives the likeness that raised the question.
    rows.extend(row for row in former.values() if is_by_people(row))
    return rows


def answer_duplicate(
    path: Path, group: str, decision: str, by: str, *, key: str | None = None
) -> int:
    """Answer for a whole group, or for one `key` of it; how many lines were answered."""
    return answer_duplicates(path, {group}, decision, by, key=key)


def answer_duplicates(
    path: Path, groups: Collection[str], decision: str, by: str, *, key: str | None = None
) -> int:
    """One answer for several groups; how many lines were answered.

    `merge` makes the members so answered one (and the record that Odoo has, if it has one);
    `merge:<id>` says which record where Odoo has several; `keep` leaves them apart.
    """
    decision = decision.strip()
    check_answer(DuplicateDecision, decision, str(path))
    rows = read_rows(path, DuplicateDecision)
    meant = [row for row in rows if row.group in groups and key in (None, row.key)]
    unknown = set(groups) - {row.group for row in meant}
    if unknown:
        raise _refused("there is no such group in the queue", path, min(unknown), "see the groups")
    if decision == "merge" and any(" " in row.existing_odoo_id for row in meant):
        todo = "name the record of Odoo that stays, merge:<id>"
        raise _refused("Odoo has several records of a group", path, "merge", todo)
    named = decision.removeprefix("merge:")
    if decision.startswith("merge:") and any(
        named not in row.existing_odoo_id.split() for row in meant
    ):
        raise _refused("this record is not of the group", path, min(groups), "see the ids")
    answered = {
        id(row): replace(
            row, decision=decision, decided_by=by if decision else "",
            decided_at=now_text() if decision else "",
        )
        for row in meant
    }  # fmt: skip
    write_rows(path, DuplicateDecision, [answered.get(id(row), row) for row in rows])
    return len(meant)


def _refused(what: str, path: Path, group: str, todo: str) -> SettingsError:
    return SettingsError(
        what,
        where=f"{path.name}: {group}",
        state="Nothing was changed.",
        todo=f"Run `moorage duplicates` to {todo}."
        if todo.startswith("see")
        else f"Please {todo}.",
    )
