"""An opened Klipy: its API and a bundle of files, laid over each other."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from moorage.bundles import Bundle, Inferred, Match
from moorage.errors import SettingsError
from moorage.sources.base import Discovery, FileStore, RawTable
from moorage.sources.bundled import open_beside, raw_tables
from moorage.sources.klipy.api import Api, Reach, harvest
from moorage.sources.klipy.discover import discover
from moorage.sources.klipy.tables import EXPECTED, OF_API
from moorage.sources.klipy.tidy import CUSTOMISED, tidy_statements
from moorage.sources.links import WebAndFolder
from moorage.sources.stores import folder_store


class KlipySource:
    """Both ways of reading; what the API gives is asked for once, when it is first needed."""

    def __init__(self, api: Api | None, options: Mapping[str, Any]) -> None:
        self._api = api
        self._options = options
        self._temporary = tempfile.TemporaryDirectory(prefix="moorage-klipy-")
        self._bundle: Bundle | None = None
        self._match: Match | None = None
        self._reach: Reach | None = None

    def discover(self) -> Discovery:
        """Everything is read, for neither the API nor a sheet tells counts in another way."""
        match = self._read()
        name = self._reach.organisation if self._reach else str(self._options.get("bundle"))
        return discover(match, self._statements(match), name, self._refused())

    def raw_tables(self) -> Sequence[RawTable]:
        """All tables, API and files together; SettingsError where a person must first say how dates
        or numbers are written.
        """
        return raw_tables(self._read())

    def tidy_sql(self) -> Sequence[str]:
        """One row per record, with a column for each field that users made."""
        return self._statements(self._read())

    def files(self) -> FileStore | None:
        """The bundle's folder, and hosts that a person named."""
        bundle = self._opened()
        folder = folder_store(str(bundle.folder), where="source.bundle")
        hosts = [str(host) for host in self._options.get("file_hosts") or ()]
        return WebAndFolder(folder, hosts, self._options.get("on_wait"))

    def close(self) -> None:
        """Close connections, remove what was unpacked. Safe to call twice."""
        if self._bundle is not None:
            self._bundle.close()
        if self._api is not None:
            self._api.close()
        self._temporary.cleanup()

    def _refused(self) -> list[str]:
        """What the API does not give: the key may not, or a person said so."""
        if self._api is None:
            return list(OF_API)
        skipped = [str(name) for name in self._options.get("skip") or ()]
        return [*skipped, *(self._reach.refused if self._reach else ())]

    def _opened(self) -> Bundle:
        """The bundle, with what the API gave beside it."""
        if self._bundle is None:
            folder = Path(self._temporary.name) / "api"
            folder.mkdir(exist_ok=True)
            self._bundle = open_beside(self._options, folder)
        return self._bundle

    def _read(self) -> Match:
        if self._match is None:
            bundle = self._opened()
            if self._api is not None:
                self._reach = self._api.reach()
                harvest(self._api, Path(self._temporary.name) / "api", tuple(self._refused()))
            self._match = bundle.match(EXPECTED)
        return self._match

    def _statements(self, match: Match) -> list[str]:
        return tidy_statements(
            custom_of(match), str(self._options["timezone"]), str(self._options["currency"])
        )


def custom_of(match: Match) -> dict[str, tuple[Inferred, ...]]:
    """Users' own fields by table."""
    return {name: match.tables[name].custom for name in CUSTOMISED}


def open_source(options: Mapping[str, Any]) -> KlipySource:
    """Make a client; nothing is asked yet. SettingsError names what does not fit."""
    zone = str(options.get("timezone") or "")
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        raise _unfit(
            "timezone", f"there is no time zone {zone!r}", "Write it like Europe/Vienna."
        ) from None
    if not options.get("api", True):
        if not options.get("bundle"):
            raise _unfit("bundle", "neither API nor bundle is given", "Name the folder or zip.")
        return KlipySource(None, options)
    if not options.get("api_key"):
        raise _unfit(
            "api_key", "no key is given", "Run `moorage secret set source`, or set api: false."
        )
    api = Api(
        str(options["api_key"]),
        url=str(options["url"]),
        connections=_number(options, "connections", 16),
        calls_per_minute=_number(options, "calls_per_minute", 100_000),
        on_wait=options.get("on_wait"),
    )
    return KlipySource(api, options)


def _number(options: Mapping[str, Any], name: str, most: int) -> int:
    try:
        number = int(options[name])
    except (KeyError, TypeError, ValueError):
        number = 0
    if not 1 <= number <= most:
        raise _unfit(name, "this is no number that can be", f"Give one from 1 to {most}.")
    return number


def _unfit(name: str, what: str, todo: str) -> SettingsError:
    return SettingsError(what, where=f"source.{name}", state="Nothing was read.", todo=todo)
