"""A look at a bundle: what it holds, how it is written, what runs by itself in the account."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from moorage.bundles import Bundle, Match
from moorage.sources.base import Discovery, SourceObject
from moorage.sources.octopuspro import catalogue
from moorage.sources.octopuspro.custom import custom_fields, query, read_questions
from moorage.sources.octopuspro.inventory import inventory

_COMPANIES = """
SELECT DISTINCT trim(company_id) FROM answers WHERE coalesce(trim(company_id), '') NOT IN ('', '0')
ORDER BY 1
"""
_STATUSES = "SELECT trim(status), count(*) FROM answers GROUP BY 1 ORDER BY 2 DESC, 1"
_WITHOUT_STATUS = "SELECT count(*) FROM answers WHERE coalesce(trim(status), '') = ''"
#: Objects without a file of their own.
_DERIVED = (
    "Made of other rows, so counted when they are extracted: "
    + ", ".join(label for label, table, _ in catalogue.OBJECTS.values() if not table)
    + "."
)
_NAMED_FILES = "SELECT trim(file) FROM answers WHERE trim(file) <> ''"


def discover(
    bundle: Bundle, match: Match, timezone: str, currency: str, paths: Sequence[str]
) -> Discovery:
    """Counts, columns of the account's own, formats, oddities and questions."""
    counts = {name: matched.row_count for name, matched in match.tables.items()}
    questions = read_questions(match)
    companies = _companies(match)
    files, file_notes = _files(bundle.folder, match, paths)
    details: dict[str, Any] = {
        "table_counts": counts,
        "custom_fields": [
            {"object": name, "code": field.name, "label": field.label, "type": field.type,
             "options": list(field.options)}
            for name in catalogue.CUSTOMISED
            for field in custom_fields(match, name)
        ],
        "form_questions": [
            {"form": one.form, "question": one.question, "type": one.type} for one in questions
        ],
        "statuses": {status or "(none)": count for status, count in query(
            match, "bookings", _STATUSES)},
        "companies": companies,
        "attachments": files,
        "inventory": inventory(match),
        "currency": currency,
        "timezone": timezone,
    }  # fmt: skip
    return Discovery(
        kind="octopuspro",
        release="export bundle",
        identity=f"octopuspro:{bundle.path.name}",
        objects=tuple(_object(name, match, counts, questions) for name in catalogue.OBJECTS),
        notes=(*match.notes(), *file_notes, *_absent(counts), _DERIVED),
        questions=(*match.questions(), *_questions(match, companies)),
        details=details,
    )


def _object(
    name: str, match: Match, counts: dict[str, int], questions: Sequence[Any]
) -> SourceObject:
    label, table, _ = catalogue.OBJECTS[name]
    fields = (*catalogue.fields(name), *custom_fields(match, name))
    if name == "bookings":
        fields += tuple(question.field() for question in questions)
    return SourceObject(name, label, counts.get(table, 0), fields)


def _companies(match: Match) -> list[str]:
    """The internal ids of the companies that rows belong to."""
    found: set[str] = set()
    for table in ("customers", "bookings", "invoices", "quotes", "payments"):
        found |= {name for (name,) in query(match, table, _COMPANIES)}
    return sorted(found)


def _files(root: Path, match: Match, paths: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Volume of the files at hand, and those that no row names."""
    named = {path.replace("\\", "/") for (path,) in query(match, "attachments", _NAMED_FILES)}
    unnamed = [
        path
        for path in paths
        if path not in named and path.removeprefix("attachments/") not in named
    ]
    told = {
        "rows": len(named),
        "files_at_hand": len(paths),
        "bytes_at_hand": sum((root / path).stat().st_size for path in paths),
    }
    words = f"{len(unnamed):,} files below attachments/ are named by no row: they are not moved."
    return told, [words] if unnamed else []


def _absent(counts: dict[str, int]) -> list[str]:
    empty = sorted(name for name, count in counts.items() if not count)
    return [f"Not in the bundle, or empty: {', '.join(empty)}."] if empty else []


def _questions(match: Match, companies: Sequence[str]) -> list[str]:
    """What only a person can answer, with the setting that takes the answer."""
    asked = []
    if len(companies) > 1:
        asked.append(
            f"The rows belong to {len(companies)} companies of the account"
            f" ({', '.join(companies)}): settings.companies says which of them moves (main) and"
            " which waits for a project of its own (other)."
        )
    ((without,),) = query(match, "payments", _WITHOUT_STATUS)
    if without:
        asked.append(
            f"{without:,} payments have no status: settings.payments_without_status says whether"
            " they are posted, draft or cancel."
        )
    return asked
