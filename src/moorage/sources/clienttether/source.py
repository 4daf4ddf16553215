"""An opened ClientTether: its API, a bundle of files, or both laid over each other."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from moorage.bundles import Bundle, Inferred, Match, open_bundle
from moorage.errors import SettingsError
from moorage.sources.base import Discovery, FileStore, RawTable, TablePulse
from moorage.sources.bundled import open_given
from moorage.sources.clienttether.api import Api
from moorage.sources.clienttether.discover import Found, discover
from moorage.sources.clienttether.harvest import NOTES, harvest, pulses
from moorage.sources.clienttether.keys import WebKey, read_keys
from moorage.sources.clienttether.merging import Custom, raw_name
from moorage.sources.clienttether.tables import ENDPOINTS, EXPECTED
from moorage.sources.clienttether.tidy import clearing, tidy_statements
from moorage.sources.links import WebAndFolder
from moorage.sources.stores import folder_store

NOT_READ = "Nothing was read."
OF_API = {*ENDPOINTS, NOTES}


class ClientTetherSource:
    """Both ways of reading; what the API gives is read once, when it is first asked for."""

    def __init__(self, api: Api | None, keys: Sequence[WebKey], options: Mapping[str, Any]) -> None:
        self._api = api
        self._keys = keys
        self._options = options
        self._temporary = tempfile.TemporaryDirectory(prefix="moorage-clienttether-")
        self._bundles: dict[str, Bundle] | None = None
        self._matches: dict[str, Match] = {}
        self._harvested = Path(self._temporary.name) / "api"

    def discover(self) -> Discovery:
        """Everything is read, for the API tells fields and numbers in no other way."""
        self._read()
        found = Found(self._tables(), self._statements(), self._custom(), self._matches)
        calls = self._api.web.call_count if self._api is not None else 0
        return discover(found, [key.account for key in self._keys], calls)

    def raw_tables(self) -> Sequence[RawTable]:
        """The tables of both ways, `api_…` and `file_…`; SettingsError where a person must first
        say how dates or numbers are written.
        """
        self._read()
        for match in self._matches.values():
            match.check()
        return self._tables()

    def tidy_sql(self) -> Sequence[str]:
        """Both ways as one row per record, with a column for each field that users made."""
        self._read()
        statements = self._statements()
        return [*statements, *clearing(statements)]

    def files(self) -> FileStore | None:
        """The bundle's folder, and hosts that a person named."""
        self._read()
        bundle = (self._bundles or {}).get("file")
        folder = folder_store(str(bundle.folder), where="source.bundle") if bundle else None
        hosts = [str(host) for host in self._options.get("file_hosts") or ()]
        return WebAndFolder(folder, hosts, self._options.get("on_wait"))

    def close(self) -> None:
        """Close connections, remove what was unpacked. Safe to call twice."""
        for bundle in (self._bundles or {}).values():
            bundle.close()
        if self._api is not None:
            self._api.close()
        self._temporary.cleanup()

    def _read(self) -> None:
        """Open the bundle, and read the API into another."""
        if self._bundles is not None:
            return
        given = open_given(self._options)
        opened = {"file": given} if given else {}
        if self._api is not None and harvest(self._api, self._keys, self._harvested, self._skip()):
            opened = {"api": open_bundle(self._harvested), **opened}
        self._bundles = opened
        expected = {"file": EXPECTED, "api": [one for one in EXPECTED if one.name in OF_API]}
        self._matches = {way: bundle.match(expected[way]) for way, bundle in opened.items()}

    def _skip(self) -> list[str]:
        return [str(name) for name in self._options.get("skip") or ()]

    def _tables(self) -> list[RawTable]:
        return [
            RawTable(
                raw_name(way, name),
                ("_file", "_line"),
                partial(match.batches, name),
                matched.row_count,
            )
            for way, match in self._matches.items()
            for name, matched in match.tables.items()
        ]

    def _statements(self) -> list[str]:
        present = [
            raw_name(way, name)
            for way, match in self._matches.items()
            for name, matched in match.tables.items()
            if matched.row_count
        ]
        return tidy_statements(
            present, self._custom(), self._accounts(), self._options["timezone"],
            self._options["country"],
        )  # fmt: skip

    def _accounts(self) -> list[str]:
        """What folders of accounts are called: as their web keys, or as `accounts` names them."""
        named = {key.account for key in self._keys}
        match = self._matches.get("file")
        if match is not None and "accounts" in match.tables:
            for batch in match.batches("accounts"):
                named |= {str(one) for one in batch.column("account_id").to_pylist() if one}
        return sorted(named - {""})

    def _custom(self) -> Custom:
        """Fields that users made, by table; one that is of two types in two places is text."""
        found: dict[str, dict[str, Inferred]] = {}
        for match in self._matches.values():
            for name, matched in match.tables.items():
                known = found.setdefault(name, {})
                for one in matched.custom:
                    known[one.name] = _both(known[one.name], one) if one.name in known else one
        return found


