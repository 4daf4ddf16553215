"""Demo data as a source: a stand-in of Dataverse that serves a generated organisation."""

from __future__ import annotations

from moorage.sources.base import DemoData, DemoServers
from moorage.sources.opex365.demo.sizes import ROWS_PER_UNIT
from moorage.sources.opex365.demo.starter import start


def offer(servers: DemoServers, scale: int, seed: int) -> DemoData:
    """Serve an organisation of about `scale` rows until this process ends."""
    running = start(scale / ROWS_PER_UNIT, seed)
    options = {**running.options, "timezone": "Europe/Berlin"}
    return DemoData(options, running.secrets, {"custom_models": ["opx_vessel"]})
