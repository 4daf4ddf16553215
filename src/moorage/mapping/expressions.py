"""The SQL a mapping may hold: one scalar expression over the tidy columns of one object.

A mapping file may come from someone else, so its SQL is not trusted. DuckDB parses it to a tree
(`json_serialize_sql`), every node of the tree must be of a known harmless class, and the SQL that
runs is written anew from the tree: what was judged and what runs cannot differ. Empty tables of
the tidy types stand beside, so unknown columns, wrong arguments and the result's type are known
before there is any data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb

from moorage.mapping.transforms.base import Kind, near
from moorage.sources.base import Discovery, SourceObject
from moorage.staging.staging import identifier, literal

#: What every tidy row is called in generated SQL.
ROW = "source"

#: The DuckDB type of a tidy column by source field type, and the kind of value it holds.
TIDY_TYPES: dict[str, tuple[str, Kind]] = {
    "integer": ("BIGINT", "integer"), "decimal": ("DECIMAL(18,4)", "decimal"),
    "money": ("DECIMAL(18,4)", "decimal"), "boolean": ("BOOLEAN", "boolean"),
    "date": ("DATE", "date"), "datetime": ("TIMESTAMP", "datetime"),
    "multiselect": ("VARCHAR[]", "list"), "links": ("VARCHAR[]", "list"),
    "references": ("VARCHAR[]", "list"),
}  # fmt: skip

_HARMLESS = {
    "CONJUNCTION", "COMPARISON", "COLUMN_REF", "CONSTANT", "CASE", "FUNCTION", "CAST", "TYPE",
    "OPERATOR", "BETWEEN", "LAMBDA",
}  # fmt: skip
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "1",
}  # fmt: skip
_SETTING = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


class ExpressionError(ValueError):
    """The SQL cannot be used; the text says why."""


@dataclass(frozen=True)
class Expression:
    """A judged expression: the SQL that runs, the tidy columns it reads, the kind it gives."""

    sql: str
    columns: tuple[str, ...]
    kind: Kind


def tidy_type(field_type: str) -> tuple[str, Kind]:
    """The DuckDB type and the kind of a source field's type."""
    return TIDY_TYPES.get(field_type, ("VARCHAR", "text"))


def columns_of(found: SourceObject) -> dict[str, tuple[str, Kind]]:
    """The tidy columns of an object; `id` is always one."""
    columns = {column.name: tidy_type(column.type) for column in found.fields}
    return {"id": ("VARCHAR", "text"), **columns}


def column(name: str) -> str:
    """A tidy column in generated SQL."""
    return f"{ROW}.{identifier(name)}"


