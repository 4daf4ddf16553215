"""What the database looks like: its tables and columns, and which release that means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moorage.errors import SettingsError
from moorage.sources.krayin.reader import Reader
from moorage.sources.krayin.tables import (
    COUNTED,
    EXTRACTED,
    IGNORED,
    NEEDED,
    SECRET,
    ExpectedTable,
)

#: From the newest to the oldest: a table, one of its columns (or none), and the releases that have
#: it while lacking all above.
RELEASES = (
    ("users", "created_by", "2.2.6"),
    ("google_contact_accounts", None, "2.2.5"),
    ("web_forms", "lead_pipeline_id", "2.2.4"),
    ("attribute_values", "unique_id", "2.1.3 to 2.2.3"),
    ("persons", "unique_id", "2.1.0 to 2.1.2"),
    ("warehouses", None, "2.0.x"),
    ("web_forms", None, "1.2.3 to 1.3.1"),
    ("lead_pipeline_stages", "code", "1.2.0 to 1.2.2"),
    ("leads", "expected_close_date", "1.1.3"),
    ("workflows", None, "1.1.0 to 1.1.2"),
)


@dataclass(frozen=True)
class Schema:
    """Tables by their name without prefix, each with its columns, and the engine that keeps it."""

    tables: Mapping[str, tuple[str, ...]]
    engines: Mapping[str, str]
    prefix: str

    @property
    def release(self) -> str:
        """The Krayin releases that have this schema, as text."""
        for table, column, release in RELEASES:
            if table in self.tables and (column is None or column in self.tables[table]):
                return release
        return "1.0.x"

    def has(self, table: str, column: str | None = None) -> bool:
        """Whether the table, or a column of it, is there."""
        return table in self.tables and (column is None or column in self.tables[table])

    def columns(self, expected: ExpectedTable) -> list[tuple[str, bool]]:
        """All columns to read: those expected, then the unknown ones; True where it stands."""
        there = self.tables.get(expected.name, ())
        extra = [name for name in there if self._is_extra(expected, name)]
        return [(name, name in there) for name in expected.columns] + [(n, True) for n in extra]

    @staticmethod
    def _is_extra(expected: ExpectedTable, name: str) -> bool:
        return name not in expected.columns and not SECRET.search(name)

    def notes(self) -> list[str]:
        """What differs from a plain Krayin: unknown tables and columns, missing ones."""
        notes = []
        known = {table.name for table in EXTRACTED} | set(COUNTED) | IGNORED
        if unknown := sorted(set(self.tables) - known):
            notes.append(f"Tables that are not Krayin's, not read: {', '.join(unknown)}.")
        for expected in EXTRACTED:
            there = self.tables.get(expected.name, ())
            if extra := [name for name in there if self._is_extra(expected, name)]:
                notes.append(
                    f"Columns of {expected.name} that are not Krayin's, read but without a place"
                    f" yet: {', '.join(extra)}."
                )
        for name in ("attributes", "attribute_values", "attribute_options"):
            if name not in self.tables:
                notes.append(f"The table {name} is missing: custom fields cannot be read in full.")
        if odd := sorted(t for t, e in self.engines.items() if e == "MyISAM" and t in known):
            notes.append(
                f"Tables kept by MyISAM, which has no snapshots: {', '.join(odd)}."
                " Extract while nobody works in Krayin."
            )
        return notes


def probe(reader: Reader, prefix: str) -> Schema:
    """Read the schema; SettingsError if it is not Krayin's, or tables needed are missing."""
    rows = reader.rows(
        "SELECT c.TABLE_NAME, c.COLUMN_NAME, t.ENGINE FROM information_schema.COLUMNS c"
        " JOIN information_schema.TABLES t"
        " ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME"
        " WHERE c.TABLE_SCHEMA = DATABASE() ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION"
    )
    tables: dict[str, list[str]] = {}
    engines: dict[str, str] = {}
    for table, column, engine in rows:
        tables.setdefault(str(table), []).append(str(column))
        engines[str(table)] = str(engine or "")
    _check(tables, prefix, str(reader.address))
    inside = {t.removeprefix(prefix): tuple(c) for t, c in tables.items() if t.startswith(prefix)}
    kept = {t.removeprefix(prefix): e for t, e in engines.items() if t.startswith(prefix)}
    return Schema(inside, kept, prefix)


def _check(tables: Mapping[str, list[str]], prefix: str, where: str) -> None:
    missing = [name for name in NEEDED if prefix + name not in tables]
    if not missing:
        _check_columns(tables, prefix, where)
        return
    guess = _prefix_guess(tables)
    if guess is not None and guess != prefix:
        what = f"no Krayin tables begin with the prefix {prefix!r}"
        todo = f"Set `prefix: {guess!r}` (DB_PREFIX in Krayin's .env)."
    elif len(missing) == len(NEEDED):
        what = "this is not a Krayin database: " + (
            "none of its tables is here" if tables else "no table is here that this user may see"
        )
        todo = "Mend `database` and `prefix`, or give the user the right SELECT on the database."
    else:
        what = f"tables that Krayin needs are missing: {', '.join(missing)}"
        todo = "Give the user the right SELECT on the whole database, or restore the tables."
    raise SettingsError(what, where=where, state="Nothing was read.", todo=todo)


def _check_columns(tables: Mapping[str, list[str]], prefix: str, where: str) -> None:
    lacking = [
        f"{table}.{column}"
        for table, columns in NEEDED.items()
        for column in columns
        if column not in tables[prefix + table]
    ]
    if lacking:
        raise SettingsError(
            f"this is not a Krayin database: it lacks {', '.join(lacking)}",
            where=where,
            state="Nothing was read.",
            todo="Mend `database`, or give the user the right SELECT on whole tables.",
        )


def _prefix_guess(tables: Mapping[str, list[str]]) -> str | None:
    mark = "lead_pipeline_stages"
    for name in sorted(tables):
        prefix = name.removesuffix(mark)
        if name.endswith(mark) and all(prefix + needed in tables for needed in NEEDED):
            return prefix
    return None
