"""One stand-in of Dataverse for all tests here, in its own process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from moorage.sources.opex365.demo.generate import generate
from moorage.sources.opex365.demo.starter import RunningStandIn, start

from .standin_calls import Calls


@pytest.fixture(scope="session")
def made_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest organisation, which has all kinds of dirt, in a file that nobody may open."""
    path = tmp_path_factory.mktemp("opex365") / "made.duckdb"
    with duckdb.connect(str(path)) as connection:
        generate(connection, scale=1, seed=1)
    return path


@pytest.fixture(scope="module")
def store_file(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the organisation for one module, for a stand-in that its tests may change."""
    return Path(shutil.copy(made_store, tmp_path_factory.mktemp("copy") / "own.duckdb"))


@pytest.fixture(scope="session")
def shared_standin(
    made_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningStandIn]:
    """The stand-in of all tests; no test changes its rows. Use `standin`."""
    path = shutil.copy(made_store, tmp_path_factory.mktemp("shared") / "shared.duckdb")
    running = start(more=["--store", str(path)])
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def standin(shared_standin: RunningStandIn) -> Iterator[RunningStandIn]:
    """The shared stand-in without faults, with the documented limits and fresh counts."""
    _as_new(shared_standin)
    yield shared_standin
    _as_new(shared_standin)


def _as_new(running: RunningStandIn) -> None:
    running.control("reset")
    running.control("tokens", {"lifetime_seconds": 3599})
    documented = {"requests": 6000, "execution_seconds": 1200, "concurrent": 52}
    running.control("limits", documented | {"window_seconds": 300, "cost_seconds": 0})


@pytest.fixture
def calls(standin: RunningStandIn) -> Calls:
    """A client with a token."""
    return Calls(standin)
