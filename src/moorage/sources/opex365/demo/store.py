"""Reads pages and single rows from the store, as JSON text."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from moorage.sources.opex365.demo.query import Expansion, Query
from moorage.sources.opex365.demo.rows import Annotations, row_json
from moorage.sources.opex365.demo.schema import Table, tables

COUNT_LIMIT = 5000


@dataclass(frozen=True)
class Page:
    """Rows as JSON objects joined by commas; `last` is where the next page begins, None at the end.

    `last` is the last key of a page in the order of keys, or the number of rows passed.
    """

    text: str
    row_count: int
    last: str | int | None


class Store:
    """The organisation in one DuckDB database. Safe to use from several threads.

    `base` is the address before an entity set, for links inside of rows.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._changing = threading.Lock()
        self._local = threading.local()
        self.base = ""
        rows = self.rows(
            "SELECT transactioncurrencyid, currencysymbol FROM transactioncurrency "
            "ORDER BY exchangerate <> 1, isocurrencycode"
        )
        self.symbols = {str(key): str(symbol) for key, symbol in rows}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        if not hasattr(self._local, "cursor"):
            self._local.cursor = self._connection.cursor()
        found: list[tuple[Any, ...]] = self._local.cursor.execute(sql).fetchall()
        return found

    def one(self, sql: str) -> Any:
        """The first value of the first row, None if there is none."""
        rows = self.rows(sql)
        return rows[0][0] if rows else None

    @contextmanager
    def changing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for writing; one at a time."""
        with self._changing:
            yield self._connection.cursor()

    def version(self) -> int:
        """The highest version number given so far; no change with it is still on its way."""
        with self._changing:
            found = self.one(
                "SELECT last_value FROM duckdb_sequences() WHERE sequence_name = 'versions'"
            )
        return int(found)

    def count(self, table: Table, query: Query) -> int:
        """All rows that a query means."""
        return int(self.one(f'SELECT count(*) FROM "{table.name}" r {_where(query.where)}'))

    def page(
        self,
        table: Table,
        query: Query,
        annotations: Annotations,
        size: int,
        last: str | int | None,
    ) -> Page:
        """Up to `size` rows after `last`."""
        json = self._json(table, query, annotations)
        if query.order:
            return self._ordered_page(table, query, json, size, int(last or 0))
        after = f"""r."{table.key}" > '{last}'""" if last else None
        keys = self.rows(
            f'SELECT min(k), max(k), count(*) FROM (SELECT r."{table.key}" AS k '
            f'FROM "{table.name}" r {_where(query.where, after)} ORDER BY k LIMIT {size})'
        )
        first, final, count = keys[0]
        if not count:
            return Page("", 0, None)
        within = f"""r."{table.key}" BETWEEN '{first}' AND '{final}'"""
        text = self._joined(table, json, _where(query.where, within), f'r."{table.key}"')
        more = count == size and self.one(
            f'SELECT 1 FROM "{table.name}" r '
            f"""{_where(query.where, f'''r."{table.key}" > '{final}' ''')} LIMIT 1"""
        )
        return Page(text, count, str(final) if more else None)

    def _ordered_page(self, table: Table, query: Query, json: str, size: int, passed: int) -> Page:
        order = ", ".join(
            f'r."{name}" {"DESC NULLS LAST" if falls else "ASC NULLS FIRST"}'
            for name, falls in query.order
        )
        rows = self.rows(
            f'SELECT {json} FROM "{table.name}" r {_where(query.where)} '
            f'ORDER BY {order}, r."{table.key}" LIMIT {size + 1} OFFSET {passed}'
        )
        kept = rows[:size]
        more = passed + size if len(rows) > size else None
        return Page(",".join(row[0] for row in kept), len(kept), more)

    def single(
        self, table: Table, query: Query, annotations: Annotations, row_id: str
    ) -> str | None:
        """One row as a JSON object, None if it is not there."""
        json = self._json(table, query, annotations)
        where = f"""WHERE r."{table.key}" = '{row_id}'"""
        found = self.one(f'SELECT {json} FROM "{table.name}" r {where}')
        return None if found is None else str(found)

    def changed(
        self, table: Table, query: Query, annotations: Annotations, span: tuple[int, int], size: int
    ) -> Page:
        """Rows with a version in `span` (first excluded, last included), by version."""
        json = self._json(table, query, annotations)
        rows = self.rows(
            f'SELECT {json}, r.versionnumber FROM "{table.name}" r '
            f"WHERE r.versionnumber > {span[0]} AND r.versionnumber <= {span[1]} "
            f"ORDER BY r.versionnumber LIMIT {size}"
        )
        last = int(rows[-1][1]) if len(rows) == size else None
        return Page(",".join(row[0] for row in rows), len(rows), last)

    def deleted(self, table: Table, span: tuple[int, int], size: int) -> list[tuple[str, int]]:
        """Ids of rows deleted in a span of versions, with the version of their deletion."""
        names = [table.name]
        if "pointer" in table.flags:
            names = [other.name for other in tables().values() if "activity" in other.flags]
        listed = ", ".join(f"'{name}'" for name in names)
        return [
            (str(row_id), int(version))
            for row_id, version in self.rows(
                f"SELECT id, versionnumber FROM _deleted WHERE name IN ({listed}) "
                f"AND versionnumber > {span[0]} AND versionnumber <= {span[1]} "
                f"ORDER BY versionnumber LIMIT {size}"
            )
        ]

    def _joined(self, table: Table, json: str, where: str, order: str) -> str:
        return str(
            self.one(f"""SELECT string_agg(j, ',' ORDER BY k) FROM (
                SELECT {json} AS j, {order} AS k FROM "{table.name}" r {where})""")
        )

    def _json(self, table: Table, query: Query, annotations: Annotations, row: str = "r") -> str:
        more = [self._expansion(table, found, annotations, row) for found in query.expansions]
        return row_json(table, query.properties, annotations, self.symbols, row=row, more=more)

    def _expansion(self, table: Table, found: Expansion, annotations: Annotations, row: str) -> str:
        inner = f"e{len(row) - 1}" if row == "r" else f"e{int(row[1:]) + 1}"
        json = self._json(found.table, found.query, annotations, inner)
        source = f'"{found.table.name}" {inner}'
        if not found.is_collection:
            match = f'{inner}."{found.table.key}" = {row}."{found.lookup.property_name}"'
            one = f"(SELECT {json} FROM {source} WHERE {match})"
            return f"""',"{found.name}":', coalesce({one}, 'null')"""
        match = f'{inner}."{found.lookup.property_name}" = {row}."{table.key}"'
        where = f"{match} AND {found.query.where}" if found.query.where else match
        listed = f"SELECT string_agg({json}, ',') FROM {source} WHERE {where}"
        # Every row carries this link, without a skiptoken: it leads to the same rows again.
        link = f"{self.base}/{table.set_name}("
        again = (
            f"""',"{found.name}@odata.nextLink":"{link}', {row}."{table.key}", ')/{found.name}"'"""
        )
        return f"""',"{found.name}":[', ({listed}), ']', {again}"""


def _where(*conditions: str | None) -> str:
    given = [text for text in conditions if text]
    return "WHERE " + " AND ".join(given) if given else ""


def table_of_set(name: str) -> Table | None:
    """The table behind an entity set."""
    return next((table for table in tables().values() if table.set_name == name), None)
