"""`kill -9` at random moments, in extractions and runs: the end is that of nobody disturbed."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from moorage.project import Project
from moorage.sandbox import OdooServer
from moorage.sources.opex365 import SOURCE
from moorage.sources.opex365.demo.starter import RunningStandIn, start
from tests.journey.command import Moorage, kill
from tests.journey.voyage import Voyage

pytestmark = [pytest.mark.odoo, pytest.mark.journey, pytest.mark.soak]
KILLS = 8


@pytest.fixture
def environment(store_file: Path) -> Iterator[RunningStandIn]:
    """The smallest organisation."""
    running = start(more=["--store", str(store_file)])
    try:
        yield running
    finally:
        running.stop()


def test_killed_at_random(
    environment: RunningStandIn, odoo: OdooServer, module_odoo: OdooServer, tmp_path: Path
) -> None:
    undisturbed, killed = (
        _voyage(environment, server, tmp_path / name)
        for name, server in (("calm", module_odoo), ("rough", odoo))
    )
    digests = []
    for voyage, kills in ((undisturbed, 0), (killed, KILLS)):
        chance = random.Random(7)
        _ended(voyage.moorage, ["extract"], chance, kills, 6.0)
        digests.append(voyage.moorage("extract", "--json", code=None).json["digest"])
        _confirmed(voyage.moorage)
        _ended(voyage.moorage, ["run", "--yes"], chance, kills, 12.0)
        voyage.moorage("verify")
    assert digests[0] == digests[1]
    assert _end(killed) == _end(undisturbed)
    assert killed.open_calls() == []


def _voyage(environment: RunningStandIn, odoo: OdooServer, root: Path) -> Voyage:
    project = Project.create(
        root, "acme", SOURCE, given=environment.options, url=odoo.url, database=odoo.database
    )
    variables = os.environ | {
        "MOORAGE_SOURCE_CLIENT_SECRET": environment.secrets["client_secret"],
        "MOORAGE_ODOO_KEY": odoo.api_key,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    return Voyage(Moorage(project.root, variables), odoo, odoo.row_counts())


def _ended(
    moorage: Moorage, words: list[str], chance: random.Random, kills: int, seconds: float
) -> None:
    """Kill the command so often, each time within so many seconds; then let it end."""
    for left in range(kills, -1, -1):
        process = moorage.start(*words)
        try:
            process.communicate(timeout=chance.uniform(0.5, seconds) if left else None)
        except subprocess.TimeoutExpired:
            kill(process)
            continue
        # 1: done, with rows that are set aside; 3: nothing left that was confirmed.
        assert process.returncode in (0, 1, 3), f"{words} ended badly after a kill"


def _confirmed(moorage: Moorage) -> None:
    moorage("map", "--propose", code=None)
    moorage("map", "--confirm", "--name", "Ann Admin", code=None)
    moorage("prepare", "--apply")
    moorage("owners", "--all", "create")
    moorage("duplicates", "--all", "keep")
    moorage("plan", code=None)
    moorage("plan", "--confirm", "--name", "Ann Admin", code=None)


def _end(voyage: Voyage) -> tuple[object, ...]:
    """The rows of all tables, what every key became, and the External IDs."""
    names = voyage.odoo.psql(
        "SELECT model, name FROM ir_model_data WHERE module = 'moorage_acme' ORDER BY 1, 2"
    )
    return voyage.shape(), voyage.ledger_keys(), names
