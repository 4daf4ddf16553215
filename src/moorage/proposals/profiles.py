"""What the values of a column look like. Only forms are kept, never a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from moorage.proposals.column import Column

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_URL = re.compile(
    r"(https?://|www\.)\S+|[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|org|net|io|de|fr|es|nl|eu)(/\S*)?", re.I
)
#: Numbers that nobody but a telephone is called by, though they look like a sum.
_DIALLED = re.compile(
    r"(\+|00)[1-9][\d\s().\-/]{6,}|0\d{1,5}\s?[\s/-]\s?\d[\d\s-]{3,}|\(0\d+\)[\d\s/-]+"
)
_PHONE = re.compile(r"\+?[\d\s().\-/]{6,}(\s*(x|ext\.?)\s*\d+)?")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_DATETIME = re.compile(
    r"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})[T ]+\d{1,2}:\d{2}.*"
)
_INTEGER = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(r"[+-]?[\d.,' ]*\d")
_MONEY = re.compile(r"[€$£¥]\s?[+-]?[\d.,' ]*\d|[+-]?[\d.,' ]*\d\s?(€|\$|£|EUR|USD|GBP|CHF)")
_PERCENT = re.compile(r"[+-]?[\d.,]+\s?%")
_HTML = re.compile(r"<(p|div|br|html|span|b|a|ul|table|h\d)\b[^>]*>", re.I)
_YES_NO = frozenset(
    ("true", "false", "yes", "no", "y", "n", "0", "1", "t", "f", "on", "off", "ja", "nein", "oui",
     "non", "si", "sí", "sim", "não", "nee")
)  # fmt: skip
#: A form, and what it means for the type; the first one that most values have counts.
_FORMS = (
    ("email", _EMAIL), ("url", _URL), ("datetime", _DATETIME), ("date", _DATE),
    ("phone", _DIALLED), ("money", _MONEY), ("percent", _PERCENT), ("integer", _INTEGER),
    ("decimal", _DECIMAL), ("phone", _PHONE),
)  # fmt: skip
_MOST = 0.8
_FEW_CHOICES = 12


@dataclass(frozen=True)
class Profile:
    """The type of a column by declaration or by its values.

    `type` is a type of source fields, `percent`, or empty; `seen` tells that values said so.
    `is_list` marks several addresses or words in one cell, `choices` the number of distinct values
    where they are few.
    """

    type: str
    seen: bool = False
    is_list: bool = False
    choices: int = 0
    date_format: str = ""


def profile(column: Column) -> Profile:
    """What is known of the values of `column`."""
    values = [text.strip() for text in column.samples if text.strip()]
    if column.type not in ("", "text") or not values:
        return Profile(column.type, choices=len(column.options))
    distinct = len(set(values))
    choices = distinct if distinct <= _FEW_CHOICES and len(values) >= 2 * distinct else 0
    parts = [part.strip() for value in values for part in re.split(r"[;,|\n]", value)]
    if _share(_EMAIL, parts) >= _MOST:
        return Profile("email", seen=True, is_list=len(parts) > len(values))
    if sum(bool(_HTML.search(value)) for value in values) >= _MOST * len(values):
        return Profile("html", seen=True)
    if {value.casefold() for value in values} <= _YES_NO and distinct <= 2 <= len(values):
        return Profile("boolean", seen=True)
    for name, form in _FORMS:
        if _share(form, values) >= _MOST:
            return Profile(
                name, seen=True, choices=choices, date_format=date_format(values, name)
            )  # fmt: skip
    return Profile(column.type or "text", seen=bool(values), choices=choices)


def date_format(values: Sequence[str], kind: str) -> str:
    """How dates are written, as in `%d/%m/%Y`; empty where it is year-month-day or unclear."""
    if kind not in ("date", "datetime"):
        return ""
    found = [re.match(r"(\d{1,2})([./-])(\d{1,2})[./-](\d{2,4})", value) for value in values]
    if not all(found):
        return ""
    first = max(int(match[1]) for match in found if match)
    second = max(int(match[3]) for match in found if match)
    if (first > 12) == (second > 12):
        return ""  # either all could be both, or they contradict: a person must say
    match = found[0]
    assert match is not None
    sign, year = match[2], "%Y" if len(match[4]) == 4 else "%y"
    return f"%d{sign}%m{sign}{year}" if first > 12 else f"%m{sign}%d{sign}{year}"


def _share(form: re.Pattern[str], values: Sequence[str]) -> float:
    return sum(bool(form.fullmatch(value)) for value in values) / len(values) if values else 0.0
