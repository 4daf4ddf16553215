"""Chosen records side by side: what the source gave, what the mapping made of it, what Odoo has.

For people, not for machines: links are shown by name, choices by their label, HTML as words. What
is equal is judged as `verify` judges it, by the same comparisons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from moorage.destination import Destination, ModelField
from moorage.mapping.target import TargetField, TargetTable
from moorage.staging.staging import Staging, identifier, literal
from moorage.verify.choosing import CHOSEN, choose_spots
from moorage.verify.comparison import Comparison, compare
from moorage.verify.reading import (
    FOUND,
    MARKER,
    Clock,
    comparable,
    field_facts,
    found,
    read_companions,
    read_keys,
    read_records,
)
from moorage.verify.richtext import say_the_same
from moorage.verify.rows import note_not_loaded
from moorage.verify.showing import Names, shown

#: Source fields by entry and Odoo field.
Sources = Mapping[str, Mapping[str, Sequence[str]]]
_TITLES = ("name", "subject", "summary", "login")


@dataclass(frozen=True)
class SpotValue:
    """One field of one record. All three are people's data: never log."""

    name: str
    label: str
    source: tuple[tuple[str, str], ...] = field(repr=False)
    mapped: str = field(repr=False)
    odoo: str = field(repr=False)
    is_equal: bool = True


@dataclass(frozen=True)
class Spot:
    """One record to look at. `title` is people's data, as the values are.

    A `shared` one was in Odoo before, or stands for several rows: its values may be another's, and
    none is judged, as in `verify`.
    """

    number: int
    entry: str
    model: str
    key: str
    odoo_id: int
    title: str = field(repr=False)
    values: tuple[SpotValue, ...] = field(repr=False)
    shared: bool = False

    @property
    def place(self) -> str:
        """What names it in a sheet: one key may become records of two entries."""
        return f"{self.entry}/{self.key}"


def read_spots(  # noqa: PLR0917
    staging: Staging,
    destination: Destination,
    tables: Sequence[TargetTable],
    sources: Sources,
    count: int,
    seed: int,
    *,
    not_loaded: Iterable[tuple[str, str, str]] = (),
) -> tuple[Spot, ...]:
    """`count` records by the chance of `seed`, read anew from Odoo; by entry.

    Wants the target tables as for `verify`. Fields that the mapping fills without the source, and
    those that are empty on all sides, are left out.
    """
    connection = staging.connection
    note_not_loaded(connection, not_loaded)
    links = [f for table in tables for f in table.fields if f.holds == "link"]
    models = {table.model for table in tables}
    read_keys(connection, destination, models | {m for f in links for m in f.models})
    read_companions(connection, destination, {pair for f in links for pair in f.companions})
    choose_spots(connection, tables, count, seed)
    reader = _Reader(staging, destination, tables, sources)
    return tuple(spot for table in tables for spot in reader.spots(table))


