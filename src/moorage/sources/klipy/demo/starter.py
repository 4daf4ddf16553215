"""Starts the stand-in in a process of its own, which ends with the process that started it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from moorage.sources.klipy.demo.server import KEY


@dataclass(frozen=True)
class RunningStandIn:
    """A stand-in that answers, and the control over it."""

    url: str
    process: subprocess.Popen[str]

    @property
    def secrets(self) -> dict[str, str]:
        """The secrets that open it as a source."""
        return {"api_key": KEY}

    def control(self, order: str, given: Any = None) -> Any:
        """Give one order under `/_control/`."""
        parts = urlsplit(self.url)
        address = f"{parts.scheme}://{parts.netloc}/_control/{order}"
        request = urllib.request.Request(address, data=json.dumps(given).encode(), method="POST")  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.loads(answer.read())

    def stop(self) -> None:
        """End the process. Safe to call twice."""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.wait(timeout=20)


def start(scale: int = 300, seed: int = 1) -> RunningStandIn:
    """Start a stand-in and wait until it answers; RuntimeError if it never does."""
    command = [
        sys.executable, "-m", "moorage.sources.klipy.demo.server",
        "--with-parent", "--scale", str(scale), "--seed", str(seed),
    ]  # fmt: skip
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError("the stand-in ended before it answered")
    return RunningStandIn(json.loads(line)["url"], process)
