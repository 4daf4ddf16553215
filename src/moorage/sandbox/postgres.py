"""A private PostgreSQL on a loopback port, tuned for data that may be lost."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from moorage.errors import StoppedError
from moorage.sandbox import processes
from moorage.sandbox.packages import Programs, find_postgres
from moorage.sandbox.places import Places, secret, write_private

USER = "moorage"
START_SECONDS = 60
# Throwaway data: nothing waits for the disk, so a crash of the machine may cost the sandbox.
# Commits still reach the operating system: nothing committed is lost when the server is killed.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "on",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "max_connections": "300",
    "timezone": "UTC",
    "lc_messages": "C",
}
RestartMode = Literal["smart", "fast", "immediate"]
_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}


@dataclass
class PostgresServer:
    """A running PostgreSQL: where it listens and the superuser to log in with."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    pid: int
    log_path: Path
    _places: Places = field(repr=False)
    _programs: Programs = field(repr=False)

    def url(self, database: str) -> str:
        """The connection address of one of its databases."""
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/{database}"

    def restart(self, mode: RestartMode = "fast") -> None:
        """Stop and start on the same port; `immediate` is a crash with recovery afterwards.

        Odoo ends by itself when it looks for its database meanwhile; `Sandbox.odoo` brings it back.
        """
        stop(self._places, mode)
        self.pid = start(self._places).pid

    def databases(self) -> list[str]:
        """The names of all databases but PostgreSQL's own."""
        sql = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
        return [line for line in self.run_sql("postgres", sql).splitlines() if line]

    def create_database(self, name: str) -> None:
        """Create an empty UTF-8 database."""
        self.run_sql("postgres", f"CREATE DATABASE {_quoted(name)} TEMPLATE template0")

    def drop_database(self, name: str) -> None:
        """Drop a database if it is there, and whoever is connected to it."""
        self.run_sql("postgres", f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")

    def clone_database(self, template: str, name: str) -> None:
        """Copy a database that nobody is connected to; a second or two for a fresh Odoo."""
        sql = f"CREATE DATABASE {_quoted(name)} TEMPLATE {_quoted(template)}"
        if int(self.run_sql("postgres", "SHOW server_version_num")) >= 150_000:
            # Copied through the log, as 15 and later do by default, a sequence runs backwards after
            # a crash: its page looks as if it had been logged ahead already, and was not.
            sql += " STRATEGY FILE_COPY"
        self.run_sql("postgres", sql)

    def rename_database(self, name: str, new_name: str) -> None:
        """Give a database that nobody is connected to another name."""
        self.run_sql("postgres", f"ALTER DATABASE {_quoted(name)} RENAME TO {_quoted(new_name)}")

    def run_sql(self, database: str, sql: str) -> str:
        """Run SQL with the psql program; the answer is text, a row a line, fields tab-separated."""
        return self.run_program(
            "psql", "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", database, stdin=sql
        )

    def run_program(self, name: str, *arguments: str, stdin: str = "") -> str:
        """Run one of PostgreSQL's own programs, connected to this server; its output."""
        environment = {
            **os.environ,
            **self._programs.environment,
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
        }
        done = subprocess.run(
            [self._programs.path(name), *arguments],
            input=stdin,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StoppedError(
                f"PostgreSQL refused: {done.stderr.strip()}",
                state="The sandbox's PostgreSQL is still running.",
                todo=f"See {self.log_path}.",
            )
        return done.stdout

    def query(self, database: str, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement and commit; typed rows, none for a statement that returns none.

        Needs psycopg2, which is one of the development requirements.
        """
        import psycopg2  # type: ignore[import-untyped]  # noqa: PLC0415 - only tests have it

        with psycopg2.connect(self.url(database)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            rows = list(cursor.fetchall()) if cursor.description else []
        connection.close()
        return rows

    def row_counts(self, database: str) -> dict[str, int]:
        """The exact number of rows of every table in the public schema."""
        tables = self.run_sql(
            database, "SELECT tablename FROM pg_tables WHERE schemaname='public' ORDER BY 1"
        ).split()
        counts = (f"SELECT '{name}', count(*) FROM public.{_quoted(name)}" for name in tables)
        answer = self.run_sql(database, " UNION ALL ".join(counts) or "SELECT WHERE false")
        rows = (line.split("\t") for line in answer.splitlines() if line)
        return {name: int(count) for name, count in rows}


def start(places: Places) -> PostgresServer:
    """The running server, started (and first created) if it is not."""
    programs = find_postgres(places.cache)
    folder = places.home / "postgres"
    record_path, log_path = folder / "process.json", folder / "server.log"
    folder.mkdir(exist_ok=True)
    password = secret(folder / "password")
    record = processes.find(record_path)
    if record is None:
        processes.stop(record_path, polite=_SIGNALS["immediate"])
        data = _initialise(places, programs, folder, password)
        port = processes.free_port(_noted_port(folder))
        settings = [f"-c{name}={value}" for name, value in {**_SETTINGS, "port": port}.items()]
        record = processes.start(
            [programs.path("postgres"), "-D", str(data), *settings],
            record_path=record_path,
            log_path=log_path,
            port=port,
            account=places.account,
            environment=programs.environment,
        )
        (folder / "port").write_text(str(port), encoding="utf-8")
    server = PostgresServer(
        "127.0.0.1", record.port, USER, password, record.pid, log_path, places, programs
    )
    _wait_until_ready(server, record)
    return server


def stop(places: Places, mode: RestartMode = "fast") -> bool:
    """Stop the server if it runs; True if it did."""
    return processes.stop(places.home / "postgres" / "process.json", polite=_SIGNALS[mode])


def find(places: Places) -> processes.ProcessRecord | None:
    """The running server's process, if there is one."""
    return processes.find(places.home / "postgres" / "process.json")


def _initialise(places: Places, programs: Programs, folder: Path, password: str) -> Path:
    """The data directory, made with initdb the first time; complete or not there at all."""
    data = folder / "data"
    if data.exists():
        # A dead server's lock file may name a process id that somebody else has by now.
        (data / "postmaster.pid").unlink(missing_ok=True)
        return data
    draft = folder / "data.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    password_file = folder / "password.initdb"
    write_private(password_file, password)
    places.hand_over(draft)
    places.hand_over(password_file)
    command = [programs.path("initdb"), "-D", str(draft), "-U", USER, "-E", "UTF8"]
    command += ["--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={password_file}", "-N"]
    done = processes.run(command, account=places.account, environment=programs.environment)
    password_file.unlink()
    if done.returncode != 0:
        raise StoppedError(
            f"initdb failed: {done.stderr.strip()[-500:]}",
            state="No database server was created.",
            todo=f"Check that {folder} can be written to and reached, and run again.",
        )
    draft.rename(data)
    return data


def _wait_until_ready(server: PostgresServer, record: processes.ProcessRecord) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and processes.is_alive(record):
        try:
            server.run_sql("postgres", "SELECT 1")
            return
        except StoppedError:
            time.sleep(0.1)
    raise StoppedError(
        f"PostgreSQL did not come up on port {record.port} within {START_SECONDS} seconds.",
        state="The sandbox is down.",
        todo=f"The last lines of {server.log_path}:\n{processes.log_tail(server.log_path)}",
    )


def _noted_port(folder: Path) -> int | None:
    try:
        return int((folder / "port").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _quoted(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,62}", name):
        raise ValueError(f"not a database name: {name!r}")
    return f'"{name}"'
