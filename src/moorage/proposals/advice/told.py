"""What may leave this machine about a field: its name, label and type, and figures about its form.

A question to a language model holds nothing of a field but what `told` gives. Values never stand in
it, nor options that were gathered from values; a name that looks like a value itself is withheld.
"""

from __future__ import annotations

import re
from typing import Any

from moorage.proposals.column import Column
from moorage.proposals.profiles import profile

#: What no field is called, and what people's data look like: addresses, numbers, whole sentences.
_VALUE = re.compile(
    r"@|://|\bwww\.|\d{5}|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\+\d|(\d[ ().-]?){7}|[\x00-\x1f\x7f]",
    re.I,
)
_LONGEST = 60
_MOST_OPTIONS = 30
#: Lengths and shares are told in these steps: enough to see a code from a text, and no more.
_LENGTHS = (4, 16, 64, 256)
_TENTH = 10


def may_be_told(name: str) -> bool:
    """Whether this is a name rather than a value that stands where a name should."""
    return bool(name.strip()) and len(name) <= _LONGEST and not _VALUE.search(name)


def told(column: Column) -> dict[str, Any]:
    """What is told of `column`, whose name may be told; ready to be written as JSON."""
    about: dict[str, Any] = {"name": column.name}
    if column.label and column.label != column.name and may_be_told(column.label):
        about["label"] = column.label
    if column.type:
        about["type"] = column.type
    if column.options:
        about["options"] = _options(column)
    if column.link and may_be_told(column.link):
        about["points to"] = column.link
    if any(text.strip() for text in column.samples):
        about["values"] = _figures(column)
    return about


def _options(column: Column) -> list[str] | int:
    """The options that the CRM itself lists; of others only how many there are."""
    if not column.declared:
        return len(column.options)
    return [text for text in column.options[:_MOST_OPTIONS] if may_be_told(text)]


def _figures(column: Column) -> dict[str, Any]:
    values = [text.strip() for text in column.samples if text.strip()]
    seen = profile(column)
    different = len(set(values)) / len(values)
    longest = max(len(text) for text in values)
    return {
        "look like": seen.type or "text",
        "several in one": seen.is_list,
        "different": f"{round(different * _TENTH) * 100 // _TENTH} %",
        "longest": next((f"up to {n}" for n in _LENGTHS if longest <= n), "over 256"),
    }
