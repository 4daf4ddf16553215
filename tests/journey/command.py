"""The real `moorage` in a process group of its own, so that a test may kill it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("moorage")


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Both streams, line breaks as blanks: messages are wrapped."""
        return " ".join(f"{self.out} {self.err}".split())

    @property
    def json(self) -> Any:
        """The document of `--json`."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Moorage:
    """The command, at work on one project folder."""

    root: Path
    environment: dict[str, str]

    def __call__(self, *words: str, code: int | None = 0, seconds: float = 240) -> Done:
        """Run it to its end; `code` is how it must end (None: does not matter)."""
        process = self.start(*words)
        try:
            out, err = process.communicate(timeout=seconds)
        finally:
            kill(process)
        done = Done(words, process.returncode, out, err)
        if code is not None:
            assert done.code == code, f"moorage {' '.join(words)}: {done.code}\n{out}\n{err}"
        return done

    def start(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        """Start it and return at once."""
        return subprocess.Popen(
            [PROGRAM, *words],
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **options,
        )

    def change(self, name: str, *changes: tuple[str, str]) -> None:
        """Replace text in a file of the project, as a person with an editor would."""
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, f"{name} has {text.count(old)} times: {old}"
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    def twin(self, folder: Path, *changes: tuple[str, str], key: str = "") -> Moorage:
        """A copy of the project, with other settings and perhaps another API key."""
        shutil.copytree(self.root, folder)
        environment = self.environment | ({"MOORAGE_ODOO_KEY": key} if key else {})
        twin = Moorage(folder, environment)
        twin.change("moorage.yaml", *changes)
        return twin

    def ledger(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the ledger, read beside whoever writes it."""
        path = self.root / ".moorage" / "ledger.sqlite"
        if not path.exists():
            return []
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, values).fetchall()


def kill(process: subprocess.Popen[str]) -> None:
    """`kill -9` for the process and all it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def wait_until(
    holds: Callable[[], Any],
    what: str,
    *,
    of: subprocess.Popen[str] | None = None,
    seconds: float = 120,
) -> Any:
    """The first true value of `holds()`; fails when the process ends before, or time is up."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain until {what}"
        if of is not None and of.poll() is not None:
            assert of.stdout is not None and of.stderr is not None
            raise AssertionError(f"it ended before {what}:\n{of.stdout.read()}{of.stderr.read()}")
        time.sleep(0.005)
    return found
