"""Serve one Odoo database on a loopback port, and run Python inside it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import urllib3
from filelock import FileLock

from moorage.errors import StoppedError
from moorage.sandbox import processes
from moorage.sandbox.packages import OdooPrograms
from moorage.sandbox.places import Places, write_private
from moorage.sandbox.postgres import PostgresServer

START_SECONDS = 120
# Mail goes to a port nobody listens on, unless a test asks for one where it listens itself.
CLOSED_SMTP_PORT = 1
LOGIN = PASSWORD = "admin"  # noqa: S105 - a throw-away database on loopback


@dataclass(frozen=True)
class OdooHome:
    """What all databases of one sandbox share: programs, PostgreSQL, and the folder of files."""

    places: Places
    programs: OdooPrograms
    postgres: PostgresServer

    def folder(self, database: str) -> Path:
        """Where one database's settings, log and process record are."""
        return database_folder(self.places, database)

    def filestore(self, database: str) -> Path:
        """Where Odoo keeps one database's attachments."""
        return self.places.home / "odoo" / "data" / "filestore" / database


@dataclass
class OdooServer:
    """One Odoo that serves one database; `api_key` belongs to the administrator `login`."""

    url: str
    database: str
    login: str
    password: str
    api_key: str = field(repr=False)
    pid: int
    log_path: Path
    _home: OdooHome = field(repr=False)

    def stop(self) -> None:
        """Stop serving; the database stays."""
        stop(self._home.places, self.database)

    def restart(self) -> None:
        """Stop and serve again, at the same address and with the same settings."""
        smtp_port = find_settings(self._home.places, self.database).get("smtp_port")
        self.stop()
        again = serve(self._home, self.database, int(smtp_port) if smtp_port else None)
        self.pid, self.url = again.pid, again.url

    def worker_pids(self) -> list[int]:
        """The processes that answer requests; Odoo replaces one that is killed."""
        children = psutil.Process(self.pid).children()
        return [child.pid for child in children if _answers_requests(child)]

    def psql(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement on the database and commit; typed rows (needs psycopg2)."""
        return self._home.postgres.query(self.database, sql)

    def row_counts(self) -> dict[str, int]:
        """The exact number of rows of every table."""
        return self._home.postgres.row_counts(self.database)

    def shell(self, code: str) -> str:
        """Run Python inside `odoo shell`; what it printed. The code itself must commit."""
        return shell(self._home, self.database, code)

    def install(self, module: Path) -> None:
        """Install a module that Odoo does not bring, from its folder, and serve again."""
        install(self._home, self.database, module)
        self.restart()


def serve(home: OdooHome, database: str, smtp_port: int | None = None) -> OdooServer:
    """The server of an existing database, started if it does not run with these settings."""
    folder = home.folder(database)
    with FileLock(folder / "serve.lock"):
        record = find(home.places, database)
        if record is None or not _fits(record, smtp_port):
            stop(home.places, database)
            record = _start(home, database, smtp_port, processes.free_port(_noted_port(folder)))
    return OdooServer(
        url=f"http://127.0.0.1:{record.port}",
        database=database,
        login=LOGIN,
        password=PASSWORD,
        api_key=(folder / "api_key").read_text(encoding="utf-8"),
        pid=record.pid,
        log_path=folder / "server.log",
        _home=home,
    )


def stop(places: Places, database: str) -> bool:
    """Stop serving a database; True if it was served."""
    record_path = database_folder(places, database) / "process.json"
    return processes.stop(record_path, polite=signal.SIGTERM, grace_seconds=5)


def find(places: Places, database: str) -> processes.ProcessRecord | None:
    """The process that serves a database, if there is one."""
    return processes.find(database_folder(places, database) / "process.json")


def find_settings(places: Places, database: str) -> dict[str, str]:
    """The settings a served database was started with."""
    record = find(places, database)
    return record.settings if record else {}


def known_databases(places: Places) -> list[str]:
    """The databases that have a folder in the sandbox, served or not."""
    folder = places.home / "odoo" / "databases"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def database_folder(places: Places, database: str) -> Path:
    """Where one database's settings, log and process record are."""
    return places.home / "odoo" / "databases" / database


def drop(home: OdooHome, database: str) -> None:
    """Stop serving a database and remove it with everything that belongs to it."""
    empty(home, database)
    shutil.rmtree(home.folder(database), ignore_errors=True)


def empty(home: OdooHome, database: str) -> None:
    """Stop serving a database and remove it and its files; its port and logs stay."""
    stop(home.places, database)
    home.postgres.drop_database(database)
    shutil.rmtree(home.filestore(database), ignore_errors=True)


def copy(home: OdooHome, source: str, database: str) -> None:
    """Make `database` a copy of `source`, which nobody may be connected to: files and key too."""
    empty(home, database)
    home.postgres.clone_database(source, database)
    files = home.filestore(source)
    if files.exists():
        # Odoo names its files by content and never changes one, so a second link is a copy.
        shutil.copytree(files, home.filestore(database), copy_function=os.link)
    if (addons := _addons(home, source)).exists():
        shutil.copytree(addons, _addons(home, database), dirs_exist_ok=True)
    key = (home.folder(source) / "api_key").read_text(encoding="utf-8")
    write_private(home.folder(database) / "api_key", key)


def shell(home: OdooHome, database: str, code: str) -> str:
    """Run Python inside `odoo shell` on a database; what it printed."""
    return run(home, database, "shell", "--no-http", "--log-level=error", stdin=code)


def install(home: OdooHome, database: str, module: Path) -> None:
    """Install the module in the folder `module`, which is copied to the database's own files."""
    shutil.copytree(module, _addons(home, database) / module.name, dirs_exist_ok=True)
    run(home, database, "-i", module.name, "--stop-after-init", "--no-http", "--log-level=warn")


def run(home: OdooHome, database: str, *arguments: str, stdin: str = "") -> str:
    """Run an Odoo command on a database to its end; its output. Raises StoppedError if it fails."""
    folder = home.folder(database)
    sub_command = [arguments[0]] if arguments[:1] == ("shell",) else []
    rest = arguments[len(sub_command) :]
    configuration = ["-c", str(_write_configuration(home, database, None)), "-d", database]
    done = subprocess.run(
        home.programs.command(*sub_command, *configuration, *rest),
        input=stdin,
        env={**os.environ, **home.programs.environment()},
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )
    if done.returncode != 0:
        log_path = folder / "command.log"
        log_path.write_text(done.stdout + done.stderr, encoding="utf-8")
        raise StoppedError(
            f"Odoo's command on database {database} ended with {done.returncode}.",
            state="The database may hold a part of its work.",
            todo=f"The last lines of {log_path}:\n{processes.log_tail(log_path)}",
        )
    return done.stdout


def _start(
    home: OdooHome, database: str, smtp_port: int | None, port: int
) -> processes.ProcessRecord:
    folder = home.folder(database)
    log_path = folder / "server.log"
    arguments = [f"--http-port={port}", f"--gevent-port={processes.free_port()}"]
    arguments += [f"--workers={_worker_count()}", "-d", database, f"--db-filter=^{database}$"]
    configuration = _write_configuration(home, database, smtp_port)
    (folder / "port").write_text(str(port), encoding="utf-8")
    record = processes.start(
        home.programs.command("-c", str(configuration), *arguments),
        record_path=folder / "process.json",
        log_path=log_path,
        port=port,
        environment=home.programs.environment(),
        settings={"smtp_port": str(smtp_port or "")},
    )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and processes.is_alive(record):
        if _is_healthy(port):
            return record
        time.sleep(0.1)
    stop(home.places, database)
    raise StoppedError(
        f"Odoo did not come up on port {port} within {START_SECONDS} seconds.",
        state=f"The database {database} is there but not served.",
        todo=f"The last lines of {log_path}:\n{processes.log_tail(log_path)}",
    )


def _write_configuration(home: OdooHome, database: str, smtp_port: int | None) -> Path:
    """Odoo's settings file; private, since it holds PostgreSQL's password."""
    settings = {
        "db_host": home.postgres.host,
        "db_port": home.postgres.port,
        "db_user": home.postgres.user,
        "db_password": home.postgres.password,
        "db_maxconn": 16,
        "data_dir": home.places.home / "odoo" / "data",
        "http_interface": "127.0.0.1",
        "list_db": False,
        "max_cron_threads": 0,
        "limit_time_cpu": 3600,
        "limit_time_real": 7200,
        "limit_memory_soft": 4 * 1024**3,
        "limit_memory_hard": 6 * 1024**3,
        "smtp_server": "127.0.0.1",
        "smtp_port": smtp_port or CLOSED_SMTP_PORT,
    }
    if (addons := _addons(home, database)).exists():
        settings["addons_path"] = addons
    lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
    path = home.folder(database) / "odoo.conf"
    write_private(path, f"[options]\n{lines}")
    return path


def _addons(home: OdooHome, database: str) -> Path:
    """Where the modules are that only one database has; there is no such folder without any."""
    return home.folder(database) / "addons"


def _fits(record: processes.ProcessRecord, smtp_port: int | None) -> bool:
    """Whether a living server can be kept; a busy one still accepts connections."""
    same_settings = record.settings == {"smtp_port": str(smtp_port or "")}
    return same_settings and processes.accepts_connections(record.port)


def _answers_requests(child: psutil.Process) -> bool:
    try:
        return "gevent" not in child.cmdline()
    except psutil.NoSuchProcess:  # also a zombie: Odoo has not noticed its death yet
        return False


def _worker_count() -> int:
    return max(2, 2 * (os.cpu_count() or 1))


def _is_healthy(port: int) -> bool:
    try:
        answer = urllib3.request(
            "GET", f"http://127.0.0.1:{port}/web/health", timeout=5, retries=False
        )
    except urllib3.exceptions.HTTPError:
        return False
    return answer.status == 200 and json.loads(answer.data).get("status") == "pass"


def _noted_port(folder: Path) -> int | None:
    try:
        return int((folder / "port").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
