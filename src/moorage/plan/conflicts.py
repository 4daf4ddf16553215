"""Fields changed on both sides: found before a run, so that people can say which value counts.

`meta.conflicts` (entry, model, key, odoo_id, field, loaded, found, wanted, fingerprint, decision,
user_id, written_at) holds each of them; values are JSON, links in `loaded` and `wanted` are keys,
in `found` ids. The run reads it too: it writes over people's value only where `decision` is
'source' and Odoo still holds what is in `found`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from moorage.companions import companions
from moorage.destination import Destination
from moorage.ledger.ledger import Ledger
from moorage.mapping.comparable import as_in_odoo, bring_ids, comparable, keys_in, still
from moorage.mapping.target import TargetField, TargetTable
from moorage.plan.decisions import Decisions
from moorage.plan.standing import append_rows
from moorage.staging.staging import Staging

_PAGE = 500
_COLUMNS = (
    "entry VARCHAR, model VARCHAR, key VARCHAR, odoo_id BIGINT, field VARCHAR, loaded VARCHAR,"
    " found VARCHAR, wanted VARCHAR, fingerprint VARCHAR, decision VARCHAR, user_id BIGINT,"
    " written_at VARCHAR"
)
_EMPTY: tuple[Any, ...] = (False, 0, [])


class _UnknownError(Exception):
    """A link whose record's id is not known before the run."""


@dataclass(frozen=True)
class Conflict:
    """A row of `meta.conflicts`, but for its entry and model."""

    key: str
    odoo_id: int
    field: str
    loaded: Any
    found: Any
    wanted: Any
    user_id: int | None
    written_at: str

    @property
    def fingerprint(self) -> str:
        """What an answer holds for: Odoo's value and the source's, as they are now."""
        pair = json.dumps([self.found, self.wanted], sort_keys=True, default=str)
        # A letter before it: spreadsheets take 12e45 for a number.
        return "v" + sha256(pair.encode()).hexdigest()[:12]


@dataclass
class Answers:
    """People's answers on conflicts, each only for the values it was given for."""

    decisions: Decisions
    _by_place: dict[tuple[str, str, str], tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self._by_place = {
            (row.model, row.key, row.field): (row.fingerprint, row.decision)
            for row in self.decisions.conflicts
        }

    def of(self, model: str, conflict: Conflict) -> str:
        """'odoo', 'source', or '' while open."""
        place = (model, conflict.key, conflict.field)
        fingerprint, decision = self._by_place.get(place, ("", ""))
        return decision if fingerprint == conflict.fingerprint else ""


def start_conflicts(staging: Staging) -> None:
    """Make `meta.conflicts` anew."""
    staging.connection.execute(f"CREATE OR REPLACE TABLE meta.conflicts ({_COLUMNS})")


def note_conflicts(
    staging: Staging, table: TargetTable, conflicts: Sequence[Conflict], answers: Answers
) -> None:
    """Add rows to `meta.conflicts`, each with its answer."""
    rows = [
        (
            table.entry, table.model, one.key, one.odoo_id, one.field, json.dumps(one.loaded),
            json.dumps(one.found), json.dumps(one.wanted), one.fingerprint,
            answers.of(table.model, one), one.user_id, one.written_at,
        )
        for one in conflicts
    ]  # fmt: skip
    append_rows(staging, "meta.conflicts", rows)


def find_conflicts(  # noqa: PLR0917
    staging: Staging,
    ledger: Ledger,
    destination: Destination,
    destination_id: int,
    tables: Sequence[TargetTable],
    answers: Answers,
) -> None:
    """Compare three ways what `meta.plan` would update, and say so in both tables.

    A row of which nothing is left to write becomes 'conflict', or 'unchanged' when people decided
    that Odoo's values stay. What cannot be judged before the run is left to the run.
    """
    for table in tables:
        found = staging.connection.execute(
            "SELECT p.key FROM meta.plan AS p"
            " JOIN ledger_record AS r ON r.model = p.model AND r.key = p.key"
            " AND r.operation = 'created' WHERE p.entry = ? AND p.operation = 'update'"
            " ORDER BY p.key",
            [table.entry],
        ).fetchall()
        keys = [key for (key,) in found]
        judge = _Judge(staging, table, {one.name: one for one in table.fields})
        for at in range(0, len(keys), _PAGE):
            part = keys[at : at + _PAGE]
            page = staging.connection.execute(
                "SELECT key, odoo_id, changed, loaded FROM meta.plan WHERE entry = ?"
                " AND key IN (SELECT unnest(?::VARCHAR[])) ORDER BY key",
                [table.entry, part],
            ).fetchall()
            formerly = ledger.loaded(destination_id, table.model, part)
            _judge_page(staging, destination, judge, page, formerly, answers)


def _judge_page(  # noqa: PLR0917
    staging: Staging,
    destination: Destination,
    judge: _Judge,
    page: Sequence[tuple[Any, ...]],
    formerly: dict[str, str],
    answers: Answers,
) -> None:
    table = judge.table
    described = destination.fields(table.model)
    changed_names = {name for row in page for name in row[2] if name in described}
    compared = {name: judge.fields[name].compared for name in changed_names}
    log = [name for name in ("write_uid", "write_date") if name in described]
    domain = [("id", "in", [row[1] for row in page])]
    there = {
        row["id"]: row | {name: row[asked] for name, asked in compared.items()}
        for rows in destination.pages(table.model, domain, sorted({*compared.values(), *log}))
        for row in rows
    }
    judge.bring_ids(destination, page, formerly)
    outcomes: list[tuple[object, ...]] = []
    for key, odoo_id, changed, loaded in page:
        if odoo_id not in there:
            reason = "deleted in Odoo by somebody: nothing is written"
            outcomes.append((table.model, key, "conflict", reason))
            continue
        found = judge.conflicts(key, there[odoo_id], changed, formerly[key], loaded)
        note_conflicts(staging, table, found, answers)
        decided = {one.field: answers.of(table.model, one) for one in found}
        kept = sorted(name for name, answer in decided.items() if answer != "source")
        if found and len(kept) == len(changed):
            is_open = any(not decided[name] for name in kept)
            said = "changed both in the source and in Odoo" if is_open else "decided: stays"
            operation = "conflict" if is_open else "unchanged"
            reason = f"{said}: left as it is in Odoo ({', '.join(kept)})"
            outcomes.append((table.model, key, operation, reason))
    set_operations(staging, outcomes)


def set_operations(staging: Staging, rows: Sequence[tuple[object, ...]]) -> None:
    """Give rows of `meta.plan` another operation and reason: (model, key, operation, reason)."""
    if not rows:
        return
    connection = staging.connection
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE plan_judged"
        " (model VARCHAR, key VARCHAR, operation VARCHAR, reason VARCHAR)"
    )
    append_rows(staging, "plan_judged", rows)
    connection.execute(
        "UPDATE meta.plan AS p SET operation = j.operation, reason = j.reason"
        " FROM plan_judged AS j WHERE j.model = p.model AND j.key = p.key"
    )
    connection.execute("DROP TABLE plan_judged")


