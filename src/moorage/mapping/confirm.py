"""Confirming a mapping: by name, at a time, for exactly this meaning."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from moorage.errors import Finding, MappingError, RefusedError
from moorage.mapping.spec import Mapping, Undecided, load_mapping

#: Words about a rule rather than parts of it: changing them needs no new confirmation.
_ABOUT = frozenset({"status", "confidence", "why", "note", "advice"})


@dataclass(frozen=True)
class Confirmation:
    """Who confirmed a mapping, when (ISO 8601 with offset), and its digest then."""

    name: str
    at: str
    digest: str


def digest(mapping: Mapping) -> str:
    """The digest of what the mapping does; comments, order and words about rules do not count.

    The order of transforms, options and lookup fields counts, that of keys does not.
    """
    meaning = _without_words(mapping.model_dump(by_alias=True, exclude_unset=False))
    return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()


def confirm(path: Path, name: str, now: datetime, findings: Sequence[Finding]) -> Confirmation:
    """Confirm the mapping in `path`, whose check gave `findings`; the record is written beside it.

    MappingError while there are errors; RefusedError while a decision is open or without a name.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise MappingError(errors, todo="Mend the lines named, then confirm.")
    if not name.strip():
        raise RefusedError("a confirmation needs a name", where=path.name)
    if now.tzinfo is None:
        raise ValueError("a confirmation's time must be aware")
    mapping = load_mapping(path).mapping
    waiting = [
        source_object
        for source_object, reason in mapping.not_migrated.items()
        if isinstance(reason, Undecided) and reason.status == "proposed"
    ]
    if waiting:
        raise RefusedError(
            f"{', '.join(waiting)} wait for a decision",
            where=f"{path.name}: not_migrated",
            todo="Map them, or set their status to confirmed with a reason.",
        )
    confirmation = Confirmation(name.strip(), now.isoformat(timespec="seconds"), digest(mapping))
    text = json.dumps(asdict(confirmation), indent=2, ensure_ascii=False) + "\n"
    fresh = confirmed_path(path).with_suffix(".json.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(confirmed_path(path))
    return confirmation


def confirmed_path(path: Path) -> Path:
    """Where the confirmation of the mapping in `path` is kept."""
    return path.with_name(f"{path.stem}.confirmed.json")


def require_confirmed(path: Path) -> Confirmation:
    """The confirmation of exactly what stands in `path` now; RefusedError if there is none."""
    place = confirmed_path(path)
    try:
        found: Any = json.loads(place.read_text(encoding="utf-8"))
        confirmation = Confirmation(str(found["name"]), str(found["at"]), str(found["digest"]))
    except FileNotFoundError as error:
        raise RefusedError(
            "the mapping is not confirmed",
            where=path.name,
            todo="Read it, then run `moorage map --confirm`.",
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError(
            "the confirmation cannot be read",
            where=place.name,
            todo="Run `moorage map --confirm` again.",
        ) from error
    if confirmation.digest != digest(load_mapping(path).mapping):
        raise RefusedError(
            f"the mapping was changed after {confirmation.at}, when it was confirmed",
            where=path.name,
            todo="Read what changed, then run `moorage map --confirm` again.",
        )
    return confirmation


def _without_words(meaning: dict[str, Any]) -> dict[str, Any]:
    for entry in meaning["objects"].values():
        for rule in entry["fields"].values():
            for word in _ABOUT:
                rule.pop(word)
    for name, reason in meaning["not_migrated"].items():
        meaning["not_migrated"][name] = reason["reason"] if isinstance(reason, dict) else reason
    return meaning
