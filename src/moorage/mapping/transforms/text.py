"""Transforms of text that DuckDB does itself."""

from __future__ import annotations

from typing import Any

from moorage.mapping.transforms.base import ArgumentError, sql_transform
from moorage.staging.staging import literal

# Blanks of every kind, control characters and the marks that show nothing: zero-width, BOM, bidi.
_BLANKS = r"[\x00-\x20\x7f-\x{a0}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}\x{feff}\p{Z}]+"
_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+"


@sql_transform()
def clean(value: str) -> str:
    """Folds blanks of every kind to one, takes away control and invisible characters, trims.

    Accents are brought to one form (NFC). Line breaks become blanks: for text of several lines use
    `trim`. What is left empty is no value.
    """
    folded = f"regexp_replace({value}, {literal(_BLANKS)}, ' ', 'g')"
    return f"nullif(trim(nfc_normalize({folded})), '')"


@sql_transform()
def trim(value: str) -> str:
    """Takes away blanks and line breaks at both ends; what is left empty is no value."""
    return f"nullif(regexp_replace({value}, '^\\s+|\\s+$', '', 'g'), '')"


@sql_transform()
def lower(value: str) -> str:
    """Makes all letters small."""
    return f"lower({value})"


@sql_transform()
def upper(value: str) -> str:
    """Makes all letters capital."""
    return f"upper({value})"


@sql_transform(
    problem="longer than {length} characters, cut",
    warns=True,
    fails=lambda value, out, length: f"length({value}) > {length}",
)
def truncate(value: str, length: int) -> str:
    """Cuts text to `length` characters, with a warning for each text that was longer."""
    if length < 1:
        raise ArgumentError("truncate: length must be at least 1")
    return f"rtrim(left({value}, {length}))"


@sql_transform(problem="has no digits")
def digits(value: str) -> str:
    """Keeps the digits 0 to 9 only."""
    return f"nullif(regexp_replace({value}, '[^0-9]+', '', 'g'), '')"


@sql_transform()
def prefix(value: str, text: str) -> str:
    """Puts `text` before the value; an empty value stays empty."""
    return f"{literal(text)} || {value}"


@sql_transform()
def suffix(value: str, text: str) -> str:
    """Puts `text` after the value; an empty value stays empty."""
    return f"{value} || {literal(text)}"


@sql_transform(takes="any", gives="any")
def default(value: str, instead: Any) -> str:
    """Uses the given value where there is none (NULL or empty text)."""
    given = str(instead).lower() if isinstance(instead, bool) else str(instead)
    return f"coalesce(nullif(CAST({value} AS VARCHAR), ''), {literal(given)})"


@sql_transform()
def text_to_html(value: str) -> str:
    """Turns plain text into HTML as Odoo stores it: paragraphs and line breaks, all else escaped.

    Blank lines part paragraphs, a single line break becomes `<br>`. Nothing in the text is read as
    a tag.
    """
    text = f"regexp_replace({value}, '\\r\\n?', chr(10), 'g')"
    text = f"regexp_replace({text}, {literal(_CONTROLS)}, '', 'g')"
    text = f"regexp_replace({text}, '^\\s+|\\s+$', '', 'g')"
    for found, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = f"replace({text}, '{found}', '{entity}')"
    text = f"replace({text}, chr(160), '&nbsp;')"
    text = f"regexp_replace({text}, '\\n[ \\t]*\\n\\s*', '</p><p>', 'g')"
    text = f"replace({text}, chr(10), '<br>')"
    return f"'<p>' || nullif({text}, '') || '</p>'"


@sql_transform(takes="list", gives="list")
def map_items(value: str, values: dict[str, str]) -> str:
    """Replaces items of a list by a map; items outside the map stay."""
    cases = " ".join(f"WHEN {literal(str(k))} THEN {literal(str(v))}" for k, v in values.items())
    return f"list_transform({value}, lambda item: CASE item {cases} ELSE item END)"