class ServedClientTether(ClientTetherSource):
    """One whose API answers, so that it can say whether somebody works there."""

    def __init__(self, api: Api, keys: Sequence[WebKey], options: Mapping[str, Any]) -> None:
        super().__init__(api, keys, options)
        self._served = api
        self._is_extracted = False

    def raw_tables(self) -> Sequence[RawTable]:
        """As of any source; from now on the pulse is that of what was read."""
        self._is_extracted = True
        return super().raw_tables()

    def pulse(self) -> Mapping[str, TablePulse]:
        """All lists, compared by their content; notes and files are not looked at."""
        if self._is_extracted:
            return pulses(self._harvested)
        folder = Path(self._temporary.name) / "now"
        harvest(self._served, self._keys, folder, [*self._skip(), NOTES])
        return pulses(folder)


def _both(left: Inferred, right: Inferred) -> Inferred:
    if not right.value_count or left.type == right.type == "select":
        options = tuple(dict.fromkeys((*left.options, *right.options)))
        return replace(left, options=options)
    if not left.value_count or left.type == right.type:
        return right
    return replace(left, type="text", kind="text", options=())


def open_source(options: Mapping[str, Any]) -> ClientTetherSource:
    """Nothing is asked yet; SettingsError names what does not fit."""
    checked = dict(options)
    checked["timezone"] = _timezone(options.get("timezone"))
    checked["country"] = _country(options.get("country"))
    keys = read_keys(str(options.get("web_keys") or "")) if options.get("api", True) else ()
    if not keys and not options.get("bundle"):
        raise _unfit(
            "web_keys", "there is nothing to read", "Give web keys, or a bundle (source.bundle)."
        )
    if not keys:
        return ClientTetherSource(None, keys, checked)
    return ServedClientTether(_api(options), keys, checked)


def _api(options: Mapping[str, Any]) -> Api:
    token = str(options.get("access_token") or "")
    if not token:
        raise _unfit("access_token", "no access token is given", "Settings > API shows it.")
    return Api(
        token,
        url=str(options["url"]),
        connections=int(options.get("connections") or 4),
        on_wait=options.get("on_wait"),
    )


def _timezone(value: Any) -> str:
    try:
        if not value:
            raise _unfit("timezone", "no time zone is given", "Write it like America/Denver.")
        return ZoneInfo(str(value)).key
    except (ValueError, OSError, LookupError):
        raise _unfit(
            "timezone", f"there is no time zone {value!r}", "Write it like America/Denver."
        ) from None


def _country(value: Any) -> str:
    code = str(value or "US").upper()
    if len(code) != 2 or not code.isalpha():
        raise _unfit("country", f"{code!r} is no country code", "Write it like US.")
    return code


def _unfit(option: str, what: str, todo: str) -> SettingsError:
    return SettingsError(what, where=f"source.{option}", state=NOT_READ, todo=todo)
