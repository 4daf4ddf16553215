"""One made-up bundle with its truth, read once for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from moorage.sources.octopuspro.demo.generate import generate

from .octo_scene import Scene, staged


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A bundle of 60 customers, 180 bookings and invoices; nobody changes it."""
    folder = tmp_path_factory.mktemp("octopuspro")
    with duckdb.connect() as truth:
        generate(folder / "bundle", customers=60, connection=truth)
        with staged(folder / "bundle", folder / "staging.duckdb") as staging:
            yield Scene(folder / "bundle", staging, truth)
