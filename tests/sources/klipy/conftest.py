"""A scene for each test, and one stand-in for all of a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from moorage.sources.klipy.demo.starter import RunningStandIn, start

from .scene import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Nothing staged yet."""
    made = Scene(tmp_path)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def module_standin() -> Iterator[RunningStandIn]:
    """The smallest workspace, served. Use `standin`."""
    running = start(240)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def standin(module_standin: RunningStandIn) -> Iterator[RunningStandIn]:
    """The stand-in without faults."""
    module_standin.control("reset")
    module_standin.control("limit", 100_000)
    yield module_standin
    module_standin.control("reset")