@dataclass
class _Judge:
    """Compares the fields of one entry's records."""

    staging: Staging
    table: TargetTable
    fields: dict[str, TargetField]
    ids: dict[str, dict[str, int]] = field(default_factory=dict)

    def bring_ids(
        self,
        destination: Destination,
        page: Sequence[tuple[Any, ...]],
        formerly: dict[str, str],
    ) -> None:
        """Look up, field by field, where the links of a page's rows stand in Odoo."""
        names = {name for _, _, changed, _ in page for name in changed}
        rows = [
            json.loads(text or "{}")
            for key, _, _, loaded in page
            for text in (formerly[key], loaded)
        ]
        fields = [self.fields[name] for name in sorted(names)]
        self.ids = bring_ids(self.staging.connection, "ledger_record", fields, rows)
        for about in fields:
            keys = {key for row in rows for key in keys_in(row.get(about.name))}
            for own, along in about.companions if keys else ():
                self._bring_companions(destination, about.name, own, along, sorted(keys))

    def _bring_companions(
        self, destination: Destination, name: str, own: str, along: str, keys: list[str]
    ) -> None:
        """Of the `keys` of model `own` that stand, the records that came along with theirs."""
        rows = self.staging.connection.execute(
            "SELECT key, odoo_id FROM ledger_record WHERE model = ?"
            " AND key IN (SELECT unnest(?::VARCHAR[]))",
            [own, keys],
        ).fetchall()
        pages = companions(destination, own, along, sorted({odoo_id for _, odoo_id in rows}))
        others = {odoo_id: other for page in pages for odoo_id, other in page}
        found = {key: others[odoo_id] for key, odoo_id in rows if odoo_id in others}
        self.ids[name] = found | self.ids.get(name, {})

    def conflicts(
        self, key: str, there: dict[str, Any], changed: Sequence[str], former: str, now: str
    ) -> list[Conflict]:
        """The fields of one record that hold neither what was loaded nor what is to come."""
        was, wanted = json.loads(former or "{}"), json.loads(now)
        user, at = there.get("write_uid"), there.get("write_date")
        return [
            Conflict(
                key, there["id"], name, was.get(name), there[name], wanted.get(name),
                int(user) if user else None, str(at or ""),
            )
            for name in changed
            if name in there and self._is_conflict(name, there[name], was, wanted)
        ]  # fmt: skip

    def _is_conflict(
        self, name: str, there: Any, was: dict[str, Any], wanted: dict[str, Any]
    ) -> bool:
        about = self.fields[name]
        holds = comparable(about, there)
        try:
            if holds == self._as_odoo(about, wanted.get(name)):
                return False
        except _UnknownError:
            pass  # a record that is to be made: it cannot be what stands there
        try:
            loaded = self._as_odoo(about, was.get(name))
        except _UnknownError:
            return False
        return not (still(about, holds, loaded) or (name not in was and holds in _EMPTY))

    def _as_odoo(self, about: TargetField, value: Any) -> Any:
        """A value of a target row, comparable with Odoo's: keys as ids."""
        if about.holds == "link" and not self.ids.get(about.name, {}).keys() >= {*keys_in(value)}:
            raise _UnknownError
        return as_in_odoo(about, value, self.ids)


def count_open(staging: Staging) -> int:
    """How many conflicts wait for an answer."""
    ((count,),) = staging.connection.execute(
        "SELECT count(*) FROM meta.conflicts WHERE decision = ''"
    ).fetchall()
    return int(count)
