"""Merges carried out in the target tables: survivors are filled, links point to them.

Nothing is deleted: a merged row stays in its table, keeps its key, and comes back as a record of
its own when its answer becomes `keep` and the tables are built anew.
"""

from __future__ import annotations

from collections.abc import Sequence

from moorage.ledger.ledger import Ledger
from moorage.mapping.target import TargetField, TargetTable
from moorage.plan.decisions import Decisions, DuplicateDecision
from moorage.plan.rows import in_key_order, link_fields
from moorage.plan.standing import append_rows
from moorage.staging.staging import Staging, identifier, literal


def ensure_merges(staging: Staging) -> None:
    """Create `target._merges` and `target._adoptions` where the mapping made none."""
    staging.connection.execute(
        "CREATE TABLE IF NOT EXISTS target._merges"
        " (model VARCHAR, key VARCHAR, into_key VARCHAR, why VARCHAR)"
    )
    staging.connection.execute(
        "CREATE TABLE IF NOT EXISTS target._adoptions"
        " (model VARCHAR, key VARCHAR, odoo_id BIGINT, why VARCHAR)"
    )


def apply_merges(
    staging: Staging,
    tables: Sequence[TargetTable],
    decisions: Decisions,
    *,
    ledger: Ledger | None = None,
    destination_id: int | None = None,
) -> int:
    """Carry out the decided merges; how many keys they merge.

    With `ledger`, keys that an earlier run created are survivors and never merged away: two records
    that stand in Odoo are merged there. Wants the target tables as the mapping just built them.
    """
    ensure_merges(staging)
    standing = _standing(ledger, destination_id, decisions)
    here = _rows_that_go(staging, tables, decisions)
    merges: list[tuple[object, ...]] = []
    adoptions: list[tuple[object, ...]] = []
    for group in _groups(decisions).values():
        members = [row for row in group if (row.model, row.key) in here]
        _merge_group(members, standing, merges, adoptions)
    append_rows(staging, "target._merges", merges)
    append_rows(staging, "target._adoptions", adoptions)
    _to_the_last_survivor(staging)
    _adopt_as_survivors(staging)
    if not _count(staging):
        return 0
    for table in tables:
        _fill_survivors(staging, table)
    for table in tables:
        for field in link_fields(table):
            _point_to_survivors(staging, table, field)
    return len(merges)


def _count(staging: Staging) -> int:
    ((count,),) = staging.connection.execute("SELECT count(*) FROM target._merges").fetchall()
    return int(count)


def _groups(decisions: Decisions) -> dict[tuple[str, str], list[DuplicateDecision]]:
    groups: dict[tuple[str, str], list[DuplicateDecision]] = {}
    for row in decisions.duplicates:
        if row.decision.startswith("merge"):
            groups.setdefault((row.model, row.group), []).append(row)
    return groups


def _merge_group(
    members: Sequence[DuplicateDecision],
    standing: set[tuple[str, str]],
    merges: list[tuple[object, ...]],
    adoptions: list[tuple[object, ...]],
) -> None:
    if not members:
        return
    first = members[0]
    there = [row.key for row in members if (row.model, row.key) in standing]
    survivor = (in_key_order(there) or in_key_order(row.key for row in members))[0]
    why = {row.key: f"duplicate: {row.why}" for row in members}
    odoo_id = _odoo_id(members)
    if odoo_id is not None and not there:
        adoptions.append((first.model, survivor, odoo_id, why[survivor]))
    merges.extend(
        (first.model, row.key, survivor, why[row.key])
        for row in members
        if row.key != survivor and row.key not in there
    )


def _odoo_id(members: Sequence[DuplicateDecision]) -> int | None:
    named = {row.decision.removeprefix("merge:") for row in members if ":" in row.decision}
    named = named or {row.existing_odoo_id for row in members if row.existing_odoo_id}
    one = named.pop() if len(named) == 1 else ""
    return int(one) if one.isdigit() else None


def _standing(
    ledger: Ledger | None, destination_id: int | None, decisions: Decisions
) -> set[tuple[str, str]]:
    if ledger is None:
        return set()
    keys = {(row.model, row.key) for row in decisions.duplicates if row.decision}
    found = set()
    for model, key in keys:
        row = ledger.connection.execute(
            "SELECT 1 FROM record WHERE destination_id = ? AND model = ? AND key = ?"
            " AND operation <> 'merged'",
            (destination_id, model, key),
        ).fetchone()
        if row is not None:
            found.add((model, key))
    return found


