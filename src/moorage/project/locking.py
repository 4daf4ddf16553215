"""One command at a time may work on a project; a second one is told who does."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from moorage.errors import LockedError


@dataclass(frozen=True)
class LockHolder:
    """Who works on a project: user, machine, process, command, since when (UTC)."""

    user: str
    host: str
    pid: int
    command: str
    since: str

    def __str__(self) -> str:
        return (
            f"{self.user} on {self.host}, process {self.pid}, "
            f"`moorage {self.command}` since {self.since}"
        )


@contextmanager
def locked(folder: Path, command: str) -> Iterator[None]:
    """Hold the lock in `folder` for the block; LockedError at once if another has it.

    The operating system frees the lock of a process that died. A note left by another machine may
    be on a disk that does not carry locks across, so it is believed until a person removes it.
    """
    note = folder / "lock.json"
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise _locked(note) from None
    try:
        holder = read_holder(note)
        if holder is not None and holder.host != socket.gethostname():
            raise _locked(note)
        note.write_text(json.dumps(asdict(_myself(command))), encoding="utf-8")
        try:
            yield
        finally:
            note.unlink(missing_ok=True)
    finally:
        lock.release()


def read_holder(note: Path) -> LockHolder | None:
    """Who the note names; None if there is no note, or none that can be read."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        return LockHolder(**json.loads(note.read_text(encoding="utf-8")))
    return None


def _locked(note: Path) -> LockedError:
    holder = read_holder(note)
    elsewhere = holder is not None and holder.host != socket.gethostname()
    todo = "Wait until it has ended, or stop it, then run the same command again."
    if elsewhere:
        todo += f" If that machine no longer works on it, delete {note.name} in .moorage/."
    return LockedError(
        "another moorage works on this project",
        where=str(holder) if holder else str(note.parent),
        state="Nothing was changed.",
        todo=todo,
    )


def _myself(command: str) -> LockHolder:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = f"user {os.getuid()}"
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return LockHolder(user, socket.gethostname(), os.getpid(), command, since)
