"""Entity sets as pages: paging cookies, counts, change tracking."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote

from moorage.sources.opex365.demo.aggregates import aggregated
from moorage.sources.opex365.demo.errors import RefusedError, bad_query, no_such_row
from moorage.sources.opex365.demo.query import MAX_PAGE, Expansion, Query, query_of
from moorage.sources.opex365.demo.rows import TOTAL_COUNT, TOTAL_EXCEEDED, Annotations
from moorage.sources.opex365.demo.schema import Table
from moorage.sources.opex365.demo.store import COUNT_LIMIT, Store

_TOKEN_TIME = "%m/%d/%Y %H:%M:%S"  # noqa: S105 - a format of times
_COOKIE = re.compile(r'<cookie pagenumber="(\d+)" pagingcookie="([\w=-]+)" istracking="False" />')


@dataclass(frozen=True)
class Preferences:
    """What the header Prefer asks for, and what the answer says was applied."""

    page_size: int | None = None
    annotations: Annotations = field(default_factory=Annotations)
    tracks: bool = False
    applied: str = ""

    @staticmethod
    def of(header: str) -> Preferences:
        """Read the header; commas inside quotes part patterns, not preferences."""
        size, patterns, tracks, applied = None, (), False, []
        for part in re.findall(r'[^,"]+(?:"[^"]*")?', header):
            name, _, value = part.strip().partition("=")
            value = value.strip().strip('"')
            if name == "odata.maxpagesize" and value.isdigit() and int(value) > 0:
                size = min(int(value), MAX_PAGE)
            elif name == "odata.include-annotations":
                patterns = tuple(pattern.strip() for pattern in value.split(","))
            elif name == "odata.track-changes":
                tracks = True
            else:
                continue
            applied.append(part.strip())
        return Preferences(size, Annotations(patterns), tracks, ",".join(applied))


class EntitySets:
    """Reads entity sets from the store. `base` is the address before the entity set."""

    def __init__(self, store: Store, base: str) -> None:
        self.store = store
        self.base = base
        self.oldest_version = 0

    def expire_deltas(self) -> None:
        """All delta links given so far are too old from now on."""
        self.oldest_version = int(self.store.one("SELECT nextval('versions')"))

    def page(
        self, table: Table, written: str, options: Mapping[str, str], wanted: Preferences
    ) -> str:
        """The body for one page. `written` is the query string as it came."""
        if "$deltatoken" in options:
            return self._delta(table, written, options, wanted)
        if wanted.tracks:
            _check_tracking(table, options)
        if "$apply" in options:
            return self._aggregated(table, options, wanted)
        query = query_of(table, options)
        state = _state(options, written)
        size = wanted.page_size or MAX_PAGE
        if query.top is not None and wanted.page_size is None:
            size = min(size, query.top)
        version = state.get("version", self.store.version())
        page = (
            self.store.page(table, query, wanted.annotations, size, state.get("last"))
            if size
            else None
        )
        head = [self._context(table, options)]
        if query.count:
            head += self._counts(table, query, wanted)
        if (
            page
            and page.last is not None
            and not (query.top is not None and wanted.page_size is None)
        ):
            state = {"last": page.last, "version": version, "page": state.get("page", 1) + 1}
            head.append(("@odata.nextLink", self._next(table, written, state)))
        elif wanted.tracks:
            head.append(("@odata.deltaLink", self._delta_link(table, options, version)))
        return _body(head, page.text if page else "")

    def _aggregated(self, table: Table, options: Mapping[str, str], wanted: Preferences) -> str:
        for name in options:
            if name != "$apply":
                raise bad_query(f"The query parameter {name} is not supported with $apply.")
        groups = aggregated(self.store, table, options["$apply"], wanted.annotations)
        return _body([self._context(table, options)], groups)

    def single(
        self, table: Table, row_id: str, options: Mapping[str, str], wanted: Preferences
    ) -> str:
        """The body for one row."""
        if "party" in table.flags:
            raise RefusedError(
                400,
                "0x80040800",
                "The 'Retrieve' method does not support entities of type 'activityparty'.",
            )
        query = query_of(table, options)
        found = self.store.single(table, query, wanted.annotations, row_id)
        if found is None:
            raise no_such_row(table.name, row_id)
        context = json.dumps(f"{self.base}/$metadata#{table.set_name}/$entity")
        return f'{{"@odata.context":{context},{found[1:]}'

    def collection(
        self, found: Expansion, row_id: str, options: Mapping[str, str], wanted: Preferences
    ) -> str:
        """The rows that point to one row: up to a page of them, as one page."""
        query = query_of(found.table, options)
        own = f"r.\"{found.lookup.property_name}\" = '{row_id}'"
        where = f"{own} AND {query.where}" if query.where else own
        page = self.store.page(
            found.table, replace(query, where=where), wanted.annotations, MAX_PAGE, None
        )
        return _body([self._context(found.table, options)], page.text)

    def count(self, table: Table, options: Mapping[str, str]) -> int:
        """`/$count`: all rows up to 5,000, or the number of changes since a delta token."""
        if "$deltatoken" in options:
            since = self._since(options["$deltatoken"])
            until = self.store.version()
            changed = self.store.one(
                f'SELECT count(*) FROM "{table.name}" WHERE versionnumber > {since}'
            )
            return int(changed) + len(self.store.deleted(table, (since, until), 1_000_000))
        return min(self.store.count(table, query_of(table, options)), COUNT_LIMIT)

    def _counts(self, table: Table, query: Query, wanted: Preferences) -> list[tuple[str, Any]]:
        found = self.store.count(table, query)
        counts: list[tuple[str, Any]] = [("@odata.count", min(found, COUNT_LIMIT))]
        if wanted.annotations.wanted(TOTAL_COUNT):
            counts.append((f"@{TOTAL_COUNT}", min(found, COUNT_LIMIT)))
            counts.append((f"@{TOTAL_EXCEEDED}", found > COUNT_LIMIT))
        return counts

    def _context(
        self, table: Table, options: Mapping[str, str], ending: str = ""
    ) -> tuple[str, str]:
        chosen = f"({options['$select']})" if "$select" in options else ""
        return "@odata.context", f"{self.base}/$metadata#{table.set_name}{chosen}{ending}"

    def _next(self, table: Table, written: str, state: Mapping[str, Any]) -> str:
        kept = _without(written, "$skiptoken")
        sealed = {**state, "query": _digest(kept)}
        packed = base64.urlsafe_b64encode(json.dumps(sealed).encode()).decode()
        cookie = (
            f'<cookie pagenumber="{state["page"]}" pagingcookie="{packed}" istracking="False" />'
        )
        joined = f"{kept}&" if kept else ""
        return f"{self.base}/{table.set_name}?{joined}$skiptoken={quote(cookie)}"

    def _delta_link(self, table: Table, options: Mapping[str, str], version: int) -> str:
        token = f"{version}!{datetime.now(UTC):{_TOKEN_TIME}}"
        chosen = f"$select={quote(options['$select'], safe=',')}&" if "$select" in options else ""
        return f"{self.base}/{table.set_name}?{chosen}$deltatoken={quote(token, safe='')}"

    def _since(self, token: str) -> int:
        found = re.fullmatch(r"(\d+)!(.+)", unquote(token))
        if found is None:
            raise bad_query("The delta token is not valid.")
        days = int(self.store.one("SELECT expirechangetrackingindays FROM organization"))
        given_at = datetime.strptime(found[2], _TOKEN_TIME).replace(tzinfo=UTC)
        too_old = datetime.now(UTC) - given_at > timedelta(days=days)
        if too_old or int(found[1]) < self.oldest_version:
            raise RefusedError(
                400, "0x80044352",
                "Version stamp associated with the client has expired. Please perform a full sync.",
            )  # fmt: skip
        return int(found[1])

    def _delta(
        self, table: Table, written: str, options: Mapping[str, str], wanted: Preferences
    ) -> str:
        """Changed rows by version, then deleted ones, up to the version of the first page."""
        _check_tracking(table, options)
        since = self._since(options["$deltatoken"])
        state = _state(options, written)
        until = state.get("version", self.store.version())
        size = wanted.page_size or MAX_PAGE
        query = query_of(table, options)
        texts, following = [], None
        if "gone" not in state:
            last = state.get("last", since)
            page = self.store.changed(table, query, wanted.annotations, (last, until), size)
            texts.append(page.text)
            following = {"last": page.last} if page.last is not None else None
            size -= page.row_count
        if following is None:
            gone = self.store.deleted(table, (state.get("gone", since), until), size)
            context = f"{self.base}/$metadata#{table.set_name}/$deletedEntity"
            texts += [
                json.dumps({"@odata.context": context, "id": row_id, "reason": "deleted"})
                for row_id, _ in gone
            ]
            following = {"gone": gone[-1][1]} if len(gone) == size and gone else None
        head = [self._context(table, options, "/$delta")]
        if following:
            state = {**following, "version": until, "page": state.get("page", 1) + 1}
            head.append(("@odata.nextLink", self._next(table, written, state)))
        else:
            head.append(("@odata.deltaLink", self._delta_link(table, options, until)))
        return _body(head, ",".join(filter(None, texts)))


def _check_tracking(table: Table, options: Mapping[str, str]) -> None:
    if "track" not in table.flags:
        raise RefusedError(
            400, "0x80072491", f"Entity: {table.name} isn't enabled for change tracking."
        )
    for name in ("filter", "orderby", "expand", "top"):
        if f"${name}" in options:
            raise bad_query(
                f"The ${name} query parameter isn't supported when Change Tracking is enabled."
            )


def _state(options: Mapping[str, str], written: str) -> dict[str, Any]:
    """What the cookie of a next link says; refused if the link was changed."""
    if "$skiptoken" not in options:
        return {}
    found = _COOKIE.fullmatch(options["$skiptoken"])
    try:
        state: dict[str, Any] = json.loads(base64.urlsafe_b64decode(found[2])) if found else {}
    except ValueError:
        state = {}
    if not state or state.pop("query") != _digest(_without(written, "$skiptoken")):
        raise RefusedError(400, "0x80040203", "The paging cookie does not belong to this query.")
    return state


def _without(written: str, name: str) -> str:
    parts = [
        part for part in written.split("&") if part and unquote(part.partition("=")[0]) != name
    ]
    return "&".join(parts)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _body(head: list[tuple[str, Any]], rows: str) -> str:
    members = ",".join(f"{json.dumps(name)}:{json.dumps(value)}" for name, value in head)
    return f'{{{members},"value":[{rows}]}}'
