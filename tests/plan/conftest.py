"""A scene for each test: staging, ledger and a small Odoo, all empty but for one user."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from moorage.destination import DestinationIdentity
from moorage.ledger.ledger import Ledger
from moorage.staging.staging import Staging

from .fake_destination import FakeDestination
from .scene import FIELDS, Scene

ODOO = DestinationIdentity("http://odoo", "db", "uuid", "19.0", "community", 2, "admin", 1, "EUR")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    staging = Staging(tmp_path / "staging.duckdb")
    ledger = Ledger(tmp_path / "ledger.sqlite")
    destination = FakeDestination(FIELDS)
    destination.add("res.users", login="anna@a.example", email="Anna@a.example")
    destination_id = ledger.destination("production", ODOO)
    yield Scene(staging, ledger, destination, destination_id, tmp_path)
    staging.close()
    ledger.close()
