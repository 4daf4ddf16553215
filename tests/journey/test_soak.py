"""Kills at random moments, run after run: `scripts/soak`."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Callable

import pytest

from tests.journey.command import kill
from tests.journey.test_fire import ends_like
from tests.journey.voyage import Voyage

KILLS = int(os.environ.get("MOORAGE_SOAK_KILLS", "50"))
#: After so many kills a run is left alone, and must end like one that nobody disturbed.
KILLS_OF_A_RUN = 6


@pytest.mark.soak
@pytest.mark.timeout(5400)
def test_killed_at_random(another: Callable[..., Voyage], finished: Voyage) -> None:
    chance = random.Random(7)
    kills = runs = 0
    while kills < KILLS:
        killed = _killed_run(another(), finished, chance, min(KILLS_OF_A_RUN, KILLS - kills))
        kills, runs = kills + killed, runs + 1
        print(f"{kills} of {KILLS} kills in {runs} runs: nothing lost, nothing twice", flush=True)
        assert runs < 3 * KILLS, "the runs end before they can be killed: this proves nothing"


def _killed_run(voyage: Voyage, finished: Voyage, chance: random.Random, most: int) -> int:
    """Kill a run up to `most` times, let it end, and compare; how often it was killed."""
    kills = 0
    while True:
        process = voyage.moorage.start("run", "--yes")
        try:
            process.communicate(timeout=chance.uniform(0.5, 9.0) if kills < most else None)
        except subprocess.TimeoutExpired:
            kill(process)
            kills += 1
            continue
        assert process.returncode in (1, 3), "the run ended badly after a kill"
        # 1: done, with the rows that nobody can take; 3: nothing left that was confirmed.
        ends_like(voyage, finished, is_done=process.returncode == 1)
        return kills
