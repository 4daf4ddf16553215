"""One stand-in of ClientTether for all tests here, in its own process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from moorage.sources.clienttether.demo.starter import RunningStandIn, start


@pytest.fixture(scope="session")
def shared_standin() -> Iterator[RunningStandIn]:
    """The stand-in of all tests; no test changes its rows. Use `standin`."""
    running = start(scale=300)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def standin(shared_standin: RunningStandIn) -> Iterator[RunningStandIn]:
    """The shared stand-in without faults, with fresh counts."""
    shared_standin.control("reset")
    yield shared_standin
    shared_standin.control("reset")
