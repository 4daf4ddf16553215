"""Rows of tables as Arrow batches, several tables read ahead, all text as it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from queue import Queue
from typing import Any

import pyarrow as pa

from moorage.errors import SettingsError
from moorage.http import SignInError
from moorage.sources.base import Changes, RawTable
from moorage.sources.opex365.api import ANNOTATIONS, LABEL, MOST_ROWS, TABLE, Api, Page, query
from moorage.sources.opex365.metadata import Entity
from moorage.sources.opex365.tables import SMALL_PAGES, Column, raw_names

TRACK = "odata.track-changes"
#: Pages kept ready per table; more would only fill the memory.
AHEAD = 3
#: Changes are asked for from a little before the last time: clocks differ, writes take time.
OVERLAP = timedelta(minutes=5)


@dataclass(frozen=True)
class Wanted:
    """A table to read: `columns` are all that staging gets, `present` those that are there."""

    name: str
    entity: Entity | None
    columns: tuple[Column, ...]
    present: Mapping[str, str]
    key: str
    filter: str | None = None

    @property
    def is_tracked(self) -> bool:
        """Whether Dataverse tells the changes of this table, deletions included."""
        return self.entity is not None and self.entity.tracked and self.filter is None

    @property
    def is_dated(self) -> bool:
        """Whether rows say when they were changed."""
        return "modifiedon" in self.present

    def path(self, **options: str) -> str:
        """The query for its rows."""
        assert self.entity is not None
        chosen = {"select": ",".join([self.key, *self.present.values()]), **options}
        if self.filter:
            given = chosen.get("filter")
            chosen["filter"] = f"({self.filter}) and {given}" if given else self.filter
        return query(self.entity.entity_set, **chosen)


class Reader:
    """Reads the wanted tables, each once; while one is consumed, the next are under way."""

    def __init__(self, api: Api, wanted: Sequence[Wanted], page_size: int, ahead: int) -> None:
        self._api = api
        self._wanted = list(wanted)
        self._page_size = min(page_size, MOST_ROWS)
        self._ahead = ahead
        self._under_way: dict[str, Queue[Page | BaseException | None]] = {}
        self._marks: dict[str, str] = {}
        self._closing = threading.Event()
        self._is_whole = False

    def tables(self) -> list[RawTable]:
        """The raw tables, for staging."""
        return [
            RawTable(
                one.name,
                (one.key,),
                partial(self._batches, one),
                changes=self._changes(one),
            )
            for one in self._wanted
        ]

    def close(self) -> None:
        """Let no thread go on reading."""
        self._closing.set()

    def _changes(self, wanted: Wanted) -> Changes | None:
        if wanted.entity is None or not (wanted.is_tracked or wanted.is_dated):
            return None
        return Changes(
            lambda: self._marks.get(wanted.name),
            partial(self._since, wanted),
            partial(self._keys, wanted),
        )

    # -- whole tables ------------------------------------------------------------------------

    def _batches(self, wanted: Wanted) -> Iterator[pa.RecordBatch]:
        self._is_whole = self._is_whole or self._changes(wanted) is not None
        self._begin(wanted)
        yield self._batch(wanted, [])
        pages = self._under_way.pop(wanted.name, None)
        while pages is not None:
            page = pages.get()
            if page is None:
                return
            if isinstance(page, BaseException):
                raise page
            yield self._batch(wanted, page.rows)

    def _begin(self, wanted: Wanted) -> None:
        """Start reading this table and the next few; in a reading in part only those that are
        always read whole.
        """
        place = self._wanted.index(wanted)
        for one in self._wanted[place : place + self._ahead]:
            is_needed = one is wanted or self._is_whole or self._changes(one) is None
            if one.entity is not None and is_needed and one.name not in self._under_way:
                pages: Queue[Page | BaseException | None] = Queue(AHEAD)
                self._under_way[one.name] = pages
                arguments = (one, pages)
                threading.Thread(target=self._read, args=arguments, daemon=True).start()

    def _read(self, wanted: Wanted, pages: Queue[Page | BaseException | None]) -> None:
        try:
            started = datetime.now(UTC)
            for page in self._api.pages(wanted.path(), self._prefer(wanted)):
                if self._closing.is_set():
                    return
                self._note(wanted, page, started)
                pages.put(page)
            pages.put(None)
        except BaseException as error:
            pages.put(error)

    def _prefer(self, wanted: Wanted) -> list[str]:
        size = min(self._page_size, SMALL_PAGES.get(wanted.name, MOST_ROWS))
        tracked = [TRACK] if wanted.is_tracked else []
        return [f"odata.maxpagesize={size}", ANNOTATIONS, *tracked]

    def _note(self, wanted: Wanted, page: Page, started: datetime) -> None:
        """Keep what names this moment: the delta link, or the time the reading began."""
        if page.next_link is not None:
            return
        mark = None
        if page.delta_link is not None:
            mark = {"delta": page.delta_link}
        elif wanted.is_dated:
            mark = {"modified": f"{started - OVERLAP:%Y-%m-%dT%H:%M:%SZ}"}
        if mark is not None:
            self._marks[wanted.name] = json.dumps(mark)

    # -- changes -----------------------------------------------------------------------------

    def _since(self, wanted: Wanted, mark: str) -> Iterator[pa.RecordBatch]:
        """Changed rows; all of them where the mark is too old to say."""
        started = datetime.now(UTC)
        known = json.loads(mark)
        path, prefer = known.get("delta"), self._prefer(wanted)
        if path is None:
            path = wanted.path(filter=f"modifiedon ge {known['modified']}")
            prefer = [word for word in prefer if word != TRACK]
        yield self._batch(wanted, [])
        pages = self._api.pages(path, prefer)
        try:
            first = next(pages)
        except SignInError:
            raise
        except SettingsError:
            # "Version stamp associated with the client has expired": the whole table then.
            pages = self._api.pages(wanted.path(), self._prefer(wanted))
            first = next(pages)
        for page in _chain(first, pages):
            self._note(wanted, page, started)
            yield self._batch(wanted, [row for row in page.rows if wanted.key in row])

    def _keys(self, wanted: Wanted) -> Iterator[pa.RecordBatch]:
        options = {"filter": wanted.filter} if wanted.filter else {}
        assert wanted.entity is not None
        path = query(wanted.entity.entity_set, select=wanted.key, **options)
        schema = pa.schema([(wanted.key, pa.string())])
        for page in self._api.pages(path, [f"odata.maxpagesize={MOST_ROWS}"]):
            keys = [str(row[wanted.key]) for row in page.rows]
            yield pa.RecordBatch.from_arrays([pa.array(keys, pa.string())], schema=schema)

    # -- rows to columns ---------------------------------------------------------------------

    def _batch(self, wanted: Wanted, rows: Sequence[Mapping[str, Any]]) -> pa.RecordBatch:
        names = [wanted.key, *raw_names(wanted.columns)]
        arrays = [self._array(rows, wanted.key)]
        for column in wanted.columns:
            name = wanted.present.get(column.name)
            arrays.append(self._array(rows, name))
            if column.kind == "lookup":
                arrays.append(self._array(rows, name and name + TABLE))
            if column.kind in ("lookup", "choice", "choices"):
                arrays.append(self._array(rows, name and name + LABEL))
        return pa.RecordBatch.from_arrays(arrays, names=names)

    @staticmethod
    def _array(rows: Sequence[Mapping[str, Any]], name: str | None) -> pa.Array:
        if name is None:
            return pa.nulls(len(rows), pa.string())
        return pa.array([_text(row.get(name)) for row in rows], pa.string())


def _chain(first: Page, rest: Iterator[Page]) -> Iterator[Page]:
    yield first
    yield from rest


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        # Lone surrogates are no text that anything can hold.
        return value if value is None or value.isascii() else _sound(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def _sound(value: str) -> str:
    return value.encode("utf-8", "ignore").decode("utf-8")
