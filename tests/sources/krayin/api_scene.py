"""The demo's Krayin behind the stand-in of its REST API, a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moorage.sandbox import MariaDBServer
from moorage.sources.base import Source
from moorage.sources.krayin import SOURCE
from moorage.staging.staging import Staging

PASSWORD = "correct horse battery"
TIMEZONE = "Asia/Kolkata"


@dataclass
class StandIn:
    """A stand-in under test: its address, and how a project would name it."""

    url: str
    email: str
    waits: list[str] = field(default_factory=list)

    def options(self, **changes: Any) -> dict[str, Any]:
        """The options of a source that reads through it."""
        return {
            "via": "api", "api_url": self.url, "email": self.email, "api_password": PASSWORD,
            "timezone": TIMEZONE, "currency": "USD", "on_wait": self.waits.append, **changes,
        }  # fmt: skip

    def open(self, **changes: Any) -> Source:
        """Sign in."""
        return SOURCE.open(self.options(**changes))

    def faults(self, *faults: dict[str, Any]) -> int:
        """Let these happen from now on; the number of calls so far."""
        call = urllib.request.Request(
            f"{self.url}/_stand-in", data=json.dumps(faults).encode(), method="POST"
        )
        with urllib.request.urlopen(call) as answer:
            return int(json.loads(answer.read())["calls"])


@contextmanager
def stand_in(
    mariadb: MariaDBServer, database: str, email: str, *arguments: str
) -> Iterator[StandIn]:
    """A running stand-in over a database."""
    process = subprocess.Popen(
        [
            sys.executable, "-m", "moorage.sources.krayin.demo.api", "--database", database,
            "--database-host", mariadb.host, "--database-port", str(mariadb.port),
            "--database-user", mariadb.root_user, "--timezone", TIMEZONE, *arguments,
        ],
        env={
            **os.environ,
            "MOORAGE_DEMO_PASSWORD": mariadb.root_password,
            "MOORAGE_DEMO_API_PASSWORD": PASSWORD,
        },
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield StandIn(process.stdout.readline().strip(), email)
    finally:
        process.terminate()
        process.wait(10)


def digest(source: Source, path: Path) -> str:
    """The digest of what the source gives, which no other content has."""
    with Staging(path) as staging:
        try:
            return staging.extract(source.raw_tables()).digest
        finally:
            source.close()


def staged(source: Source, path: Path, settings: dict[str, Any] | None = None) -> Staging:
    """The source extracted and tidied; the caller closes the staging."""
    staging = Staging(path)
    try:
        staging.extract(source.raw_tables())
        staging.tidy(source.tidy_sql(), settings or {})
    finally:
        source.close()
    return staging
