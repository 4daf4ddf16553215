"""The whole way from the stand-in and its bundle into a real Odoo, a delta, and back again."""

from __future__ import annotations

import pytest
from bench import klipy_whole


@pytest.mark.odoo
@pytest.mark.journey
@pytest.mark.soak
def test_into_odoo_and_back() -> None:
    """As `scripts/bench klipy_whole`, which asserts what each verb found, with fewer records."""
    klipy_whole.run(400)
