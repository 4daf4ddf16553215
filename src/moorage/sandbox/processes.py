"""Start, find again and stop server processes that outlive the command that started them.

Each server is the leader of its own session. Its record (a small JSON file) carries the process id
together with the process's creation time, so that a recycled id is never taken for ours and a
record left by a crash is recognised as stale.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypedDict

import psutil

from moorage.errors import StoppedError
from moorage.sandbox.places import Account

_PORTS = range(20_000, 32_000)
# Popen objects are kept so that Python does not complain about children still running at exit.
_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class ProcessRecord:
    """What is written down about a started server; `settings` are those it was started with."""

    pid: int
    create_time: float
    port: int
    settings: dict[str, str] = field(default_factory=dict)


def start(
    command: list[str],
    *,
    record_path: Path,
    log_path: Path,
    port: int,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
) -> ProcessRecord:
    """Start `command` in a session of its own, its output appended to `log_path`."""
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with log_path.open("ab") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            **_as_account(account),
        )
    _started.append(process)
    created = psutil.Process(process.pid).create_time()
    record = ProcessRecord(process.pid, created, port, dict(settings or {}))
    draft = record_path.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(record)), encoding="utf-8")
    draft.replace(record_path)
    return record


def run(
    command: list[str], *, account: Account | None, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end under `account`; the output is kept, a failure is not raised."""
    return subprocess.run(
        command,
        env={**os.environ, **environment},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        **_as_account(account),
    )


def find(record_path: Path) -> ProcessRecord | None:
    """The recorded process if it is alive; None if it was never started or is gone."""
    record = _read(record_path)
    if record is None or not is_alive(record):
        return None
    return record


def is_alive(record: ProcessRecord) -> bool:
    """Whether the very process that was started is still running (zombies are not)."""
    try:
        process = psutil.Process(record.pid)
        same = abs(process.create_time() - record.create_time) < 1
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def stop(record_path: Path, *, polite: signal.Signals, grace_seconds: float = 10) -> bool:
    """End the recorded server and everything it started; True if anything was running.

    First the leader is asked with the `polite` signal; what is left after `grace_seconds` is
    killed. Works as well after the leader has crashed and left children behind.
    """
    record = _read(record_path)
    if record is None:
        return False
    family = _family(record)
    if is_alive(record):
        with contextlib.suppress(ProcessLookupError):
            os.kill(record.pid, polite)
        _wait([process for process in family if process.pid == record.pid], grace_seconds)
    for process in (survivors := [*family, *_family(record)]):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    _wait(survivors, 5)
    _reap(record.pid)
    record_path.unlink(missing_ok=True)
    return bool(family)


def free_port(preferred: int | None = None) -> int:
    """A free loopback port: the preferred one if nobody has it, else one taken at random.

    Random ones lie below the range from which systems number outgoing connections, so that none
    of those can take the port between this answer and the server's start.
    """
    candidates = [preferred] if preferred else []
    candidates += random.sample(_PORTS, 50)
    for port in candidates:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise StoppedError(
        "no free port was found on loopback.",
        state="Nothing was started.",
        todo="End some of the servers on this machine, and run again.",
    )


def accepts_connections(port: int) -> bool:
    """Whether something listens on the loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def log_tail(log_path: Path, line_count: int = 12) -> str:
    """The last lines of a log, for an error message; never raises."""
    try:
        lines = log_path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "(no log)"
    return "\n".join(lines[-line_count:])


class _AccountArguments(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _as_account(account: Account | None) -> _AccountArguments:
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def _read(record_path: Path) -> ProcessRecord | None:
    try:
        return ProcessRecord(**json.loads(record_path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _family(record: ProcessRecord) -> list[psutil.Process]:
    """The leader, its descendants, and whoever is still in its session."""
    family: dict[int, psutil.Process] = {}
    if is_alive(record):
        with contextlib.suppress(psutil.NoSuchProcess):
            leader = psutil.Process(record.pid)
            family = {child.pid: child for child in leader.children(recursive=True)}
            family[leader.pid] = leader
    elif psutil.pid_exists(record.pid) and not _is_our_zombie(record):
        return []  # The id was recycled, so nobody can be left in the old session.
    for process in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError, PermissionError, psutil.NoSuchProcess):
            if os.getsid(process.pid) == record.pid:
                family.setdefault(process.pid, process)
    return list(family.values())


def _is_our_zombie(record: ProcessRecord) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(record.pid)
        return abs(process.create_time() - record.create_time) < 1
    return False


def _wait(processes: list[psutil.Process], timeout_seconds: float) -> None:
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if not any(_running(process) for process in processes):
            return
        time.sleep(0.05)


def _running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _reap(pid: int) -> None:
    for process in [process for process in _started if process.pid == pid]:
        process.poll()
        _started.remove(process)
