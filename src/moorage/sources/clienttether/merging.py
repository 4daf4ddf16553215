"""SQL that lays what the API gave and what files brought over each other, one row per record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from moorage.bundles import Expected, Inferred
from moorage.bundles.expected import AS_GIVEN
from moorage.sources.clienttether.tables import EXPECTED

#: The column that is the id of each table's rows; the others are known by their content.
IDS = {
    "clients": "client_id", "opportunities": "opportunity_id", "sales_cycles": "sales_cycle_id",
    "lead_sources": "lead_source_id", "users": "user_id", "history_notes": "note_id",
    "events": "event_id", "action_plans": "action_plan_id", "accounts": "account_id",
    "proposals": "proposal_number", "work_orders": "work_order_id", "call_logs": "call_id",
    "tags": "tag_id", "files": "file_id", "triggers": "trigger_id", "templates": "template_id",
}  # fmt: skip
#: What else tells rows apart, where it is there.
PLACES = {"proposal_lines": "proposal_number || '-' || line"}
#: Answers saved in a file for each client, as `history_notes/50012.json`: only its name says whose.
NAMED_BY_FILE = {"history_notes": ("client_id", r"history_notes/([0-9]+)[.](?:json|jsonl|ndjson)$")}
WAYS = ("api", "file")
#: Custom columns by table, and within it by name.
Custom = Mapping[str, Mapping[str, Inferred]]


def raw_name(way: str, table: str) -> str:
    """What a table of one way is called in raw."""
    return f"{way}_{table}"


def quoted(name: str) -> str:
    """An identifier in SQL."""
    return '"' + name.replace('"', '""') + '"'


def merging_sql(present: Sequence[str], custom: Custom) -> Iterator[str]:
    """For each table `tidy._<name>`: columns as in raw, `_account`, `_id` (with the account) and
    `_from` (file and line). `present` are the raw tables that have rows.

    Of the same row in overlapping pages or saved twice the one changed last counts; what a list
    leaves empty is filled from the other files, the API's own answer first.
    """
    for expected in EXPECTED:
        own = custom.get(expected.name, {})
        ways = [way for way in WAYS if raw_name(way, expected.name) in present]
        if ways:
            yield _union(expected, ways, own)
            yield _one_each(expected, own)
            yield f"DROP TABLE tidy._all_{expected.name}"
        else:
            names = ["_account", "_own", "_id", *columns(expected, own), "_from"]
            yield f"CREATE TABLE tidy._{expected.name} AS {_nothing(names)}"


def columns(expected: Expected, custom: Mapping[str, Inferred]) -> list[str]:
    """All columns of a table in raw but its place."""
    known = [(column.name, column.kind) for column in expected.columns]
    met = [(name, one.kind) for name, one in custom.items()]
    names = []
    for name, kind in [*known, *met]:
        names.append(name)
        names += [] if kind in AS_GIVEN else [f"{name}.given"]
    return names


def _nothing(names: Sequence[str]) -> str:
    listed = ", ".join(f"CAST(NULL AS VARCHAR) AS {quoted(name)}" for name in names)
    return f"SELECT {listed} WHERE false"


def _union(expected: Expected, ways: Sequence[str], custom: Mapping[str, Inferred]) -> str:
    names = columns(expected, custom)
    # A column that only one way has is empty in the other.
    parts = [_nothing([*names, "_file", "_line", "_way"])]
    parts += [
        f"SELECT {_every(expected.name)}, '{way}' AS _way"
        f" FROM raw.{quoted(raw_name(way, expected.name))}"
        for way in ways
    ]
    stamp = "updated" if expected.column("updated") else "NULL"
    own = IDS.get(expected.name)
    account = "NULL" if expected.name == "accounts" else "account_id"
    found = f"nullif(trim({own}), '')" if own else "NULL"
    # Rows without an id are known by all they say; those of one file that say the same are several.
    content = f"'c' || left(md5(concat_ws(chr(31), {', '.join(map(quoted, names))})), 16)"
    place = PLACES.get(expected.name, "NULL")
    return (
        f"CREATE TABLE tidy._all_{expected.name} AS WITH placed AS ("
        f" SELECT *, tidy._account(_file, {account}) AS _account, {found} AS _told,"
        f" coalesce({place}, {content}) AS _place, {stamp} AS _stamp,"
        " regexp_replace(_file, '[0-9]+', '', 'g') AS _stem"
        f" FROM ({' UNION ALL BY NAME '.join(parts)})),"
        " counted AS (SELECT *, row_number() OVER (PARTITION BY _account, _way, _file, _place"
        " ORDER BY TRY_CAST(_line AS BIGINT)) AS _again FROM placed)"
        " SELECT *, coalesce(_told, _place || CASE WHEN _again > 1 THEN '-' || _again ELSE '' END)"
        " AS _own FROM counted"
    )


def _every(name: str) -> str:
    """All columns of a table; one that the file's name tells is filled from that."""
    if name not in NAMED_BY_FILE:
        return "*"
    column, pattern = NAMED_BY_FILE[name]
    found = f"nullif(regexp_extract(_file, '{pattern}', 1, 'i'), '')"
    return f"* REPLACE (coalesce(nullif(trim({column}), ''), {found}) AS {column})"


def _one_each(expected: Expected, custom: Mapping[str, Inferred]) -> str:
    names = columns(expected, custom)
    filled = ", ".join(
        f"arg_min({quoted(name)}, _rank) FILTER (trim({quoted(name)}) <> '') AS {quoted(name)}"
        for name in names
    )
    return (
        f"CREATE TABLE tidy._{expected.name} AS WITH latest AS ("
        f" SELECT * FROM tidy._all_{expected.name} QUALIFY row_number() OVER"
        " (PARTITION BY _account, _own, _way, _stem ORDER BY _stamp DESC NULLS LAST, _file,"
        " TRY_CAST(_line AS BIGINT) DESC) = 1), ranked AS (SELECT *, row_number() OVER"
        " (PARTITION BY _account, _own ORDER BY _way, _stamp DESC NULLS LAST, _file) AS _rank"
        " FROM latest)"
        f" SELECT _account, _own, tidy._id(_account, _own) AS _id, {filled},"
        " string_agg(_file || ':' || _line, ', ' ORDER BY _rank) AS _from"
        " FROM ranked GROUP BY _account, _own"
    )


def variants(custom: Mapping[str, Inferred]) -> dict[str, str]:
    """Columns whose labels differ from another's by case, blanks, marks or plural only: the
    column to the first such one.
    """
    first: dict[str, str] = {}
    found = {}
    for name, one in custom.items():
        form = "".join(sign for sign in one.label.casefold() if sign.isalnum()).removesuffix("s")
        if form in first:
            found[name] = first[form]
        first.setdefault(form, name)
    return found
