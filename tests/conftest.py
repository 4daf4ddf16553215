"""Fixtures for tests that need a real Odoo or MariaDB.

All test processes (pytest-xdist's too) share one sandbox: servers and template are made under its
lock, databases are everybody's own. The last process to finish takes the servers down, unless
somebody's own sandbox is being served.
"""

from __future__ import annotations

import fcntl
import itertools
import secrets
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from moorage.sandbox import MariaDBServer, OdooServer, Sandbox

_counter = itertools.count(1)
_run = secrets.token_hex(4)


def _database_name() -> str:
    # By chance, not by process: two runs of the tests on one machine share the sandbox.
    return f"test_{_run}_{next(_counter)}"


class Together(LoadFileScheduling):
    """Gives each process whole files, and the journeys, which share one finished run, to one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "journey" if "/journey/" in file else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Share the tests out so that those on one server stay together."""
    return Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys first: they take the longest, and nobody should wait for them at the end."""
    items.sort(key=lambda item: "journey" not in item.path.parts)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The shared sandbox; nothing is started until a server is asked for."""
    shared = Sandbox()
    with (shared.home / "tests.lease").open("a") as lease:
        fcntl.flock(lease, fcntl.LOCK_SH)
        yield shared
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return  # Another test process is still at work.
        _leave(shared)


def _leave(shared: Sandbox) -> None:
    status = shared.status()
    if status.postgres.is_running:
        left_over = [server.name for server in status.odoo] + shared.postgres().databases()
        for name in {name for name in left_over if name.startswith("test_")}:
            shared.drop(name)
    if not any(server.is_running for server in shared.status().odoo):
        shared.down()


@pytest.fixture
def own_sandbox(sandbox: Sandbox) -> Iterator[Sandbox]:
    """A sandbox for one test alone, whose servers it may crash.

    Its databases start in a second, its Odoo in about ten.
    """
    home = sandbox.home / "tests" / _database_name()
    own = Sandbox(home)
    try:
        yield own
    finally:
        own.down()
        shutil.rmtree(home)


@pytest.fixture
def odoo(sandbox: Sandbox) -> Iterator[OdooServer]:
    """A fresh Odoo with a database of its own for one test (about two seconds)."""
    name = _database_name()
    try:
        yield sandbox.odoo(name)
    finally:
        sandbox.drop(name)


@pytest.fixture(scope="module")
def module_odoo(sandbox: Sandbox) -> Iterator[OdooServer]:
    """A fresh Odoo shared by the tests of one module; they see each other's records."""
    name = _database_name()
    try:
        yield sandbox.odoo(name)
    finally:
        sandbox.drop(name)


@pytest.fixture(scope="session")
def mariadb(sandbox: Sandbox) -> MariaDBServer:
    """The shared MariaDB; take `mariadb_database` for a database of one's own."""
    return sandbox.mariadb()


@pytest.fixture
def mariadb_database(mariadb: MariaDBServer) -> Iterator[str]:
    """The name of an empty MariaDB database, dropped after the test."""
    name = _database_name()
    mariadb.create_database(name)
    try:
        yield name
    finally:
        mariadb.drop_database(name)
