"""Records that Odoo has already: adopted instead of created, when exactly one fits.

The result stands in `plan_match` (model, key, odoo_id, into_key, question, why): `question`
lists the ids when several fit, `into_key` is the key that adopts the record first. `odoo_empty`
(model, odoo_id, fields) says which fields of adopted records Odoo has empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from moorage.destination import Destination
from moorage.errors import SettingsError
from moorage.mapping.target import TargetField, TargetTable
from moorage.plan.decisions import Decisions
from moorage.plan.rows import KIND_FIELDS, field_named, kind_sql, normalised_sql
from moorage.plan.standing import append_rows
from moorage.staging.staging import Staging, identifier, literal

#: Up to this many records a model is read whole; above, only what could fit is asked for.
READ_WHOLE = 50_000
_ASK_AT_ONCE = 500
#: Before the ids in the reason of a row that is a question.
SEVERAL_FIT, NONE_FIT = "several records in Odoo fit: ", "no record in Odoo fits, nearest: "
_FREE = (
    " NOT EXISTS (SELECT 1 FROM ledger_record AS r WHERE r.model = {model} AND r.key = t.key)"
    " AND NOT EXISTS (SELECT 1 FROM plan_out AS o WHERE o.model = {model} AND o.key = t.key)"
    " AND NOT EXISTS (SELECT 1 FROM target._merges AS m WHERE m.model = {model} AND m.key = t.key)"
    " AND NOT EXISTS (SELECT 1 FROM plan_match AS x WHERE x.model = {model} AND x.key = t.key)"
)


def start_matches(staging: Staging, adopted: Iterable[tuple[str, str, int, str]]) -> None:
    """Create `plan_match` with what people decided: (model, key, odoo_id, why)."""
    staging.connection.execute(
        "CREATE OR REPLACE TEMP TABLE plan_match (model VARCHAR, key VARCHAR, odoo_id BIGINT,"
        " into_key VARCHAR, question VARCHAR, why VARCHAR)"
    )
    append_rows(
        staging,
        "plan_match",
        [(model, key, odoo_id, None, None, why) for model, key, odoo_id, why in adopted],
    )


def match_existing(
    staging: Staging,
    destination: Destination,
    tables: Sequence[TargetTable],
    decisions: Decisions,
) -> None:
    """Apply the match rules of all tables, then let one key adopt each record."""
    for table in tables:
        if table.match is not None:
            _match_table(staging, destination, table, decisions)
    _one_key_per_record(staging)
    staging.connection.execute(
        "CREATE OR REPLACE TEMP TABLE odoo_empty (model VARCHAR, odoo_id BIGINT, fields VARCHAR[])"
    )
    for table in tables:
        if table.match is not None and table.match.update == "fill_empty":
            _fill_empty(staging, destination, table)


def _match_table(
    staging: Staging, destination: Destination, table: TargetTable, decisions: Decisions
) -> None:
    fields = [_comparable(table, name) for name in table.match.on] if table.match else []
    _candidates(staging, table, fields)
    if not _number(staging, "SELECT count(*) FROM plan_candidate"):
        return
    read_existing(staging, destination, table, fields)
    each = " AND ".join(f"e.v{number} = c.v{number}" for number in range(len(fields)))
    staging.connection.execute(
        "INSERT INTO plan_match SELECT"
        f" {literal(table.model)}, key, CASE WHEN len(ids) = 1 THEN ids[1] END, NULL,"
        " CASE WHEN len(ids) > 1 THEN list_aggregate(ids, 'string_agg', ' ') END,"
        f" {literal('same ' + ' and '.join(table.match.on if table.match else ()))} FROM ("
        # Archived records count only where no active one fits.
        " SELECT c.key, coalesce(list(e.odoo_id ORDER BY e.odoo_id) FILTER (e.active),"
        " list(e.odoo_id ORDER BY e.odoo_id)) AS ids FROM plan_candidate AS c JOIN odoo_existing"
        f" AS e ON {each} AND e.kind = c.kind GROUP BY c.key)"
    )
    if table.match is not None and table.match.none == "ask":
        _ask_for_others(staging, table)
    answers = [
        (None if row.decision == "create" else int(row.decision), row.key)
        for row in decisions.matches
        if row.model == table.model and row.decision
    ]
    fits = "list_contains(string_split(question, ' '), CAST($id AS VARCHAR))"
    for odoo_id, key in answers:
        staging.connection.execute(
            "UPDATE plan_match SET odoo_id = $id, question = NULL, why = 'decided'"
            " WHERE model = $model AND key = $key AND question IS NOT NULL"
            # An id that is none of those that fit now was another record's.
            f" AND ($id IS NULL OR {fits})",
            {"id": odoo_id, "model": table.model, "key": key},
        )


def _ask_for_others(staging: Staging, table: TargetTable) -> None:
    """A question for each row that no record fits: those that agree in the first field."""
    staging.connection.execute(
        f"INSERT INTO plan_match SELECT {literal(table.model)}, c.key, NULL, NULL,"
        " coalesce(string_agg(CAST(e.odoo_id AS VARCHAR), ' ' ORDER BY e.odoo_id), ''),"
        f" {literal(NONE_FIT)} FROM plan_candidate AS c"
        " LEFT JOIN odoo_existing AS e ON e.v0 = c.v0 AND e.kind = c.kind AND e.active"
        " WHERE NOT EXISTS (SELECT 1 FROM plan_match AS x"
        f" WHERE x.model = {literal(table.model)} AND x.key = c.key) GROUP BY c.key"
    )


def _comparable(table: TargetTable, name: str) -> TargetField:
    field = field_named(table, name)
    if field is None or field.holds == "link" or field.type == "many2many":
        raise SettingsError(
            f"records cannot be matched on {name!r}: it is not a plain field of this entry",
            where=f"mapping entry {table.entry}",
            state="Nothing was changed.",
            todo="Match on fields that the entry fills with values.",
        )
    return field


def _candidates(staging: Staging, table: TargetTable, fields: Sequence[TargetField]) -> None:
    columns = ", ".join(
        f"{normalised_sql('t.' + identifier(field.name), field.type)} AS v{number}"
        for number, field in enumerate(fields)
    )
    filled = " AND ".join(f"v{number} IS NOT NULL" for number in range(len(fields)))
    staging.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE plan_candidate AS SELECT * FROM (SELECT t.key, {columns},"
        f" {kind_sql(table, 't')} AS kind FROM {table.table} AS t"
        f" WHERE {_FREE.format(model=literal(table.model))}) WHERE {filled}"
    )


def read_existing(
    staging: Staging,
    destination: Destination,
    table: TargetTable,
    fields: Sequence[TargetField],
    *,
    whole: int = READ_WHOLE,
) -> None:
    """Fill `odoo_existing` (odoo_id, active, kind, v0...) with Odoo's own records of a model.

    Records that an earlier run created are left out; those it adopted are in. In a model larger
    than `whole` only records whose first field equals a value of `plan_candidate` are read.
    """
    staging.connection.execute(
        "CREATE OR REPLACE TEMP TABLE odoo_raw (odoo_id BIGINT, active BOOLEAN, kind BOOLEAN, "
        + ", ".join(f"v{number} VARCHAR" for number in range(len(fields)))
        + ")"
    )
    known = destination.fields(table.model)
    names = [field.name for field in fields]
    extra = [n for n in ("active", KIND_FIELDS.get(table.model, "")) if n in known]
    for domain in _domains(staging, destination, table.model, names[0], whole):
        for page in destination.pages(table.model, domain, [*names, *extra]):
            append_rows(
                staging, "odoo_raw", [_existing_row(row, table.model, fields) for row in page]
            )
    _own_ids(staging, destination, table.model)
    columns = ", ".join(
        f"{normalised_sql(f'v{number}', field.type)} AS v{number}"
        for number, field in enumerate(fields)
    )
    staging.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE odoo_existing AS SELECT DISTINCT odoo_id, active, kind,"
        f" {columns} FROM odoo_raw WHERE odoo_id NOT IN (SELECT odoo_id FROM own_id)"
    )


def _existing_row(
    row: dict[str, Any], model: str, fields: Sequence[TargetField]
) -> tuple[object, ...]:
    kind = bool(row.get(KIND_FIELDS.get(model, ""), False))
    values = [_text(row.get(field.name), field) for field in fields]
    return (row["id"], bool(row.get("active", True)), kind, *values)


def _text(value: Any, field: TargetField) -> str | None:
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    if value is None or (value is False and field.type != "boolean"):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _domains(
    staging: Staging, destination: Destination, model: str, name: str, whole: int
) -> list[list[Any]]:
    count = destination.read(model, "search_count", domain=[], context={"active_test": False})
    if count <= whole:
        return [[]]
    values = [
        row[0]
        for row in staging.connection.execute(
            "SELECT DISTINCT v0 FROM plan_candidate ORDER BY v0"
        ).fetchall()
    ]
    return [
        # '=ilike' compares without case; its wildcards in a value are taken literally.
        ["|"] * (len(chunk) - 1) + [(name, "=ilike", _literally(value)) for value in chunk]
        for start in range(0, len(values), _ASK_AT_ONCE)
        for chunk in (values[start : start + _ASK_AT_ONCE],)
    ]


def _literally(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _own_ids(staging: Staging, destination: Destination, model: str) -> None:
    staging.connection.execute("CREATE OR REPLACE TEMP TABLE own_id (odoo_id BIGINT)")
    for page in destination.all_keys(model):
        append_rows(staging, "own_id", [(odoo_id,) for _, odoo_id in page])
    staging.connection.execute(
        "INSERT INTO own_id SELECT odoo_id FROM ledger_record"
        f" WHERE model = {literal(model)} AND operation = 'created'"
    )
    staging.connection.execute(
        "DELETE FROM own_id WHERE odoo_id IN (SELECT odoo_id FROM ledger_record"
        f" WHERE model = {literal(model)} AND operation = 'matched')"
    )


def _one_key_per_record(staging: Staging) -> None:
    """Of several keys that fit one record the lowest adopts it; the others merge into that key."""
    staging.connection.execute(
        "UPDATE plan_match AS x SET into_key = w.into_key,"
        " why = x.why || ' as ' || w.into_key FROM ("
        " SELECT p.model, p.key, coalesce(r.key, first_value(p.key) OVER"
        " (PARTITION BY p.model, p.odoo_id ORDER BY len(p.key), p.key)) AS into_key"
        " FROM plan_match AS p LEFT JOIN ledger_record AS r ON r.model = p.model"
        " AND r.odoo_id = p.odoo_id AND r.operation = 'matched'"
        " WHERE p.odoo_id IS NOT NULL) AS w"
        " WHERE w.model = x.model AND w.key = x.key AND w.into_key <> x.key"
    )


def _fill_empty(staging: Staging, destination: Destination, table: TargetTable) -> None:
    """Note, for adopted records of `table`, which of their fields are empty in Odoo."""
    known = destination.fields(table.model)
    names = [f.name for f in table.fields if f.name in known and f.type != "boolean"]
    ids = [
        row[0]
        for row in staging.connection.execute(
            f"SELECT odoo_id FROM plan_match JOIN {table.table} AS t USING (key) WHERE model ="
            f" {literal(table.model)} AND odoo_id IS NOT NULL AND into_key IS NULL"
            " UNION SELECT r.odoo_id FROM ledger_record AS r"
            f" JOIN {table.table} AS t USING (key) WHERE r.operation = 'matched' AND"
            f" r.model = {literal(table.model)} ORDER BY 1"
        ).fetchall()
    ]
    for start in range(0, len(ids), 2000):
        domain = [("id", "in", ids[start : start + 2000])]
        for page in destination.pages(table.model, domain, names):
            rows = [(table.model, row["id"], [n for n in names if not row.get(n)]) for row in page]
            append_rows(staging, "odoo_empty", rows)


def _number(staging: Staging, query: str) -> int:
    row = staging.connection.execute(query).fetchone()
    return int(row[0]) if row else 0
