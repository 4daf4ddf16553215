"""Target rows in SQL: their canonical JSON, their links, and values made comparable.

The plan and the load room write the same text for the same row, so both take it from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from moorage.mapping.target import TargetField, TargetTable
from moorage.staging.staging import identifier, literal

#: What tells two kinds of record of one model apart; rows that differ in it are never one.
KIND_FIELDS = {"res.partner": "is_company"}


def row_json_sql(table: TargetTable, alias: str) -> str:
    """The SQL of a target row as canonical JSON text: fields by name, links as keys.

    Equal rows give equal text: lists are sorted, an empty list is null. `md5` of it is the digest.
    """
    parts = [
        f"{identifier(field.name)} := {_canonical(field, alias)}"
        for field in sorted(table.fields, key=lambda field: field.name)
    ]
    return f"CAST(to_json(struct_pack({', '.join(parts)})) AS VARCHAR)" if parts else "'{}'"


def _canonical(field: TargetField, alias: str) -> str:
    column = f"{alias}.{identifier(field.name)}"
    if field.type != "many2many":
        return column
    return f"CASE WHEN len({column}) > 0 THEN list_sort({column}) END"


def changed_fields_sql(table: TargetTable, now: str, before: str) -> str:
    """The SQL of the list of fields in which two canonical JSON texts differ."""
    names = sorted(field.name for field in table.fields)
    if not names:
        return "CAST([] AS VARCHAR[])"
    # All fields by one look at each text: DuckDB parses it anew for every path that stands alone,
    # and keeps what it parsed, of some thousand rows for each of them.
    paths = ", ".join(literal(f'$."{name}"') for name in names)
    values = f"json_extract_string({now}, [{paths}])"
    formerly = f"json_extract_string(coalesce({before}, '{{}}'), [{paths}])"
    return (
        "list_transform(list_filter("
        f"list_zip([{', '.join(map(literal, names))}], {values}, {formerly}),"
        " lambda one: one[2] IS DISTINCT FROM one[3]), lambda one: one[1])"
    )


def normalised_sql(column: str, field_type: str = "char") -> str:
    """The SQL of `column` made comparable: lower case, blanks folded, NULL for empty."""
    if field_type in ("float", "monetary"):
        column = f"CAST({column} AS DOUBLE)"
    text = f"nfc_normalize(CAST({column} AS VARCHAR))"
    return f"nullif(trim(lower(regexp_replace({text}, '\\s+', ' ', 'g'))), '')"


def field_named(table: TargetTable, name: str) -> TargetField | None:
    """The field `name` of `table`, or None."""
    return next((field for field in table.fields if field.name == name), None)


def kind_sql(table: TargetTable, alias: str) -> str:
    """The SQL of what kind of record a row is (true for a company); false where models have one."""
    name = KIND_FIELDS.get(table.model, "")
    if field_named(table, name) is None:
        return "false"
    return f"coalesce({alias}.{identifier(name)}, false)"


def link_fields(table: TargetTable) -> Iterator[TargetField]:
    """The fields of `table` that hold keys of records this project moves."""
    return (field for field in table.fields if field.holds == "link" and field.models)


def links_sql(table: TargetTable, field: TargetField) -> str:
    """The SQL of (key, link): one row per link that `field` holds."""
    column = identifier(field.name)
    if field.many:
        return f"(SELECT DISTINCT key, unnest({column}) AS link FROM {table.table})"
    return f"(SELECT key, {column} AS link FROM {table.table} WHERE {column} IS NOT NULL)"


def of_model(tables: Iterable[TargetTable], model: str | None) -> list[TargetTable]:
    """Those of `tables` whose rows become records of `model`."""
    return [table for table in tables if table.model == model]


def keys_sql(tables: Sequence[TargetTable], models: Sequence[str]) -> str:
    """The SQL of all keys (model, key) that target tables have for `models`."""
    selects = [
        f"SELECT {literal(model)} AS model, key FROM {table.table}"
        for model in models
        for table in of_model(tables, model)
    ]
    nothing = "SELECT NULL::VARCHAR AS model, NULL::VARCHAR AS key WHERE false"
    return " UNION ALL ".join(selects) or nothing


def in_key_order(keys: Iterable[str]) -> list[str]:
    """Keys from the lowest; numbers in them count as numbers, as long as they share an object."""
    return sorted(keys, key=lambda key: (len(key), key))
