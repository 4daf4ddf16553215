"""Kills at random moments, round after round: `scripts/soak`."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Callable

import pytest
from tests.journey.command import kill
from tests.journey.test_fire import ends_like
from tests.journey.voyage import Voyage

ROUNDS = int(os.environ.get("MOORAGE_SOAK_ROUNDS", "10"))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_killed_at_random(another: Callable[..., Voyage], finished: Voyage, seed: int) -> None:
    chance = random.Random(seed)
    voyage = another()
    kills = 0
    for _ in range(12):
        process = voyage.moorage.start("run", "--yes")
        try:
            process.communicate(timeout=chance.uniform(1.0, 8.0))
        except subprocess.TimeoutExpired:
            kill(process)
            kills += 1
            continue
        if process.returncode in (1, 3):  # done, or nothing left that was confirmed
            break
    assert kills, "it was never killed: this proves nothing"
    ends_like(voyage, finished, is_done=process.returncode == 1)
