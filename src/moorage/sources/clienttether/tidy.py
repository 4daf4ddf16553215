"""The statements that build the tidy tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from moorage.bundles import Inferred
from moorage.sources.clienttether.merging import Custom, merging_sql, quoted, variants

SQL_FOLDER = Path(__file__).with_name("sql")
#: Objects whose records can have fields of users' own.
CUSTOMISED = ("clients", "opportunities")
_LISTED = "CAST(from_json({}, '[\"VARCHAR\"]') AS VARCHAR[])"
_CASTS = {
    "integer": "TRY_CAST({} AS BIGINT)",
    "decimal": "tidy._decimal({})",
    "money": "tidy._decimal({})",
    "boolean": "tidy._truth({})",
    "date": "TRY_CAST({} AS DATE)",
    "datetime": "tidy._utc({}, tidy._zone(_account))",
    "multiselect": _LISTED,
}


def tidy_statements(
    present: Sequence[str], custom: Custom, accounts: Iterable[str], zone: str, country: str
) -> list[str]:
    """All statements, in order; the working tables still stand at their end.

    `present` are the raw tables, `accounts` the names that web keys and folders have.
    """
    macros, *files = sorted(SQL_FOLDER.glob("*.sql"))
    named = ", ".join(f"({_literal(name)})" for name in ("", *accounts))
    statements = [
        f"CREATE MACRO tidy._given_zone() AS {_literal(zone)}",
        f"CREATE MACRO tidy._given_country() AS {_literal(country)}",
        f"CREATE TABLE tidy._named_accounts AS SELECT account FROM (VALUES {named}) v(account)",
        *_split(macros),
        *merging_sql(present, custom),
    ]
    for path in files:
        if path.name.startswith("50"):
            statements += [custom_sql(table, custom.get(table, {})) for table in CUSTOMISED]
        statements += _split(path)
    return statements


def clearing(statements: Iterable[str]) -> list[str]:
    """Statements that drop the working tables which `statements` leave behind."""
    made = [name for text in statements for name in re.findall(r"CREATE TABLE tidy\.(_\w+)", text)]
    kept = {"_findings", *(name for name in made if name.startswith("_all_"))}
    return [f"DROP TABLE tidy.{name}" for name in made if name not in kept]


def custom_sql(table: str, custom: Mapping[str, Inferred]) -> str:
    """`tidy._custom_<table>`: users' own fields, each of its type.

    A variant of a label that settings.merged_labels names fills its first form where that is empty,
    and keeps only what differs from it.
    """
    merged = variants(custom)
    listed = "".join(
        f", {_value(name, one, merged)} AS {quoted(name)}" for name, one in custom.items()
    )
    return f"CREATE TABLE tidy._custom_{table} AS SELECT _id{listed} FROM tidy._{table}"


def _value(name: str, one: Inferred, merged: Mapping[str, str]) -> str:
    cast = _CASTS.get(one.type, "tidy._filled({})")
    own = cast.format(quoted(name))
    if name in merged:
        first = quoted(merged[name])
        same = f"coalesce(tidy._filled({first}), '') IN ('', trim({quoted(name)}))"
        return f"CASE WHEN {_is_merged(name)} AND {same} THEN NULL ELSE {own} END"
    others = [other for other, first in merged.items() if first == name]
    filled = [
        f"CASE WHEN {_is_merged(other)} THEN {cast.format(quoted(other))} END" for other in others
    ]
    return f"coalesce({', '.join([own, *filled])})" if filled else own


def _is_merged(name: str) -> str:
    return f"list_contains(tidy._listed('merged_labels'), {_literal(name.lower())})"


def _split(path: Path) -> list[str]:
    """The statements of a file; a semicolon at the end of a line ends one."""
    text = path.read_text(encoding="utf-8")
    return [part.strip() for part in re.split(r";\s*$", text, flags=re.MULTILINE) if part.strip()]


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
