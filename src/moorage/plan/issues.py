"""What did not go as it should, in plain words: rows set aside, and rows that lost something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from moorage.ledger.ledger import Ledger
from moorage.mapping.target import TargetTable
from moorage.plan.accounting import list_warnings
from moorage.staging.staging import Staging, identifier

_TODO = {
    "mapping": "Mend the value in the source or the rule in the mapping, then plan again.",
    "link": "Mend the record it hangs on first; this one then goes by itself.",
    "odoo": "Mend what Odoo names, in the source or the mapping, then run again.",
    "open": "Answer the question in the decision files, then plan again.",
    "conflict": "Say which counts: `moorage conflicts`; until then it stays as it is in Odoo.",
    "warning": "Nothing needs to be done if the loss is fine; else mend the mapping.",
}


@dataclass(frozen=True)
class Issue:
    """One thing to look at: `severity` is 'set_aside', 'open' or 'warning'.

    `place` says where it stands in the source (`leads id 4711`; of several, the first ones),
    `said_by` is 'mapping', 'moorage' or 'odoo', `count` how many rows it is about.
    """

    severity: str
    entry: str
    model: str
    key: str
    place: str
    reason: str
    todo: str
    said_by: str
    count: int = 1


def list_issues(
    staging: Staging,
    ledger: Ledger,
    destination_id: int,
    tables: Sequence[TargetTable],
    *,
    is_planned: bool = True,
) -> list[Issue]:
    """All issues: Odoo's refusals first, then what the plan keeps out, then warnings.

    Before the first plan, or when the last one was not for this destination (`is_planned` is
    false), only those of the ledger. Warnings of the plan are grouped by message.
    """
    refused = [
        Issue(
            "set_aside", row["entry"], row["model"], row["key"],
            row["place"] if " " in row["place"] else place_of(row["key"]), row["reason"],
            _TODO["odoo"], "odoo",
        )
        for row in ledger.set_aside_rows(destination_id)
        if row["code"] != "mapping"
    ]  # fmt: skip
    warned = _warned(ledger, destination_id)
    if not (is_planned and _has_plan(staging)):
        return _with_places(staging, refused + warned)
    told = {(issue.model, issue.key) for issue in refused}
    kept = [issue for issue in _kept_out(staging) if (issue.model, issue.key) not in told]
    # What the plan knows of conflicts is newer than what a run noted.
    lasting = [issue for issue in warned if issue.todo != _TODO["conflict"]]
    return _with_places(
        staging, refused + lasting + _conflicts(staging) + kept + _warnings(staging, tables)
    )


def _warned(ledger: Ledger, destination_id: int) -> list[Issue]:
    """What a run left as it was: changed on both sides, refused as an update, a link to nothing."""
    return [
        Issue(
            "warning", row["entry"], row["model"], row["key"], place_of(row["key"]),
            f"{row['field']}: {row['message']}" if row["field"] else row["message"],
            _TODO["conflict" if row["code"] == "conflict" else "warning"],
            "odoo" if row["code"] == "update_refused" else "moorage",
        )
        for row in ledger.warnings(destination_id)
    ]  # fmt: skip


def _conflicts(staging: Staging) -> list[Issue]:
    """What waits for a word, field by field."""
    rows = staging.connection.execute(
        "SELECT entry, model, key, CASE WHEN field = 'active' AND wanted = 'null'"
        " THEN 'deleted in the source, but changed in Odoo since' ELSE"
        " field || ': changed both in the source and in Odoo' END || ': left as it is in Odoo'"
        " FROM meta.conflicts WHERE decision = '' ORDER BY entry, len(key), key, field"
    ).fetchall()
    return [
        Issue("warning", entry, model, key, place_of(key), reason, _TODO["conflict"], "moorage")
        for entry, model, key, reason in rows
    ]


def place_of(key: str) -> str:
    """Where a key stands in the source: its table and id."""
    _, source_object, source_id = key.split(":", 2)
    return f"{source_object} id {source_id}"


def _with_places(staging: Staging, issues: list[Issue]) -> list[Issue]:
    """The same, with file and line where the tidy table of an object has them in `_place`."""
    found: dict[str, str] = {}
    for (name,) in staging.connection.execute(
        "SELECT table_name FROM duckdb_columns() WHERE schema_name = 'tidy'"
        " AND column_name = '_place'"
    ).fetchall():
        ids = [parts[2] for issue in issues if (parts := issue.key.split(":", 2))[1] == name]
        found |= {
            f"{name} id {source_id}": place
            for source_id, place in staging.connection.execute(
                f"SELECT CAST(id AS VARCHAR), _place FROM tidy.{identifier(name)}"
                " WHERE _place IS NOT NULL"
                " AND CAST(id AS VARCHAR) IN (SELECT unnest(CAST(? AS VARCHAR[])))",
                [ids],
            ).fetchall()
        }
    return [_placed(issue, found.get(place_of(issue.key))) for issue in issues]


def _placed(issue: Issue, place: str | None) -> Issue:
    if place is None:
        return issue
    name = place_of(issue.key)
    return replace(issue, place=issue.place.replace(name, f"{name} ({place})", 1))


def _has_plan(staging: Staging) -> bool:
    return bool(
        staging.connection.execute(
            "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'meta' AND table_name = 'plan'"
        ).fetchall()
    )


def _kept_out(staging: Staging) -> list[Issue]:
    rows = staging.connection.execute(
        "SELECT operation, entry, model, key, object || ' id ' || source_key, reason FROM meta.plan"
        " WHERE operation IN ('set_aside', 'open') ORDER BY phase, entry, len(key), key"
    ).fetchall()
    return [
        Issue(severity, entry, model, key, place, reason, _todo(severity, reason), "mapping")
        for severity, entry, model, key, place, reason in rows
    ]


def _todo(operation: str, reason: str) -> str:
    if operation == "open":
        return _TODO["open"]
    hangs_on = ": links to " in reason or reason.startswith("merged into ")
    return _TODO["link" if hangs_on else "mapping"]


def _warnings(staging: Staging, tables: Sequence[TargetTable]) -> list[Issue]:
    models = {table.entry: table.model for table in tables}
    return [
        Issue(
            "warning",
            warning.entry,
            models.get(warning.entry, ""),
            warning.keys[0],
            ", ".join(place_of(key) for key in warning.keys),
            f"{warning.field}: {warning.message}" if warning.field else warning.message,
            _TODO["warning"],
            "mapping",
            warning.count,
        )
        for warning in list_warnings(staging, tables)
    ]
