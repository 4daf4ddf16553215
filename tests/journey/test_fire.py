"""Exactly once under fire: real kills, real lost answers, and the same end as without them."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg2
import pytest

from moorage.sandbox import Sandbox
from tests.journey.command import kill, wait_until
from tests.journey.proxy import Proxy, Trouble, proxied
from tests.journey.voyage import Voyage

Another = Callable[..., Voyage]


def ends_like(voyage: Voyage, undisturbed: Voyage, *, is_done: bool = False) -> None:
    """The same command again, and nothing tells that it was ever killed."""
    if not is_done:
        voyage.run()
    voyage.moorage("verify")
    assert voyage.doubles() == []
    assert voyage.ledger_keys() == undisturbed.ledger_keys()
    assert voyage.open_calls() == []
    assert _differing(voyage.shape(), undisturbed.after) == {}


def _nothing_is_left(voyage: Voyage) -> None:
    """A new plan has nothing to do but to try again what Odoo refused, and the note on it."""
    plan = voyage.moorage("plan", "--json", code=1).json["plan"]
    left = {
        (entry, name): counts[name]
        for entry, counts in plan["counts"].items()
        for name in ("create", "update", "open")
        if counts.get(name)
    }
    assert left == {("leads", "create"): 1, ("notes", "create"): 1}


def _differing(found: dict[str, int], wanted: dict[str, int]) -> dict[str, tuple[int, int]]:
    return {
        name: (found.get(name, -1), wanted.get(name, -1))
        for name in {*found, *wanted}
        if found.get(name) != wanted.get(name)
    }


@pytest.fixture
def through_proxy(another: Another) -> Iterator[tuple[Voyage, Proxy]]:
    """A copy whose Moorage reaches Odoo through a proxy."""
    voyage = another()
    with proxied(voyage.odoo.url) as proxy:
        voyage.moorage.change("moorage.yaml", (voyage.odoo.url, proxy.url))
        yield voyage, proxy


@pytest.mark.soak
def test_killed_again_and_again(through_proxy: tuple[Voyage, Proxy], finished: Voyage) -> None:
    voyage, proxy = through_proxy

    # An answer that is lost, without a kill; then: intended, but Odoo never heard of it.
    lost = proxy.trouble("product.product", "create", "drop_answer")
    _killed_at(voyage, proxy, "crm.stage", "create", "hold_request", meanwhile=_others_are_told)
    assert lost.struck.is_set()
    assert voyage.ids("crm.stage") == {}
    assert [model for model, _ in voyage.open_calls()] == ["crm.stage"]

    # Intended and done, but the receipt was never written.
    _killed_at(voyage, proxy, "res.partner", "create", "hold_answer")
    assert "res.partner" in [model for model, _ in voyage.open_calls()]

    # Wherever it happens to be, once the leads are in.
    process = voyage.moorage.start("run", "--yes")
    wait_until(lambda: "crm.lead" in voyage.received(), "the leads were received", of=process)
    kill(process)

    _killed_at(voyage, proxy, "sale.order.line", "create", "hold_answer")
    # In the second pass, which fills links: updates have no keys to look up.
    _killed_at(voyage, proxy, "res.partner", "write", "hold_answer")

    ends_like(voyage, finished)
    _nothing_is_left(voyage)


def _killed_at(
    voyage: Voyage,
    proxy: Proxy,
    model: str,
    method: str,
    trouble: Trouble,
    *,
    meanwhile: Callable[[Voyage, int], None] = lambda _voyage, _pid: None,
) -> None:
    rule = proxy.trouble(model, method, trouble)
    process = voyage.moorage.start("run", "--yes")
    try:
        wait_until(rule.struck.is_set, f"{method} of {model} was met", of=process)
        meanwhile(voyage, process.pid)
    finally:
        kill(process)
    proxy.release()


def _others_are_told(voyage: Voyage, pid: int) -> None:
    """A second moorage on the same project is told by whom it is locked; looking is allowed."""
    for words in (("run", "--yes"), ("extract",)):
        refused = voyage.moorage(*words, code=3).text
        assert "Another moorage works on this project" in refused
        assert f"process {pid}" in refused
        assert "`moorage run` since" in refused
    assert voyage.moorage("status", code=None).code in (0, 1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MB in memory; only root may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this user may not mount a small file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_the_disk_is_full_in_mid_run(
    through_proxy: tuple[Voyage, Proxy], finished: Voyage, small_disk: Path
) -> None:
    voyage, proxy = through_proxy
    voyage = replace(voyage, moorage=voyage.moorage.twin(small_disk / "acme"))
    held = proxy.trouble("crm.stage", "create", "hold_request")
    process = voyage.moorage.start("run", "--yes")
    try:
        wait_until(held.struck.is_set, "stages are created", of=process)
        filler = small_disk / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as stream:
            while True:
                stream.write(bytes(65_536))
        proxy.release()
        out, err = process.communicate(timeout=120)
    finally:
        kill(process)
    text = " ".join(f"{out} {err}".split())
    assert process.returncode == 4, text
    assert "disk" in text and "Traceback" not in text
    filler.unlink()
    ends_like(voyage, finished)


def test_an_odoo_worker_dies_in_mid_call(
    another: Another, finished: Voyage, harbour: Sandbox
) -> None:
    voyage = another()
    process = voyage.moorage.start("run", "--yes")
    try:
        with _held(harbour, voyage, "crm_stage") as port_of_waiting:
            port = wait_until(port_of_waiting, "a worker creates stages", of=process)
            _kill_worker(voyage, port)
        with _held(harbour, voyage, "crm_lead") as port_of_waiting:
            port = wait_until(port_of_waiting, "a worker creates leads", of=process)
            _kill_worker(voyage, port)
        _went_on(process)
    finally:
        kill(process)
    voyage.moorage("verify")
    assert voyage.doubles() == []
    assert _differing(voyage.shape(), finished.after) == {}


def test_postgresql_crashes_in_mid_run(
    another: Another, finished: Voyage, harbour: Sandbox
) -> None:
    voyage = another()
    process = voyage.moorage.start("run", "--yes")
    try:
        with _held(harbour, voyage, "crm_lead") as port_of_waiting:
            wait_until(port_of_waiting, "a worker creates leads", of=process)
            harbour.postgres().restart("immediate")
        # Odoo may end itself when its database goes; whoever runs it starts it again.
        deadline = time.monotonic() + 240
        while process.poll() is None and time.monotonic() < deadline:
            harbour.odoo(voyage.odoo.database)
            time.sleep(0.5)
        _went_on(process)
    finally:
        kill(process)
        harbour.odoo(finished.odoo.database)
    voyage.moorage("verify")
    assert voyage.doubles() == []
    assert _differing(voyage.shape(), finished.after) == {}


def _went_on(process: subprocess.Popen[str]) -> None:
    """It waited, went on by itself, and ended as an undisturbed run does."""
    out, err = process.communicate(timeout=240)
    assert process.returncode == 1, f"ended with {process.returncode}:\n{out}\n{err}"


@contextmanager
def _held(harbour: Sandbox, voyage: Voyage, table: str) -> Iterator[Callable[[], int]]:
    """Lock `table` against inserts; gives the port of the worker that waits for it."""
    url = harbour.postgres().url(voyage.odoo.database)
    with closing(psycopg2.connect(url)) as holding, closing(psycopg2.connect(url)) as looking:
        looking.autocommit = True
        with holding.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")

        def port_of_waiting() -> int:
            with looking.cursor() as cursor:
                cursor.execute(
                    "SELECT client_port FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                    " AND datname = current_database()"
                )
                found = cursor.fetchone()
            return int(found[0]) if found else 0

        yield port_of_waiting


def _kill_worker(voyage: Voyage, port: int) -> None:
    """`kill -9` the Odoo worker whose database connection has this port."""
    for pid in voyage.odoo.worker_pids():
        worker = psutil.Process(pid)
        if any(one.laddr.port == port for one in worker.net_connections("tcp")):
            worker.kill()
            return
    raise AssertionError("no worker has this connection")
