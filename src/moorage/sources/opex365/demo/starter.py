"""Starts the stand-in in a process of its own, which ends with the process that started it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moorage.sources.opex365.demo.tokens import CLIENT_SECRET


@dataclass(frozen=True)
class RunningStandIn:
    """A stand-in that answers, and the control over it."""

    url: str
    tenant: str
    client_id: str
    process: subprocess.Popen[str]

    @property
    def token_url(self) -> str:
        """Where to get a token."""
        return f"{self.url}/{self.tenant}/oauth2/v2.0/token"

    @property
    def options(self) -> dict[str, str]:
        """The options that open it as a source."""
        return {
            "url": self.url,
            "tenant": self.tenant,
            "client_id": self.client_id,
            "token_url": self.token_url,
        }

    @property
    def secrets(self) -> dict[str, str]:
        """The secrets that open it as a source."""
        return {"client_secret": CLIENT_SECRET}

    def control(self, order: str, given: Any = None) -> Any:
        """Give one order under `/_control/`; ValueError where it is refused."""
        body = json.dumps(given).encode()
        request = urllib.request.Request(f"{self.url}/_control/{order}", data=body, method="POST")  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise ValueError(error.read().decode()) from None

    def stop(self) -> None:
        """End the process. Safe to call twice."""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.wait(timeout=20)


def start(scale: float = 1.0, seed: int = 1, more: Sequence[str] = ()) -> RunningStandIn:
    """Start a stand-in and wait until it answers; RuntimeError if it never does."""
    command = [
        sys.executable, "-m", "moorage.sources.opex365.demo.server",
        "--with-parent", "--scale", str(scale), "--seed", str(seed), *more,
    ]  # fmt: skip
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError("the stand-in ended before it answered")
    about = json.loads(line)
    return RunningStandIn(about["url"], about["tenant"], about["client_id"], process)
