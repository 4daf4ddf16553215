"""The tables of a Krayin release as plain objects, and the DDL that creates them on MariaDB.

`schema.json` describes the newest release; every table and column carries the release that brought
it. What a later release only changed (nullability, delete rules, lengths) is listed in
`CHANGED_LATER`, so an older layout is the newest one with the later parts taken away.
"""

import json
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

RELEASES = ("1.3.1", "2.0.4", "2.0.6", "2.1.6", "2.2.3", "2.2.6")


@dataclass(frozen=True)
class Column:
    """One column; `sql_type` is the type as MySQL names it, json included."""

    name: str
    sql_type: str
    required: bool = False
    default: str | None = None
    extra: str = ""


@dataclass(frozen=True)
class ForeignKey:
    """A reference from one column to another table's id."""

    column: str
    references: str
    on_delete: str


@dataclass(frozen=True)
class Table:
    """One table with everything its CREATE statement needs; `name` is without prefix."""

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    indexes: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns in their order in the table."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True)
class Change:
    """How a column looked before `since`; None means: as it is today."""

    since: str
    table: str
    column: str
    required: bool | None = None
    sql_type: str | None = None
    on_delete: str | None = None


CHANGED_LATER = (
    Change("2.0.1", "product_inventories", "warehouse_location_id", on_delete="SET NULL"),
    Change("2.0.5", "leads", "person_id", required=True, on_delete="CASCADE"),
    Change("2.0.5", "leads", "lead_source_id", required=True, on_delete="CASCADE"),
    Change("2.0.5", "leads", "lead_type_id", required=True, on_delete="CASCADE"),
    Change("2.0.5", "leads", "user_id", on_delete="CASCADE"),
    Change("2.0.6", "activities", "user_id", required=True),
    Change("2.0.6", "core_config", "value", required=True, sql_type="varchar(255)"),
    Change("2.0.6", "persons", "organization_id", on_delete="CASCADE"),
    Change("2.2.4", "quotes", "description", sql_type="varchar(255)"),
    Change("2.2.4", "core_config", "value", required=True),
)
UNIQUE_SINCE = {
    ("email_templates", ("name",)): "2.1.3",
    ("lead_pipelines", ("name",)): "2.1.3",
}


def release_key(release: str) -> tuple[int, ...]:
    """The release as numbers, so that 2.0.10 sorts after 2.0.9."""
    return tuple(int(part) for part in release.split("."))


def reaches(release: str, since: str) -> bool:
    """Whether `release` is at least `since`."""
    return release_key(release) >= release_key(since)


@cache
def tables(release: str) -> dict[str, Table]:
    """All tables of a release by name, without prefix. Unknown releases raise ValueError."""
    if release not in RELEASES:
        raise ValueError(f"release {release} is not known; known are {', '.join(RELEASES)}")
    described = json.loads(files(__package__).joinpath("schema.json").read_text("utf-8"))
    return {
        name: _table(name, parts, release)
        for name, parts in described.items()
        if reaches(release, parts.get("since", "1.0.0"))
    }


def _table(name: str, parts: dict[str, Any], release: str) -> Table:
    columns = tuple(
        Column(
            name=column["name"],
            sql_type=column["type"],
            required=column.get("required", False),
            default=column.get("default"),
            extra=column.get("extra", ""),
        )
        for column in parts["columns"]
        if reaches(release, column.get("since", "1.0.0"))
    )
    present = {column.name for column in columns}
    table = Table(
        name=name,
        columns=columns,
        primary_key=tuple(parts["primary_key"]),
        unique=tuple(
            tuple(key)
            for key in parts["unique"]
            if present.issuperset(key)
            and reaches(release, UNIQUE_SINCE.get((name, tuple(key)), "1.0.0"))
        ),
        indexes=tuple(tuple(key) for key in parts["indexes"] if present.issuperset(key)),
        foreign_keys=tuple(
            ForeignKey(**key) for key in parts["foreign_keys"] if key["column"] in present
        ),
    )
    for change in CHANGED_LATER:
        if change.table == name and not reaches(release, change.since):
            table = _before(table, change)
    return table


def _before(table: Table, change: Change) -> Table:
    columns = tuple(
        replace(
            column,
            required=column.required if change.required is None else change.required,
            sql_type=change.sql_type or column.sql_type,
        )
        if column.name == change.column
        else column
        for column in table.columns
    )
    keys = tuple(
        replace(key, on_delete=change.on_delete)
        if change.on_delete and key.column == change.column
        else key
        for key in table.foreign_keys
    )
    return replace(table, columns=columns, foreign_keys=keys)


def quoted(name: str) -> str:
    """The name as a MariaDB identifier; `groups` and `from` are reserved words."""
    return "`" + name.replace("`", "``") + "`"


def create_statement(table: Table, prefix: str = "") -> str:
    """CREATE TABLE as the application's migrations would leave it. Needs foreign_key_checks=0,
    because tables refer to later ones."""
    full_name = prefix + table.name
    lines = [_column_line(column) for column in table.columns]
    if table.primary_key:
        lines.append(f"PRIMARY KEY ({_names(table.primary_key)})")
    for key in table.unique:
        lines.append(f"UNIQUE KEY {_key_name(full_name, key, 'unique')} ({_names(key)})")
    for key in table.indexes:
        lines.append(f"KEY {_key_name(full_name, key, 'index')} ({_names(key)})")
    for foreign in table.foreign_keys:
        lines.append(
            f"CONSTRAINT {_key_name(full_name, (foreign.column,), 'foreign')} "
            f"FOREIGN KEY ({quoted(foreign.column)}) "
            f"REFERENCES {quoted(prefix + foreign.references)} (`id`) "
            f"ON DELETE {foreign.on_delete}"
        )
    body = ",\n  ".join(lines)
    return (
        f"CREATE TABLE {quoted(full_name)} (\n  {body}\n) "
        "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"
    )


def _column_line(column: Column) -> str:
    parts = [quoted(column.name), column.sql_type, "NOT NULL" if column.required else "NULL"]
    if column.default is not None:
        bare = column.default.endswith("()")
        parts.append("DEFAULT " + (column.default if bare else f"'{column.default}'"))
    elif not column.required:
        parts.append("DEFAULT NULL")
    if column.extra:
        parts.append(column.extra.upper())
    return " ".join(parts)


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(quoted(column) for column in columns)


def _key_name(table: str, columns: tuple[str, ...], kind: str) -> str:
    return quoted("_".join((table, *columns, kind))[:64])