def setting_sql(value: Any) -> str:
    """A setting as SQL: text is an expression of its own, the rest become constants."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"({value})"
    if isinstance(value, list):
        return f"[{', '.join(_constant(item) for item in value)}]"
    if isinstance(value, dict):
        pairs = ", ".join(f"{literal(str(k))}: {literal(str(v))}" for k, v in value.items())
        return f"CAST(MAP {{{pairs}}} AS MAP(VARCHAR, VARCHAR))"
    return "NULL" if value is None else str(value)


class Expressions:
    """Judges expressions against the objects of a discovery. Close it after use."""

    def __init__(self, discovery: Discovery, settings: Mapping[str, Any]) -> None:
        self.connection = duckdb.connect(config=_CONFIG)
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET lock_configuration = true")
        self.connection.execute("CREATE SCHEMA tidy")
        self.settings = settings
        self.columns = {found.name: columns_of(found) for found in discovery.objects}
        for name, columns in self.columns.items():
            listed = ", ".join(f"{identifier(key)} {kind[0]}" for key, kind in columns.items())
            self.connection.execute(f"CREATE TABLE tidy.{identifier(name)} ({listed})")
        self.functions = _functions()

    def close(self) -> None:
        """Give the memory back. Safe to call twice."""
        self.connection.close()

    def scalar(self, text: str, object_name: str) -> Expression:
        """`text` as an expression over `object_name`; ExpressionError says all that is wrong."""
        if not text.strip():
            raise ExpressionError("is empty")
        used: list[str] = []
        try:
            statement = self._parse(self._settled(text))
            tree = statement["statements"][0]["node"]["select_list"][0]
            self._judge(tree, object_name, frozenset(), used)
            sql = self._written(statement)
        except (RecursionError, duckdb.Error) as error:
            raise ExpressionError(f"cannot be read ({type(error).__name__})") from error
        return Expression(sql, tuple(dict.fromkeys(used)), self._kind(sql, object_name))

    def _settled(self, text: str) -> str:
        def replace(found: re.Match[str]) -> str:
            name = found[1]
            if name not in self.settings:
                raise ExpressionError(f"there is no setting {name!r}{near(name, self.settings)}")
            return setting_sql(self.settings[name])

        return _SETTING.sub(replace, text)

    def _parse(self, text: str) -> dict[str, Any]:
        ((answer,),) = self.connection.execute(
            "SELECT json_serialize_sql(?)", [f"SELECT ({text}\n) AS v"]
        ).fetchall()
        statement: dict[str, Any] = json.loads(answer)
        if statement.get("error"):
            raise ExpressionError(f"not valid SQL: {statement['error_message']}")
        nodes = [found["node"] for found in statement["statements"]]
        alone = len(nodes) == 1 and nodes[0]["type"] == "SELECT_NODE"
        if not alone or len(nodes[0]["select_list"]) != 1:
            raise ExpressionError("must be one expression")
        if nodes[0]["from_table"]["type"] != "EMPTY" or nodes[0].get("where_clause"):
            raise ExpressionError("must be one expression, without tables")
        if nodes[0].get("modifiers") or nodes[0]["cte_map"]["map"]:
            raise ExpressionError("must be one expression")
        return statement

    def _judge(self, node: Any, name: str, bound: frozenset[str], used: list[str]) -> None:
        if isinstance(node, list):
            for item in node:
                self._judge(item, name, bound, used)
        if not isinstance(node, dict):
            return
        kind = node.get("class")
        if kind is not None and kind not in _HARMLESS:
            raise ExpressionError(f"{str(kind).lower()} is not allowed in a mapping's SQL")
        if kind == "COLUMN_REF":
            self._resolve(node, name, bound, used)
        elif kind == "FUNCTION":
            self._allow(str(node["function_name"]))
        elif kind == "LAMBDA":
            bound = bound | {part for ref in _references(node["lhs"]) for part in ref}
        for value in node.values():
            self._judge(value, name, bound, used)

    def _resolve(self, node: Any, name: str, bound: frozenset[str], used: list[str]) -> None:
        parts = [str(part) for part in node["column_names"]]
        known = {column.lower(): column for column in self.columns[name]}
        if parts[0] in bound:
            return
        # `address.city` is one tidy column whose name has a dot; the longest such name wins.
        for length in range(len(parts), 0, -1):
            found = known.get(".".join(parts[:length]).lower())
            if found is not None:
                node["column_names"] = [ROW, found, *parts[length:]]
                used.append(found)
                return
        word = ".".join(parts)
        raise ExpressionError(f"{name} has no column {word!r}{near(word, known.values())}")

    def _allow(self, function: str) -> None:
        stability = self.functions.get(function.lower())
        if stability is None:
            known = [name for name, kind in self.functions.items() if kind == "CONSISTENT"]
            raise ExpressionError(f"{function} is no function{near(function, known)}")
        if stability != "CONSISTENT":
            raise ExpressionError(f"the function {function} is not allowed: {stability}")

    def _written(self, statement: dict[str, Any]) -> str:
        statement["statements"][0]["node"]["select_list"][0]["alias"] = ""
        ((sql,),) = self.connection.execute(
            "SELECT json_deserialize_sql(?::JSON)", [json.dumps(statement)]
        ).fetchall()
        return f"({str(sql).removeprefix('SELECT ').strip()})"

    def _kind(self, sql: str, name: str) -> Kind:
        try:
            described = self.connection.execute(
                f"DESCRIBE SELECT {sql} AS v FROM tidy.{identifier(name)} AS {ROW}"
            ).fetchall()
        except duckdb.Error as error:
            raise ExpressionError(f"DuckDB refuses it: {str(error).splitlines()[0]}") from error
        return kind_of(str(described[0][1]))


def kind_of(duckdb_type: str) -> Kind:
    """The kind of a DuckDB type; ExpressionError if no Odoo field could hold it."""
    if duckdb_type.endswith("[]"):
        return "list"
    for starts, kind in _KINDS.items():
        if duckdb_type.startswith(starts):
            return kind
    raise ExpressionError(f"it gives {duckdb_type}, which no Odoo field holds; CAST it")


_KINDS: dict[str, Kind] = {
    "VARCHAR": "text", "ENUM": "text", "JSON": "text", '"NULL"': "text", "UUID": "text",
    "BIGINT": "integer", "INTEGER": "integer", "SMALLINT": "integer", "TINYINT": "integer",
    "HUGEINT": "integer", "UBIGINT": "integer", "UINTEGER": "integer", "USMALLINT": "integer",
    "UTINYINT": "integer", "DECIMAL": "decimal", "DOUBLE": "decimal", "FLOAT": "decimal",
    "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "datetime",
}  # fmt: skip


def _constant(value: Any) -> str:
    return literal(value) if isinstance(value, str) else setting_sql(value)


def _references(node: Any) -> Iterator[list[str]]:
    if isinstance(node, dict):
        if node.get("class") == "COLUMN_REF":
            yield [str(part) for part in node["column_names"]]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


@cache
def _functions() -> dict[str, str]:
    """What each function of this DuckDB is: CONSISTENT, or why it may not be used."""
    with duckdb.connect(config=_CONFIG) as connection:
        rows = connection.execute(
            "SELECT lower(function_name), function_type, max(stability) FROM duckdb_functions()"
            " WHERE function_type <> 'pragma' GROUP BY ALL"
        ).fetchall()
    reasons = {"aggregate": "it looks at many rows", "window": "it looks at many rows",
               "table": "it reads tables", "table_macro": "it reads tables"}  # fmt: skip
    found: dict[str, str] = {"count_star": "it looks at many rows"}
    for name, kind, stability in rows:
        steady = kind == "macro" or stability == "CONSISTENT"
        words = "CONSISTENT" if steady else "it gives another result each time"
        # A name that is a scalar function too (first, sum over lists) goes by the scalar one.
        if kind in reasons:
            found.setdefault(name, reasons[kind])
        else:
            found[name] = words
    return found
