"""Brings what Odoo holds into DuckDB: External IDs and records, in pages, through Arrow."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from moorage.companions import companions
from moorage.destination import Destination, Json
from moorage.mapping.target import TargetField, TargetTable
from moorage.staging.staging import identifier, literal

MARKER = "x_moorage_key"
#: Our records (model, key, odoo_id), and those with what Odoo made along with them.
KEYS = "temp.odoo_keys"
LINKED = "temp.odoo_linked"
FOUND = "temp.odoo_found"
PAGE_ROWS = 1000

_ARROW: dict[str, pa.DataType] = {
    "boolean": pa.bool_(),
    "integer": pa.int64(),
    "float": pa.float64(),
    "monetary": pa.float64(),
    "many2one": pa.int64(),
    "many2one_reference": pa.int64(),
    "many2many": pa.list_(pa.int64()),
}
_TEXTS = ("char", "text", "html", "selection", "date", "datetime", "reference")


@dataclass(frozen=True)
class FieldFacts:
    """What comparing a field needs to know about it: its decimals, and whose money it is."""

    decimals: int | None = None
    currency_field: str | None = None
    stored: bool = True


@dataclass
class Clock:
    """How long Odoo was asked, so that our own cost can be told apart."""

    odoo_seconds: float = 0.0


def comparable(target: TargetField) -> bool:
    """Whether values of this field's type can be read back as values."""
    return target.type in _ARROW or target.type in _TEXTS or target.holds == "file"


def field_facts(
    destination: Destination, model: str, names: Sequence[str]
) -> dict[str, FieldFacts]:
    """Decimals and currency field of those `names` that `model` has."""
    attributes = ["type", "digits", "currency_field", "store"]
    answer = destination.read(model, "fields_get", allfields=list(names), attributes=attributes)
    return {
        name: FieldFacts(
            decimals=about["digits"][1] if about.get("digits") else None,
            currency_field=about.get("currency_field") or None,
            stored=bool(about.get("store", True)),
        )
        for name, about in answer.items()
    }


def read_keys(
    connection: duckdb.DuckDBPyConnection, destination: Destination, models: set[str]
) -> None:
    """Fill the table of External IDs (model, key, odoo_id) from Odoo itself."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE odoo_keys (model VARCHAR, key VARCHAR, odoo_id BIGINT)"
    )
    for model in sorted(models):
        for page in destination.all_keys(model):
            batch = pa.table(
                {
                    "key": pa.array([key for key, _ in page], pa.string()),
                    "odoo_id": pa.array([odoo_id for _, odoo_id in page], pa.int64()),
                }
            )
            _insert(connection, KEYS, f"SELECT {literal(model)}, key, odoo_id FROM incoming", batch)


def read_companions(
    connection: duckdb.DuckDBPyConnection, destination: Destination, pairs: set[tuple[str, str]]
) -> None:
    """Fill the table of what links may mean: our records, and for each (model, model that comes
    along) the latter's under the key of ours.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE odoo_linked AS FROM {KEYS}")
    for model, along in sorted(pairs):
        rows = connection.execute(
            f"SELECT DISTINCT odoo_id FROM {KEYS} WHERE model = ? ORDER BY 1", [model]
        ).fetchall()
        ids = [odoo_id for (odoo_id,) in rows]
        for page in companions(destination, model, along, ids):
            own = pa.array([own for own, _ in page], pa.int64())
            others = pa.array([other for _, other in page], pa.int64())
            select = (
                f"SELECT {literal(along)}, k.key, incoming.other FROM incoming"
                f" JOIN {KEYS} AS k ON k.model = {literal(model)}"
                " AND k.odoo_id = incoming.own"
            )
            _insert(connection, LINKED, select, pa.table({"own": own, "other": others}))


def read_records(
    connection: duckdb.DuckDBPyConnection,
    destination: Destination,
    table: TargetTable,
    *,
    types: Mapping[str, str],
    clock: Clock,
    on_rows: Callable[[int], None],
) -> None:
    """Fill the table of records with every field of `types` (Odoo field: type) by id.

    Ids come from the External IDs of the target table's keys; records that are gone give no row.
    """
    kinds = {name: _ARROW.get(kind, pa.string()) for name, kind in types.items()}
    schema = pa.schema([("id", pa.int64()), *kinds.items()])
    empty = schema.empty_table()
    connection.register("incoming", empty)
    connection.execute("CREATE OR REPLACE TEMP TABLE odoo_found AS FROM incoming")
    connection.unregister("incoming")
    ids = _ids(connection, table)
    count = 0
    for batch in _batches(destination, table.model, ids, schema, clock):
        _insert(connection, FOUND, "FROM incoming", batch)
        count += batch.num_rows
        on_rows(count)


def _ids(connection: duckdb.DuckDBPyConnection, table: TargetTable) -> list[int]:
    rows = connection.execute(
        f"SELECT DISTINCT k.odoo_id FROM {table.table} AS t"
        f" JOIN {KEYS} AS k ON k.model = ? AND k.key = t.key ORDER BY 1",
        [table.model],
    ).fetchall()
    return [row[0] for row in rows]


def _batches(
    destination: Destination, model: str, ids: list[int], schema: pa.Schema, clock: Clock
) -> Iterator[pa.Table]:
    """Pages side by side, a few ahead of the reader and no more, so that memory stays small."""

    def fetch(part: list[int]) -> pa.Table:
        names = [name for name in schema.names if name != "id"]
        # One more than asked for: a full page would make `pages` ask for another.
        pages = destination.pages(model, [("id", "in", part)], names, size=len(part) + 1)
        rows = [row for page in pages for row in page]
        return _arrow(rows, schema)

    parts = iter([ids[at : at + PAGE_ROWS] for at in range(0, len(ids), PAGE_ROWS)])
    ahead: deque[Future[pa.Table]] = deque()
    with ThreadPoolExecutor(max_workers=destination.connections) as pool:
        for part in parts:
            ahead.append(pool.submit(fetch, part))
            if len(ahead) > 2 * destination.connections:
                yield _received(ahead.popleft(), clock)
        while ahead:
            yield _received(ahead.popleft(), clock)


def _received(future: Future[pa.Table], clock: Clock) -> pa.Table:
    started = time.monotonic()
    batch = future.result()
    clock.odoo_seconds += time.monotonic() - started
    return batch


def _arrow(rows: list[dict[str, Json]], schema: pa.Schema) -> pa.Table:
    return pa.table([pa.array(_column(rows, field), field.type) for field in schema], schema=schema)


def _column(rows: list[dict[str, Json]], field: pa.Field) -> list[Json]:
    name = field.name
    if pa.types.is_boolean(field.type):
        return [bool(row[name]) for row in rows]
    # Odoo writes `false` for empty, for every type but boolean and numbers.
    if pa.types.is_string(field.type):
        return [value if isinstance(value := row[name], str) else None for row in rows]
    return [None if (value := row[name]) is False else value for row in rows]


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, select: str, batch: pa.Table
) -> None:
    connection.register("incoming", batch)
    try:
        connection.execute(f"INSERT INTO {table} {select}")
    finally:
        connection.unregister("incoming")


def found(name: str) -> str:
    """The column of the records' table that holds Odoo field `name`."""
    return f"f.{identifier(name)}"
