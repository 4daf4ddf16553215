"""A Krayin read through its REST API: the methods of a source."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from moorage.errors import SettingsError
from moorage.http import Clock
from moorage.sources.base import Discovery, FileStore, RawTable
from moorage.sources.krayin.api import KrayinApi, sign_in
from moorage.sources.krayin.api_files import ApiFiles
from moorage.sources.krayin.api_harvest import Harvest
from moorage.sources.krayin.api_scope import discover, read_custom
from moorage.sources.krayin.api_spool import Spool
from moorage.sources.krayin.api_tables import Rows
from moorage.sources.krayin.attributes import Attribute
from moorage.sources.krayin.source import checked_currency, checked_timezone, tidy_statements


class ApiSource:
    """A signed-in Krayin; `folder` keeps what was read of an extraction, and downloaded files."""

    def __init__(
        self,
        api: KrayinApi,
        folder: Path | None,
        *,
        timezone: str,
        currency: str,
        on_wait: Callable[[str], None],
    ) -> None:
        self._api = api
        self._timezone = timezone
        self._currency = currency
        self._on_wait = on_wait
        self._own_folder = None if folder else tempfile.TemporaryDirectory(prefix="moorage-")
        self._folder = folder or Path(self._own_folder.name if self._own_folder else "")
        self._files = ApiFiles(api, self._folder / "krayin_files")

    @cached_property
    def _attributes(self) -> list[Attribute]:
        return read_custom(self._api)

    def discover(self) -> Discovery:
        """Counts, fields, stages, and what this way cannot give: some thirty calls."""
        return discover(self._api, self._attributes, self._timezone, self._currency)

    def raw_tables(self) -> Sequence[RawTable]:
        """All tables that the database has; those that the API does not give are empty."""
        spool = Spool(self._folder / "krayin_api", self._api.identity)
        rows = Rows(self._timezone, self._attributes)
        return Harvest(self._api, spool, rows, self._on_wait).raw_tables(self._files.know)

    def tidy_sql(self) -> Sequence[str]:
        """The same SQL as for the database."""
        return tidy_statements(self._attributes, self._timezone, self._currency)

    def files(self) -> FileStore | None:
        """Files are downloaded when they are first asked about."""
        return self._files

    def close(self) -> None:
        """Close the connections. Safe to call twice."""
        self._api.close()
        if self._own_folder:
            self._own_folder.cleanup()


def open_api(options: Mapping[str, Any], *, clock: Clock | None = None) -> ApiSource:
    """Sign in; SettingsError names what does not fit."""
    timezone = checked_timezone(options.get("timezone"))
    currency = checked_currency(options.get("currency"))
    if not options.get("api_url"):
        raise SettingsError(
            "`api_url` is not given", where="source.api_url", state="Nothing was read.",
            todo="Set it in the project file.",
        )  # fmt: skip
    on_wait = options.get("on_wait") or (lambda _: None)
    api = sign_in(
        str(options["api_url"]),
        email=str(options.get("email") or ""),
        password=str(options.get("api_password") or ""),
        token=str(options.get("api_token") or ""),
        allow_http=options.get("api_allow_http") is True,
        on_wait=on_wait,
        clock=clock,
    )
    folder = options.get("state_folder")
    return ApiSource(
        api, Path(folder) if folder else None, timezone=timezone, currency=currency, on_wait=on_wait
    )
