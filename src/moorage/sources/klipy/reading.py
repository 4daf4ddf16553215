"""One reading of a Klipy: what its API gave at this moment, beside the files of its bundle."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from moorage.bundles import Bundle, Match, Table
from moorage.errors import SettingsError
from moorage.sources.base import TablePulse
from moorage.sources.bundled import open_beside
from moorage.sources.klipy.api import Api, Reach, harvest
from moorage.sources.klipy.tables import EXPECTED, OF_API
from moorage.sources.klipy.tidy import quoted


class Reading:
    """The API is asked once, when `match` or `pulse` first needs it; for files nothing is asked.

    `skip` is left out beside what a person said.
    """

    def __init__(
        self, api: Api | None, options: Mapping[str, Any], *, skip: Sequence[str] = ()
    ) -> None:
        self._api = api
        self._options = options
        self._skip = [str(name) for name in options.get("skip") or ()] + [*skip]
        self._temporary = tempfile.TemporaryDirectory(prefix="moorage-klipy-")
        self._folder = Path(self._temporary.name) / "api"
        self._folder.mkdir()

    def close(self) -> None:
        """Remove what was fetched and unpacked. Safe to call twice."""
        if "bundle" in vars(self):
            self.bundle.close()
        self._temporary.cleanup()

    @cached_property
    def bundle(self) -> Bundle:
        """The files, and those that the API's answers are written to; SettingsError where there are
        none.
        """
        return open_beside(self._options, self._folder)

    @cached_property
    def reach(self) -> Reach | None:
        """What the key may read; None without the API."""
        return self._api.reach() if self._api else None

    @property
    def refused(self) -> list[str]:
        """What the API does not give: the key may not, or a person said so."""
        if self.reach is None:
            return list(OF_API)
        return list(dict.fromkeys((*self._skip, *self.reach.refused)))

    @cached_property
    def match(self) -> Match:
        """All tables, of API and files; SettingsError where there is nothing to read."""
        return self._read.match(EXPECTED)

    def pulse(self) -> dict[str, TablePulse]:
        """A hash over each file and each list of the API, in whatever order its rows came.

        What the API tells of companies is left out: there is no list of them.
        """
        return {
            _called(table.name): _beat(self._read, table)
            for table in self._read.tables
            if table.name != "api/companies.jsonl"
        }

    @cached_property
    def _read(self) -> Bundle:
        """The bundle, with what the API gave in it."""
        if self._api is not None:
            if not self._options.get("bundle") and set(OF_API) <= set(self.refused):
                raise SettingsError(
                    "this key may read neither people nor companies nor interactions",
                    where="source.api_key",
                    state="Nothing was read, and no bundle is given.",
                    todo="Give the key the rights people:read, companies:read and"
                    " interactions:read in Settings > API, or name a folder of files in"
                    " source.bundle.",
                )
            harvest(self._api, self._folder, tuple(self.refused))
        return self.bundle


def _called(name: str) -> str:
    is_list = name.startswith("api/")
    return f"API: {name.removeprefix('api/').removesuffix('.jsonl')}" if is_list else name


def _beat(bundle: Bundle, table: Table) -> TablePulse:
    if not table.row_count:
        return TablePulse(0)
    batches = bundle.batches(table)
    first = next(batches)
    cells = ", ".join(quoted(name) for name in sorted(header.name for header in table.columns))
    with duckdb.connect() as connection:
        reader = pa.RecordBatchReader.from_batches(first.schema, chain([first], batches))
        connection.register("incoming", reader)
        ((count, total),) = connection.execute(
            "SELECT count(*), sum(md5_number_lower(CAST(to_json(told) AS VARCHAR)))"
            f" FROM (SELECT {cells} FROM incoming) AS told"
        ).fetchall()
    return TablePulse(count, content=f"{int(total):x}")
