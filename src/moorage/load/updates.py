"""Changes to records that stand in Odoo: three-way per field, before-image first.

What Moorage loaded, what the source says now, what stands in Odoo: a field is written only where
Odoo still has what was loaded. What people typed meanwhile is kept and reported.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from moorage.ledger import Change, Warned
from moorage.load.answered import Answer, answered
from moorage.load.contents import FileError, read_file
from moorage.load.final import why_not_final
from moorage.load.rows import UNFINISHED, values_query
from moorage.load.touched import LAST_WRITE, left_value
from moorage.load.work import Work
from moorage.load.writing import Written, parts, write_isolating
from moorage.mapping.comparable import (
    as_in_odoo,
    bring_ids,
    comparable,
    keys_in,
    standing,
    still,
)
from moorage.mapping.target import TargetTable
from moorage.staging.staging import literal

_PAGE = 200


@dataclass(frozen=True)
class _Update:
    """One record: what Odoo has, what is sent, what was loaded (keys for links), and its row.

    `counted` are the plan's updates, not the matches whose empty fields are filled.
    """

    key: str
    odoo_id: int
    counted: bool
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
        self._profile = work.destination.profile(table.model)
        self._answers: dict[tuple[str, str], Answer] = {}
        self._ids: dict[str, dict[str, int]] = {}
        self.updated_count = 0
        #: Of which nothing was written, for what they would link to did not go this time either.
        self.waiting_count = 0
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
        ids = [odoo_id for odoo_id, _, _ in facts.values()]
        current = self._current(ids, sorted({*fields, *self._along(fields)}))
        loaded_last = self._work.ledger.loaded(self._work.destination_id, self._table.model, keys)
        formerly = {key: orjson.loads(row or "{}") for key, row in loaded_last.items()}
        links = [self._fields[name] for name in fields]
        held = [*formerly.values(), *(orjson.loads(row[3]) for row in page)]
        self._ids = bring_ids(self._work.connection, "meta.ids", links, held)
        self._answers = answered(self._work.connection, self._table, keys)
        updates = []
        for key, values, digest, loaded, _, listed in page:
            files = {one["field"]: one for one in listed or ()}
            odoo_id, changed, operation = facts[key]
            if odoo_id not in current:
                self._warn(key, "", "gone", "the record was deleted in Odoo by somebody")
                self.conflict_count += operation == "update"
                continue
            updates.append(_Update(
                key, odoo_id, operation == "update", tuple(changed), current[odoo_id],
                orjson.loads(values) | self._file_values(files),
                formerly[key], digest, loaded, files,
            ))  # fmt: skip
        self._make(updates)

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

    def _along(self, written: Iterable[str]) -> list[str]:
        """Fields of ours that Odoo would work out anew when `written` are."""
        kept, kept_with = self._profile.kept, self._profile.kept_with
        names = [*kept, *(name for one in written for name in kept_with.get(one, ()))]
        return [name for name in names if name in self._fields]

    def _make(self, updates: Sequence[_Update]) -> None:
        wanted: list[tuple[_Update, dict[str, Any]]] = []
        kept: dict[str, list[str]] = {}
        for update in updates:
            write, kept[update.key] = self._three_way(update)
            self._note_left(update, kept[update.key])
            if write:
                along = {name: update.current[name] for name in self._along(write)}
                wanted.append((update, along | write))
        refused = self._write(wanted)
        written = {update.key for update, _ in wanted}
        loaded: list[tuple[str, str, str]] = []
        for update in updates:
            conflicting = self._warn_conflicts(update, kept[update.key])
            if update.key in refused:
                self._warn(update.key, "", *refused[update.key])
                self.refused_count += update.counted
                continue
            dangling = self._dangling(update)
            loaded.append(self._loaded(update, kept[update.key], dangling))
            waiting = bool(dangling) and update.key not in written
            self.conflict_count += update.counted and conflicting
            self.waiting_count += update.counted and waiting and not conflicting
            self.updated_count += update.counted and not waiting and not conflicting
        self._work.ledger.update_records(self._work.destination_id, self._table.model, loaded)

    def _warn_conflicts(self, update: _Update, kept: list[str]) -> bool:
        """Whether people are to be asked about fields of `update`, which this writes down."""
        asked = [name for name in kept if not self._is_decided(update, name, "odoo")]
        for name in asked:
            message = "changed both in the source and in Odoo: left as it is in Odoo"
            self._warn(update.key, name, "conflict", message)
        return bool(asked)

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

    def _write(
        self, wanted: Sequence[tuple[_Update, dict[str, Any]]]
    ) -> dict[str, tuple[str, str]]:
        """Write, before-images first; for the keys that were refused a code and the reason."""
        model, ledger, run_id = self._table.model, self._work.ledger, self._work.run_id
        refused: dict[str, tuple[str, str]] = {}
        changes: dict[str, list[Change]] = {}
        for part in parts(self._ready(wanted, changes, refused)):
            images = [change for row in part for change in changes.pop(row.key)]
            ledger.intend_changes(run_id, model, images)
            failed = {
                row.key: ("update_refused", reason)
                for row, reason in write_isolating(self._work.destination, model, part)
            }
            ledger.forget_changes(run_id, model, list(failed))
            ledger.changes_done(run_id, model, [row.key for row in part if row.key not in failed])
            refused |= failed
        return refused

    def _ready(
        self,
        wanted: Sequence[tuple[_Update, dict[str, Any]]],
        changes: dict[str, list[Change]],
        refused: dict[str, tuple[str, str]],
    ) -> Iterator[Written]:
        """What is sent, one record at a time: contents of files are held only for one call."""
        for update, write in wanted:
            key, odoo_id = update.key, update.odoo_id
            differing = why_not_final(self._work, self._table, odoo_id, update.values, write)
            if differing:
                refused[key] = ("update_refused", f"not what the source says: {differing}")
                continue
            try:
                former, values = self._with_contents(update, write)
            except FileError as error:
                refused[key] = (error.code, error.reason)
                continue
            sent = {name: orjson.dumps(value).decode() for name, value in values.items()}
            changes[key] = [
                Change(key, odoo_id, name, orjson.dumps(former[name]).decode(), after)
                for name, after in sent.items()
            ]
            yield Written(key, odoo_id, orjson.dumps(values).decode())

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

    def _dangling(self, update: _Update) -> dict[str, Any]:
        """Links of the row some of whose records still are not there, with those that are."""
        row = orjson.loads(update.loaded)
        links = [name for name in update.changed if self._fields[name].holds == "link"]
        there = {name: standing(row.get(name), self._ids.get(name, {})) for name in links}
        return {name: keys for name, keys in there.items() if keys_in(keys) != keys_in(row[name])}

    def _loaded(
        self, update: _Update, kept: list[str], dangling: dict[str, Any]
    ) -> tuple[str, str, str]:
        """What the ledger keeps of the row: digest, target row, key."""
        if not kept and not dangling:
            return update.digest, update.loaded, update.key
        # Another digest than the row's: the next plan comes back to these fields.
        former = {name: update.formerly.get(name) for name in kept}
        row = {**orjson.loads(update.loaded), **dangling, **former}
        return UNFINISHED, orjson.dumps(row).decode(), update.key

    def _warn(self, key: str, field: str, code: str, message: str) -> None:
        warned = [Warned(key, field, code, message)]
        self._work.ledger.warn(
            self._work.run_id,
            self._work.destination_id,
            self._table.entry,
            self._table.model,
            warned,
        )
