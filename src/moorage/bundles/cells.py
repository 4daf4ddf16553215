"""How the cells of each kind are read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from moorage.bundles import dates
from moorage.bundles.expected import Kind
from moorage.bundles.numbers import read_integer, read_number

#: What people and programs write where there is nothing.
NOTHING = frozenset({"", "-", "--", "n/a", "na", "#n/a", "none", "null", "nil", "nan"})
#: What an empty column holds where it should name one separator.
STRONG = "\n|;"
YES = frozenset({"yes", "y", "true", "t", "1", "on", "x", "ja", "oui", "si", "sí", "sim", "✓", "✔"})
NO = frozenset({"no", "n", "false", "f", "0", "off", "nein", "non", "não", "nee", "✗"})

Cell = tuple[str | None, str]
Read = Callable[[str], Cell]


def reader(kind: Kind, format_: str, *, commas: bool = True) -> Read:
    """A function from a cell to its text and its currency; None if it is not of `kind`.

    `format_` is how the column writes dates or numbers; `commas`: they divide a list.
    """
    plain: dict[Kind, Callable[[str], str | None]] = {
        "code": read_code,
        "integer": read_integer,
        "boolean": read_boolean,
        "duration": dates.read_duration,
        "times": dates.read_times,
        "date": lambda text: dates.read_date(text, format_),
        "datetime": lambda text: dates.read_datetime(text, format_),
        "list": lambda text: read_list(text, commas=commas),
    }
    if kind in ("number", "money", "percent"):
        return lambda text: read_number(text, format_) or (None, "")
    read = plain[kind]
    return lambda text: (read(text), "")


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is nothing in it."""
    folded = text.strip().casefold()
    return folded in NOTHING or dates.is_no_date(folded)


def read_code(text: str) -> str | None:
    """An id or number that is a name, as it was before a spreadsheet took it for a quantity."""
    text = text.strip()
    if text.isalnum() and "E" not in text and "e" not in text:
        return text
    if re.fullmatch(r"[-+]?\d(\.\d+)?E\+?\d+", text, re.IGNORECASE):
        return None
    return re.sub(r"^(\d+)\.0+$", r"\1", text)


def read_boolean(text: str) -> str | None:
    """`true` or `false`."""
    folded = text.strip().casefold()
    return "true" if folded in YES else "false" if folded in NO else None


def read_list(text: str, *, commas: bool) -> str:
    """A JSON list of the parts between line breaks, `|` and `;`, or else between commas.

    Not `commas`: other marks divide this column, so a comma belongs to a name.
    """
    if text.strip().startswith("["):
        parts = _json_list(text)
        if parts is not None:
            return json.dumps(parts, ensure_ascii=False)
    strong = re.search(f"[{STRONG}]", text)
    pattern = f"[{STRONG}]" if strong or not commas else ","
    parts = [part.strip() for part in re.split(pattern, text)]
    return json.dumps([part for part in dict.fromkeys(parts) if part], ensure_ascii=False)


def _json_list(text: str) -> list[str] | None:
    try:
        parts = json.loads(text)
    except ValueError:
        return None
    if not isinstance(parts, list):
        return None
    return [part if isinstance(part, str) else json.dumps(part, ensure_ascii=False)
            for part in parts if part is not None]  # fmt: skip
