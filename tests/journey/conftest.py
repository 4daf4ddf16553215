"""One source, one prepared project and one finished run for all journeys of a session."""

from __future__ import annotations

import itertools
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moorage.sandbox import MariaDBServer, Sandbox
from tests.journey.source import make_source
from tests.journey.voyage import Voyage, copy, prepare, remove

_numbers = itertools.count(1)
_run = secrets.token_hex(4)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the journeys."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.odoo)
            item.add_marker(pytest.mark.mariadb)


def _own_name(what: str) -> str:
    return f"test_{_run}_{what}"


@pytest.fixture(scope="session")
def harbour(sandbox: Sandbox) -> Iterator[Sandbox]:
    """A sandbox for the journeys alone: they crash its servers."""
    home = sandbox.home / "tests" / _own_name("journeys")
    own = Sandbox(home)
    try:
        yield own
    finally:
        own.down()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def source_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the files that the source's rows name."""
    return tmp_path_factory.mktemp("storage")


@pytest.fixture(scope="session")
def source(mariadb: MariaDBServer, source_files: Path) -> Iterator[str]:
    """The MariaDB database of the demo's Krayin, with traps."""
    name = _own_name("krayin")
    make_source(mariadb, name, source_files)
    try:
        yield name
    finally:
        mariadb.drop_database(name)


@pytest.fixture(scope="session")
def ready(
    harbour: Sandbox,
    mariadb: MariaDBServer,
    source: str,
    source_files: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Voyage:
    """A project with a confirmed plan, nothing of it carried out. Take a copy of it."""
    folder = tmp_path_factory.mktemp("ready")
    return prepare(harbour.odoo("ready"), mariadb, source, folder, files=source_files)


@pytest.fixture(scope="session")
def finished(ready: Voyage, harbour: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Voyage:
    """An undisturbed run, verified. Tests may change it, and put back what they changed."""
    voyage = copy(ready, harbour, tmp_path_factory.mktemp("finished"), name="finished")
    voyage.run()
    voyage.moorage("verify")
    voyage.after = voyage.shape()
    return voyage


@pytest.fixture
def another(ready: Voyage, harbour: Sandbox, tmp_path: Path) -> Iterator[Callable[..., Voyage]]:
    """Makes copies of the prepared project for one test."""
    made: list[Voyage] = []

    def make(smtp_port: int | None = None) -> Voyage:
        name = f"copy_{next(_numbers)}"
        made.append(copy(ready, harbour, tmp_path, name=name, smtp_port=smtp_port))
        return made[-1]

    yield make
    for voyage in made:
        remove(voyage, harbour)
