"""Target rows as Odoo takes them: one JSON text per row, made by SQL.

No Python touches single values: DuckDB resolves links against `meta.ids` and writes the JSON.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import orjson
import pyarrow as pa

from moorage.load.contents import files_sql
from moorage.mapping.target import TargetField, TargetTable
from moorage.staging.staging import identifier, literal

#: In place of a row's digest in the ledger: something of it is still to be written.
UNFINISHED = "unfinished"
_TEXT_FORMATS = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%d %H:%M:%S"}


def prepare_ids(connection: duckdb.DuckDBPyConnection, pages: Iterable[list[Any]]) -> None:
    """Make `meta.ids` (model, key, odoo_id): where every key of the ledger stands in Odoo."""
    connection.execute(
        "CREATE OR REPLACE TABLE meta.ids (model VARCHAR, key VARCHAR, odoo_id BIGINT)"
    )
    for page in pages:
        add_ids(connection, [(row["model"], row["key"], row["odoo_id"]) for row in page])


def add_ids(connection: duckdb.DuckDBPyConnection, rows: list[tuple[str, str, int]]) -> None:
    """Add rows to `meta.ids`."""
    if not rows:
        return
    models, keys, ids = zip(*rows, strict=True)
    table = pa.table({"model": models, "key": keys, "odoo_id": pa.array(ids, pa.int64())})
    connection.register("new_ids", table)
    connection.execute("INSERT INTO meta.ids SELECT model, key, odoo_id FROM new_ids")
    connection.unregister("new_ids")


def as_created_sql(table: TargetTable) -> str:
    """The digest and text that the ledger keeps of a row just created, over `meta.plan p`.

    A row is not wholly loaded while a link of the second pass, or one to a record that did not go,
    is missing. Until then the ledger holds another digest and a text without that link: were the
    run to end there, the next plan would complete it.
    """
    later = ", ".join(
        f"{literal(field.name)}, {literal(field.until) if field.until else 'NULL'}"
        for field in table.fields
        if field.later
    )
    if later:
        patched = f"CAST(json_merge_patch(p.loaded, json_object({later})) AS VARCHAR)"
        return f"'{UNFINISHED}' AS digest, {patched} AS loaded"
    off = "EXISTS (SELECT 1 FROM meta.put_off o WHERE o.entry = p.entry AND o.key = p.key)"
    return (
        f"CASE WHEN {off} THEN '{UNFINISHED}' ELSE p.digest END AS digest,"
        f" CASE WHEN {off} THEN '{{}}' ELSE p.loaded END AS loaded"
    )


def values_query(
    table: TargetTable,
    keys_sql: str,
    *,
    given: Mapping[str, Any] | None = None,
    foretold: Mapping[str, str] | None = None,
    group_field: str | None = None,
    later: bool = False,
) -> str:
    """SELECT key, values (JSON text), digest, loaded, group_id, files for the keys of `keys_sql`.

    `keys_sql` is a SELECT of (key, digest, loaded). Fields to fill later are left out unless
    `later`; files stand beside the values as `files_sql` lists them. `given` are constants for
    fields that the table does not fill; `foretold` the same in SQL, left out where it gives NULL.
    """
    fields = [field for field in table.fields if not field.later or later]
    fields = [field for field in fields if field.holds != "file"]
    joins = [_link_join(table, field) for field in fields if field.holds == "link"]
    pairs = [f"{literal(field.name)}, {_value(field)}" for field in fields]
    own = {field.name for field in table.fields}
    for name, value in (given or {}).items():
        if name not in own:
            pairs.append(f"{literal(name)}, {literal(orjson.dumps(value).decode())}::JSON")
    values = _with_foretold(f"json_object({', '.join(pairs)})", table, foretold or {})
    group = f"{_alias(group_field)}.odoo_id" if group_field else "NULL::BIGINT"
    return (
        f"SELECT t.key, CAST({values} AS VARCHAR) AS values,"
        f" k.digest, k.loaded, {group} AS group_id, {files_sql(table)} AS files"
        f" FROM ({keys_sql}) k JOIN {table.table} t ON t.key = k.key {' '.join(joins)}"
        " ORDER BY group_id, t.key"
    )


def _with_foretold(values: str, table: TargetTable, foretold: Mapping[str, str]) -> str:
    """`values` (SQL of a JSON object) with those of `foretold` that the table does not fill."""
    own = {field.name: f"t.{identifier(field.name)}" for field in table.fields}
    columns = defaultdict(lambda: "NULL", own)
    pairs = [
        f"{literal(name)}, CAST({sql.format_map(columns)} AS DOUBLE)"
        for name, sql in foretold.items()
        if name not in own
    ]
    # A patch takes away what it has NULL for.
    return f"json_merge_patch({values}, json_object({', '.join(pairs)}))" if pairs else values


def _alias(field_name: str | None) -> str:
    return identifier(f"link_{field_name}")


def link_ids_sql(table: TargetTable, field: TargetField) -> str:
    """SELECT (key, odoo_ids): the ids that each row's links of one field stand for."""
    column = identifier(field.name)
    linked = f"unnest({column})" if field.many else column
    return (
        "SELECT u.key, list(i.odoo_id ORDER BY i.odoo_id) AS odoo_ids"
        f" FROM (SELECT key, {linked} AS linked FROM {table.table}) u"
        f" JOIN meta.ids i ON i.model = {field.lands_sql('u.linked')} AND i.key = u.linked"
        " GROUP BY u.key"
    )


def _link_join(table: TargetTable, field: TargetField) -> str:
    alias, column = _alias(field.name), f"t.{identifier(field.name)}"
    if field.many:
        return f"LEFT JOIN ({link_ids_sql(table, field)}) {alias} ON {alias}.key = t.key"
    return (
        f"LEFT JOIN meta.ids {alias} ON {alias}.model = {field.lands_sql(column)}"
        f" AND {alias}.key = {column}"
    )


def _value(field: TargetField) -> str:
    """The SQL of one value as JSON; NULL is Odoo's false."""
    column = f"t.{identifier(field.name)}"
    if field.many:
        ids = f"{_alias(field.name)}.odoo_ids" if field.holds == "link" else column
        # [[6, 0, ids]]: replace all by these.
        return f"to_json([[to_json(6), to_json(0), to_json(coalesce({ids}, []::BIGINT[]))]])"
    if field.holds == "link":
        column = f"{_alias(field.name)}.odoo_id"
    elif field.type in _TEXT_FORMATS:
        column = f"strftime({column}, '{_TEXT_FORMATS[field.type]}')"
    elif field.type == "monetary":
        column = f"CAST({column} AS DOUBLE)"
    return f"coalesce(to_json({column}), 'false'::JSON)"
