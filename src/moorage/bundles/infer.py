"""What the columns are that nobody expected, by all of their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from moorage.bundles.evidence import decide
from moorage.bundles.expected import Kind
from moorage.bundles.store import Store, identifier
from moorage.bundles.table import Header, Inferred, Table

MOST_OPTIONS = 25
LONGEST_OPTION = 60
LOOK_ROWS = 2000
#: SQL over `cell`, trimmed and in small letters: how many of the values are of a kind.
_TESTS = {
    "boolean": "cell IN ('yes', 'no', 'true', 'false', 'y', 'n', 'on', 'off', 'ja', 'nein',"
    " 'oui', 'non')",
    "whole": r"regexp_full_match(cell, '-?(0|[1-9]\d{0,14})')",
    "number": r"regexp_full_match(cell, '[-+]?(0|[1-9]\d*)?([.,]\d+)*')"
    r" AND regexp_matches(cell, '\d')"
    # `24.12.80` is a day: digits of a number stand in threes.
    r" AND NOT regexp_full_match(cell, '\d{1,2}[.]\d{1,2}[.](\d{2}|\d{4})')",
    "money": r"regexp_full_match(cell, '[-(]? ?([a-z]{0,3}\$|€|£|₹|¥|eur|usd|gbp|aud)? ?[-+]?"
    r"\d[\d.,'' ]*k?\)? ?(€|£|eur|usd|gbp|aud|\$)?') AND regexp_matches(cell, '[€£₹¥$]|[a-z]{3}')",
    "percent": r"regexp_full_match(cell, '-?\d+([.,]\d+)? ?%')",
    "day": r"regexp_full_match(cell, '(\pL{2,9}[.,]? )?(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|"
    r"\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})|\d{1,2}[ .-]{1,2}\pL{3,9}[ .,-]{1,2}\d{2,4}|"
    r"\pL{3,9}\.? \d{1,2},? \d{4})([ t,]+0{1,2}:00(:00)?(\.0+)?)?')",
    "moment": r"regexp_full_match(cell, '(\pL{2,9}[.,]? )?(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|"
    r"\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})|\d{1,2}[ .-]{1,2}\pL{3,9}[ .,-]{1,2}\d{2,4}|"
    r"\pL{3,9}\.? \d{1,2},? \d{4})([ t,]+\d{1,2}:\d{2}.*)?')",
    "email": r"regexp_full_match(cell, '[^@\s]+@[^@\s]+\.[^@\s]+')",
    "url": r"regexp_full_match(cell, '(https?://|www\.)\S+')",
    "nested": "(cell LIKE '{%' OR cell LIKE '[%')",
}
#: Test to type of field and kind of cell, the narrower first.
_TYPES: Sequence[tuple[str, str, Kind]] = (
    ("boolean", "boolean", "boolean"),
    ("whole", "integer", "integer"),
    ("number", "decimal", "number"),
    ("money", "money", "money"),
    ("percent", "decimal", "percent"),
    ("day", "date", "date"),
    ("moment", "datetime", "datetime"),
    ("email", "email", "text"),
    ("url", "url", "text"),
    ("nested", "text", "json"),
)


def infer(
    store: Store, table: Table, header: Header, name: str, formats: Mapping[str, str]
) -> Inferred:
    """What the column `header` of `table` is; `name` is what it will be called in raw.

    A column of dates or numbers that can be read in two ways is text, unless a person said which.
    """
    column = identifier(header.name)
    cells = f"SELECT lower(trim({column})) AS cell FROM {table.table} WHERE {column} IS NOT NULL"
    # Most columns are plain words, and a look at some of them tells.
    some = _figures(store, f"{cells} LIMIT {LOOK_ROWS}", list(_TESTS))
    likely = [test for test in _TESTS if some[test] == some["count"] > 0]
    is_words = not likely and some["distinct"] > MOST_OPTIONS and not some["parted"]
    found = some if is_words else _figures(store, cells, likely)
    count = found["count"] if not is_words else table.row_count
    type_, kind = next(
        ((type_, kind) for test, type_, kind in _TYPES if found.get(test) == count > 0),
        ("text", "text"),
    )
    options: tuple[str, ...] = ()
    if (type_, kind) == ("text", "text") and not is_words:
        type_, kind, options = _choices(store, table.table, column, found)
    decision = decide(store, table, header.name, kind, formats)
    if decision and decision.status not in ("decided", "answered"):
        type_, kind = "text", "text"
    return Inferred(name, header.text.strip(), type_, kind, options, count)


def _figures(store: Store, cells: str, tests: Sequence[str]) -> dict[str, int]:
    """How many `cells` there are, how many different ones, how long, how many of each kind."""
    counted = {
        "count": "count(*)",
        "distinct": "count(DISTINCT cell)",
        "longest": "coalesce(max(length(cell)), 0)",
        "parted": "count(*) FILTER (contains(cell, '|') OR contains(cell, ';'))",
        **{test: f"count(*) FILTER ({_TESTS[test]})" for test in tests},
    }
    (found,) = store.connection.execute(
        f"SELECT {', '.join(counted.values())} FROM ({cells})"
    ).fetchall()
    return dict(zip(counted, found, strict=True))


def _choices(
    store: Store, table: str, column: str, figures: Mapping[str, int]
) -> tuple[str, Kind, tuple[str, ...]]:
    """Whether these words are choices: few of them, met often."""
    count, distinct = figures["count"], figures["distinct"]
    if figures["longest"] > LONGEST_OPTION * 4 or not count:
        return "text", "text", ()
    if figures["parted"] * 4 >= count:
        parts = _options(
            store, f"SELECT unnest(regexp_split_to_array({column}, '[|;\\n]')) FROM {table}"
        )
        if 0 < len(parts) <= MOST_OPTIONS and count >= 2 * len(parts):
            return "multiselect", "list", parts
    short = figures["longest"] <= LONGEST_OPTION
    if distinct <= MOST_OPTIONS and count >= 3 * distinct and short:
        return "select", "text", _options(store, f"SELECT {column} FROM {table}")
    return "text", "text", ()


def _options(store: Store, values: str) -> tuple[str, ...]:
    """The values in order, without those that differ in blanks alone."""
    rows = store.connection.execute(
        f"SELECT DISTINCT trim(value) FROM ({values}) AS t(value)"
        f" WHERE trim(value) <> '' ORDER BY 1 LIMIT {MOST_OPTIONS + 1}"
    ).fetchall()
    return tuple(value for (value,) in rows)