def _rows_that_go(
    staging: Staging, tables: Sequence[TargetTable], decisions: Decisions
) -> set[tuple[str, str]]:
    """The keys with no set-aside finding and no merge by the mapping, among those decided on."""
    rows: set[tuple[str, str]] = set()
    staging.connection.execute("CREATE OR REPLACE TEMP TABLE decided (model VARCHAR, key VARCHAR)")
    decided = {(row.model, row.key) for row in decisions.duplicates if row.decision}
    append_rows(staging, "decided", sorted(decided))
    for table in tables:
        found = staging.connection.execute(
            f"SELECT key FROM {table.table} AS t SEMI JOIN (SELECT key FROM decided"
            f" WHERE model = {literal(table.model)}) AS d USING (key)"
            f" WHERE NOT EXISTS (SELECT 1 FROM {table.findings} AS f WHERE f.key = t.key"
            " AND f.severity = 'set_aside') AND NOT EXISTS (SELECT 1 FROM"
            f" target._merges AS m WHERE m.model = {literal(table.model)} AND m.key = t.key)"
        ).fetchall()
        rows.update((table.model, row[0]) for row in found)
    return rows


def _to_the_last_survivor(staging: Staging) -> None:
    """A merges into B and B into C: A merges into C. Of two merges of one key the first stands."""
    connection = staging.connection
    connection.execute(
        "CREATE OR REPLACE TABLE target._merges AS SELECT model, key, min_by(into_key,"
        " (len(into_key), into_key)) AS into_key, min_by(why, (len(into_key), into_key)) AS why"
        " FROM target._merges WHERE key <> into_key GROUP BY model, key"
    )
    # Each step at least halves what is left of a chain; a cycle cannot be longer than this allows.
    for _ in range(32):
        moved = connection.execute(
            "UPDATE target._merges AS m SET into_key = n.into_key FROM target._merges AS n"
            " WHERE n.model = m.model AND n.key = m.into_key AND n.into_key <> m.key"
        ).fetchone()
        if not moved or not moved[0]:
            break


def _adopt_as_survivors(staging: Staging) -> None:
    """Of a merged key its survivor adopts the record; of several records of one key the lowest."""
    staging.connection.execute(
        "CREATE OR REPLACE TABLE target._adoptions AS SELECT a.model,"
        " coalesce(m.into_key, a.key) AS key, min(a.odoo_id) AS odoo_id,"
        " min_by(a.why, a.odoo_id) AS why FROM target._adoptions AS a LEFT JOIN target._merges AS m"
        " ON m.model = a.model AND m.key = a.key GROUP BY ALL"
    )


def _fill_survivors(staging: Staging, table: TargetTable) -> None:
    """What a survivor lacks it takes from the rows merged into it, the lowest key first."""
    if not table.fields:
        return
    taken = ", ".join(_taken_sql(field) for field in table.fields)
    filled = ", ".join(f"{identifier(f.name)} = {_filled_sql(f)}" for f in table.fields)
    model = literal(table.model)
    staging.connection.execute(
        f"UPDATE {table.table} AS t SET {filled} FROM (SELECT g.into_key, {taken}"
        f" FROM target._merges AS g JOIN {table.table} AS m ON m.key = g.key"
        f" WHERE g.model = {model} GROUP BY g.into_key) AS m WHERE t.key = m.into_key"
    )


def _taken_sql(field: TargetField) -> str:
    column = identifier(field.name)
    if field.type == "many2many":
        return f"list_distinct(flatten(list(m.{column}))) AS {column}"
    # min_by passes over rows whose value is NULL.
    return f"min_by(m.{column}, (len(m.key), m.key)) AS {column}"


def _filled_sql(field: TargetField) -> str:
    column = identifier(field.name)
    if field.type == "many2many":
        return f"list_sort(list_distinct(list_concat(t.{column}, m.{column})))"
    return f"coalesce(t.{column}, m.{column})"


def _point_to_survivors(staging: Staging, table: TargetTable, field: TargetField) -> None:
    column = identifier(field.name)
    # A survivor that would point to itself (its parent was merged into it) points to nothing.
    own = f"m.model = {literal(table.model)} AND"
    if not field.many:
        staging.connection.execute(
            f"UPDATE {table.table} AS t SET {column} = CASE WHEN {own} m.into_key = t.key"
            " THEN NULL ELSE m.into_key END FROM target._merges AS m"
            f" WHERE m.model = {field.model_sql(f't.{column}')} AND m.key = t.{column}"
        )
        return
    staging.connection.execute(
        f"UPDATE {table.table} AS t SET {column} = n.links FROM (SELECT l.key,"
        " list_sort(list(DISTINCT coalesce(m.into_key, l.link))) AS links FROM (SELECT key,"
        f" unnest({column}) AS link FROM {table.table}) AS l LEFT JOIN target._merges AS m"
        f" ON m.model = {field.model_sql('l.link')} AND m.key = l.link GROUP BY l.key"
        " HAVING count(m.key) > 0) AS n WHERE n.key = t.key"
    )
