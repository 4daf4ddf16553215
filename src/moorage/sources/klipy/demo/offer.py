"""Demo data as a source: a stand-in that serves a made-up workspace, and its bundle of files."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from moorage.sources.base import DemoData, DemoServers
from moorage.sources.klipy.demo.exports import write
from moorage.sources.klipy.demo.starter import RunningStandIn, start
from moorage.sources.klipy.demo.workspace import make

#: What a person who knows this workspace would decide.
ANSWERS = {
    "private_notes": "publish",
    "private_deals": "leave",
    "rates": {"EUR": 1.08, "GBP": 1.27},
}


def offer(servers: DemoServers, scale: int, seed: int) -> DemoData:
    """Serve a workspace of about `scale` records until this process ends; the same by seed."""
    folder = servers.home / "demo" / "klipy"
    shutil.rmtree(folder, ignore_errors=True)
    write(make(scale, seed), folder)
    running = start(scale, seed)
    return DemoData(options_of(running, folder), running.secrets, ANSWERS)


def options_of(running: RunningStandIn, folder: Path) -> dict[str, Any]:
    """The options that open both. The stand-in allows more calls than Klipy does."""
    return {
        "url": running.url,
        "bundle": str(folder),
        "timezone": "Europe/Vienna",
        "calls_per_minute": 50_000,
    }
