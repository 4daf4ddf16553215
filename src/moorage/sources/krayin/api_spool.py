"""What was read from the API so far, on disk: memory stays flat, and a stopped read goes on.

A part (a list, or some hundred records' activities) counts when its folder has its final name.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from moorage.sources.krayin.api_tables import COLUMNS, Row

#: Rows read longer ago are not gone on with.
LONGEST_STOP_SECONDS = 12 * 3600
BATCH_ROWS = 5_000


class Spool:
    """A folder of parts, each with rows of one or more tables."""

    def __init__(self, folder: Path, identity: str) -> None:
        self._folder = folder
        self._about = folder / "about.json"
        self._identity = identity

    def begin(self) -> float | None:
        """Go on with what an extraction left that was stopped, since when; or begin anew."""
        try:
            about = json.loads(self._about.read_text(encoding="utf-8"))
            began_at = float(about["began_at"])
            if about["identity"] == self._identity and (
                0 <= time.time() - began_at < LONGEST_STOP_SECONDS
            ):
                return began_at if any(self._folder.glob("*/")) else None
        except (OSError, ValueError, KeyError, TypeError):
            pass
        self.clear()
        self._folder.mkdir(parents=True)
        about = {"identity": self._identity, "began_at": time.time()}
        self._about.write_text(json.dumps(about), encoding="utf-8")
        return None

    def clear(self) -> None:
        """Forget all parts."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def has(self, part: str) -> bool:
        """Whether this part was read to its end."""
        return (self._folder / part).is_dir()

    def writing(self, part: str) -> PartWriter:
        """A part to be filled."""
        return PartWriter(self._folder / part)

    def batches(self, table: str) -> Iterator[pa.RecordBatch]:
        """The rows of a table from all parts; at least one batch, if an empty one."""
        given = False
        for path in sorted(self._folder.glob(f"*/{table}.arrow")):
            if path.parent.suffix:
                continue  # not read to its end
            with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as reader:
                for batch in reader:
                    given = True
                    yield batch
        if not given:
            yield pa.RecordBatch.from_pylist([], schema=_schema(table))

    def ids(self, table: str) -> list[str]:
        """The ids of a table's rows, in their order."""
        return [str(key) for batch in self.batches(table) for key in batch.column("id").to_pylist()]


class PartWriter:
    """Fills one part; `begin` empties it again, `finish` makes it count."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._draft = place.with_suffix(".draft")
        self._rows: dict[str, list[dict[str, str | None]]] = {}
        self._files: dict[str, tuple[pa.OSFile, pa.RecordBatchStreamWriter]] = {}

    def begin(self) -> None:
        """Forget what was written."""
        self._close()
        self._rows.clear()
        shutil.rmtree(self._draft, ignore_errors=True)
        self._draft.mkdir()

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows."""
        for table, row in rows:
            waiting = self._rows.setdefault(table, [])
            waiting.append(row)
            if len(waiting) >= BATCH_ROWS:
                self._flush(table, waiting)

    def finish(self) -> None:
        """All rows of the part are there."""
        for table, waiting in self._rows.items():
            self._flush(table, waiting)
        self._close()
        self._draft.rename(self._place)

    def _flush(self, table: str, waiting: list[dict[str, str | None]]) -> None:
        if not waiting:
            return
        if table not in self._files:
            file = pa.OSFile(str(self._draft / f"{table}.arrow"), "wb")
            self._files[table] = file, pa.ipc.new_stream(file, _schema(table))
        batch = pa.RecordBatch.from_pylist(waiting, schema=_schema(table))
        self._files[table][1].write_batch(batch)
        waiting.clear()

    def _close(self) -> None:
        for file, writer in self._files.values():
            writer.close()
            file.close()
        self._files.clear()


def _schema(table: str) -> pa.Schema:
    columns: Sequence[str] = COLUMNS[table]
    return pa.schema([(name, pa.string()) for name in columns])
