"""Loading res.partner and crm.lead through the API, as a ratio.

Against the limit: `odoo shell` creating the same records with the same values in-process, in as
many processes as Moorage uses connections. Against the habit: a plain batched `create` through the
API with only the mapped fields and no know-how, over as many connections.
"""

from __future__ import annotations

import json
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import psutil
import urllib3
from rich.console import Console
from rich.table import Table

from bench.rows import MODELS, build_targets, plan_all, values_of
from moorage.ledger import Ledger
from moorage.load import Loader
from moorage.load.rows import prepare_ids
from moorage.odoo import OdooClient
from moorage.odoo.context import SILENT
from moorage.sandbox import OdooServer, Sandbox
from moorage.staging import Staging

CONNECTIONS = 2
BATCH = 500

_SHELL = """
import json, os, time
rows = json.load(open({path!r}))
model = env[{model!r}].with_user(2).with_context(**json.loads({context!r}))
open({path!r} + '.ready', 'w').close()
while not os.path.exists({go!r}):
    time.sleep(0.005)
start = time.time()
for i in range(0, len(rows), {batch}):
    model.create(rows[i:i + {batch}])
    env.cr.commit()
print('TIMES' + json.dumps([start, time.time()]))
"""


def run(rows: int | None) -> None:
    """Print the table of rates and ratios for `rows` records of each kind (default 6,000)."""
    count = rows or 6_000
    sandbox = Sandbox()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for entry in MODELS:
            server = sandbox.odoo("bench_load")
            try:
                results.append(_one(server, entry, count, Path(folder) / entry))
            finally:
                sandbox.drop("bench_load")
    results.insert(2, _together(results[0], results[1]))
    _print(results, count)


def _one(server: OdooServer, entry: str, count: int, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    staging = Staging(folder / "staging.duckdb")
    ledger = Ledger(folder / "ledger.sqlite")
    client = OdooClient(
        server.url, server.database, server.api_key, project="bench", source="bench",
        connections=CONNECTIONS,
    )  # fmt: skip
    tables = build_targets(staging, client, entry, count)
    client.make_fields(
        [field for model in {t.model for t in tables} for field in client.markers(model)]
    )
    model = tables[-1].model
    parents = tables[:-1]
    plan_all(staging, parents)
    Loader(staging, ledger, client, ledger.destination("b", client.identity), parents).run(
        "parents"
    )
    prepare_ids(staging.connection, ledger.records(1))
    full, mapped = values_of(staging, client, tables[-1])
    plain = _plain(server, model, mapped)
    limit = _in_process(server, model, full, folder)
    plan_all(staging, tables[-1:])
    own = psutil.Process()
    cpu_before, start = sum(own.cpu_times()[:2]), time.perf_counter()
    report = Loader(staging, ledger, client, 1, tables[-1:]).run("children")
    seconds = time.perf_counter() - start
    cpu = sum(own.cpu_times()[:2]) - cpu_before
    assert report.phases[0].created == count, report
    staging.close()
    return {
        "entry": entry,
        "moorage": count / seconds,
        "limit": count / limit,
        "plain": count / plain,
        "cpu": cpu / seconds,
    }


def _together(companies: dict[str, Any], persons: dict[str, Any]) -> dict[str, Any]:
    """res.partner as a CRM has it: one company to five persons, from the seconds of both."""

    def rate(name: str) -> float:
        return 6 / (1 / companies[name] + 5 / persons[name])

    rates = {name: rate(name) for name in ("moorage", "limit", "plain")}
    # Processor time adds up over the seconds that each of the two took.
    busy = companies["cpu"] / companies["moorage"] + 5 * persons["cpu"] / persons["moorage"]
    return {"entry": "res.partner, 1 : 5", **rates, "cpu": busy * rates["moorage"] / 6}


def _plain(server: OdooServer, model: str, rows: list[dict[str, Any]]) -> float:
    pool = urllib3.PoolManager(maxsize=CONNECTIONS, block=True)
    headers = {"Authorization": f"bearer {server.api_key}", "Content-Type": "application/json"}

    def send(part: list[dict[str, Any]]) -> None:
        answer = pool.request(
            "POST",
            f"{server.url}/json/2/{model}/create",
            body=orjson.dumps({"vals_list": part}),
            headers=headers,
            timeout=900,
        )
        assert answer.status == 200, answer.data[:300]

    parts = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
    start = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as executor:
        list(executor.map(send, parts))
    return time.perf_counter() - start


def _in_process(server: OdooServer, model: str, rows: list[dict[str, Any]], folder: Path) -> float:
    # Odoo may run as another user than we do: it must be able to read and to say it is ready.
    folder.chmod(0o777)
    folder.parent.chmod(0o755)
    go = folder / "go"
    context = json.dumps({"lang": "en_US", "tz": "UTC", **SILENT})
    paths = [folder / f"rows{number}.json" for number in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as executor:
        shells = []
        for number, path in enumerate(paths):
            # Neighbours share a company: parted, two processes would undo each other's work.
            share = -(-len(rows) // CONNECTIONS)
            path.write_bytes(orjson.dumps(rows[number * share : (number + 1) * share]))
            code = _SHELL.format(
                path=str(path), model=model, context=context, go=str(go), batch=BATCH
            )
            shells.append(executor.submit(server.shell, code))
            # One after the other: starting, they write the same configuration file.
            _wait_until_ready(path, shells[-1])
        go.touch()
        outputs = [shell.result() for shell in shells]
    times = [json.loads(output[output.index("TIMES") + 5 :].splitlines()[0]) for output in outputs]
    return max(end for _, end in times) - min(start for start, _ in times)


def _wait_until_ready(path: Path, shell: Future[str]) -> None:
    while not Path(f"{path}.ready").exists():
        if shell.done():
            raise RuntimeError(f"odoo shell ended at once: {shell.result()}")
        time.sleep(0.05)


def _print(results: list[dict[str, Any]], count: int) -> None:
    table = Table(title=f"Loading {count:,} records, {CONNECTIONS} connections, records a second")
    for name in ("what", "moorage", "odoo shell", "ratio", "plain create", "ratio", "own CPU"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for row in results:
        table.add_row(
            row["entry"],
            f"{row['moorage']:,.0f}",
            f"{row['limit']:,.0f}",
            f"{row['moorage'] / row['limit']:.2f}",
            f"{row['plain']:,.0f}",
            f"{row['moorage'] / row['plain']:.2f}",
            f"{row['cpu']:.0%}",
        )
    Console(width=100).print(table)
