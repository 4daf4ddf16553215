"""Limits are kept as documented and accounted for honestly; faults come when ordered."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from moorage.sources.opex365.demo.errors import RefusedError
from moorage.sources.opex365.demo.limits import Limits

from .standin_calls import Calls


def test_the_documented_limits_hold_in_a_sliding_window() -> None:
    now = [0.0]
    limits = Limits(lambda: now[0])
    for _ in range(6000):
        with limits.request():
            now[0] += 1 / 128
    with pytest.raises(RefusedError) as refused, limits.request():
        pass
    assert (refused.value.status, refused.value.code) == (429, "0x80072322")
    assert refused.value.headers["Retry-After"] == "254"
    now[0] += 254
    with limits.request():
        pass
    account = limits.account()
    assert account["most_in_window"] == 6000
    assert account["refused"] == {"requests": 1}
    assert account["during_pause"] == 0


def test_time_of_work_is_limited_too() -> None:
    now = [0.0]
    limits = Limits(lambda: now[0])
    limits.settings.cost_seconds = 99
    for _ in range(12):
        with limits.request():
            now[0] += 1
    with pytest.raises(RefusedError) as refused, limits.request():
        pass
    assert refused.value.code == "0x80072321"
    now[0] += 1
    with pytest.raises(RefusedError), limits.request():
        pass  # not waited long enough
    assert limits.account()["during_pause"] == 1


def test_too_many_at_once_fail_at_once(calls: Calls) -> None:
    calls.standin.control("limits", {"concurrent": 2})
    calls.standin.control("faults", [{"kind": "slow", "seconds": 1.5, "times": 2}])
    others = [Calls(calls.standin, calls.token) for _ in range(2)]
    threads = [threading.Thread(target=other.get, args=("WhoAmI",)) for other in others]
    for thread in threads:
        thread.start()
    _wait_for(calls, 2)
    said = calls.get("WhoAmI")
    for thread in threads:
        thread.join()
    assert said.error[:2] == (429, "0x80072326")
    assert int(said.headers["Retry-After"]) >= 1
    account = calls.standin.control("account")
    assert (account["most_concurrent"], account["refused"]) == (2, {"concurrent": 1})


def _wait_for(calls: Calls, inside: int) -> None:
    until = time.monotonic() + 10
    while calls.standin.control("account")["most_concurrent"] < inside:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_storm_of_429_passes_and_impatience_is_seen(calls: Calls) -> None:
    storm = {"kind": "throttle", "match": "/contacts", "after": 1, "times": 2, "retry_after": 1}
    calls.standin.control("faults", [storm])
    assert calls.get("contacts?$top=1").status == 200
    assert calls.get("accounts?$top=1").status == 200
    said = calls.get("contacts?$top=1")
    assert said.error[:2] == (429, "0x80072322")
    assert said.headers["Retry-After"] == "1"
    time.sleep(0.6)
    assert calls.get("contacts?$top=1").status == 429
    time.sleep(1)
    assert calls.get("contacts?$top=1").status == 200
    account = calls.standin.control("account")
    assert account["during_pause"] == 1
    assert account["statuses"]["429"] == 2


def test_tokens_expire_in_the_midst_of_a_run(calls: Calls) -> None:
    calls.standin.control("faults", [{"kind": "expire", "after": 1}])
    first, second = (calls.get("contacts?$top=1") for _ in range(2))
    assert first.status == 200
    assert second.error[:2] == (401, "0x8004a101")
    calls.token = calls.sign_in().json["access_token"]
    assert calls.get("contacts?$top=1").status == 200
    assert calls.standin.control("account")["tokens"] == 2


def test_servers_fail_in_other_ways(calls: Calls) -> None:
    orders = [
        {"kind": "status", "status": 503, "retry_after": 2},
        {"kind": "page", "status": 502},
        {"kind": "drop"},
        {"kind": "cut"},
        {"kind": "slow", "seconds": 0.3},
    ]
    calls.standin.control("faults", orders)
    said = calls.get("contacts")
    assert (said.status, said.headers["Retry-After"]) == (503, "2")
    assert calls.get("contacts").headers["Content-Type"] == "text/html"
    for _ in range(2):
        with pytest.raises((http.client.HTTPException, OSError)):
            calls.get("contacts")
    began = time.monotonic()
    assert len(calls.get("contacts").rows) == 50
    assert time.monotonic() - began > 0.3


def test_it_ends_with_its_parent(store_file: Path) -> None:
    code = (
        "from moorage.sources.opex365.demo.starter import start\n"
        f"print(start(more=['--store', {str(store_file)!r}]).url)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    port = urlsplit(done.stdout.strip()).port
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port or 0)):
                return
        time.sleep(0.05)
    pytest.fail("the stand-in outlived the process that started it")
