"""How one field is compared, as SQL: type by type, what is equal and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from moorage.mapping.target import TargetField
from moorage.staging.files import EMPTY_SHA1
from moorage.staging.staging import identifier, literal
from moorage.verify.reading import LINKED, FieldFacts, found
from moorage.verify.rows import NOT_LOADED

#: Amounts agree to the cent: half of one may go by rounding.
CENT_DECIMALS = 2
#: Types of fields that hold amounts.
AMOUNTS = ("float", "monetary")
_ROUNDING = 1e-9
_LINKS = ("many2one", "many2one_reference", "integer")


@dataclass(frozen=True)
class Comparison:
    """SQL over `t` (target row), `f` (Odoo's record) and what `join` adds.

    `equal` is never NULL. `loose` marks HTML, where unequal text may still say the same.
    """

    field: str
    kind: str
    expected: str
    found: str
    equal: str
    join: str = ""
    loose: bool = False


def compare(target: TargetField, facts: FieldFacts, position: int) -> Comparison:
    """The comparison of one field; `position` makes its joins' names its own."""
    if target.holds in ("link", "id"):
        return _relation(target, position)
    expected, there = f"t.{identifier(target.name)}", found(target.compared)
    if target.holds == "file":
        # Of an empty file Odoo keeps nothing, a checksum neither.
        expected = f"nullif({expected}, {literal(EMPTY_SHA1)})"
    if target.type in AMOUNTS:
        return _number(target, facts, expected, there)
    equal = {
        "boolean": f"coalesce({expected}, false) = coalesce({there}, false)",
        "integer": f"coalesce({expected}, 0) = coalesce({there}, 0)",
        "date": f"{expected} IS NOT DISTINCT FROM TRY_CAST({there} AS DATE)",
        "datetime": f"date_trunc('second', {expected})"
        f" IS NOT DISTINCT FROM TRY_CAST({there} AS TIMESTAMP)",
    }.get(target.type, f"coalesce({expected}, '') = coalesce({there}, '')")
    return Comparison(
        target.name, "field", _text(expected), _text(there), equal, loose=target.type == "html"
    )


def check(kind: str, name: str, expected_field: str) -> Comparison:
    """The comparison of what Odoo computes, a total or a state, with what the source gives.

    `kind` is the type of Odoo's field `name`.
    """
    expected, there = f"t.{identifier(expected_field)}", found(name)
    if kind in AMOUNTS:
        facts = FieldFacts(decimals=CENT_DECIMALS)
        equal = _number(TargetField(name, "monetary"), facts, expected, there).equal
    else:
        equal = f"{expected} = coalesce({there}, '')"
    # A source without a total says nothing about Odoo's.
    equal = f"({expected} IS NULL OR {equal})"
    return Comparison(name, "check", _text(expected), _text(there), equal)


def tolerance(target: TargetField, facts: FieldFacts, expected: str) -> str:
    """How far two amounts may be apart, as SQL: half of the last decimal that is kept."""
    decimals = CENT_DECIMALS if target.type == "monetary" else facts.decimals
    if decimals is None:
        return f"greatest({_ROUNDING}, {_ROUNDING} * abs({expected}))"
    return str(0.5 * 10**-decimals + _ROUNDING)


def _number(target: TargetField, facts: FieldFacts, expected: str, there: str) -> Comparison:
    wanted = f"coalesce(CAST({expected} AS DOUBLE), 0)"
    equal = f"abs({wanted} - coalesce({there}, 0)) <= {tolerance(target, facts, wanted)}"
    return Comparison(target.name, "field", _text(expected), _text(there), equal)


def _relation(target: TargetField, position: int) -> Comparison:
    if target.holds == "link":
        return _many_links(target, position) if target.many else _one_link(target, position)
    column, there = f"t.{identifier(target.name)}", found(target.name)
    if target.many:
        equal = f"{_set(column)} = {_set(there)}"
    else:
        equal = f"coalesce({column}, 0) = coalesce({there}, 0)"
    return Comparison(target.name, "link", _text(column), _text(there), equal)


def _one_link(target: TargetField, position: int) -> Comparison:
    column, there, link = f"t.{identifier(target.name)}", found(target.name), f"l{position}"
    model = target.lands_sql(column)
    join = f"LEFT JOIN {LINKED} AS {link} ON {link}.model = {model} AND {link}.key = {column}"
    equal = f"coalesce({link}.odoo_id, 0) = coalesce({there}, 0)"
    if target.on_missing_link != "empty":
        known = f"{column} IS NULL OR {link}.odoo_id IS NOT NULL OR {_waived(target, column)}"
        equal = f"({equal} AND ({known}))"
    key = f"(SELECT min(b.key) FROM {LINKED} AS b WHERE b.model = {model} AND b.odoo_id = {there})"
    shown = f"coalesce({key}, 'id ' || {there})"
    return Comparison(target.name, "link", column, shown, equal, join)


def _many_links(target: TargetField, position: int) -> Comparison:
    column, there, link = f"t.{identifier(target.name)}", found(target.name), f"l{position}"
    # A key that Odoo does not know makes the sets unequal, unless it is to be left out.
    unknown = f"if({_waived(target, 'u.key')}, NULL, -1)"
    if target.on_missing_link == "empty":
        unknown = "NULL"
    join = (
        f"LEFT JOIN (SELECT u.row_key, list_sort(list(DISTINCT coalesce(k.odoo_id, {unknown}))"
        f" FILTER (coalesce(k.odoo_id, {unknown}) IS NOT NULL)) AS ids"
        f" FROM (SELECT t.key AS row_key, unnest({column}) AS key FROM {{table}} AS t) AS u"
        f" LEFT JOIN {LINKED} AS k ON k.model = {target.lands_sql('u.key')} AND k.key = u.key"
        f" GROUP BY u.row_key) AS {link} ON {link}.row_key = t.key"
    )
    equal = f"{_set(f'{link}.ids')} = {_set(there)}"
    shown = f"list_transform({there}, lambda item: 'id ' || item)"
    return Comparison(target.name, "link", _text(column), _text(shown), equal, join)


def _waived(target: TargetField, key: str) -> str:
    """Whether the record linked to was kept back by a decision, so that the link is empty."""
    model = target.model_sql(key)
    return f"EXISTS (FROM {NOT_LOADED} AS n WHERE n.model = {model} AND n.key = {key})"


def _set(column: str) -> str:
    return f"list_sort(list_distinct(coalesce({column}, [])))"


def _text(expression: str) -> str:
    return f"CAST({expression} AS VARCHAR)"
