"""Processes are found by identity, not by number, and nothing of them stays behind."""

import contextlib
import json
import os
import signal
import socket
import time
from pathlib import Path

import psutil
import pytest

from moorage.sandbox import processes

# A leader with a child that ignores every polite request.
FAMILY = ["/bin/sh", "-c", "(trap '' TERM INT; while :; do sleep 1; done) & wait"]


def start(folder: Path) -> processes.ProcessRecord:
    return processes.start(
        FAMILY, record_path=folder / "process.json", log_path=folder / "log", port=1234
    )


def session(pid: int) -> list[int]:
    members = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            if process.status() != psutil.STATUS_ZOMBIE and os.getsid(process.pid) == pid:
                members.append(process.pid)
    return members


def wait_for_child(pid: int) -> None:
    deadline = time.monotonic() + 10
    while len(session(pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)  # The child sets its traps.


def test_a_started_process_is_found_by_its_record(tmp_path: Path) -> None:
    record = start(tmp_path)
    assert processes.find(tmp_path / "process.json") == record
    assert processes.stop(tmp_path / "process.json", polite=signal.SIGTERM)
    assert processes.find(tmp_path / "process.json") is None


def test_stopping_ends_children_that_ignore_the_request(tmp_path: Path) -> None:
    record = start(tmp_path)
    wait_for_child(record.pid)
    assert len(session(record.pid)) >= 2
    processes.stop(tmp_path / "process.json", polite=signal.SIGTERM, grace_seconds=1)
    assert session(record.pid) == []


def test_stopping_clears_up_after_a_leader_that_crashed(tmp_path: Path) -> None:
    record = start(tmp_path)
    wait_for_child(record.pid)
    os.kill(record.pid, signal.SIGKILL)
    time.sleep(0.2)
    assert processes.find(tmp_path / "process.json") is None
    assert session(record.pid)
    assert processes.stop(tmp_path / "process.json", polite=signal.SIGTERM)
    assert session(record.pid) == []


def test_a_recycled_process_id_is_not_taken_for_ours(tmp_path: Path) -> None:
    path = tmp_path / "process.json"
    ours = psutil.Process()
    path.write_text(
        json.dumps({"pid": ours.pid, "create_time": ours.create_time() - 60, "port": 1})
    )
    assert processes.find(path) is None
    assert not processes.stop(path, polite=signal.SIGTERM)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"nonsense": 1}'])
def test_a_damaged_record_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "process.json").write_text(text)
    assert processes.find(tmp_path / "process.json") is None


def test_a_taken_port_is_avoided() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert processes.free_port(port) != port
    assert processes.free_port(port) == port
