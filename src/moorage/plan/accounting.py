"""The sums: every source row has exactly one outcome, or there is no plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from moorage.errors import MoorageError
from moorage.mapping.target import TargetTable
from moorage.plan.report import NotSelected, PlanWarning
from moorage.staging.staging import Staging, identifier, literal

#: Where a source row becomes several records, the first of these that one of them has is its
#: outcome: what went wrong is seen before what went well.
PRECEDENCE = (
    "set_aside", "open", "create", "conflict", "update", "match", "merge", "unchanged", "waive",
    "not_in_sample",
)  # fmt: skip
#: Rows of `meta.plan` behind which the source has nothing: records left of deleted rows.
WITHOUT_ROW = "digest = ''"
_FIRST_KEYS = 5


def count_operations(staging: Staging) -> dict[str, dict[str, int]]:
    """Rows by entry and operation."""
    counts: dict[str, dict[str, int]] = {}
    for entry, operation, count in staging.connection.execute(
        "SELECT entry, operation, count(*) FROM meta.plan GROUP BY ALL"
        " ORDER BY min(phase), entry, operation"
    ).fetchall():
        counts.setdefault(entry, {})[operation] = count
    return counts


def check_entries(
    counts: dict[str, dict[str, int]], staging: Staging, tables: Sequence[TargetTable]
) -> None:
    """MoorageError unless each entry has as many outcomes as target rows."""
    for table in tables:
        rows = _number(staging, f"SELECT count(*) FROM {table.table}")
        gone = _number(
            staging,
            "SELECT count(*) FROM meta.plan"
            f" WHERE entry = {literal(table.entry)} AND {WITHOUT_ROW}",
        )
        planned = sum(counts.get(table.entry, {}).values()) - gone
        if rows != planned:
            raise _does_not_add_up(f"mapping entry {table.entry}", rows, planned)


def count_objects(staging: Staging) -> dict[str, dict[str, int]]:
    """Source rows by object and outcome; MoorageError where they do not add up."""
    rank = " ".join(
        f"WHEN {literal(operation)} THEN {number}" for number, operation in enumerate(PRECEDENCE)
    )
    staging.connection.execute(
        "CREATE OR REPLACE TEMP TABLE plan_outcome AS SELECT object, source_key,"
        f" min(CASE operation {rank} END) AS outcome FROM meta.plan"
        f" WHERE NOT {WITHOUT_ROW} GROUP BY ALL"
    )
    rows = staging.connection.execute(
        "SELECT a.object, coalesce(p.outcome, CASE WHEN n.object IS NOT NULL THEN -1 ELSE -2 END),"
        " count(*) FROM (SELECT DISTINCT object, source_key FROM target._accounted) AS a"
        " LEFT JOIN plan_outcome AS p USING (object, source_key)"
        " LEFT JOIN (SELECT DISTINCT object, source_key FROM target._not_selected) AS n"
        " USING (object, source_key) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    staging.connection.execute("DROP TABLE plan_outcome")
    names = {-1: "not_selected", -2: "unaccounted", **dict(enumerate(PRECEDENCE))}
    objects: dict[str, dict[str, int]] = {}
    for name, outcome, count in rows:
        objects.setdefault(name, {})[names[outcome]] = count
    tidy_counts = _tidy_counts(staging, objects)
    for name, outcomes in objects.items():
        total = sum(outcomes.values())
        if tidy_counts.get(name, total) != total:
            raise _does_not_add_up(f"object {name}", tidy_counts[name], total)
        if "unaccounted" in outcomes:
            raise _does_not_add_up(f"object {name}", total, total - outcomes["unaccounted"])
    return objects


def _tidy_counts(staging: Staging, names: Iterable[str]) -> dict[str, int]:
    """Rows of the tidy tables themselves, so that the sums rest on more than the mapping's word."""
    there = {
        row[0]
        for row in staging.connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'tidy'"
        ).fetchall()
    }
    return {
        name: _number(staging, f"SELECT count(*) FROM tidy.{identifier(name)}")
        for name in names
        if name in there
    }


def _does_not_add_up(where: str, rows: int, outcomes: int) -> MoorageError:
    return MoorageError(
        f"the counts do not add up: {rows} rows, {outcomes} outcomes",
        where=where,
        state="No plan was made; nothing was changed in Odoo.",
        todo="Run the mapping again; if it stays so, report it with the mapping file.",
    )


def list_not_selected(staging: Staging) -> tuple[NotSelected, ...]:
    """The rows that no entry takes, counted by reason."""
    rows = staging.connection.execute(
        "SELECT object, coalesce(reason, ''), count(*) FROM target._not_selected"
        " GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return tuple(NotSelected(*row) for row in rows)


def list_warnings(staging: Staging, tables: Sequence[TargetTable]) -> tuple[PlanWarning, ...]:
    """What is left out of rows that go: findings of the mapping, and links left empty."""
    selects = [
        f"SELECT {literal(table.entry)} AS entry, coalesce(field, '') AS field, message, key"
        f" FROM {table.findings} WHERE severity = 'warning'"
        for table in tables
    ]
    selects.append(
        "SELECT entry, field, 'the link is left empty: ' || why AS message, key"
        " FROM target._emptied WHERE why <> 'waived'"
    )
    rows: list[tuple[Any, ...]] = staging.connection.execute(
        f"SELECT entry, field, message, count(DISTINCT key), (list(DISTINCT key))[1:500]"
        f" FROM ({' UNION ALL '.join(selects)}) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return tuple(PlanWarning(row[0], row[1], row[2], row[3], _first(row[4])) for row in rows)


def _first(keys: list[str]) -> tuple[str, ...]:
    return tuple(sorted(keys, key=lambda key: (len(key), key))[:_FIRST_KEYS])


def list_samples(staging: Staging) -> dict[str, dict[str, list[str]]]:
    """The first keys of each entry and operation."""
    samples: dict[str, dict[str, list[str]]] = {}
    for entry, operation, keys in staging.connection.execute(
        f"SELECT entry, operation, min(key, {_FIRST_KEYS}) FROM meta.plan GROUP BY ALL ORDER BY ALL"
    ).fetchall():
        samples.setdefault(entry, {})[operation] = keys
    return samples


def count_gone(staging: Staging) -> dict[str, int]:
    """Records of earlier runs whose row was deleted in the source, by model."""
    rows = staging.connection.execute(
        f"SELECT model, count(*) FROM meta.plan WHERE {WITHOUT_ROW} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return dict(rows)


def count_deselected(staging: Staging, tables: Sequence[TargetTable]) -> dict[str, int]:
    """Records of earlier runs whose source row the mapping does not take any more, by model."""
    models = ", ".join(sorted({literal(table.model) for table in tables})) or "''"
    rows = staging.connection.execute(
        "SELECT r.model, count(*) FROM ledger_record AS r WHERE NOT EXISTS (SELECT 1 FROM"
        " meta.plan AS p WHERE p.model = r.model AND p.key = r.key)"
        f" AND r.model IN ({models}) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return dict(rows)


def _number(staging: Staging, query: str) -> int:
    row = staging.connection.execute(query).fetchone()
    return int(row[0]) if row else 0
