"""The rows that duplicates are looked for among, and the pairs that are equal.

`duplicate_row` (member, odoo_id, kind, name, words, email, domain, parent, e0...) holds the rows
of one entry that may become a record, and Odoo's own records beside them. `member` is the key, or
`odoo:<id>`. `e0...` are the exact groups of the rule as one text each, NULL if any part is empty.
"""

from __future__ import annotations

from collections.abc import Sequence

from moorage.destination import Destination
from moorage.mapping.target import DuplicateRule, TargetField, TargetTable
from moorage.plan.matching import READ_WHOLE, read_existing
from moorage.plan.rows import field_named, kind_sql, normalised_sql
from moorage.staging.staging import Staging, identifier, literal

#: Forms of companies, left out when names are compared.
_FORMS = (
    "ltd|limited|llc|inc|incorporated|corp|corporation|co|company|plc|llp|gmbh|ag|kg|ug|ohg|mbh|bv"
    "|nv|sa|sas|sarl|srl|spa|sl|oy|ab|as|aps|pty|kft|sro|doo"
)


class Candidates:
    """The rows of one entry, by member."""

    def __init__(self, staging: Staging) -> None:
        self._staging = staging

    def names(self, members: Sequence[str]) -> dict[str, str]:
        """The names of `members`, for people to see in the file."""
        rows = self._staging.connection.execute(
            "SELECT member, coalesce(name, '') FROM duplicate_row"
            " SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS member) USING (member)",
            [list(members)],
        ).fetchall()
        return dict(rows)


def bring_candidates(
    staging: Staging, destination: Destination, table: TargetTable, rule: DuplicateRule
) -> Candidates:
    """Fill `duplicate_row` from the target table and from Odoo."""
    model = literal(table.model)
    exact = ", ".join(
        f"{_joined_sql(table, group, 't')} AS e{number}" for number, group in enumerate(rule.exact)
    )
    name = rule.similar or ("name" if field_named(table, "name") else "")
    parent = field_named(table, "parent_id")
    staging.connection.execute(
        "CREATE OR REPLACE TEMP TABLE duplicate_row AS SELECT t.key AS member,"
        " r.odoo_id, " + kind_sql(table, "t") + " AS kind,"
        f" {_text_sql(table, name, 't')} AS name,"
        f" {_words_sql(_text_sql(table, name, 't'), kind_sql(table, 't'))} AS words,"
        f" {_email_sql(table, 't')} AS email,"
        f" {'t.parent_id' if parent else 'CAST(NULL AS VARCHAR)'} AS parent"
        f"{', ' + exact if exact else ''}"
        f" FROM {table.table} AS t LEFT JOIN ledger_record AS r"
        f" ON r.model = {model} AND r.key = t.key AND r.operation <> 'merged'"
        f" WHERE NOT EXISTS (SELECT 1 FROM {table.findings} AS f WHERE f.key = t.key"
        " AND f.severity = 'set_aside') AND NOT EXISTS (SELECT 1 FROM target._merges AS m"
        f" WHERE m.model = {model} AND m.key = t.key)"
    )
    _bring_existing(staging, destination, table, rule, name)
    return Candidates(staging)


def _bring_existing(
    staging: Staging, destination: Destination, table: TargetTable, rule: DuplicateRule, name: str
) -> None:
    """Add Odoo's own records: those that no earlier run made or adopted."""
    wanted = [name, "email", *(part for group in rule.exact for part in group)]
    known = destination.fields(table.model)
    fields = [
        field
        for part in dict.fromkeys(wanted)
        if (field := field_named(table, part)) and part in known and field.holds == "value"
    ]
    if not fields:
        return
    staging.connection.execute(
        "CREATE OR REPLACE TEMP TABLE plan_candidate AS SELECT DISTINCT"
        f" {normalised_sql('t.' + identifier(fields[0].name), fields[0].type)} AS v0"
        f" FROM {table.table} AS t WHERE v0 IS NOT NULL"
    )
    read_existing(staging, destination, table, fields, whole=READ_WHOLE)
    place = {field.name: f"x.v{number}" for number, field in enumerate(fields)}
    exact = "".join(f", {_joined(group, place)}" for group in rule.exact)
    named = place.get(name, "CAST(NULL AS VARCHAR)")
    staging.connection.execute(
        "INSERT INTO duplicate_row SELECT 'odoo:' || x.odoo_id, x.odoo_id, x.kind,"
        f" {named}, {_words_sql(named, 'x.kind')}, {place.get('email', 'NULL')}, NULL{exact}"
        " FROM odoo_existing AS x WHERE x.odoo_id NOT IN (SELECT odoo_id FROM ledger_record"
        f" WHERE model = {literal(table.model)})"
    )


def exact_pairs(
    staging: Staging, table: TargetTable, rule: DuplicateRule
) -> list[tuple[str, str, str, float]]:
    """Pairs (left, right, why, score) of each member with the first one equal to it.

    Two records that both stand in Odoo are none of our business; a match rule over the same fields
    has settled already which record of Odoo is meant.
    """
    pairs: list[tuple[str, str, str, float]] = []
    for number, group in enumerate(rule.exact):
        own = "NOT starts_with(member, 'odoo:')"
        only = own if table.match is not None and set(table.match.on) == set(group) else "true"
        pairs += staging.connection.execute(
            "SELECT first, member, why, 100.0 FROM (SELECT member, odoo_id,"
            f" {literal('same ' + ' and '.join(group))} AS why, first_value(member) OVER (PARTITION"
            f" BY kind, e{number} ORDER BY odoo_id IS NULL, starts_with(member, 'odoo:'),"
            f" len(member), member) AS first, count(*) FILTER (odoo_id IS NULL) OVER (PARTITION"
            f" BY kind, e{number}) AS new_count FROM duplicate_row WHERE e{number} IS NOT NULL"
            f" AND {only}) WHERE first <> member AND new_count > 0"
        ).fetchall()
    return pairs


def _joined_sql(table: TargetTable, group: Sequence[str], alias: str) -> str:
    place = {part: _plain_sql(table, part, alias) for part in group}
    return _joined(group, place)


def _joined(group: Sequence[str], place: dict[str, str]) -> str:
    # '||' is NULL when any part is: an empty field never makes two rows one.
    return " || chr(31) || ".join(place.get(part, "CAST(NULL AS VARCHAR)") for part in group)


def _plain_sql(table: TargetTable, part: str, alias: str) -> str:
    field: TargetField | None = field_named(table, part)
    if field is None:
        return "CAST(NULL AS VARCHAR)"
    return normalised_sql(f"{alias}.{identifier(part)}", field.type)


def _text_sql(table: TargetTable, name: str, alias: str) -> str:
    if field_named(table, name) is None:
        return "CAST(NULL AS VARCHAR)"
    return f"CAST({alias}.{identifier(name)} AS VARCHAR)"


def _email_sql(table: TargetTable, alias: str) -> str:
    name = "email" if field_named(table, "email") else "email_from"
    return _plain_sql(table, name, alias)


def _words_sql(text: str, kind: str) -> str:
    """A name as its words: no accents, no punctuation, no company form."""
    plain = f"regexp_replace(strip_accents(lower({text})), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g')"
    forms = f"regexp_replace({plain}, '\\b({_FORMS})\\b', ' ', 'g')"
    chosen = f"CASE WHEN {kind} THEN coalesce(nullif(trim({forms}), ''), {plain}) ELSE {plain} END"
    return f"nullif(trim(regexp_replace({chosen}, ' +', ' ', 'g')), '')"
