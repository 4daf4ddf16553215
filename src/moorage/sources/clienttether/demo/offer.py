"""Demo data as a source: a stand-in that serves a made-up franchise, and its bundle of files."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from moorage.sources.base import DemoData, DemoServers
from moorage.sources.clienttether.demo.exports import write
from moorage.sources.clienttether.demo.franchise import make
from moorage.sources.clienttether.demo.starter import RunningStandIn, start

#: What a person who knows this franchise would decide.
ANSWERS = {
    "company_name_means": "company",
    "inactive_steps": "lost",
    "stage_outcomes": {"Sold": "won", "Future Interest": "open"},
    "ambiguous_clients": "without",
    "proposal_differences": "line",
    "merged_labels": ["custom.square_feet_2"],
    "work_order_is_picking": "type = 'Material Delivery'",
}


def offer(servers: DemoServers, scale: int, seed: int) -> DemoData:
    """Serve a franchise of about `scale` records until this process ends; the same by seed."""
    folder = servers.home / "demo" / "clienttether"
    shutil.rmtree(folder, ignore_errors=True)
    write(make(scale, seed), folder)
    running = start(scale, seed)
    return DemoData(options_of(running, folder), running.secrets, ANSWERS)


def options_of(running: RunningStandIn, folder: Path) -> dict[str, Any]:
    """The options that open both; a person would know how these files write dates."""
    return {
        "url": running.api_url,
        "bundle": str(folder),
        "timezone": "America/Denver",
        "formats": {"*": "mdy"},
    }
