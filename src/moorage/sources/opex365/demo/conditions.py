"""`$filter` as SQL over a table of the store, with the type checks Dataverse makes."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from moorage.sources.opex365.demo.errors import bad_query, not_served, unknown_property
from moorage.sources.opex365.demo.filters import Node
from moorage.sources.opex365.demo.schema import Attribute, Table, tables

_NUMBER = re.compile(r"-?\d+(\.\d+)?|true|false")
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SIGNS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_NEGATED = {"eq": "IS NULL", "ne": "IS NOT NULL"}
_EDM = {
    "Guid": "Guid", "Lookup": "Guid", "Customer": "Guid", "Owner": "Guid", "Boolean": "Boolean",
    "Integer": "Int32", "BigInt": "Int64", "Picklist": "Int32", "State": "Int32", "Status": "Int32",
    "Decimal": "Decimal", "Money": "Decimal", "Double": "Double", "Date": "Date",
    "DateTime": "DateTimeOffset", "LocalDate": "DateTimeOffset", "Zoneless": "DateTimeOffset",
    "File": "Guid", "Image": "Binary",
}  # fmt: skip
_FITS = {
    "Guid": ("guid",), "Boolean": ("boolean",), "Int32": ("number",), "Int64": ("number",),
    "Decimal": ("number",), "Double": ("number",), "Date": ("date",),
    "DateTimeOffset": ("datetime", "date"), "String": ("string",),
}  # fmt: skip
_LITERAL_EDM = {
    "guid": "Guid", "boolean": "Boolean", "number": "Int32", "date": "Date",
    "datetime": "DateTimeOffset", "string": "String",
}  # fmt: skip


def edm_type(attribute: Attribute) -> str:
    """The OData type of a property, without `Edm.`."""
    return _EDM.get(attribute.type, "String")


def quoted(text: str) -> str:
    """A SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def condition(node: Node, table: Table, row: str = "r") -> str:
    """The SQL condition of a parsed filter on rows called `row`."""
    kind = node[0]
    if kind in ("and", "or"):
        left, right = condition(node[1], table, row), condition(node[2], table, row)
        return f"({left} {kind.upper()} {right})"
    if kind == "not":
        return f"(NOT coalesce({condition(node[1], table, row)}, false))"
    if kind == "compare":
        return _comparison(node, table, row)
    if kind == "call":
        return _call(node, table, row)
    raise bad_query("The $filter expression must evaluate to a single boolean value.")


def _comparison(node: Node, table: Table, row: str) -> str:
    _, operator, left, right = node
    if left[0] != "property":
        if left[0] == "call" and right == ("literal", "boolean", True) and operator == "eq":
            return _call(left, table, row)
        raise bad_query("The left side of a comparison must be a property.")
    sql, known = _property(left[1], table, row)
    if right[0] == "property":
        other, _ = _property(right[1], table, row)
        return f"({sql} {_SIGNS[operator]} {other})"
    if right[0] != "literal":
        raise bad_query("The right side of a comparison must be a value or a property.")
    if right[1] == "null":
        if operator not in _NEGATED:
            raise bad_query(
                f"A binary operator with incompatible types was detected for '{operator}'."
            )
        return f"({sql} {_NEGATED[operator]})"
    if known.type == "MultiSelect":
        raise bad_query(f"Column '{known.name}' is multi-select: use ContainValues.")
    value = _literal(right, known, operator)
    if edm_type(known) == "String":
        return f"(lower({sql}) {_SIGNS[operator]} lower({value}))"
    return f"({sql} {_SIGNS[operator]} {value})"


def _property(path: str, table: Table, row: str) -> tuple[str, Attribute]:
    name, _, rest = path.partition("/")
    if rest:
        navigations = table.navigations()
        if name not in navigations or navigations[name][1] not in tables():
            raise unknown_property(name, table.name)
        lookup, target = navigations[name]
        goal = tables()[target]
        inner, known = _property(rest, goal, f"{row}_{lookup.name}")
        return (
            f'(SELECT {inner} FROM "{target}" {row}_{lookup.name} WHERE '
            f'{row}_{lookup.name}."{goal.key}" = {row}."{lookup.property_name}")'
        ), known
    known_here = table.properties.get(name)
    if known_here is None:
        raise unknown_property(name, table.name)
    if known_here.type in ("File", "Image") or (table.name == "email" and name == "description"):
        raise bad_query(f"Filtering on column '{name}' of '{table.name}' is not supported.")
    return f'{row}."{name}"', known_here


def _literal(node: Node, known: Attribute, operator: str) -> str:
    _, kind, value = node
    wanted = edm_type(known)
    if kind not in _FITS.get(wanted, ()):
        given = _LITERAL_EDM.get(kind, "String")
        word = {"eq": "Equal", "ne": "NotEqual"}.get(operator, "GreaterThan")
        raise bad_query(
            "A binary operator with incompatible types was detected. Found operand types "
            f"'Edm.{wanted}' and 'Edm.{given}' for operator kind '{word}'."
        )
    if kind == "number":
        return str(value)
    if kind == "boolean":
        return str(value).lower()
    if kind == "guid":
        return f"'{value}'::UUID"
    if kind == "date":
        return f"DATE '{value}'"
    if kind == "datetime":
        moment = datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC)
        return f"TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S.%f}'"
    return quoted(value)


def _call(node: Node, table: Table, row: str) -> str:
    _, name, arguments = node
    if name in ("contains", "startswith", "endswith"):
        if len(arguments) != 2 or arguments[0][0] != "property":
            raise bad_query(f"The function '{name}' needs a property and a string.")
        sql, known = _property(arguments[0][1], table, row)
        if edm_type(known) != "String":
            raise bad_query(f"No function signature for the function with name '{name}' matches.")
        before = "" if name == "startswith" else "%"
        after = "" if name == "endswith" else "%"
        return f"({sql} ILIKE {quoted(before + str(arguments[1][2]) + after)})"
    if not name.startswith("Microsoft.Dynamics.CRM."):
        raise bad_query(f"An unknown function with name '{name}' was found.")
    return _dynamics(name.rpartition(".")[2], dict(arguments), table, row)


def _dynamics(name: str, given: dict[str, Node], table: Table, row: str) -> str:
    if name not in ("In", "NotIn", "Between", "ContainValues"):
        raise not_served(f"the function {name}")
    sql, known = _property(str(given["PropertyName"][2]), table, row)
    values = [str(value[2]) for value in given["PropertyValues"][1]]
    numeric = edm_type(known) in ("Int32", "Int64", "Decimal", "Double", "Boolean")
    if numeric and not all(_NUMBER.fullmatch(value) for value in values):
        raise bad_query(f"The values for '{known.name}' are not of type 'Edm.{edm_type(known)}'.")
    if edm_type(known) == "Guid" and not all(_GUID.fullmatch(value) for value in values):
        raise bad_query(f"The values for '{known.name}' are not of type 'Edm.Guid'.")
    written = [value if numeric else quoted(value) for value in values]
    if name == "Between":
        return f"({sql} BETWEEN {written[0]} AND {written[1]})"
    if name == "ContainValues":
        return f"list_has_any(string_split({sql}, ','), [{', '.join(map(quoted, values))}])"
    return f"({sql} {'NOT ' if name == 'NotIn' else ''}IN ({', '.join(written)}))"
