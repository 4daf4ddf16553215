"""What a language model answered, as far as it is an answer to the question."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

LONGEST_WHY = 160
_LONGEST = 200_000
_NONE = frozenset(("", "none", "null", "-"))


@dataclass(frozen=True)
class Choice:
    """The field chosen (None: no field of Odoo's), and why in the model's words, cleaned."""

    target: str | None
    why: str


class _Answer(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    n: int
    field: str | None = None
    why: str = ""


class _Answers(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    answers: list[_Answer]


def choices(text: str, names: tuple[str, ...], known: Collection[str]) -> dict[str, Choice]:
    """The choices in `text` by name of the field asked about.

    One that names a field that is not `known`, or was not asked about, is left out; so is one that
    contradicts itself. No JSON of this form gives {}.
    """
    found: dict[str, Choice] = {}
    unclear: set[str] = set()
    for one in _parsed(text):
        if not 1 <= one.n <= len(names):
            continue
        name, target = names[one.n - 1], (one.field or "").strip()
        chosen = Choice(None if target.casefold() in _NONE else target, _cleaned(one.why))
        if chosen.target is not None and chosen.target not in known:
            unclear.add(name)
        if name in found and found[name].target != chosen.target:
            unclear.add(name)
        found.setdefault(name, chosen)
    return {name: chosen for name, chosen in found.items() if name not in unclear}


def _parsed(text: str) -> list[_Answer]:
    start, end = text.find("{"), text.rfind("}")
    if not 0 <= start < end or len(text) > _LONGEST:
        return []
    try:
        return _Answers.model_validate_json(text[start : end + 1]).answers
    except (ValidationError, RecursionError):
        return []


def _cleaned(why: str) -> str:
    """One printable line: these are words of a stranger that people will read."""
    plain = "".join(sign if sign.isprintable() else " " for sign in why)
    return re.sub(r"\s+", " ", plain).strip()[:LONGEST_WHY]
