"""The decision files: questions that people answer, kept from one run to the next.

Each is a CSV file in the project's `decisions` folder, fit for a spreadsheet. A cell that a
spreadsheet would take for a formula is written with a quote before it and read back without.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from moorage.errors import Finding, MappingError, SettingsError
from moorage.plan.conflict_decisions import (
    CONFLICTS_FILE,
    DELETIONS_FILE,
    ConflictDecision,
    DeletionDecision,
    fits_conflict,
    fits_deletion,
)

OWNERS_FILE = "owners.csv"
DUPLICATES_FILE = "duplicates.csv"
MATCHES_FILE = "matches.csv"

#: How the one who decided begins where a rule did.
RULE = "rule: "

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class OwnerDecision:
    """Who an owner of the source is in Odoo.

    `decision` is `match:<login>`, `create`, `create_inactive`, `nobody`, or empty while open.
    `source_key` is the whole key.
    """

    source_key: str
    name: str = ""
    email: str = ""
    active_in_source: str = ""
    records: int = 0
    odoo_login: str = ""
    decision: str = ""
    decided_by: str = ""
    decided_at: str = ""


@dataclass(frozen=True)
class DuplicateDecision:
    """One member of a group of rows that may be one thing: `merge`, `keep`, or empty while open.

    `existing_odoo_id` holds the ids of Odoo's own records in the group; where there are several,
    the answer names one: `merge:<id>`.
    """

    group: str
    model: str
    key: str
    name: str = ""
    why: str = ""
    score: float = 100.0
    existing_odoo_id: str = ""
    decision: str = ""
    decided_by: str = ""
    decided_at: str = ""


@dataclass(frozen=True)
class MatchDecision:
    """A row that several of Odoo's records fit: the id of the right one, `create`, or empty."""

    model: str
    key: str
    odoo_ids: str = ""
    decision: str = ""
    decided_by: str = ""
    decided_at: str = ""


Answer = OwnerDecision | DuplicateDecision | MatchDecision | ConflictDecision | DeletionDecision
Row = TypeVar(
    "Row", OwnerDecision, DuplicateDecision, MatchDecision, ConflictDecision, DeletionDecision
)


def _fits_owner(decision: str) -> bool:
    words = ("", "create", "create_inactive", "nobody")
    return decision in words or (decision.startswith("match:") and len(decision) > len("match:"))


def _fits_duplicate(decision: str) -> bool:
    return decision in ("", "merge", "keep") or (
        decision.startswith("merge:") and decision[len("merge:") :].isdigit()
    )


def _fits_match(decision: str) -> bool:
    return decision in ("", "create") or decision.isdigit()


_RULES: dict[type, tuple[Callable[[str], bool], str]] = {
    OwnerDecision: (_fits_owner, "match:<login>, create, create_inactive or nobody"),
    DuplicateDecision: (_fits_duplicate, "merge, merge:<id> or keep"),
    MatchDecision: (_fits_match, "the id of one Odoo record, or create"),
    ConflictDecision: (fits_conflict, "odoo or source"),
    DeletionDecision: (fits_deletion, "archive or keep"),
}


@dataclass(frozen=True)
class Decisions:
    """All answers of a project, as they stand in its decision files."""

    owners: tuple[OwnerDecision, ...] = ()
    duplicates: tuple[DuplicateDecision, ...] = ()
    matches: tuple[MatchDecision, ...] = ()
    conflicts: tuple[ConflictDecision, ...] = ()
    deletions: tuple[DeletionDecision, ...] = ()

    @classmethod
    def load(cls, folder: Path) -> Decisions:
        """Read the files of `folder`; those that are not there are empty."""
        return cls(
            tuple(read_rows(folder / OWNERS_FILE, OwnerDecision)),
            tuple(read_rows(folder / DUPLICATES_FILE, DuplicateDecision)),
            tuple(read_rows(folder / MATCHES_FILE, MatchDecision)),
            tuple(read_rows(folder / CONFLICTS_FILE, ConflictDecision)),
            tuple(read_rows(folder / DELETIONS_FILE, DeletionDecision)),
        )

    @property
    def digest(self) -> str:
        """Over the answers only: neither the order nor who gave them matters."""
        answers = sorted(
            [("owner", row.source_key, row.decision) for row in self.owners]
            + [(f"{row.group} {row.model}", row.key, row.decision) for row in self.duplicates]
            + [(row.model, row.key, row.decision) for row in self.matches]
            + [
                (f"{row.model}.{row.field}", row.key, f"{row.decision} {row.fingerprint}")
                for row in self.conflicts
                if row.decision
            ]
            + [
                (f"gone {row.model}", row.key, row.decision)
                for row in self.deletions
                if row.decision
            ]
        )
        return sha256(repr(answers).encode()).hexdigest()


