"""A small project and its page, served by the real command, for a browser and for bare requests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
from pydantic import SecretStr
from ruamel.yaml import YAML

from moorage.project import Project
from moorage.sandbox import MariaDBServer, OdooServer
from moorage.sources.base import source_kind
from moorage.sources.krayin.demo import Server, generate

PROGRAM = Path(sys.executable).with_name("moorage")
#: What of the shipped mapping is kept: the rest would only take time.
KEPT = ("users", "organizations", "persons")
NAME = "Ann Admin"
ENDED = ["Ctrl-C ends ", "✓ The page i", "next    moor"]
_pool = urllib3.PoolManager()


@dataclass
class Page:
    """A page that is served: where, the token that lets one in, and by which process."""

    base: str
    token: str
    process: int

    @property
    def login(self) -> str:
        """The address that the command printed."""
        return f"{self.base}/login?token={self.token}"

    def ask(
        self,
        path: str,
        *,
        form: dict[str, str] | None = None,
        **headers: str,
    ) -> urllib3.BaseHTTPResponse:
        """One bare request; redirects are not followed."""
        if form is None:
            return _pool.request("GET", self.base + path, headers=headers, redirect=False)
        return _pool.request_encode_body(
            "POST",
            self.base + path,
            fields=form,
            headers=headers,
            encode_multipart=False,
            redirect=False,
        )

    def enter(self) -> str:
        """Log in; the cookie, as a header has it."""
        answer = self.ask("/login", form={"token": self.token, "name": NAME})
        assert answer.status == 303
        return answer.headers["set-cookie"].partition(";")[0]


@contextmanager
def served(root: Path, *options: str) -> Iterator[Page]:
    """The page of the project in `root`; Ctrl-C at the end.

    Whatever was asked of it, it prints where it is and that it ended, and nothing else.
    """
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", "0", *options],
        cwd=root,
        env=os.environ | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        printed = ""
        while "token=" not in printed:
            line = process.stdout.readline()
            assert line, f"it ended: {printed}"
            printed += line
        found = re.search(r"(http\S+)/login\?token=(\S+)", printed)
        assert found is not None
        yield Page(found[1], found[2], process.pid)
        process.terminate()
        assert process.wait(timeout=60) in (0, 4)
        said = process.stdout.read().splitlines()
        assert [line[:12] for line in said if line.strip()] == ENDED, said
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def empty_project(folder: Path) -> Project:
    """A project that was never used, and whose servers are not there."""
    given = {"database": "crm", "user": "reader", "timezone": "UTC"}
    return Project.create(folder / "acme", "acme", source_kind("krayin"), given=given)


def small_project(folder: Path, odoo: OdooServer, mariadb: MariaDBServer, database: str) -> Project:
    """A project about users, organizations and persons of the demo, not looked at yet."""
    root_user = Server(mariadb.host, mariadb.port, mariadb.root_user, mariadb.root_password)
    files = folder / "files"
    files.mkdir()
    generate(root_user, database, scale=1, seed=7, files=files)
    user, password = mariadb.create_reader(database)
    given: dict[str, Any] = {
        "host": mariadb.host, "port": mariadb.port, "database": database, "user": user,
        "timezone": "Asia/Kolkata", "files": str(files),
    }  # fmt: skip
    project = Project.create(
        folder / "acme", "acme", source_kind("krayin"), given=given, url=odoo.url,
        database=odoo.database,
    )  # fmt: skip
    secrets = {"source": SecretStr(password), "production": SecretStr(odoo.api_key)}
    project.secrets.keep_throw_away(secrets)
    _cut(project.mapping_path)
    return project


def _cut(path: Path) -> None:
    """Leave the other objects behind, and what points to them."""
    yaml = YAML()
    tree = yaml.load(path)
    for name in list(tree["objects"]):
        if name not in KEPT:
            entry = tree["objects"].pop(name)
            tree["not_migrated"][entry.get("of", name)] = "no part of this test"
    for entry in tree["objects"].values():
        for field, rule in list(entry["fields"].items()):
            if rule.get("link") not in (None, *KEPT):
                del entry["fields"][field]
    with path.open("w", encoding="utf-8") as stream:
        yaml.dump(tree, stream)
