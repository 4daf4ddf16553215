"""From DuckDB tables to MariaDB: one CSV file per table, read by LOAD DATA LOCAL INFILE."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pymysql

from moorage.sources.krayin.demo.schema import Table, create_statement, quoted

if TYPE_CHECKING:
    Connection = pymysql.connections.Connection[Any]
else:
    Connection = pymysql.connections.Connection


# Rows are written in one order, because the server numbers those that bring no id.
_ORDERS = {"attribute_values": "entity_type, entity_id, attribute_id"}


@dataclass(frozen=True)
class Server:
    """How to reach the MariaDB that takes the demo database; the user must be able to create it."""

    host: str = "127.0.0.1"
    port: int = 3306
    user: str = "root"
    password: str = ""
    unix_socket: str | None = None


@contextmanager
def connected(server: Server) -> Iterator[Connection]:
    """A session as Krayin would have one: no strict mode, the server's own time zone."""
    connection = pymysql.connect(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password,
        unix_socket=server.unix_socket,
        charset="utf8mb4",
        local_infile=True,
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION sql_mode = '', foreign_key_checks = 0, unique_checks = 0")
        yield connection
    finally:
        connection.close()


def create_database(connection: Connection, database: str) -> None:
    """Drops the database if it is there and makes it anew, empty."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted(database)}")
        cursor.execute(
            f"CREATE DATABASE {quoted(database)} "
            "DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
        )
    connection.select_db(database)


def create_tables(connection: Connection, tables: list[Table], prefix: str) -> None:
    """Creates the tables, empty."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(create_statement(table, prefix))


def load_table(
    connection: Connection,
    engine: duckdb.DuckDBPyConnection,
    table: Table,
    *,
    source: str,
    prefix: str,
    folder: Path,
) -> int:
    """Copies the rows of the DuckDB relation `source` into the MariaDB table and returns their
    number. Columns that only one side has are left out. LOAD DATA LOCAL drops rows that break a
    unique key, which would make the data depend on the server: that raises RuntimeError."""
    offered = {row[0] for row in engine.execute(f"DESCRIBE {source}").fetchall()}
    columns = [column for column in table.column_names if column in offered]
    path = folder / f"{table.name}.csv"
    listed = ", ".join(f'"{column}"' for column in columns)
    order = "id" if "id" in columns else _ORDERS.get(table.name, "ALL")
    copied = engine.execute(
        f"COPY (SELECT {listed} FROM {source} ORDER BY {order}) TO '{path}' "
        "(FORMAT csv, HEADER false, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR 'NULL')"
    ).fetchone()
    written = int(copied[0]) if copied else 0
    loaded = _load_file(connection, table, columns, prefix=prefix, path=path)
    path.unlink()
    if loaded != written:
        raise RuntimeError(f"{table.name}: {written} rows made, {loaded} rows loaded")
    return loaded


def _load_file(
    connection: Connection, table: Table, columns: list[str], *, prefix: str, path: Path
) -> int:
    names = ", ".join(quoted(column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE {quoted(prefix + table.name)} "
            "CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' "
            f"ESCAPED BY '' LINES TERMINATED BY '\\n' ({names})"
        )
        loaded = int(cursor.rowcount)
    connection.commit()
    return loaded