def check_answer(kind: type, decision: str, where: str) -> None:
    """SettingsError unless `decision` is one of the words that this file takes."""
    fits, words = _RULES[kind]
    if not fits(decision):
        raise SettingsError(
            f"{decision!r} is no answer here",
            where=where,
            state="Nothing was changed.",
            todo=f"Answer {words}.",
        )


def read_rows(path: Path, kind: type[Row]) -> list[Row]:
    """The rows of a decision file; MappingError names every line that cannot be read."""
    if not path.exists():
        return []
    findings: list[Finding] = []
    rows: list[Row] = []
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        places = _places(next(reader, []), kind)
        for cells in reader:
            try:
                if cells:
                    rows.append(_row(cells, places, kind))
            except ValueError as error:
                findings.append(Finding(str(error), str(path), reader.line_num))
    if findings:
        raise MappingError(findings, todo="Mend the lines named, or delete the file to ask anew.")
    return rows


def answered_elsewhere(
    others: Mapping[str, Path], kind: type[Row], may_carry: Callable[[Row], bool]
) -> list[Row]:
    """What people answered for other destinations (name: file), the latest answer last.

    Only answers that mean the same in every Odoo: `may_carry` says which. Who answered says where.
    """
    found = [
        replace(row, decided_by=f"{row.decided_by}, for {name}")
        for name, path in others.items()
        for row in read_rows(path, kind)
        if is_by_people(row) and may_carry(row)
    ]
    return sorted(found, key=lambda row: row.decided_at)


def is_by_people(answer: Answer) -> bool:
    """Whether a person gave this answer, and no rule."""
    return bool(answer.decision) and not answer.decided_by.startswith(RULE)


def _places(names: Sequence[str], kind: type[Row]) -> list[tuple[int, str, Callable[[str], Any]]]:
    """Where the columns that `kind` knows stand in a line, and what their text becomes."""
    types = {column.name: _TYPES[str(column.type)] for column in fields(kind)}
    return [(at, name, types[name]) for at, name in enumerate(names) if name in types]


def _row(
    cells: Sequence[str], places: Iterable[tuple[int, str, Callable[[str], Any]]], kind: type[Row]
) -> Row:
    values: dict[str, Any] = {}
    for at, name, typed in places:
        text = _unescaped(cells[at].strip()) if at < len(cells) else ""
        if text:
            values[name] = typed(text)
    missing = [name for name in ("source_key", "key") if name in kind.__annotations__]
    if any(name not in values for name in missing):
        raise ValueError("the line has no key")
    fits, words = _RULES[kind]
    if not fits(values.get("decision", "")):
        raise ValueError(f"the decision must be {words}, or empty")
    return kind(**values)


_TYPES: dict[str, Callable[[str], Any]] = {"str": str, "int": int, "float": float}


def write_rows(path: Path, kind: type[Row], rows: Iterable[Row]) -> None:
    """Write a decision file whole: a killed write leaves the former one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    names: Sequence[str] = [column.name for column in fields(kind)]
    with unfinished.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for row in rows:
            values = asdict(row)
            writer.writerow([_escaped(values[name]) for name in names])
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _escaped(value: Any) -> Any:
    # A text that starts with a quote gets one more, so that what was escaped is always plain.
    if isinstance(value, str) and value.startswith((*_FORMULA, "'")):
        return "'" + value
    return value


def _unescaped(text: str) -> str:
    return text[1:] if text.startswith("'") else text
