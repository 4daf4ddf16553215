"""A private MariaDB on a loopback port, for the dumps and databases that sources bring."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymysql
from pymysql.constants import CLIENT

from moorage.errors import StoppedError
from moorage.sandbox import processes
from moorage.sandbox.packages import Programs, find_mariadb
from moorage.sandbox.places import Places, secret, write_private

ROOT_USER = "moorage"
START_SECONDS = 60
SOCKET_PATH_LENGTH_MAXIMUM = 100
_SETTINGS = (
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--local-infile=1",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_ci",
    "--max-allowed-packet=256M",
    "--max-connections=100",
    "--innodb-buffer-pool-size=256M",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-doublewrite=0",
    "--innodb-flush-method=nosync",
    "--skip-log-bin",
    "--skip-performance-schema",
    "--feedback=OFF",
)


@dataclass
class MariaDBServer:
    """A running MariaDB: where it listens and the all-powerful account to log in with."""

    host: str
    port: int
    root_user: str
    root_password: str = field(repr=False)
    socket: Path
    pid: int
    log_path: Path
    _programs: Programs = field(repr=False)

    def url(self, database: str = "", *, user: str = "", password: str = "") -> str:
        """A SQLAlchemy address: the root account's unless another is given."""
        account = f"{user or self.root_user}:{password or self.root_password}"
        return f"mysql+pymysql://{account}@{self.host}:{self.port}/{database}?charset=utf8mb4"

    def create_database(self, name: str) -> None:
        """Create an empty database in utf8mb4_unicode_ci."""
        self.execute(
            f"CREATE DATABASE {_quoted(name)} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
        )

    def drop_database(self, name: str) -> None:
        """Drop a database if it is there, and the readers that were made for it."""
        self.execute(f"DROP DATABASE IF EXISTS {_quoted(name)}")
        readers = "SELECT User FROM mysql.user WHERE User LIKE %s"
        prefix = _reader_prefix(name).replace("_", r"\_")
        for (user,) in self.execute(readers, arguments=(f"{prefix}%",)):
            self.execute(f"DROP USER IF EXISTS '{user}'@'127.0.0.1'")

    def create_reader(self, database: str) -> tuple[str, str]:
        """A new account that may only SELECT from one database: its name and password."""
        user, password = f"{_reader_prefix(database)}{secrets.token_hex(3)}", secrets.token_hex(12)
        self.execute(f"CREATE USER '{user}'@'127.0.0.1' IDENTIFIED BY '{password}'")
        # In a GRANT, a bare underscore in a database name would match any character.
        pattern = _quoted(database).replace("_", r"\_")
        self.execute(f"GRANT SELECT, SHOW VIEW ON {pattern}.* TO '{user}'@'127.0.0.1'")
        return user, password

    def execute(
        self, sql: str, database: str | None = None, *, arguments: tuple[Any, ...] | None = None
    ) -> list[tuple[Any, ...]]:
        """Run one or more statements and commit; the rows of the last one that returned any.

        LOAD DATA LOCAL is allowed.
        """
        rows: list[tuple[Any, ...]] = []
        with self.connect(database) as connection, connection.cursor() as cursor:
            cursor.execute(sql, arguments)
            while True:
                if cursor.description:
                    rows = list(cursor.fetchall())
                if not cursor.nextset():
                    break
            connection.commit()
        return rows

    @contextmanager
    def connect(self, database: str | None = None) -> Iterator[pymysql.Connection[Any]]:
        """A connection as the root account, closed at the end of the block."""
        connection = pymysql.connect(
            host=self.host,
            port=self.port,
            user=self.root_user,
            password=self.root_password,
            database=database,
            charset="utf8mb4",
            local_infile=True,
            client_flag=CLIENT.MULTI_STATEMENTS,
        )
        try:
            yield connection
        finally:
            connection.close()

    def load_file(self, path: Path, database: str) -> None:
        """Run a dump with the mariadb client; raises StoppedError at its first failing line."""
        command = [self._programs.path("mariadb", "mysql"), "--no-defaults"]
        command += [f"--host={self.host}", f"--port={self.port}", f"--user={self.root_user}"]
        with path.open("rb") as dump:
            done = subprocess.run(
                [*command, "--default-character-set=utf8mb4", database],
                stdin=dump,
                env={
                    **os.environ,
                    **self._programs.environment,
                    "MYSQL_PWD": self.root_password,
                },
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode != 0:
            raise StoppedError(
                f"MariaDB did not take {path.name}: {done.stderr.strip()[-500:]}",
                state=f"The database {database} holds the part before that.",
                todo="Drop it, mend the dump, and load again.",
            )


def start(places: Places, time_zone: str = "+00:00") -> MariaDBServer:
    """The running server, started (and first created) if it is not.

    `time_zone` is the server's default: an offset like "+02:00" or a name like "Europe/Berlin".
    A server that runs with another one is restarted.
    """
    programs = find_mariadb(places.cache)
    folder = places.home / "mariadb"
    record_path = folder / "process.json"
    folder.mkdir(exist_ok=True)
    password = secret(folder / "password")
    record = processes.find(record_path)
    if record is not None and record.settings.get("time_zone") != time_zone:
        record = None
    if record is None:
        stop(places)
        record = _start_process(places, programs, folder, time_zone)
    server = MariaDBServer(
        "127.0.0.1",
        record.port,
        ROOT_USER,
        password,
        _socket_path(folder),
        record.pid,
        folder / "server.log",
        programs,
    )
    _wait_until_ready(server, record)
    return server


def stop(places: Places) -> bool:
    """Stop the server if it runs; True if it did."""
    return processes.stop(places.home / "mariadb" / "process.json", polite=signal.SIGTERM)


def find(places: Places) -> processes.ProcessRecord | None:
    """The running server's process, if there is one."""
    return processes.find(places.home / "mariadb" / "process.json")


def _start_process(
    places: Places, programs: Programs, folder: Path, time_zone: str
) -> processes.ProcessRecord:
    data = _initialise(places, programs, folder)
    record_path, socket_path = folder / "process.json", _socket_path(folder)
    port_note = folder / "port"
    noted = port_note.read_text(encoding="utf-8") if port_note.exists() else ""
    port = processes.free_port(int(noted) if noted.isdigit() else None)
    port_note.write_text(str(port), encoding="utf-8")
    socket_path.parent.mkdir(parents=True, exist_ok=True)
    places.hand_over(socket_path.parent)
    # A named zone goes through TZ: MariaDB's own tables of zone names are empty after an install.
    is_offset = time_zone[:1] in "+-"
    return processes.start(
        [
            programs.path("mariadbd"),
            "--no-defaults",
            f"--basedir={programs.root / 'usr'}",
            f"--datadir={data}",
            f"--socket={socket_path}",
            f"--pid-file={data}/mariadbd.pid",
            f"--port={port}",
            f"--init-file={_accounts_file(places, folder)}",
            f"--default-time-zone={time_zone if is_offset else 'SYSTEM'}",
            *_SETTINGS,
        ],
        record_path=record_path,
        log_path=folder / "server.log",
        port=port,
        account=places.account,
        environment={**programs.environment, "TZ": "UTC" if is_offset else time_zone},
        settings={"time_zone": time_zone},
    )


def _initialise(places: Places, programs: Programs, folder: Path) -> Path:
    data, draft = folder / "data", folder / "data.draft"
    if data.exists():
        return data
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    places.hand_over(draft)
    command = [
        "/bin/sh",
        programs.path("mariadb-install-db"),
        "--no-defaults",
        f"--datadir={draft}",
    ]
    command += [f"--basedir={programs.root / 'usr'}", "--force", "--skip-name-resolve"]
    command += ["--auth-root-authentication-method=normal", "--skip-test-db"]
    done = processes.run(command, account=places.account, environment=programs.environment)
    if done.returncode != 0:
        raise StoppedError(
            f"mariadb-install-db failed: {(done.stdout + done.stderr).strip()[-800:]}",
            state="No database server was created.",
            todo=f"Check that {folder} can be written to and reached, and run again.",
        )
    draft.rename(data)
    return data


def _accounts_file(places: Places, folder: Path) -> Path:
    """The statements run at each start: our account with its password, and nobody without one."""
    password = secret(folder / "password")
    lines = [
        f"CREATE OR REPLACE USER '{ROOT_USER}'@'{host}' IDENTIFIED BY '{password}';\n"
        f"GRANT ALL ON *.* TO '{ROOT_USER}'@'{host}' WITH GRANT OPTION;\n"
        for host in ("127.0.0.1", "localhost")
    ]
    # A fresh install has password-less root accounts, one of them under this machine's name.
    lines += ["DELETE FROM mysql.global_priv WHERE User IN ('root', '');\n", "FLUSH PRIVILEGES;\n"]
    path = folder / "accounts.sql"
    write_private(path, "".join(lines))
    places.hand_over(path)
    return path


def _socket_path(folder: Path) -> Path:
    """Beside the data; in the system's temporary folder where that path would be too long."""
    path = folder / "run" / "mariadb.sock"
    if len(str(path)) <= SOCKET_PATH_LENGTH_MAXIMUM:
        return path
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"moorage-{digest}" / "mariadb.sock"


def _wait_until_ready(server: MariaDBServer, record: processes.ProcessRecord) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and processes.is_alive(record):
        try:
            server.execute("SELECT 1")
            return
        except pymysql.MySQLError:
            time.sleep(0.1)
    raise StoppedError(
        f"MariaDB did not come up on port {record.port} within {START_SECONDS} seconds.",
        state="The sandbox's MariaDB is down.",
        todo=f"The last lines of {server.log_path}:\n{processes.log_tail(server.log_path)}",
    )


def _reader_prefix(database: str) -> str:
    digest = hashlib.sha256(database.encode()).hexdigest()[:8]
    return f"reader_{digest}_"


def _quoted(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,60}", name):
        raise ValueError(f"not a database name: {name!r}")
    return f"`{name}`"
