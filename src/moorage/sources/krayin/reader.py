"""One connection to the MySQL or MariaDB server of a Krayin installation; it only reads.

Values come as the text the server sends: no driver conversion, so zero dates, decimals and
timestamps stay literal. The session's time zone is left as the server has it, because Krayin
writes with that default too. The driver's errors end here: they are told anew without what the
driver knows of the connection, the password above all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pymysql
from pymysql.converters import encoders
from pymysql.cursors import SSCursor

from moorage.errors import MoorageError, SettingsError, StoppedError, UnreachableError

BATCH_ROWS = 10_000
BATCH_BYTES = 16_000_000
CONNECT_TIMEOUT_SECONDS = 15
#: How long a silent server is waited for; a scan that must sort may take a while to begin.
READ_TIMEOUT_SECONDS = 300

#: Type codes of JSON, TEXT and BLOB columns.
LONG_TYPES = frozenset((245, 249, 250, 251, 252))
GONE = {2006, 2013, 2014, 2055, 1053, 1152, 1158, 1159, 1160, 1161, 1317, 1927}


@dataclass(frozen=True)
class Address:
    """Where the database is, as far as it may be told in messages."""

    host: str
    port: int
    database: str

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.database}"


def quoted(name: str) -> str:
    """`name` quoted for MySQL."""
    return "`" + name.replace("`", "``") + "`"


class Reader:
    """An open, read-only connection."""

    def __init__(self, address: Address, *, user: str, password: str) -> None:
        """Connect; SettingsError if the server, the account or the database is not as told."""
        self.address = address
        self._connection = _connect(address, user, password)
        self._in_snapshot = False
        # Waiting for staging to write must not end the read.
        for statement in (
            "SET SESSION TRANSACTION READ ONLY",
            "SET SESSION net_write_timeout = 600",
        ):
            self.rows(statement)

    def close(self) -> None:
        """Close the connection. Safe to call twice."""
        if self._connection.open:
            self._connection.close()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[str | None, ...]]:
        """All rows of a small query, as text."""
        with self._told(), self._connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            found = cursor.fetchall()
        return [tuple(None if v is None else _text(v) for v in row) for row in found]

    def snapshot(self) -> None:
        """Begin (once) the one consistent view that everything after is read in."""
        if self._in_snapshot:
            return
        self.rows("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        self.rows("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        self._in_snapshot = True

    def look_anew(self) -> None:
        """See what was written since the last look; the snapshot of an extraction stays."""
        if not self._in_snapshot:
            # The driver begins a transaction with the first read, and it holds what it saw.
            self.rows("COMMIT")

    def stream(
        self, table: str, columns: Sequence[tuple[str, bool]], *, where: str = ""
    ) -> Iterator[pa.RecordBatch]:
        """The rows of `table` in batches; at least one batch, if an empty one.

        `columns` are pairs (name, stands in the table); one that does not is read as NULL. `where`
        is SQL of this folder's own making.
        """
        select = ", ".join(
            f"{quoted(name)}" if there else f"NULL AS {quoted(name)}" for name, there in columns
        )
        names = [name for name, _ in columns]
        if not any(there for _, there in columns):
            yield _batch([], names)
            return
        condition = f" WHERE {where}" if where else ""
        yield from self._stream(f"SELECT {select} FROM {quoted(table)}{condition}", names)

    def _stream(self, sql: str, names: list[str]) -> Iterator[pa.RecordBatch]:
        given = False
        with self._told():
            cursor = self._connection.cursor(SSCursor)
            try:
                cursor.execute(sql)
                for rows in _chunks(cursor):
                    given = True
                    yield _batch(rows, names)
                if not given:
                    yield _batch([], names)
            except BaseException:
                self._abandon(cursor)
                raise
            cursor.close()

    def _abandon(self, cursor: Any) -> None:
        """End the connection: what is left of the result is not worth reading to its end."""
        if cursor._result is not None:
            # Else the driver tries to read it from the closed connection when it is collected.
            cursor._result.unbuffered_active = False
        self.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell the driver's errors in our words; the cause is dropped, it may hold secrets."""
        try:
            yield
        except (pymysql.MySQLError, OSError) as error:
            translated = _query_error(error, self.address)
        else:
            return
        raise translated from None


