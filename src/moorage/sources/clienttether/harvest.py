"""Reads the API into files of JSON lines: a bundle like those that people bring, one folder for
each account, so that one reader serves both.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from moorage.sources.base import TablePulse
from moorage.sources.clienttether.api import Api, Row
from moorage.sources.clienttether.keys import WebKey
from moorage.sources.clienttether.tables import ENDPOINTS

NOTES = "history_notes"
NOTES_ENDPOINT = "read_client_history_notes"


def harvest(
    api: Api, keys: Iterable[WebKey], folder: Path, skip: Collection[str] = ()
) -> dict[str, int]:
    """Read everything of every account; how many rows by table. What `folder` held is gone.

    Tables in `skip` are not asked for. StoppedError if a list comes out short.
    """
    shutil.rmtree(folder, ignore_errors=True)
    counts: dict[str, int] = {}
    for key in keys:
        place = folder / key.account
        place.mkdir(parents=True, exist_ok=True)
        rows: dict[str, Iterable[Row]] = {}
        clients: list[Row] = []
        wanted = {path: name for name, path in ENDPOINTS.items() if name not in skip}
        for path, found in api.web.each(partial(api.all_rows, key), wanted):
            rows[wanted[path]] = found
            clients = found if wanted[path] == "clients" else clients
        if NOTES not in skip:
            rows[NOTES] = _notes(api, key, clients)
        for name, some in rows.items():
            count = _write(place / f"{name}.jsonl", some)
            counts[name] = counts.get(name, 0) + count
    return counts


def _notes(api: Api, key: WebKey, clients: list[Row]) -> Iterator[Row]:
    """The notes of every client, each with its id: the API has no list of all."""
    ids = dict.fromkeys(str(one["client_id"]) for one in clients if one.get("client_id"))

    def one(client_id: str) -> list[Row]:
        return api.call(key, f"{NOTES_ENDPOINT}/{quote(client_id, safe='')}").rows

    for client_id, found in api.web.each(one, ids):
        yield from ({**note, "client_id": client_id} for note in found)


def _write(path: Path, rows: Iterable[Row]) -> int:
    """Write the rows as they come; how many they were."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last one counts
            # What an SMS may hold and no text can: lone surrogates become question marks.
            line = json.dumps(row, ensure_ascii=False)
            file.write(line.encode("utf-8", "replace").decode() + "\n")
    return count


def pulses(folder: Path) -> dict[str, TablePulse]:
    """The pulse of each list that was read into `folder`: its rows, and a hash of all they say.

    The API tells no time of change without the rows. Notes are left out: a call for each client.
    """
    found = {}
    for path in sorted(folder.rglob("*.jsonl")):
        if path.stem != NOTES:
            account = path.parent.relative_to(folder).name
            # Rows that stand on two pages, and the order in which they come, are no change.
            rows = sorted(set(path.read_bytes().splitlines()))
            name = f"{path.stem} of {account}" if account else path.stem
            content = sha256(b"\n".join(rows)).hexdigest()[:12]
            found[name] = TablePulse(len(rows), content=content)
    return found
