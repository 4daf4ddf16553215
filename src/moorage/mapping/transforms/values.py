"""Transforms between types, and of lists and several fields, that DuckDB does itself.

Several source fields reach a transform as one SQL list of texts, in the order of `from`.
"""

from __future__ import annotations

import re
from datetime import datetime as moment
from zoneinfo import available_timezones

from moorage.mapping.transforms.base import ArgumentError, near, sql_transform
from moorage.staging.staging import literal

_YES = ["true", "t", "yes", "y", "1", "on"]
_NO = ["false", "f", "no", "n", "0", "off"]


@sql_transform(takes=("decimal", "integer"), gives="decimal")
def round_(value: str, digits: int = 2) -> str:
    """Rounds to `digits` decimals, half away from zero."""
    return f"round(TRY_CAST({value} AS DECIMAL(38, 9)), {digits})"


@sql_transform(gives="decimal", problem="is not a number")
def number(value: str, decimal: str = ".", thousands: str = "") -> str:
    """Reads a number; `decimal` and `thousands` are the marks the source writes."""
    text = f"regexp_replace({value}, '[\\s\\x{{a0}}\\x{{202f}}]+', '', 'g')"
    if thousands:
        text = f"replace({text}, {literal(thousands)}, '')"
    if decimal != ".":
        text = f"replace({text}, {literal(decimal)}, '.')"
    return f"TRY_CAST({text} AS DECIMAL(38, 9))"


@sql_transform(
    takes=("text", "decimal", "integer", "boolean"),
    gives="integer",
    problem="is not a whole number",
)
def integer(value: str) -> str:
    """Reads a whole number; one with decimals is a finding, not rounded."""
    exact = f"TRY_CAST(CAST({value} AS VARCHAR) AS DECIMAL(38, 9))"
    whole = f"CASE WHEN {exact} = trunc({exact}) THEN TRY_CAST({exact} AS BIGINT) END"
    yes_or_no = f"CASE CAST({value} AS VARCHAR) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"
    return f"coalesce({whole}, {yes_or_no})"


@sql_transform(
    takes=("text", "integer", "boolean"), gives="boolean", problem="is neither yes nor no"
)
def boolean(value: str, yes: list[str] = _YES, no: list[str] = _NO) -> str:
    """Reads yes or no; `yes` and `no` list the words of the source, compared without case."""
    text = f"lower(trim(CAST({value} AS VARCHAR)))"
    is_yes, is_no = f"{text} IN ({_texts(yes)})", f"{text} IN ({_texts(no)})"
    return f"CASE WHEN {is_yes} THEN true WHEN {is_no} THEN false END"


@sql_transform(takes=("text", "datetime"), gives="date", problem="is not a date")
def date(value: str, format: str = "") -> str:
    """Reads a date; without `format` (as in `%d/%m/%Y`) it must be written year-month-day."""
    if not format:
        return f"TRY_CAST({value} AS DATE)"
    return f"CAST(try_strptime(CAST({value} AS VARCHAR), {_format(format)}) AS DATE)"


@sql_transform(takes=("text", "date"), gives="datetime", problem="is not a date and time")
def datetime(value: str, format: str = "", zone: str = "UTC") -> str:
    """Reads a date and time and gives it in UTC.

    `zone` (as in `Europe/Paris`) is where the source's clock stands; a text that carries its own
    offset, such as `+02:00`, is taken at its word.
    """
    if zone not in available_timezones():
        raise ArgumentError(f"datetime: unknown zone {zone!r}{near(zone, available_timezones())}")
    text = f"trim(CAST({value} AS VARCHAR))"
    if format:
        local = f"try_strptime({text}, {_format(format)})"
        return f"CAST({local} AT TIME ZONE {literal(zone)} AT TIME ZONE 'UTC' AS TIMESTAMP)"
    offset = "'[0-9] ?([zZ]|[+-][0-9]{2}(:?[0-9]{2})?)$'"
    absolute = f"TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
    local = f"TRY_CAST({text} AS TIMESTAMP) AT TIME ZONE {literal(zone)} AT TIME ZONE 'UTC'"
    has_time = f"contains({text}, ':') AND regexp_matches({text}, {offset})"
    return f"CASE WHEN {has_time} THEN {absolute} ELSE {local} END"


@sql_transform(takes=("list", "many"))
def first(value: str) -> str:
    """The first item that is not empty, of a list or of several fields."""
    return f"{_filled(value)}[1]"


@sql_transform(takes=("list", "many"), gives="list")
def rest(value: str) -> str:
    """All items that are not empty but the first; usually followed by `join`."""
    return f"{_filled(value)}[2:]"


@sql_transform(takes=("list", "many"))
def join(value: str, separator: str = ", ") -> str:
    """Joins the items that are not empty, of a list or of several fields, with `separator`."""
    return f"nullif(array_to_string({_filled(value)}, {literal(separator)}), '')"


@sql_transform(takes=("list", "many", "any"))
def to_text(value: str) -> str:
    """Writes any value as text; a list as its items with `, ` between them."""
    return f"CAST({value} AS VARCHAR)"


@sql_transform(takes="many")
def template(value: str, text: str) -> str:
    """Fills `text`, as in `{1} ({2})`, with the fields of `from` by their place.

    An empty field leaves its place empty; when all are empty there is no value.
    """
    if not re.search(r"\{[1-9]\}", text):
        raise ArgumentError("template: the text needs at least one place such as {1}")
    parts = [
        f"coalesce({value}[{part[1]}], '')" if re.fullmatch(r"\{[1-9]\}", part) else literal(part)
        for part in re.split(r"(\{[1-9]\})", text)
        if part
    ]
    return f"CASE WHEN len({_filled(value)}) > 0 THEN {' || '.join(parts)} END"


def _filled(value: str) -> str:
    return f"list_filter({value}, lambda item: item IS NOT NULL AND trim(item) <> '')"


def _texts(words: list[str]) -> str:
    return ", ".join(literal(str(word).lower()) for word in words)


def _format(text: str) -> str:
    try:
        moment(2024, 2, 29).strftime(text)
    except ValueError as error:
        raise ArgumentError(f"{text!r} is not a date format") from error
    if "%" not in text:
        raise ArgumentError(f"{text!r} is not a date format: it has no %")
    return literal(text)