def _connect(address: Address, user: str, password: str) -> Any:
    try:
        return pymysql.connect(
            host=address.host,
            port=address.port,
            user=user,
            password=password,
            database=address.database,
            charset="utf8mb4",
            use_unicode=False,
            conv=dict(encoders.items()),
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
        )
    except (pymysql.MySQLError, OSError, RuntimeError, ValueError, IndexError) as error:
        translated = _connect_error(error, address)
    raise translated from None


def _connect_error(error: BaseException, address: Address) -> SettingsError:
    code = _code(error)
    place = f"{address.host}:{address.port}"
    if code == 1045:
        what, todo = "the server refuses this user and password", "Mend `user` and the password."
    elif code == 1044:
        what = f"this user may not use the database {address.database!r}"
        todo = "Give the user the right SELECT on it."
    elif code == 1049:
        what, todo = f"there is no database {address.database!r}", "Mend `database`."
    elif code == 2003:
        what = "no MySQL or MariaDB server answers here"
        todo = "Mend `host` and `port`, or start the server and let this machine reach it."
    elif code == 1040:
        what, todo = "the server takes no more connections", "Try again later."
    elif isinstance(error, RuntimeError):
        what = "the account's way of signing in needs an encrypted connection"
        todo = "Use an account with the plugin mysql_native_password, or install `cryptography`."
    else:
        what = f"what answers here does not speak as MySQL or MariaDB does (code {code})"
        todo = "Mend `host` and `port`."
    return SettingsError(what, where=place, state="Nothing was read.", todo=todo)


def _query_error(error: BaseException, address: Address) -> MoorageError:
    code = _code(error)
    if code in GONE or isinstance(error, OSError | pymysql.InterfaceError):
        return UnreachableError(
            f"the database server went away in mid-read (code {code})",
            where=str(address),
            state="The former extraction stands unchanged; the source was only read.",
            todo="Run the same command again when the server is back.",
        )
    if code in (1142, 1143, 1044, 1370):
        return SettingsError(
            "this user may not read all tables needed" + _table_named(error),
            where=str(address),
            state="Nothing was changed.",
            todo="Give the user the right SELECT on the whole database.",
        )
    return StoppedError(
        f"the database server refused a read (code {code})",
        where=str(address),
        state="The former extraction stands unchanged; the source was only read.",
        todo="Look the code up in the server's documentation, then run the command again.",
    )


def _table_named(error: BaseException) -> str:
    named = re.search(r"for (?:table|column) [`'\"]?([\w.`]+)", str(error.args[-1]))
    return f" ({named.group(1).replace('`', '')})" if named else ""


def _code(error: BaseException) -> int:
    first = error.args[0] if error.args else None
    return first if isinstance(first, int) else 0


def _chunks(cursor: Any) -> Iterator[list[tuple[bytes | None, ...]]]:
    """Rows in lists that stay small in number and in bytes, so that memory stays flat."""
    # Only these columns can make a batch large.
    long = [at for at, column in enumerate(cursor.description) if column[1] in LONG_TYPES]
    if not long:
        while rows := cursor.fetchmany(BATCH_ROWS):
            yield rows
        return
    chunk: list[tuple[bytes | None, ...]] = []
    size = 0
    for row in cursor:
        chunk.append(row)
        for at in long:
            size += len(row[at] or b"")
        if size > BATCH_BYTES or len(chunk) == BATCH_ROWS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _batch(rows: Sequence[tuple[bytes | None, ...]], names: list[str]) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pa.RecordBatch.from_arrays([_column(values) for values in columns], names=names)


def _column(values: Sequence[bytes | None]) -> Any:
    column = pa.array(values, type=pa.binary())
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([None if v is None else _text(v) for v in values], type=pa.string())


def _text(value: bytes | str) -> str:
    """The value as text; bytes that are no UTF-8 as `\\x` and hexadecimal digits, losslessly."""
    if isinstance(value, str):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return "\\x" + value.hex()
