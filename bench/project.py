"""A project over generated data and a fresh Odoo, driven by the real command."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from moorage.sandbox import Sandbox
from moorage.sources.krayin.demo import Server, generate

_SETTINGS = """moorage: 1
project: bench
source:
  kind: krayin
  host: {host}
  port: {port}
  database: {database}
  user: {user}
  timezone: Asia/Kolkata
  {files}
destinations:
  production:
    url: {url}
    database: {odoo}
    connections: 2
"""
#: Rows that grow with the generator's scale, at scale 1.
_ROWS_PER_SCALE = 305


@dataclass(frozen=True)
class Project:
    """A project folder with its secrets in `environment`; `row_count` rows in the source."""

    folder: Path
    environment: dict[str, str]
    row_count: int

    def start(self, *arguments: str, stdout: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start `moorage ...` here."""
        return subprocess.Popen(
            [sys.executable, "-m", "moorage.cli.app", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
        )

    def moorage(self, *arguments: str) -> None:
        """Run `moorage ...` here; it may say that something needs attention, no more."""
        code = self.start(*arguments).wait()
        assert code in (0, 1), f"moorage {' '.join(arguments)} ended with {code}"


def demo_project(
    sandbox: Sandbox, folder: Path, rows: int, name: str, files: Path | None = None
) -> Project:
    """A project with about `rows` source rows, in databases called `name`.

    Files are made in `files`, where it is given.
    """
    server = sandbox.mariadb()
    counts = generate(
        Server(server.host, server.port, server.root_user, server.root_password),
        name,
        scale=rows / _ROWS_PER_SCALE,
        seed=7,
        files=files,
    )
    user, password = server.create_reader(name)
    odoo = sandbox.odoo(name)
    environment = {
        **os.environ,
        "MOORAGE_SOURCE_PASSWORD": password,
        "MOORAGE_ODOO_KEY": odoo.api_key,
    }
    project = Project(folder, environment, counts.scaled_count)
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "moorage.cli.app", "new", str(folder), "--from", "krayin"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (folder / "moorage.yaml").write_text(
        _SETTINGS.format(
            host=server.host, port=server.port, database=name, user=user, url=odoo.url,
            odoo=odoo.database, files=f"files: {files}" if files else "",
        )
    )  # fmt: skip
    mapping = folder / "mapping.yaml"
    decided = 'stage_outcomes: {"15": won, "16": lost}'
    mapping.write_text(mapping.read_text().replace("stage_outcomes: {}", decided))
    return project
