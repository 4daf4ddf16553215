"""What the ledger says, brought beside the target tables: where each key stands in Odoo."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from moorage.ledger.ledger import Ledger
from moorage.staging.staging import Staging

_PAGE = 50_000
#: Fewer of whole rows, which may hold long texts.
_PAGE_OF_ROWS = 2_000


def bring_ledger(staging: Staging, ledger: Ledger, destination_id: int) -> None:
    """Fill the temporary table `ledger_record` with every key of this destination.

    Columns: model, key, odoo_id, operation, digest, into_key (of a merged one: the key whose record
    stands for it).
    """
    connection = staging.connection
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE ledger_page_rows"
        " (model VARCHAR, key VARCHAR, odoo_id BIGINT, operation VARCHAR, digest VARCHAR)"
    )
    cursor = ledger.connection.execute(
        "SELECT model, key, odoo_id, operation, digest FROM record WHERE destination_id = ?",
        (destination_id,),
    )
    cursor.row_factory = None
    while page := cursor.fetchmany(_PAGE):
        append_rows(staging, "ledger_page_rows", page)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE ledger_record AS SELECT rows.*, survivor.key AS into_key"
        " FROM ledger_page_rows AS rows LEFT JOIN ledger_page_rows AS survivor"
        " ON rows.operation = 'merged' AND survivor.operation <> 'merged'"
        " AND survivor.model = rows.model AND survivor.odoo_id = rows.odoo_id"
        " QUALIFY row_number() OVER (PARTITION BY rows.model, rows.key ORDER BY survivor.key) = 1"
        if _has_merged(staging)
        else "CREATE OR REPLACE TEMP TABLE ledger_record AS"
        " SELECT *, NULL::VARCHAR AS into_key FROM ledger_page_rows"
    )
    connection.execute("DROP TABLE ledger_page_rows")


def is_carried_out(staging: Staging, ledger: Ledger, destination_id: int) -> bool:
    """Whether the ledger says of every row of `meta.plan` that it stands as planned.

    Rows that Odoo refused, conflicts and links still missing say no: a new plan comes back to them.
    """
    bring_ledger(staging, ledger, destination_id)
    row = staging.connection.execute(
        "SELECT count(*) FROM meta.plan AS p LEFT JOIN ledger_record AS r"
        " ON r.model = p.model AND r.key = p.key"
        " WHERE p.operation NOT IN ('unchanged', 'gone', 'set_aside', 'waive', 'not_in_sample')"
        " AND NOT coalesce(CASE WHEN p.operation = 'merge' THEN r.operation = 'merged'"
        " WHEN p.operation IN ('create', 'match', 'update') THEN r.digest = p.digest END, false)"
    ).fetchone()
    return row is not None and row[0] == 0


def bring_loaded(staging: Staging, ledger: Ledger, destination_id: int) -> None:
    """Fill `ledger_loaded` (model, key, loaded) for the keys in `ledger_wanted` (model, key)."""
    staging.connection.execute(
        "CREATE OR REPLACE TEMP TABLE ledger_loaded (model VARCHAR, key VARCHAR, loaded VARCHAR)"
    )
    wanted = staging.connection.execute(
        "SELECT model, to_json(list(key)) FROM (SELECT model, key,"
        f" row_number() OVER (PARTITION BY model) // {_PAGE} AS page FROM ledger_wanted)"
        " GROUP BY model, page"
    ).fetchall()
    for model, keys in wanted:
        cursor = ledger.connection.execute(
            "SELECT model, key, loaded FROM record WHERE destination_id = ? AND model = ?"
            " AND key IN (SELECT value FROM json_each(?))",
            (destination_id, model, keys),
        )
        cursor.row_factory = None
        while page := cursor.fetchmany(_PAGE_OF_ROWS):
            append_rows(staging, "ledger_loaded", page)


def _has_merged(staging: Staging) -> bool:
    row = staging.connection.execute(
        "SELECT count(*) FROM ledger_page_rows WHERE operation = 'merged'"
    ).fetchone()
    return bool(row and row[0])


def append_rows(staging: Staging, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Append `rows` to `table`, column by column through Arrow; by position, not by name."""
    if not rows:
        return
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    names = [f"c{number}" for number in range(len(columns))]
    staging.connection.register("appended_rows", pa.table(columns, names=names))
    staging.connection.execute(f"INSERT INTO {table} SELECT * FROM appended_rows")
    staging.connection.unregister("appended_rows")
