"""The answers of people as a hand-off shows them: by key, without names and addresses."""

from __future__ import annotations

import csv
from pathlib import Path

from moorage.commands.building import decisions_folder
from moorage.handoff import Answers
from moorage.project import Project

#: The decision files, what each is about, and the columns that hold no person's data.
FILES = (
    ("owners.csv", "Owners", ("source_key", "records", "decision", "decided_by", "decided_at")),
    ("duplicates.csv", "Duplicates",
     ("group", "key", "why", "score", "decision", "decided_by", "decided_at")),
    ("matches.csv", "Matches",
     ("key", "model", "odoo_ids", "decision", "decided_by", "decided_at")),
    ("conflicts.csv", "Conflicts",
     ("key", "model", "field", "changed_at", "decision", "decided_by", "decided_at")),
    ("deletions.csv", "Deleted in the source",
     ("key", "model", "todo", "decision", "decided_by", "decided_at")),
)  # fmt: skip
_HEADS = {"source_key": "Owner", "key": "Record", "odoo_ids": "Odoo ids", "todo": "To do"}


def answers_of(project: Project, to: str) -> tuple[Answers, ...]:
    """Every decision file of destination `to` that is there."""
    folder = decisions_folder(project, to)
    return tuple(
        _read(folder / name, title, columns)
        for name, title, columns in FILES
        if (folder / name).exists()
    )


def _read(path: Path, title: str, columns: tuple[str, ...]) -> Answers:
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = tuple(
            tuple((row.get(column) or "").removeprefix("'") for column in columns)
            for row in csv.DictReader(file)
        )
    heads = tuple(_HEADS.get(name, name.replace("_", " ").capitalize()) for name in columns)
    return Answers(path.stem, title, heads, rows)
