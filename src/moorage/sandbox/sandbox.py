"""One sandbox: a private PostgreSQL, MariaDB and Odoo, installed on first use, gone on `down`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from filelock import FileLock

from moorage.sandbox import mariadb, odoo, postgres, template
from moorage.sandbox.mariadb import MariaDBServer
from moorage.sandbox.odoo import OdooHome, OdooServer
from moorage.sandbox.packages import OdooPrograms, Programs, find_chromium, find_odoo
from moorage.sandbox.places import Places, find_places
from moorage.sandbox.postgres import PostgresServer
from moorage.sandbox.processes import ProcessRecord

DATABASE = "sandbox"


@dataclass(frozen=True)
class ServerStatus:
    """One server of the sandbox: its process and port, or None for both when it is down."""

    name: str
    pid: int | None
    port: int | None

    @property
    def is_running(self) -> bool:
        return self.pid is not None


@dataclass(frozen=True)
class SandboxStatus:
    """What is there and what runs; `odoo` has one entry per known database, by its name."""

    home: Path
    cache: Path
    is_template_ready: bool
    postgres: ServerStatus
    mariadb: ServerStatus
    odoo: list[ServerStatus]

    @property
    def is_running(self) -> bool:
        """Whether anything at all is running."""
        return any(server.is_running for server in (self.postgres, self.mariadb, *self.odoo))


class Sandbox:
    """The servers below one home folder.

    Every method may be called at any time and from several processes: what is missing is installed
    or started, what is there is reused. Errors are `SettingsError` (something about this machine
    must change first) and `StoppedError` (run it again, or read the log it names).
    """

    def __init__(self, home: Path | None = None) -> None:
        self._places: Places = find_places(home)
        self._lock = FileLock(self._places.home / "sandbox.lock")

    @property
    def home(self) -> Path:
        """Where this sandbox keeps its data, logs and throw-away secrets."""
        return self._places.home

    def up(self) -> OdooServer:
        """Serve the database `sandbox`, installing and cloning first what is missing."""
        return self.odoo(DATABASE)

    def down(self) -> None:
        """Stop everything this sandbox started. Its data stay for the next `up`."""
        with self._lock:
            for database in odoo.known_databases(self._places):
                odoo.stop(self._places, database)
            mariadb.stop(self._places)
            postgres.stop(self._places)

    def reset(self) -> OdooServer:
        """Throw the database `sandbox` away and serve a fresh one at the same address."""
        home = self._odoo_home()
        with self._lock:
            smtp_port = odoo.find_settings(self._places, DATABASE).get("smtp_port")
            template.ensure(home)
            template.clone(home, DATABASE)
        return odoo.serve(home, DATABASE, int(smtp_port) if smtp_port else None)

    def status(self) -> SandboxStatus:
        """Look, and change nothing."""
        databases = odoo.known_databases(self._places)
        return SandboxStatus(
            home=self._places.home,
            cache=self._places.cache,
            is_template_ready=template.is_ready(self._places.home),
            postgres=_status("postgres", postgres.find(self._places)),
            mariadb=_status("mariadb", mariadb.find(self._places)),
            odoo=[
                _status(name, odoo.find(self._places, name))
                for name in databases
                if not name.startswith(template.TEMPLATE)
            ],
        )

    def postgres(self) -> PostgresServer:
        """The PostgreSQL that Odoo's databases are in, started if need be."""
        with self._lock:
            return postgres.start(self._places)

    def mariadb(self, time_zone: str = "+00:00") -> MariaDBServer:
        """A MariaDB for sources, started if need be.

        `time_zone` is the server's default, an offset or a name; asking for another one restarts
        the server for everybody who uses this sandbox.
        """
        with self._lock:
            return mariadb.start(self._places, time_zone)

    def chromium(self) -> Programs:
        """A browser to look at pages with: the system's, else an unpacked one."""
        return find_chromium(self._places.cache)

    def odoo(self, database: str = DATABASE, smtp_port: int | None = None) -> OdooServer:
        """Serve one database on its own port, cloned from the template if it is missing.

        Mail goes nowhere, or to `smtp_port` on loopback if it is given.
        """
        home = self._odoo_home()
        with self._lock:
            template.ensure(home)
            if database not in home.postgres.databases():
                template.clone(home, database)
        return odoo.serve(home, database, smtp_port)

    def copy(self, source: str, database: str) -> None:
        """Make `database` a copy of `source` as it stands, which is no longer served then."""
        home = self._odoo_home()
        with self._lock:
            odoo.stop(self._places, source)
            odoo.copy(home, source, database)

    def drop(self, database: str) -> None:
        """Stop serving a database and remove it with its files."""
        with self._lock:
            odoo.drop(self._odoo_home(), database)

    def shell(self, database: str, code: str) -> str:
        """Run Python inside `odoo shell` on a database; what it printed."""
        return odoo.shell(self._odoo_home(), database, code)

    def _odoo_home(self) -> OdooHome:
        programs = self._programs
        return OdooHome(self._places, programs, self.postgres())

    @cached_property
    def _programs(self) -> OdooPrograms:
        return find_odoo(self._places.cache)


def odoo_shell(server: OdooServer | str, code: str) -> str:
    """Run Python inside `odoo shell`: on a server's database, or a default sandbox's by name."""
    if isinstance(server, OdooServer):
        return server.shell(code)
    return Sandbox().shell(server, code)


def _status(name: str, record: ProcessRecord | None) -> ServerStatus:
    return ServerStatus(name, record.pid if record else None, record.port if record else None)
