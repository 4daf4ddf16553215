"""An opened bundle of OctopusPro: the methods of a source."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from moorage.bundles import Bundle, Match
from moorage.errors import SettingsError
from moorage.sources.base import Discovery, FileStore, RawTable
from moorage.sources.bundled import open_given, raw_tables
from moorage.sources.octopuspro.custom import custom_sql, questions_sql, read_questions
from moorage.sources.octopuspro.discover import discover
from moorage.sources.octopuspro.tables import EXPECTED
from moorage.sources.stores import folder_store

SQL = Path(__file__).with_name("sql")
#: The columns of bookings that forms make need the bookings' ids.
BEFORE_FORMS, AFTER_FORMS = ("10", "20", "30", "40"), ("50", "55", "60", "62", "65", "70", "75",
                                                      "80", "90")  # fmt: skip
PATHS = pa.schema([("path", pa.string())])


class OctopusProSource:
    """A bundle, open for reading."""

    def __init__(self, bundle: Bundle, *, timezone: str, currency: str) -> None:
        self._bundle = bundle
        self._timezone = timezone
        self._currency = currency

    @cached_property
    def match(self) -> Match:
        """The bundle's tables laid over what is known of OctopusPro."""
        return self._bundle.match(EXPECTED)

    def discover(self) -> Discovery:
        """What the bundle holds."""
        return discover(self._bundle, self.match, self._timezone, self._currency, self._paths())

    def raw_tables(self) -> Sequence[RawTable]:
        """All expected tables, and the paths of all files; a person must have said how dates are
        written where the files do not tell.
        """
        return [*raw_tables(self.match), RawTable("paths", ("path",), self._path_batches)]

    def tidy_sql(self) -> Sequence[str]:
        """The static SQL, with columns for what this account has of its own."""
        zone = self._timezone.replace("'", "''")
        macros, *rest = _statements(BEFORE_FORMS[:1])
        return [
            f"CREATE MACRO tidy._zone() AS '{zone}'",
            f"CREATE MACRO tidy._currency() AS '{self._currency}'",
            macros,
            *rest,
            *custom_sql(self.match),
            "CREATE TABLE tidy._paths AS SELECT path FROM raw.paths",
            *_statements(BEFORE_FORMS[1:]),
            questions_sql(read_questions(self.match)),
            *_statements(AFTER_FORMS),
        ]

    def files(self) -> FileStore | None:
        """The bundle's folder."""
        return folder_store(str(self._bundle.folder), where="source.bundle")

    def close(self) -> None:
        """Remove what was unpacked. Safe to call twice."""
        self._bundle.close()

    def _paths(self) -> list[str]:
        """Every file below `attachments/`, as paths from the bundle's folder."""
        root = self._bundle.folder
        return sorted(
            (Path(folder) / name).relative_to(root).as_posix()
            for folder, _, names in os.walk(root / "attachments")
            for name in names
        )

    def _path_batches(self) -> Iterator[pa.RecordBatch]:
        yield pa.RecordBatch.from_pydict({"path": self._paths()}, schema=PATHS)


def open_source(options: Mapping[str, Any]) -> OctopusProSource:
    """Open the bundle; SettingsError names what does not fit."""
    timezone = _timezone(options.get("timezone"))
    currency = str(options.get("currency") or "USD").upper()
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise SettingsError(
            f"{currency!r} is no currency code",
            where="source.currency",
            state="Nothing was read.",
            todo="Give the account's currency, as AUD.",
        )
    bundle = open_given(options)
    if bundle is None:
        raise SettingsError(
            "no bundle is given",
            where="source.bundle",
            state="Nothing was read.",
            todo="Give the folder or zip of the export; `moorage export-request octopuspro` writes"
            " the letter that asks OctopusPro for it.",
        )
    return OctopusProSource(bundle, timezone=timezone, currency=currency)


def _timezone(value: Any) -> str:
    try:
        return ZoneInfo(str(value or "UTC")).key
    except (ValueError, OSError, LookupError):
        raise SettingsError(
            f"there is no time zone {str(value)!r}",
            where="source.timezone",
            state="Nothing was read.",
            todo="Give the zone of the account's settings, as Australia/Sydney.",
        ) from None


def _statements(numbers: Sequence[str]) -> list[str]:
    """The statements of the files that begin so: each ends with a semicolon at a line's end."""
    statements = []
    for number in numbers:
        for path in sorted(SQL.glob(f"{number}_*.sql")):
            parts = re.split(r";[ \t]*\n", path.read_text(encoding="utf-8") + "\n")
            statements += [part.strip() for part in parts if part.strip()]
    return statements