class _Reader:
    def __init__(
        self,
        staging: Staging,
        destination: Destination,
        tables: Sequence[TargetTable],
        sources: Sources,
    ) -> None:
        self.connection = staging.connection
        self.destination = destination
        self.sources = sources
        titled = [(table, name) for table in tables if (name := _title_of(table))]
        self.names = Names(self.connection, destination, titled)

    def spots(self, table: TargetTable) -> list[Spot]:
        """The chosen records of one entry."""
        fields = [
            f
            for f in table.fields
            if comparable(f)
            and f.name in self.destination.fields(table.model)
            and self.sources[table.entry].get(f.name)
        ]
        with self._chosen(table) as part:
            rows = self._rows(part, fields)
        if not rows:
            return []
        titles = self.names.of(table.model, [row[2] for row in rows])
        given = self._given(table, [row[3] for row in rows])
        return [
            Spot(
                number=row[0],
                entry=table.entry,
                model=table.model,
                key=row[1],
                odoo_id=row[2],
                title=titles.get(row[2], row[1]),
                values=tuple(self._values(table, fields, row, given.get(row[3], {}))),
                shared=not row[4],
            )
            for row in rows
        ]

    @contextmanager
    def _chosen(self, table: TargetTable) -> Iterator[TargetTable]:
        """A table of the chosen rows alone, in the place of the whole one."""
        part = replace(table, entry=f"{table.entry}__spots")
        self.connection.execute(
            f"CREATE OR REPLACE TABLE {part.table} AS SELECT t.* FROM {table.table} AS t"
            f" JOIN {CHOSEN} AS c ON c.entry = {literal(table.entry)} AND c.key = t.key"
        )
        try:
            yield part
        finally:
            self.connection.execute(f"DROP TABLE {part.table}")

    def _rows(self, part: TargetTable, fields: Sequence[TargetField]) -> list[tuple[Any, ...]]:
        """(place, key, id, source key, whether the record is the row's own), then for each field
        what was mapped, what is there, and whether they are equal.
        """
        has_marker = MARKER in self.destination.fields(part.model)
        marker = {MARKER: "char"} if has_marker else {}
        read_records(
            self.connection,
            self.destination,
            part,
            types={f.compared: "char" if f.holds == "file" else f.type for f in fields} | marker,
            clock=Clock(),
            on_rows=lambda _: None,
        )
        facts = field_facts(self.destination, part.model, [f.name for f in fields])
        comparisons = [compare(f, facts[f.name], at) for at, f in enumerate(fields)]
        columns = "".join(
            f", t.{identifier(f.name)}, {found(f.compared)}, {one.equal}"
            for f, one in zip(fields, comparisons, strict=True)
        )
        own = f"{found(MARKER)} IS NOT DISTINCT FROM t.key" if has_marker else "true"
        entry = literal(part.entry.removesuffix("__spots"))
        return self.connection.execute(
            f"SELECT c.place, t.key, f.id, t._source_key, {own}{columns} FROM {part.table} AS t"
            f" JOIN {CHOSEN} AS c ON c.entry = {entry} AND c.key = t.key"
            f" JOIN {FOUND} AS f ON f.id = c.odoo_id {_joins(part, comparisons)} ORDER BY c.place"
        ).fetchall()

    def _given(self, table: TargetTable, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The source's own values of rows, by id."""
        cursor = self.connection.execute(
            f"SELECT CAST(id AS VARCHAR), * FROM tidy.{identifier(table.object)}"
            " WHERE list_contains(?, CAST(id AS VARCHAR))",
            [list(ids)],
        )
        columns = [column[0] for column in cursor.description or ()]
        return {row[0]: dict(zip(columns, row, strict=True)) for row in cursor.fetchall()}

    def _values(
        self,
        table: TargetTable,
        fields: Sequence[TargetField],
        row: Sequence[Any],
        given: Mapping[str, Any],
    ) -> Iterator[SpotValue]:
        there = self.destination.fields(table.model)
        for at, about in enumerate(fields):
            mapped, odoo, is_equal = row[3 * at + 5 : 3 * at + 8]
            if about.type == "html":
                is_equal = is_equal or say_the_same(mapped, odoo)
            source = tuple(
                (name, text)
                for name in self.sources[table.entry][about.name]
                if (text := shown(given.get(name)))
            )
            value = SpotValue(
                about.name,
                there[about.name].label,
                source,
                self._mapped(about, there[about.name], mapped),
                self._found(about, there[about.name], odoo),
                bool(is_equal) or not row[4],
            )
            if source or value.mapped or value.odoo:
                yield value

    def _mapped(self, about: TargetField, there: ModelField, value: Any) -> str:
        if about.holds == "link":
            return ", ".join(self.names.of_key(key) for key in _listed(value))
        return self._found(about, there, value)

    def _found(self, about: TargetField, there: ModelField, value: Any) -> str:
        if about.holds in ("link", "id"):
            names = self.names.of(about.relation, _listed(value))
            return ", ".join(names.get(one, f"id {one}") for one in _listed(value))
        if about.type == "selection":
            value = dict(there.selection).get(str(value), value)
        return shown(value, is_html=about.type == "html")


def _title_of(table: TargetTable) -> str:
    names = {about.name for about in table.fields if about.holds == "value"}
    return next((name for name in _TITLES if name in names), "")


def _joins(table: TargetTable, comparisons: Sequence[Comparison]) -> str:
    return " ".join(one.join for one in comparisons).replace("{table}", table.table)


def _listed(value: Any) -> list[Any]:
    if value is None or value == 0:
        return []
    return list(value) if isinstance(value, list) else [value]
