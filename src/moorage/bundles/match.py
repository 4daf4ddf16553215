"""The tables of a bundle laid over what a source expects, and their rows as a source reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from moorage.bundles.cells import Read, is_nothing, reader
from moorage.bundles.evidence import commas_divide, decide, sentence
from moorage.bundles.expected import AS_GIVEN, Answers, Column, Expected
from moorage.bundles.infer import infer
from moorage.bundles.names import assign, custom_names, find_expected
from moorage.bundles.places import refused
from moorage.bundles.store import LINE, Store, identifier
from moorage.bundles.table import Decision, Header, Inferred, LeftOut, Table


@dataclass(frozen=True)
class Matched:
    """What was found for one expected table: its files, and the columns nobody expected."""

    expected: Expected
    tables: tuple[Table, ...]
    custom: tuple[Inferred, ...]
    row_count: int


@dataclass(frozen=True)
class _Laid:
    """One file under an expected table: column of raw to header, and how its cells are read."""

    table: Table
    headers: Mapping[str, Header]
    reads: Mapping[str, Read]


class Match:
    """The tables of a bundle laid over what a source expects."""

    def __init__(
        self, store: Store, tables: Sequence[Table], expected: Sequence[Expected], answers: Answers
    ) -> None:
        self._store = store
        self._answers = answers
        self._laid: dict[str, list[_Laid]] = {one.name: [] for one in expected}
        self.decisions: tuple[Decision, ...] = ()
        self._missing: list[str] = []
        unknown = []
        self._left_out: list[str] = []
        found: dict[str, list[Table]] = {one.name: [] for one in expected}
        by_name = {one.name: one for one in expected}
        for table in tables:
            told = _told(answers.files, table.name, by_name)
            one = by_name.get(told) if told else find_expected(table, expected)
            if told == "-":
                self._left_out.append(table.name)
            elif one is None:
                unknown.append(table)
            else:
                found[one.name].append(table)
        self.unknown: tuple[Table, ...] = tuple(unknown)
        self.tables: Mapping[str, Matched] = {
            one.name: self._lay(one, found[one.name]) for one in expected
        }

    def notes(self) -> list[str]:
        """What a person should know: lines left out, columns not read, tables without a place."""
        tables = [table for matched in self.tables.values() for table in matched.tables]
        notes = [note for table in tables for note in _notes(table)]
        notes += [f"{name} is left out, as was said" for name in self._left_out]
        return notes

    def questions(self) -> list[str]:
        """What only a person can answer, with the setting that takes the answer."""
        known = ", ".join(self.tables)
        unknown = [
            f"{table.name} is not recognised (its rows: {table.row_count:,}). Say in moorage.yaml"
            f" what it is: source.bundle_files: {{{table.name}: …}}, one of {known}, or '-' to"
            " leave it out."
            for table in self.unknown
            if table.row_count
        ]
        formats = [sentence(one) for one in self.decisions if _is_open(one)]
        return [*unknown, *self._missing, *formats]

    def check(self) -> None:
        """SettingsError with every open question: rows or cells would be lost, or guessed."""
        asked = self.questions()
        if asked:
            raise refused(
                "source.bundle",
                f"questions about its files are open: {len(asked)}.\n" + "\n".join(asked),
                "Answer in moorage.yaml, then run the same command again.",
            )

    def columns(self, name: str) -> list[str]:
        """The columns that `batches` gives."""
        matched = self.tables[name]
        kinds = [(one.name, one.kind) for one in matched.expected.columns]
        kinds += [(one.name, one.kind) for one in matched.custom]
        names = []
        for column, kind in kinds:
            names.append(column)
            if kind == "money":
                names.append(f"{column}.currency")
            if kind not in AS_GIVEN:
                names.append(f"{column}.given")
        return [*names, "_problems", "_file", LINE]

    def batches(self, name: str) -> Iterator[pa.RecordBatch]:
        """The rows of the expected table `name` from all its files, all columns text.

        Every expected column is there; one of another kind than text and json has `<name>.given`
        beside it (the cell itself), money also `<name>.currency`; then custom columns
        (`custom.<header>`, likewise), `_problems`, `_file` and `_line`. A cell that is not of its
        kind is NULL, and `_problems` (a JSON list of columns, or NULL) names it; one that says
        there is nothing (`N/A`, `-`) is NULL and no problem. One empty batch for no rows.
        """
        columns = self.columns(name)
        schema = pa.schema([(column, pa.string()) for column in columns])
        yield pa.RecordBatch.from_pylist([], schema=schema)
        for laid in self._laid[name]:
            picked = [f"{identifier(one.name)}" for one in laid.headers.values()]
            query = f"SELECT {', '.join([*picked, LINE])} FROM {laid.table.table} ORDER BY {LINE}"
            for batch in self._store.batches(query):
                yield _read_batch(batch, laid, schema)

    # -- laying --------------------------------------------------------------------------------

    def _lay(self, expected: Expected, tables: Sequence[Table]) -> Matched:
        prefix = f"{expected.name}."
        told = {
            name.removeprefix(prefix): column
            for name, column in self._answers.headers.items()
            if name.startswith(prefix)
        }
        for header, column in told.items():
            if column != "-" and expected.column(column) is None:
                raise refused(
                    f"source.headers: {prefix}{header}",
                    f"{expected.name} has no column {column!r}",
                    f"Use one of: {', '.join(one.name for one in expected.columns)}.",
                )
        assigned = [(table, *assign(table.columns, expected, told)) for table in tables]
        for table, headers, left in assigned:
            self._missing += _missing(table, expected, {*headers, *map(str, told)}, left)
        guesses = [
            infer(self._store, table, header, name, self._answers.formats)
            for table, _, left in assigned
            for name, header in custom_names(left).items()
        ]
        custom = tuple(_united(guesses))
        kinds = {one.name: one for one in custom}
        for table, headers, left in assigned:
            all_headers = {**headers, **custom_names(left)}
            columns = [
                expected.column(name) or Column(name, kinds[name].kind) for name in all_headers
            ]
            reads = {column.name: self._reader(table, all_headers[column.name], column)
                     for column in columns if column.kind not in AS_GIVEN}  # fmt: skip
            self._laid[expected.name].append(_Laid(table, all_headers, reads))
        return Matched(expected, tuple(tables), custom, sum(one.row_count for one in tables))

    def _reader(self, table: Table, header: Header, column: Column) -> Read:
        decision = decide(self._store, table, header.name, column.kind, self._answers.formats)
        if decision is not None:
            self.decisions = (*self.decisions, decision)
        commas = not column.names or commas_divide(self._store, table.table, header.name)
        return reader(column.kind, decision.format if decision else "", commas=commas)


def _told(files: Mapping[str, str], name: str, known: Mapping[str, Any]) -> str:
    told = str(files.get(name, ""))
    if told and told != "-" and told not in known:
        raise refused(
            f"source.bundle_files: {name}",
            f"there is no table {told!r}",
            f"Use one of: {', '.join(known)}, or - to leave the file out.",
        )
    return told


def _missing(
    table: Table, expected: Expected, known: set[str], left: Sequence[Header]
) -> Iterator[str]:
    """The columns that must be there and are not, though the table has rows."""
    others = ", ".join(header.name for header in left[:12]) or "no other column"
    for column in expected.columns:
        if column.required and column.name not in known and table.row_count:
            place = f"source.headers: {{{expected.name}"
            yield (
                f"{table.name} is read as {expected.name} and has no column {column.name!r}. Is it"
                f" one of these: {others}? {place}.…: {column.name}}}; or if there is none:"
                f" {place}.{column.name}: '-'}}."
            )


def _is_open(decision: Decision) -> bool:
    return decision.status in ("ambiguous", "contradictory")


def _united(guesses: Sequence[Inferred]) -> Iterator[Inferred]:
    """One column of several files is what it is in all of them, or else text."""
    by_name: dict[str, list[Inferred]] = {}
    for guess in guesses:
        by_name.setdefault(guess.name, []).append(guess)
    for found in by_name.values():
        filled = [guess for guess in found if guess.value_count] or found
        count = sum(guess.value_count for guess in found)
        if len({(guess.type, guess.kind) for guess in filled}) == 1:
            options = sorted({option for guess in filled for option in guess.options})
            yield replace(filled[0], options=tuple(options), value_count=count)
        else:
            yield replace(filled[0], type="text", kind="text", options=(), value_count=count)


def _notes(table: Table) -> Iterator[str]:
    if table.left_out:
        yield f"{table.name}: no rows, but {'; '.join(map(_left, table.left_out))}"
    if table.dropped:
        yield f"{table.name}: {', '.join(table.dropped)} holds passwords and was not read"
    for note in table.notes:
        yield f"{table.name}: {note}"


def _left(left: LeftOut) -> str:
    lines = ", ".join(map(str, left.lines)) + (", …" if left.count > len(left.lines) else "")
    return f"{_LEFT[left.reason]}: {left.count:,} (line {lines})"


_LEFT = {
    "preamble": "lines above the headers",
    "total": "sums",
    "page": "numbers of pages",
    "blank": "empty lines",
    "header": "headers once more",
    "error": "answers that tell of an error",
}


# -- cells -------------------------------------------------------------------------------------


def _read_batch(batch: pa.RecordBatch, laid: _Laid, schema: pa.Schema) -> pa.RecordBatch:
    count = batch.num_rows
    made: dict[str, pa.Array] = {}
    problems: list[list[str]] = [[] for _ in range(count)]
    for at, name in enumerate(laid.headers):
        cells = batch.column(at)
        if name not in laid.reads:
            made[name] = cells
            continue
        values, currencies, wrong = _read_cells(cells, laid.reads[name])
        made[name], made[f"{name}.currency"] = values, currencies
        made[f"{name}.given"] = cells
        for row in wrong:
            problems[row].append(name)
    made["_problems"] = pa.array(
        [json.dumps(one) if one else None for one in problems], pa.string()
    )
    made["_file"] = pa.array([laid.table.name] * count, pa.string())
    made[LINE] = batch.column(batch.num_columns - 1).cast(pa.string())
    nothing = pa.nulls(count, pa.string())
    return pa.RecordBatch.from_arrays(
        [made.get(name, nothing) for name in schema.names], schema=schema
    )


def _read_cells(cells: pa.Array, read: Read) -> tuple[pa.Array, pa.Array, list[int]]:
    """Each different cell is read once."""
    coded = cells.dictionary_encode()
    given = coded.dictionary.to_pylist()
    found = [(None, "") if is_nothing(cell) else read(cell) for cell in given]
    bad = {
        at
        for at, (cell, (value, _)) in enumerate(zip(given, found, strict=True))
        if value is None and not is_nothing(cell)
    }
    values = pa.array([value for value, _ in found], pa.string())
    currencies = pa.array([currency or None for _, currency in found], pa.string())
    indices = coded.indices
    wrong = [row for row, at in enumerate(indices.to_pylist()) if at in bad] if bad else []
    return values.take(indices), currencies.take(indices), wrong
