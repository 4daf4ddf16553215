"""Reads the lists of the API into the spool, each when one of its tables is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

import pyarrow as pa

from moorage.http import NotThereError
from moorage.sources.base import RawTable
from moorage.sources.krayin.api import KrayinApi
from moorage.sources.krayin.api_spool import Spool
from moorage.sources.krayin.api_tables import (
    HANGING,
    LISTINGS,
    NESTED_ACTIVITY,
    Hanging,
    Listing,
    Rows,
)
from moorage.sources.krayin.tables import EXTRACTED

#: Records whose activities make one part: what a stopped extraction need not read again.
PARENTS_PER_PART = 200


class Harvest:
    """One extraction through the API."""

    def __init__(
        self, api: KrayinApi, spool: Spool, rows: Rows, on_wait: Callable[[str], None]
    ) -> None:
        self._api = api
        self._spool = spool
        self._rows = rows
        self._on_wait = on_wait
        self._left = {table.name for table in EXTRACTED}

    def raw_tables(self, on_end: Callable[[Spool], None]) -> Sequence[RawTable]:
        """All tables; `on_end` is called when the last of them was read, then the spool goes."""
        began_at = self._spool.begin()
        if began_at is not None:
            when = datetime.fromtimestamp(began_at).astimezone()
            self._on_wait(f"going on with the extraction that was stopped, begun {when:%H:%M}")
        return [
            RawTable(table.name, table.key, partial(self._batches, table.name, on_end))
            for table in EXTRACTED
        ]

    def _batches(self, table: str, on_end: Callable[[Spool], None]) -> Iterator[pa.RecordBatch]:
        for listing in LISTINGS:
            if table in listing.tables:
                self._read(listing)
        for hanging in HANGING:
            if table in hanging.tables:
                self._read_hanging(hanging)
        yield from self._spool.batches(table)
        self._left.discard(table)
        if not self._left:
            on_end(self._spool)
            self._spool.clear()

    def _read(self, listing: Listing) -> None:
        if self._spool.has(listing.table):
            return
        part = self._spool.writing(listing.table)

        def begin() -> None:
            part.begin()
            self._rows.unfolded = self._unfolded()

        count = 0
        try:
            for page in self._api.listed(listing.path, listing.limit, begin):
                part.write(row for item in page for row in self._rows.of(listing, item))
                count += len(page)
                if count > listing.limit:
                    self._on_wait(f"reading {listing.path}: {count:,} records so far")
        except NotThereError:
            # An older release without this list: an empty table, as in its database. Discovery
            # names it.
            begin()
        part.finish()

    def _read_hanging(self, about: Hanging) -> None:
        parents = next(listing for listing in LISTINGS if listing.table == about.parents)
        self._read(parents)
        ids = self._spool.ids(about.parents)
        for start in range(0, len(ids), PARENTS_PER_PART):
            name = f"{about.table}-{start:09}"
            if self._spool.has(name):
                continue
            self._on_wait(f"reading the activities of {about.parents}: {start:,} of {len(ids):,}")
            part = self._spool.writing(name)
            part.begin()
            self._rows.unfolded = self._unfolded()
            for parent, items in self._api.each(about.path, ids[start : start + PARENTS_PER_PART]):
                part.write(row for item in items for row in self._rows.hanging(about, parent, item))
            part.finish()

    def _unfolded(self) -> set[str]:
        """Activities whose files and participants stand in parts that count."""
        return {
            str(key)
            for table in NESTED_ACTIVITY
            for batch in self._spool.batches(table)
            for key in batch.column("activity_id").to_pylist()
        }
