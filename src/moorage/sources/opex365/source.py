"""An opened environment: the methods of a source."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from moorage.errors import SettingsError
from moorage.sources.base import Discovery, FileStore, RawTable, TablePulse
from moorage.sources.opex365 import catalogue
from moorage.sources.opex365.api import MOST_CONNECTIONS, Api
from moorage.sources.opex365.discover import discover
from moorage.sources.opex365.files import Files
from moorage.sources.opex365.plan import Plan, make_plan
from moorage.sources.opex365.pulse import pulse
from moorage.sources.opex365.reader import Reader
from moorage.sources.opex365.tidy import TidyWriter
from moorage.sources.opex365.tokens import EntraTokens, FormTokens, TokenSource
from moorage.sources.opex365.unions import activity_sql, column_file_sql, process_sql

SQL_FOLDER = Path(__file__).with_name("sql")


class DataverseSource:
    """An environment of Dataverse, open for reading."""

    def __init__(
        self, api: Api, *, timezone: str, page_size: int, connections: int, folder: Path | None
    ) -> None:
        self._api = api
        self._timezone = timezone
        self._page_size = page_size
        self._connections = connections
        self._folder = folder
        self._known: Plan | None = None
        self._reader: Reader | None = None
        self._not_readable: frozenset[str] = frozenset()
        self._beat: Mapping[str, TablePulse] | None = None

    @property
    def plan(self) -> Plan:
        """What is there and what is read of it; the metadata are asked for once."""
        if self._known is None:
            self._known = make_plan(self._api)
        return self._known

    @property
    def _writer(self) -> TidyWriter:
        return TidyWriter([*catalogue.NAMES, *self.plan.own], self._timezone)

    def discover(self) -> Discovery:
        """Counts, fields, stages, owners, processes, files: some calls, no full read."""
        found = discover(self._api, self.plan, self._writer)
        self._not_readable = frozenset(found.details["not_readable"])
        return found

    def raw_tables(self) -> Sequence[RawTable]:
        """All tables that are read. Each is of the moment its reading began."""
        wanted = [
            replace(one, entity=None) if one.name in self._not_readable else one
            for one in self.plan.wanted
        ]
        self._beat = pulse(self._api, self.plan, self._not_readable)
        self._reader = Reader(self._api, wanted, self._page_size, self._connections)
        return self._reader.tables()

    def pulse(self) -> Mapping[str, TablePulse]:
        """What moves when somebody works there; after `raw_tables`, as it was before them."""
        return self._beat or pulse(self._api, self.plan, self._not_readable)

    def tidy_sql(self) -> Sequence[str]:
        """Typed views by metadata, the static files, the tables that users made."""
        plan, writer = self.plan, self._writer
        own = [plan.table(name) for name in plan.own]
        activities = [(plan.table(name), plan.entities[name]) for name in plan.activities]
        labels = {one.name: one.label for one in plan.entities.values() if one.activity}
        return [
            writer.zone(),
            *(sql for wanted in plan.wanted for sql in writer.views(wanted)),
            process_sql(plan.processes),
            *activity_sql(activities, labels),
            column_file_sql(plan.wanted, plan.own),
            *_statements(),
            *(writer.custom_table(wanted) for wanted in own),
        ]

    def files(self) -> FileStore | None:
        """Bodies of notes and attachments, and columns that hold files."""
        return Files(self._api, self._folder)

    def close(self) -> None:
        """Close the connections. Safe to call twice."""
        if self._reader is not None:
            self._reader.close()
        self._api.close()


def open_source(options: Mapping[str, Any]) -> DataverseSource:
    """Make a client; nothing is asked yet. SettingsError names what does not fit."""
    connections = _number(options, "connections", MOST_CONNECTIONS)
    on_wait: Callable[[str], None] | None = options.get("on_wait")
    api = Api(
        _given(options, "url"),
        _tokens(options),
        version=_version(options),
        connections=connections,
        on_wait=on_wait,
    )
    folder = options.get("state_folder")
    return DataverseSource(
        api,
        timezone=_timezone(options.get("timezone")),
        page_size=_number(options, "page_size", 5000),
        connections=connections,
        folder=Path(folder) / "files" if folder else None,
    )


def _tokens(options: Mapping[str, Any]) -> TokenSource:
    client_id, secret = _given(options, "client_id"), _given(options, "client_secret")
    if options.get("token_url"):
        return FormTokens(str(options["token_url"]), client_id, secret)
    return EntraTokens(_given(options, "tenant"), client_id, secret)


def _version(options: Mapping[str, Any]) -> str:
    version = str(options.get("api_version") or "v9.2")
    if not re.fullmatch(r"v[0-9]+\.[0-9]+", version):
        raise _unfit("api_version", f"{version!r} is no version", "Write it like v9.2.")
    return version


def _timezone(value: Any) -> str:
    try:
        return ZoneInfo(str(value or "UTC")).key
    except (ValueError, OSError, LookupError):
        raise _unfit(
            "timezone", f"there is no time zone {value!r}", "Write it like Europe/Vienna."
        ) from None


def _number(options: Mapping[str, Any], name: str, most: int) -> int:
    try:
        number = int(options[name])
    except (KeyError, TypeError, ValueError):
        raise _unfit(name, "this is no number", f"Give a number from 1 to {most}.") from None
    if not 1 <= number <= most:
        raise _unfit(name, f"{number} is not possible", f"Give a number from 1 to {most}.")
    return number


def _given(options: Mapping[str, Any], name: str) -> str:
    if not options.get(name):
        raise _unfit(name, f"`{name}` is not given", "Set it in the project file.")
    return str(options[name])


def _unfit(name: str, what: str, todo: str) -> SettingsError:
    return SettingsError(what, where=f"source.{name}", state="Nothing was read.", todo=todo)


def _statements() -> list[str]:
    """The statements of the static files, in the order of their names."""
    statements: list[str] = []
    for path in sorted(SQL_FOLDER.glob("*.sql")):
        parts = re.split(r";[ \t]*\n", path.read_text(encoding="utf-8") + "\n")
        statements += [part.strip() for part in parts if part.strip()]
    return statements
