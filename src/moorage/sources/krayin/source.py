"""An opened Krayin: the methods of a source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from moorage.errors import SettingsError
from moorage.sources.base import Discovery, FileStore, RawTable, TablePulse
from moorage.sources.krayin.attributes import (
    Attribute,
    custom_list_sql,
    pivot_sql,
    read_attributes,
)
from moorage.sources.krayin.discover import discover
from moorage.sources.krayin.interval import changes, pulse
from moorage.sources.krayin.reader import Address, Reader
from moorage.sources.krayin.schema import Schema, probe
from moorage.sources.krayin.tables import EXTRACTED
from moorage.sources.stores import folder_store

SQL_FOLDER = Path(__file__).with_name("sql")
#: The static files that need the table of custom attributes, and those that need its columns.
BEFORE_PIVOT = (
    "10_macros.sql",
    "15_texts.sql",
    "20_values.sql",
    "30_choices.sql",
    "40_addresses.sql",
)
AFTER_PIVOT = (
    "50_vocabularies.sql",
    "60_contacts.sql",
    "70_leads.sql",
    "80_quotes.sql",
    "85_activities.sql",
    "86_emails.sql",
    "87_files.sql",
    "88_templates.sql",
    "90_end.sql",
)


class KrayinSource:
    """A Krayin database, open for reading."""

    def __init__(
        self,
        reader: Reader,
        schema: Schema,
        *,
        timezone: str,
        currency: str,
        files: FileStore | None = None,
    ) -> None:
        self._files = files
        self._reader = reader
        self._schema = schema
        self._timezone = timezone
        self._currency = currency

    def discover(self) -> Discovery:
        """Counts, fields, stages, owners, oddities: a few queries."""
        return discover(self._reader, self._schema, self._timezone, self._currency, self._files)

    def raw_tables(self) -> Sequence[RawTable]:
        """All tables with a place in this version, in one snapshot that begins now."""
        self._reader.snapshot()
        return [
            RawTable(
                expected.name,
                expected.key,
                partial(
                    self._reader.stream,
                    self._schema.prefix + expected.name,
                    self._schema.columns(expected),
                ),
                changes=changes(self._reader, self._schema, expected, self._timezone),
            )
            for expected in EXTRACTED
        ]

    def pulse(self) -> Mapping[str, TablePulse]:
        """What moves in each table when somebody works in Krayin."""
        return pulse(self._reader, self._schema)

    def tidy_sql(self) -> Sequence[str]:
        """The static SQL files, with columns for the custom attributes that stand now."""
        attributes = read_attributes(self._reader, self._schema)
        return tidy_statements(attributes, self._timezone, self._currency)

    def files(self) -> FileStore | None:
        """The folder or address of `source.files`, or None where it was not said."""
        return self._files

    def close(self) -> None:
        """Close the connection. Safe to call twice."""
        self._reader.close()


def tidy_statements(attributes: Sequence[Attribute], timezone: str, currency: str) -> Sequence[str]:
    """The static SQL files, with columns for these custom attributes."""
    zone = timezone.replace("'", "''")
    return [
        "CREATE MACRO tidy._utc(x) AS timezone('UTC', timezone("
        f"'{zone}', TRY_CAST(nullif(x, '') AS TIMESTAMP)))",
        f"CREATE MACRO tidy._currency() AS '{currency}'",
        custom_list_sql(attributes),
        *_statements(BEFORE_PIVOT),
        *pivot_sql(attributes),
        *_statements(AFTER_PIVOT),
    ]


def open_source(options: Mapping[str, Any]) -> KrayinSource:
    """Connect and look at the schema; SettingsError names what does not fit."""
    timezone = checked_timezone(options.get("timezone"))
    currency = checked_currency(options.get("currency"))
    given = str(options.get("files") or "")
    files = folder_store(given, where="source.files") if given else None
    address = Address(
        str(options.get("host") or "127.0.0.1"),
        _port(options.get("port")),
        _given(options, "database"),
    )
    reader = Reader(
        address, user=_given(options, "user"), password=str(options.get("password") or "")
    )
    try:
        schema = probe(reader, str(options.get("prefix") or ""))
    except BaseException:
        reader.close()
        raise
    return KrayinSource(reader, schema, timezone=timezone, currency=currency, files=files)


def checked_currency(value: Any) -> str:
    """`value` as a currency code; SettingsError if it is none."""
    currency = str(value or "USD").upper()
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise SettingsError(
            f"{currency!r} is no currency code", where="source.currency", todo="Give APP_CURRENCY."
        )
    return currency


def checked_timezone(value: Any) -> str:
    """`value` as the name of a time zone; SettingsError if it is none."""
    try:
        return ZoneInfo(str(value)).key if value else _no_timezone(None)
    except (ValueError, OSError, LookupError):
        return _no_timezone(value)


def _no_timezone(value: Any) -> str:
    what = "no time zone is given" if value is None else f"there is no time zone {value!r}"
    raise SettingsError(
        what,
        where="source.timezone",
        state="Nothing was read.",
        todo="Give APP_TIMEZONE from Krayin's .env; Krayin's own default is Asia/Kolkata.",
    )


def _port(value: Any) -> int:
    try:
        return int(value or 3306)
    except (TypeError, ValueError):
        raise SettingsError(
            f"{value!r} is no port", where="source.port", todo="Give a number."
        ) from None


def _given(options: Mapping[str, Any], name: str) -> str:
    if not options.get(name):
        raise SettingsError(
            f"`{name}` is not given",
            where=f"source.{name}",
            state="Nothing was read.",
            todo="Set it in the project file.",
        )
    return str(options[name])


def _statements(names: Sequence[str]) -> list[str]:
    """The statements of the named files: each ends with a semicolon at the end of a line."""
    statements = []
    for name in names:
        text = (SQL_FOLDER / name).read_text(encoding="utf-8")
        parts = re.split(r";[ \t]*\n", text + "\n")
        statements += [part.strip() for part in parts if part.strip()]
    return statements
