"""Attachments through the API, beside the raw upload of the same bytes over HTTP.

The raw upload is Odoo's own, `/web/binary/upload_attachment`: a multipart body, no base64, no
marker, no External ID. It is what a browser does when a file is dropped on a record.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, TypeVar

import orjson
import psutil
import urllib3
from rich.console import Console
from rich.table import Table

from bench.rows import plan_all
from moorage.ledger import Ledger
from moorage.load import Loader
from moorage.mapping.target import TargetField, TargetTable
from moorage.odoo import OdooClient
from moorage.sandbox import OdooServer, Sandbox
from moorage.sources.base import FileAbout
from moorage.staging import Staging
from moorage.staging.files import prepare_files

CONNECTIONS = 2
ROUNDS = 3
Measured = TypeVar("Measured")
#: Sizes in kB as people attach them: most small, some scans, few large.
SIZES = (20, 60, 120, 250, 400, 900, 2_000, 8_000)
ATTACHMENT = TargetTable(
    "files", "files", "ir.attachment",
    (TargetField("name", "char"), TargetField("datas", "binary", "file")),
)  # fmt: skip


class Folder:
    """The bench's files, as a source gives them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def about(self, paths: Iterable[str]) -> Iterator[FileAbout]:
        for path in paths:
            yield FileAbout(path, (self.root / path).stat().st_size, "1")

    def open(self, path: str) -> BinaryIO:
        return (self.root / path).open("rb")


def run(rows: int | None) -> None:
    """Print megabytes a second for `rows` files (default 400) loaded and uploaded."""
    count = rows or 400
    sandbox = Sandbox()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sizes = _make(folder / "files", count)
        # In turns, for a machine is not the same from one minute to the next.
        rounds = [_round(sandbox, folder / "files", folder / f"{n}") for n in range(ROUNDS)]
    raw, loaded, cpu = (sum(column) / ROUNDS for column in list(zip(*rounds, strict=True))[:3])
    peak = max(one[3] for one in rounds)
    megabytes = sum(sizes) / 1e6
    table = Table(title=f"{count:,} attachments, {megabytes:,.0f} MB, {CONNECTIONS} connections")
    for column in ("", "seconds", "MB/s", "files/s", "ratio", "own CPU", "peak MB"):
        table.add_column(column, justify="left" if not column else "right")
    for what, seconds, rest in (
        ("raw upload", raw, ("1.00", "", "")),
        ("moorage", loaded, (f"{raw / loaded:.2f}", f"{cpu:.0%}", f"{peak:,.0f}")),
    ):
        table.add_row(
            what, f"{seconds:.1f}", f"{megabytes / seconds:.1f}", f"{count / seconds:.0f}", *rest
        )
    Console(width=100).print(table)


def _round(sandbox: Sandbox, files: Path, own: Path) -> tuple[float, float, float, float]:
    """Seconds of the upload, then what `_load` gives."""
    own.mkdir()
    raw = _on_a_fresh_odoo(sandbox, lambda server: _upload(server, files))
    return (raw, *_on_a_fresh_odoo(sandbox, lambda server: _load(server, files, own)))


def _on_a_fresh_odoo(sandbox: Sandbox, measure: Callable[[OdooServer], Measured]) -> Measured:
    """Each on a database of its own: Odoo stores a content once, and the second would be free."""
    try:
        return measure(sandbox.odoo("bench_files"))
    finally:
        sandbox.drop("bench_files")


def _make(folder: Path, count: int) -> list[int]:
    folder.mkdir()
    sizes = [SIZES[number % len(SIZES)] * 1000 for number in range(count)]
    for number, size in enumerate(sizes):
        (folder / f"{number}.bin").write_bytes(os.urandom(size))
    return sizes


def _upload(server: OdooServer, folder: Path) -> float:
    pool = urllib3.PoolManager(maxsize=CONNECTIONS, block=True)
    cookie, token = _session(pool, server)
    headers = {"Cookie": cookie}

    def send(path: Path) -> None:
        answer = pool.request(
            "POST",
            f"{server.url}/web/binary/upload_attachment",
            headers=headers,
            fields={
                "csrf_token": token,
                "model": "res.company",
                "id": "1",
                "ufile": (path.name, path.read_bytes(), "application/octet-stream"),
            },
        )
        assert answer.status == 200, answer.data[:200]
        assert b'"error"' not in answer.data, answer.data[:200]

    start = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as executor:
        list(executor.map(send, sorted(folder.iterdir())))
    return time.perf_counter() - start


def _session(pool: urllib3.PoolManager, server: OdooServer) -> tuple[str, str]:
    """A browser's session as the administrator: its cookie and its CSRF token."""
    login = {"db": server.database, "login": server.login, "password": server.password}
    answer = pool.request(
        "POST",
        f"{server.url}/web/session/authenticate",
        body=orjson.dumps({"jsonrpc": "2.0", "params": login}),
        headers={"Content-Type": "application/json"},
    )
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    page = pool.request("GET", f"{server.url}/odoo", headers={"Cookie": cookie}).data.decode()
    found = re.search(r'csrf_token: "([^"]+)"', page)
    assert found, "Odoo's page holds no CSRF token"
    return cookie, found[1]


def _load(server: OdooServer, files: Path, folder: Path) -> tuple[float, float, float]:
    """Seconds, processor time per second and megabytes of memory of loading all `files`."""
    client = OdooClient(
        server.url, server.database, server.api_key, project="bench", source="bench",
        connections=CONNECTIONS,
    )  # fmt: skip
    client.make_fields(list(client.markers("ir.attachment")))
    ledger = Ledger(folder / "ledger.sqlite")
    store = Folder(files)
    with Staging(folder / "staging.duckdb") as staging:
        _stage(staging, store)
        destination_id = ledger.destination("b", client.identity)
        loader = Loader(staging, ledger, client, destination_id, [ATTACHMENT], files=store)
        own = psutil.Process()
        before, start = sum(own.cpu_times()[:2]), time.perf_counter()
        report = loader.run("files")
        seconds = time.perf_counter() - start
        assert report.phases[0].created == report.phases[0].rows, report
        cpu = sum(own.cpu_times()[:2]) - before
        return seconds, cpu / seconds, own.memory_info().rss / 1e6


def _stage(staging: Staging, store: Folder) -> None:
    connection = staging.connection
    prepare_files(connection)
    rows = []
    for path in sorted(store.root.iterdir()):
        content = path.read_bytes()
        digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        rows.append((path.name, len(content), "1", digest, None))
    connection.executemany("INSERT INTO meta.files VALUES (?, ?, ?, ?, ?)", rows)
    connection.execute(
        f"CREATE TABLE {ATTACHMENT.table} AS SELECT 'bench:files:' || path AS key, path AS name,"
        " sha1 AS datas FROM meta.files"
    )
    connection.execute(
        "CREATE TABLE meta.plan (entry VARCHAR, model VARCHAR, key VARCHAR, operation VARCHAR,"
        " odoo_id BIGINT, into_key VARCHAR, reason VARCHAR, changed VARCHAR[], phase INTEGER,"
        " digest VARCHAR, loaded VARCHAR)"
    )
    plan_all(staging, [ATTACHMENT])
