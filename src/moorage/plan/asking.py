"""The queues of go-live as files: conflicts and deletions, with what a person needs to decide."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from moorage.destination import Destination
from moorage.errors import SettingsError
from moorage.ledger.ledger import now_text
from moorage.plan.conflict_decisions import ConflictDecision, DeletionDecision
from moorage.plan.decisions import check_answer, read_rows, write_rows
from moorage.staging.staging import Staging

_SHOWN = 500

Place = tuple[str, int, str]


def write_conflicts(staging: Staging, destination: Destination, path: Path) -> None:
    """Write the file of conflicts after a plan; answers that still hold are kept."""
    rows = staging.connection.execute(
        "SELECT model, key, odoo_id, field, loaded, found, wanted, fingerprint, decision, user_id,"
        " written_at FROM meta.conflicts ORDER BY decision <> '', model, len(key), key, field"
    ).fetchall()
    if not rows and not path.exists():
        return
    former = {(row.model, row.key, row.field): row for row in read_rows(path, ConflictDecision)}
    tracked = _tracked(destination, [(row[0], row[2], row[3]) for row in rows])
    users = _names(destination, "res.users", {row[9] for row in rows if row[9]})
    asked = []
    for model, key, odoo_id, field, loaded, found, wanted, mark, decision, user, at in rows:
        by, when = tracked.get((model, odoo_id, field), (users.get(user, ""), at))
        answer = former.get((model, key, field)) if decision else None
        about = destination.fields(model).get(field)
        kind = about.type if about else ""
        is_deleted = field == "active" and wanted == "null"
        asked.append(
            ConflictDecision(
                model,
                key,
                field,
                label=about.label if about else field,
                record=record_url(destination, model, odoo_id),
                loaded=_shown(loaded, kind),
                in_odoo=_shown(found, kind),
                in_source="(deleted)" if is_deleted else _shown(wanted, kind),
                changed_by=by,
                changed_at=when,
                fingerprint=mark,
                decision=decision,
                decided_by=answer.decided_by if answer else "",
                decided_at=answer.decided_at if answer else "",
            )
        )
    write_rows(path, ConflictDecision, asked)


def write_deletions(staging: Staging, destination: Destination, path: Path) -> None:
    """Write the file of records whose row is gone after a plan; answers are kept."""
    rows = staging.connection.execute(
        "SELECT model, key, odoo_id, todo FROM meta.gone ORDER BY model, len(key), key"
    ).fetchall()
    if not rows and not path.exists():
        return
    former = {(row.model, row.key): row for row in read_rows(path, DeletionDecision)}
    names = {
        model: _names(destination, model, {row[2] for row in rows if row[0] == model})
        for model in {row[0] for row in rows}
    }
    asked = []
    for model, key, odoo_id, todo in rows:
        answer = former.get((model, key), DeletionDecision(model, key))
        name, record = names[model].get(odoo_id, ""), record_url(destination, model, odoo_id)
        asked.append(replace(answer, name=name, record=record, todo=todo))
    write_rows(path, DeletionDecision, sorted(asked, key=lambda row: bool(row.decision)))


def record_url(destination: Destination, model: str, odoo_id: int) -> str:
    """Where a person sees the record."""
    return f"{destination.identity.url}/odoo/{model}/{odoo_id}"


def _shown(text: str, kind: str) -> str:
    value = json.loads(text)
    if value in (None, False, []):
        return ""
    if kind == "binary":
        return f"a file with SHA-1 {value}"
    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return told if len(told) <= _SHOWN else f"{told[:_SHOWN]} …"


def _names(destination: Destination, model: str, ids: Iterable[int]) -> dict[int, str]:
    wanted = sorted(ids)
    pages = destination.pages(model, [("id", "in", wanted)], ["display_name"]) if wanted else ()
    return {row["id"]: str(row["display_name"] or "") for page in pages for row in page}


def _tracked(destination: Destination, places: Sequence[Place]) -> dict[Place, tuple[str, str]]:
    """Who changed each field last and when, where Odoo keeps track of it."""
    found: dict[Place, tuple[str, str]] = {}
    if not destination.fields("mail.tracking.value"):
        return found
    for model in {model for model, _, _ in places}:
        ids = {odoo_id for about, odoo_id, _ in places if about == model}
        messages = _messages(destination, model, sorted(ids))
        values = _pages(
            destination, "mail.tracking.value", [("mail_message_id", "in", sorted(messages))],
            ["mail_message_id", "field_id"],
        ) if messages else []  # fmt: skip
        names = {
            row["id"]: row["name"]
            for row in _pages(
                destination, "ir.model.fields",
                [("id", "in", sorted({value["field_id"] for value in values}))], ["name"],
            )
        } if values else {}  # fmt: skip
        for value in values:
            odoo_id, author, at = messages[value["mail_message_id"]]
            place = (model, odoo_id, str(names.get(value["field_id"], "")))
            if at >= found.get(place, ("", ""))[1]:
                found[place] = (author, at)
    return {place: found[place] for place in places if place in found}


def _messages(
    destination: Destination, model: str, ids: Sequence[int]
) -> dict[int, tuple[int, str, str]]:
    """Messages that tell of a change on records `ids`: record, author, when."""
    domain = [
        ("model", "=", model),
        ("res_id", "in", list(ids)),
        ("tracking_value_ids", "!=", False),
    ]
    rows = _pages(destination, "mail.message", domain, ["res_id", "author_id", "date"])
    authors = _names(
        destination, "res.partner", {row["author_id"] for row in rows if row["author_id"]}
    )
    return {
        row["id"]: (row["res_id"], authors.get(row["author_id"], ""), str(row["date"]))
        for row in rows
    }


def _pages(
    destination: Destination, model: str, domain: Sequence[Any], fields: Sequence[str]
) -> list[dict[str, Any]]:
    return [row for page in destination.pages(model, domain, fields) for row in page]


# -- answers ---------------------------------------------------------------------------------


def answer_conflicts(
    path: Path, answers: Mapping[str, str], answer_all: str, by: str
) -> list[ConflictDecision]:
    """Write down answers by `key` or `key.field`, and `answer_all` for the rest still open."""
    rows = read_rows(path, ConflictDecision)
    places = {name for row in rows for name in (row.key, f"{row.key}.{row.field}")}
    _check(ConflictDecision, path, places, answers, answer_all)
    for at, row in enumerate(rows):
        decision = answers.get(f"{row.key}.{row.field}", answers.get(row.key, ""))
        decision = decision or ("" if row.decision else answer_all)
        if decision:
            rows[at] = replace(row, decision=decision, decided_by=by, decided_at=now_text())
    if answers or answer_all:
        write_rows(path, ConflictDecision, rows)
    return rows


def answer_deletions(
    path: Path, answers: Mapping[str, str], answer_all: str, by: str
) -> list[DeletionDecision]:
    """Write down answers by key, and `answer_all` for the rest still open.

    `archive` for all passes over records of models without an archive; by key it is refused.
    """
    rows = read_rows(path, DeletionDecision)
    _check(DeletionDecision, path, {row.key for row in rows}, answers, answer_all)
    for at, row in enumerate(rows):
        decision = answers.get(row.key, "" if row.decision else answer_all)
        if decision == "archive" and row.todo:
            if row.key in answers:
                raise SettingsError(
                    f"Odoo has no archive for {row.model}",
                    where=row.key,
                    state="Nothing was changed.",
                    todo=f"Answer `keep`, and {row.todo}.",
                )
            continue
        if decision:
            rows[at] = replace(row, decision=decision, decided_by=by, decided_at=now_text())
    if answers or answer_all:
        write_rows(path, DeletionDecision, rows)
    return rows


def _check(
    kind: type, path: Path, places: set[str], answers: Mapping[str, str], answer_all: str
) -> None:
    for key, decision in answers.items():
        if key not in places:
            raise SettingsError(
                "there is no such question",
                where=f"{path.name}: {key}",
                state="Nothing was changed.",
                todo="`moorage delta` looks anew; the keys stand in the file.",
            )
        check_answer(kind, decision, f"{path.name}: {key}")
    if answer_all:
        check_answer(kind, answer_all, str(path))
