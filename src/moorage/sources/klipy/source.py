"""An opened Klipy: its API and a bundle of files, laid over each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any
from zoneinfo import ZoneInfo

from moorage.bundles import Inferred, Match
from moorage.errors import SettingsError
from moorage.sources.base import Discovery, FileStore, RawTable, TablePulse
from moorage.sources.bundled import raw_tables
from moorage.sources.klipy.api import Api
from moorage.sources.klipy.discover import discover
from moorage.sources.klipy.reading import Reading
from moorage.sources.klipy.tidy import CUSTOMISED, tidy_statements
from moorage.sources.links import WebAndFolder
from moorage.sources.stores import folder_store


class KlipySource:
    """Both ways of reading; what the API gives is asked for once, when it is first needed."""

    def __init__(self, api: Api | None, options: Mapping[str, Any]) -> None:
        self._api = api
        self._options = options
        self._reading = Reading(api, options)
        self._is_given = False

    def discover(self) -> Discovery:
        """Everything is read, for neither the API nor a sheet tells counts in another way."""
        match, reach = self._reading.match, self._reading.reach
        name = reach.organisation if reach else str(self._options.get("bundle"))
        statements, refused = self._statements(match), self._reading.refused
        return discover(match, statements, name, not_by_api=refused, hosts=self._hosts())

    def raw_tables(self) -> Sequence[RawTable]:
        """All tables, API and files together; SettingsError where a person must first say how dates
        or numbers are written.
        """
        self._is_given = True
        return raw_tables(self._reading.match)

    def tidy_sql(self) -> Sequence[str]:
        """One row per record, with a column for each field that users made."""
        return self._statements(self._reading.match)

    def files(self) -> FileStore | None:
        """The bundle's folder, and hosts that a person named."""
        folder = folder_store(str(self._reading.bundle.folder), where="source.bundle")
        return WebAndFolder(folder, self._hosts(), self._options.get("on_wait"))

    def pulse(self) -> Mapping[str, TablePulse]:
        """What the files and the lists of the API hold; a company that changed is not seen, for
        each would take a call.
        """
        if self._is_given:
            return self._reading.pulse()
        with closing(Reading(self._api, self._options, skip=["companies"])) as reading:
            return reading.pulse()

    def close(self) -> None:
        """Close connections, remove what was unpacked. Safe to call twice."""
        self._reading.close()
        if self._api is not None:
            self._api.close()

    def _hosts(self) -> list[str]:
        return [str(host) for host in self._options.get("file_hosts") or ()]

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
            "api_key",
            "no key is given",
            "Run `moorage secret set source/api_key`, or set api: false.",
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
