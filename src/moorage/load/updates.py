"""Changes to records that stand in Odoo: three-way per field, before-image first.

What Moorage loaded, what the source says now, what stands in Odoo: a field is written only where
Odoo still has what was loaded. What people typed meanwhile is kept and reported.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import orjson

from moorage.errors import RowError
from moorage.ledger import Change, Warned
from moorage.load.answered import Answer, answered
from moorage.load.contents import FileError, read_file
from moorage.load.final import why_not_final
from moorage.load.rows import UNFINISHED, values_query
from moorage.load.touched import LAST_WRITE, left_value
from moorage.load.work import Work
from moorage.mapping.comparable import as_in_odoo, bring_ids, comparable, still
from moorage.mapping.target import TargetTable
from moorage.staging.staging import literal

_PAGE = 200


@dataclass(frozen=True)
class _Update:
    """One record: what Odoo has, what is sent, what was loaded (keys for links), and its row."""

    key: str
    odoo_id: int
    changed: tuple[str, ...]
    current: dict[str, Any]
    values: dict[str, Any]
    formerly: dict[str, Any]
    digest: str
    loaded: str
    files: dict[str, dict[str, Any]]


class Updater:
    """The updates of one entry in one run."""

    def __init__(self, work: Work, table: TargetTable) -> None:
        self._work = work
        self._table = table
        self._fields = {field.name: field for field in table.fields}
        self._answers: dict[tuple[str, str], Answer] = {}
        self._ids: dict[str, dict[str, int]] = {}
        self.updated_count = 0
        self.conflict_count = 0
        self.refused_count = 0

    def update(self, total: int) -> None:
        """Write the changed fields of the plan's updates, and fill matched records' empty ones.

        Every record the links point to exists by now: updates come after all creations.
        """
        entry = literal(self._table.entry)
        keys_sql = (
            "SELECT p.key, p.digest, p.loaded FROM meta.plan p"
            f" WHERE p.entry = {entry} AND (p.operation = 'update'"
            " OR (p.operation = 'match' AND len(coalesce(p.changed, [])) > 0))"
        )
        query = values_query(self._table, keys_sql, later=True)
        rows = self._work.connection.cursor().execute(query)
        while page := rows.fetchmany(_PAGE):
            self._page(page)
            self._work.progress(self._table.entry, self.updated_count, total)

    def _page(self, page: list[tuple[Any, ...]]) -> None:
        keys = [row[0] for row in page]
        facts = self._facts(keys)
        fields = sorted({name for _, changed, _ in facts.values() for name in changed})
        current = self._current([odoo_id for odoo_id, _, _ in facts.values()], fields)
        loaded_last = self._work.ledger.loaded(self._work.destination_id, self._table.model, keys)
        formerly = {key: orjson.loads(row or "{}") for key, row in loaded_last.items()}
        links = [self._fields[name] for name in fields]
        self._ids = bring_ids(self._work.connection, "meta.ids", links, [*formerly.values()])
        self._answers = answered(self._work.connection, self._table, keys)
        for key, values, digest, loaded, _, listed in page:
            files = {one["field"]: one for one in listed or ()}
            odoo_id, changed, operation = facts[key]
            if odoo_id not in current:
                self._warn(key, "", "gone", "the record was deleted in Odoo by somebody")
                self.conflict_count += operation == "update"
                continue
            update = _Update(
                key, odoo_id, tuple(changed), current[odoo_id],
                orjson.loads(values) | self._file_values(files),
                formerly[key], digest, loaded, files,
            )  # fmt: skip
            self._record(update, counted=operation == "update")

    def _file_values(self, files: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """For each file field the SHA-1 that the row wants; its content follows when it is sent."""
        names = [field.name for field in self._table.fields if field.holds == "file"]
        return {name: files[name]["sha1"] if name in files else False for name in names}

    def _facts(self, keys: list[str]) -> dict[str, tuple[int, list[str], str]]:
        rows = self._work.connection.execute(
            "SELECT p.key, i.odoo_id, coalesce(p.changed, []), p.operation FROM meta.plan p"
            " JOIN meta.ids i ON i.model = p.model AND i.key = p.key"
            " WHERE p.entry = ? AND p.key IN (SELECT unnest(?::VARCHAR[]))",
            [self._table.entry, keys],
        ).fetchall()
        return {
            key: (odoo_id, [name for name in changed if name in self._fields], operation)
            for key, odoo_id, changed, operation in rows
        }

    def _current(self, ids: list[int], fields: list[str]) -> dict[int, dict[str, Any]]:
        compared = {name: self._fields[name].compared for name in fields}
        asked = sorted({*LAST_WRITE, *compared.values()})
        pages = self._work.destination.pages(self._table.model, [("id", "in", ids)], asked)
        return {
            row["id"]: row | {name: row[there] for name, there in compared.items()}
            for page in pages
            for row in page
        }

    def _record(self, update: _Update, *, counted: bool) -> None:
        write, kept = self._three_way(update)
        asked = [name for name in kept if not self._is_decided(update, name, "odoo")]
        self._note_left(update, kept)
        for name in asked:
            message = "changed both in the source and in Odoo: left as it is in Odoo"
            self._warn(update.key, name, "conflict", message)
        if write and not self._write(update, write):
            self.refused_count += counted
            return
        self._remember(update, kept, self._dangling(update))
        self.conflict_count += counted and bool(asked)
        self.updated_count += counted and not asked

    def _three_way(self, update: _Update) -> tuple[dict[str, Any], list[str]]:
        """The values to write, and the fields that people changed too."""
        write: dict[str, Any] = {}
        kept: list[str] = []
        for name in update.changed:
            field = self._fields[name]
            there = comparable(field, update.current[name])
            if there == comparable(field, update.values[name]):
                continue
            was = as_in_odoo(field, update.formerly.get(name), self._ids)
            empty = there in (False, 0, [])
            untouched = still(field, there, was) or (name not in update.formerly and empty)
            if untouched or self._is_decided(update, name, "source"):
                write[name] = update.values[name]
            else:
                kept.append(name)
        return write, kept

    def _note_left(self, update: _Update, kept: list[str]) -> None:
        """Whose these values are, before a write of ours to other fields hides it."""
        there = update.current
        if kept and there["write_uid"] != self._work.destination.identity.user_id:
            left = [left_value(there, name, there[name]) for name in kept]
            self._work.ledger.note_left(self._work.destination_id, self._table.model, left)

    def _is_decided(self, update: _Update, name: str, decision: str) -> bool:
        """Whether people answered so, about the value that stands there now."""
        answer = self._answers.get((update.key, name))
        if answer is None or answer.decision != decision:
            return False
        field = self._fields[name]
        return bool(comparable(field, answer.found) == comparable(field, update.current[name]))

    def _write(self, update: _Update, values: dict[str, Any]) -> bool:
        model = self._table.model
        differing = why_not_final(self._work, self._table, update.odoo_id, update.values, values)
        if differing:
            self._warn(update.key, "", "update_refused", f"not what the source says: {differing}")
            return False
        try:
            former, values = self._with_contents(update, values)
        except FileError as error:
            self._warn(update.key, "", error.code, error.reason)
            return False
        changes = [
            Change(
                update.key, update.odoo_id, name, orjson.dumps(former[name]).decode(),
                orjson.dumps(value).decode(),
            )
            for name, value in values.items()
        ]  # fmt: skip
        self._work.ledger.intend_changes(self._work.run_id, model, changes)
        try:
            self._work.destination.write(model, [update.odoo_id], values)
        except RowError as error:
            self._work.ledger.forget_changes(self._work.run_id, model, [update.key])
            self._warn(update.key, "", "update_refused", error.reason)
            return False
        self._work.ledger.changes_done(self._work.run_id, model, [update.key])
        return True

    def _with_contents(
        self, update: _Update, values: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """What Odoo has and what it gets, with the contents of files where their SHA-1 stood."""
        former, sent = dict(update.current), dict(values)
        for name in values:
            if self._fields[name].holds != "file":
                continue
            domain = [("id", "=", update.odoo_id)]
            for page in self._work.destination.pages(self._table.model, domain, [name]):
                former[name] = page[0][name]
            if name in update.files:
                about = update.files[name]
                content = read_file(self._work.files, about["paths"], about["sha1"])
                sent[name] = b64encode(content).decode()
        return former, sent

    def _dangling(self, update: _Update) -> list[str]:
        """Links of the row whose record is still not there."""
        row = orjson.loads(update.loaded)
        return [
            name
            for name in update.changed
            if self._fields[name].holds == "link" and row.get(name)
            and not comparable(self._fields[name], update.values[name])
        ]  # fmt: skip

    def _remember(self, update: _Update, kept: list[str], dangling: list[str]) -> None:
        digest, loaded = update.digest, update.loaded
        if kept or dangling:
            # Another digest than the row's: the next plan comes back to these fields.
            former = {name: update.formerly.get(name) for name in kept}
            row = {**orjson.loads(loaded), **former, **dict.fromkeys(dangling)}
            digest, loaded = UNFINISHED, orjson.dumps(row).decode()
        self._work.ledger.update_records(
            self._work.destination_id, self._table.model, [(digest, loaded, update.key)]
        )

    def _warn(self, key: str, field: str, code: str, message: str) -> None:
        warned = [Warned(key, field, code, message)]
        self._work.ledger.warn(
            self._work.run_id,
            self._work.destination_id,
            self._table.entry,
            self._table.model,
            warned,
        )
