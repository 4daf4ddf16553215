"""Reads every mapped field of every record back from Odoo and compares it with its source row."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from moorage.destination import Destination
from moorage.mapping.target import TargetField, TargetTable
from moorage.staging.staging import Staging
from moorage.verify import differences, totals
from moorage.verify.comparison import AMOUNTS, Comparison, check, compare
from moorage.verify.parted import parted_sums
from moorage.verify.people import LastLoad, attribute, explain_sums
from moorage.verify.reading import (
    KEYS,
    MARKER,
    Clock,
    FieldFacts,
    comparable,
    field_facts,
    read_companions,
    read_keys,
    read_records,
)
from moorage.verify.report import CountCheck, EntryReport, PartedSum, VerifyReport
from moorage.verify.rows import ROWS, classify, note_gone, note_not_loaded

#: `on_progress(entry, rows_done, rows_all)`.
Progress = Callable[[str, int, int], None]


def verify(
    staging: Staging,
    destination: Destination,
    tables: Sequence[TargetTable],
    *,
    not_loaded: Iterable[tuple[str, str, str]] = (),
    gone: Iterable[tuple[str, str]] = (),
    last_load: LastLoad | None = None,
    on_progress: Progress | None = None,
) -> VerifyReport:
    """Compare `tables`, just made anew from staging, with what stands in Odoo.

    `tables` must be all that feed their models, or records of the others count as extra.
    `not_loaded` lists (model, key, reason) of rows that a person or Odoo kept back: it excuses
    their absence and nothing else. `gone` lists (model, key) of records whose row was deleted in
    the source and which stay on purpose. With `last_load`, what people changed since is told apart.
    Where a record is, is asked of Odoo alone.
    """
    witness = _Witness(staging, destination, tables, on_progress or _quiet)
    return witness.verify(not_loaded, gone, last_load)


def _quiet(entry: str, done: int, total: int) -> None:
    """Nobody watches."""


class _Witness:
    def __init__(
        self,
        staging: Staging,
        destination: Destination,
        tables: Sequence[TargetTable],
        on_progress: Progress,
    ) -> None:
        self.connection = staging.connection
        self.destination = destination
        self.tables = tables
        self.on_progress = on_progress
        self.clock = Clock()
        self.sums = totals.Sums()
        self.own: dict[str, set[int]] = defaultdict(set)
        self.parted: list[PartedSum] = []
        self.gone: dict[str, list[str]] = {}

    def verify(
        self,
        not_loaded: Iterable[tuple[str, str, str]],
        gone: Iterable[tuple[str, str]],
        last_load: LastLoad | None,
    ) -> VerifyReport:
        started = time.monotonic()
        differences.start(self.connection)
        note_not_loaded(self.connection, not_loaded)
        self.gone = note_gone(self.connection, gone)
        self.sums.gone = self.gone
        links = [f for table in self.tables for f in table.fields if f.holds == "link"]
        linked = {model for field in links for model in field.models}
        along = {pair for field in links for pair in field.companions}
        models = {table.model for table in self.tables}
        self._asking(lambda: read_keys(self.connection, self.destination, models | linked))
        self._asking(lambda: read_companions(self.connection, self.destination, along))
        entries = tuple(self._entry(table) for table in self.tables)
        counts = tuple(filter(None, [self._whole_model(model) for model in sorted(models)]))
        extras = {
            model: found
            for model in sorted(models)
            if (found := totals.count_extras(self.destination, model, sorted(self.own[model])))
        }
        kinds = differences.kinds(self.connection)
        if kinds and last_load is not None:
            attribute(self.connection, self.destination, self.tables, last_load)
        people = differences.by_people(self.connection)
        return VerifyReport(
            entries=tuple(replace(one, by_people=people.get(one.entry, 0)) for one in entries),
            by_people=sum(people.values()),
            gone=sum(len(keys) for keys in self.gone.values()),
            differences=differences.listed(self.connection),
            difference_count=sum(kinds.values()),
            kinds=kinds,
            sums=explain_sums(self.connection, self.sums.check(self.destination)),
            counts=counts,
            parted=tuple(self.parted),
            extras=extras,
            duration_seconds=time.monotonic() - started,
            odoo_seconds=self.clock.odoo_seconds,
        )

    def _asking(self, ask: Callable[[], None]) -> None:
        started = time.monotonic()
        ask()
        self.clock.odoo_seconds += time.monotonic() - started

    # -- one entry ---------------------------------------------------------------------------

    def _entry(self, table: TargetTable) -> EntryReport:
        started = time.monotonic()
        there = self.destination.fields(table.model)
        fields = [field for field in table.fields if comparable(field) and field.name in there]
        checks = [pair for pair in table.checks if pair[0] in there]
        for field in table.fields:
            if field.name not in there:
                differences.add_missing_field(self.connection, table, field.name)
        names = [*(field.name for field in fields), *(amount for amount, _ in checks)]
        facts = field_facts(self.destination, table.model, names)
        total = self._count(f"SELECT count(*) FROM {table.table}")
        read_records(
            self.connection,
            self.destination,
            table,
            types=self._types(table, fields, checks, facts),
            clock=self.clock,
            on_rows=lambda done: self.on_progress(table.entry, done, total),
        )
        outcomes = classify(
            self.connection,
            table,
            has_marker=MARKER in there,
            may_match=any(t.match is not None for t in self.tables if t.model == table.model),
            has_findings=self._has_findings(table),
        )
        comparisons = self._compare(table, fields, checks, facts)
        self._gather(table, fields, checks, facts)
        compared = outcomes.get("own", 0)
        return EntryReport(
            entry=table.entry,
            model=table.model,
            rows=total,
            own=compared,
            shared=outcomes.get("matched", 0) + outcomes.get("merged", 0),
            held_back=outcomes.get("held_back", 0),
            fields=len(comparisons),
            values=compared * len(comparisons),
            differences=sum(differences.kinds(self.connection, table.entry).values()),
            duration_seconds=time.monotonic() - started,
            not_compared=tuple(field.name for field in table.fields if not comparable(field)),
        )

    def _types(
        self,
        table: TargetTable,
        fields: Sequence[TargetField],
        checks: Sequence[tuple[str, str]],
        facts: dict[str, FieldFacts],
    ) -> dict[str, str]:
        """What to read of each record: the mapped fields, the key, totals, their currencies."""
        there = self.destination.fields(table.model)
        types = {f.compared: "char" if f.holds == "file" else f.type for f in fields}
        types |= {
            name: "float" if there[name].type in AMOUNTS else there[name].type for name, _ in checks
        }
        if MARKER in there:
            types[MARKER] = "char"
        for name in [*(f.name for f in fields if f.type == "monetary"), *(a for a, _ in checks)]:
            currency = facts[name].currency_field
            if currency in there:
                types.setdefault(currency, "many2one")
        return types

    def _compare(
        self,
        table: TargetTable,
        fields: Sequence[TargetField],
        checks: Sequence[tuple[str, str]],
        facts: dict[str, FieldFacts],
    ) -> list[Comparison]:
        comparisons = [compare(field, facts[field.name], at) for at, field in enumerate(fields)]
        there = self.destination.fields(table.model)
        checked = [check(there[name].type, name, expected) for name, expected in checks]
        differences.add_outcomes(self.connection, table)
        differences.add_compared(self.connection, table, [*comparisons, *checked])
        if table.match is not None:
            matched_on = [one for one in comparisons if one.field in table.match.on]
            differences.add_mismatched(self.connection, table, matched_on)
            if table.match.update == "fill_empty":
                differences.add_unfilled(self.connection, table, comparisons)
        return [*comparisons, *checked]

    def _gather(
        self,
        table: TargetTable,
        fields: Sequence[TargetField],
        checks: Sequence[tuple[str, str]],
        facts: dict[str, FieldFacts],
    ) -> None:
        there = self.destination.fields(table.model)
        pairs = [(field.name, field.name) for field in fields if field.type == "monetary"]
        pairs += [(name, name) for name in _summed(table) if name in facts]
        pairs += [pair for pair in checks if there[pair[0]].type in AMOUNTS]
        self.parted += parted_sums(self.connection, table, fields, pairs)
        for amount, expected in pairs:
            fact = facts[amount]
            if not fact.stored or MARKER not in there:
                continue
            currency = fact.currency_field
            if currency and not (currency in there and there[currency].store):
                fact = FieldFacts(fact.decimals, None)
            self.sums.gather(
                self.connection,
                table=table.table,
                model=table.model,
                field=amount,
                expected_field=expected,
                facts=fact,
            )
        self.own[table.model].update(
            row[0]
            for row in self.connection.execute(
                f"SELECT odoo_id FROM {ROWS} WHERE outcome IN ('own', 'unexpected')"
            ).fetchall()
        )

    # -- one model ---------------------------------------------------------------------------

    def _whole_model(self, model: str) -> CountCheck | None:
        tables = [table for table in self.tables if table.model == model]
        differences.add_extras(self.connection, model, tables)
        if MARKER not in self.destination.fields(model):
            return None
        gone = self.gone.get(model, [])
        counted = totals.count_own(self.destination, model, len(self.own[model]), gone)
        if counted.agrees:
            return counted
        known = {
            row[0]
            for row in self.connection.execute(
                f"SELECT odoo_id FROM {KEYS} WHERE model = ?", [model]
            ).fetchall()
        }
        strays = totals.strays(self.destination, model, known, gone)
        if strays:
            differences.add_stray(self.connection, tables[0], strays)
        return counted

    def _has_findings(self, table: TargetTable) -> bool:
        return bool(
            self._count(
                "SELECT count(*) FROM information_schema.tables"
                " WHERE table_schema = 'target' AND table_name = ?",
                [f"{table.entry}__findings"],
            )
        )

    def _count(self, sql: str, values: Sequence[str] = ()) -> int:
        ((count,),) = self.connection.execute(sql, list(values)).fetchall()
        return int(count)


def _summed(table: TargetTable) -> list[str]:
    return [item for item in table.sums if "=" not in item]
