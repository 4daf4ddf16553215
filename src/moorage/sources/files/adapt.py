"""Which Odoo model the rows of each file become, by the name of the file and its columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moorage.proposals import Column, kind_by_name, kind_of
from moorage.sources.base import Discovery, SourceObject

#: Kinds of records that stand by themselves, and what all of them have in common. Other kinds need
#: a document, a record or an account that no file names by itself: a person decides.
_ALONE: dict[str, dict[str, Any]] = {
    "person": {},
    "company": {"is_company": {"value": True}},
    "partner": {},
    "lead": {"type": {"value": "lead"}},
    "deal": {"type": {"value": "opportunity"}},
    "product": {},
    "project": {},
    "task": {},
    "employee": {},
    "team": {},
    "tag": {},
}

#: Lines of orders and invoices point to variants, of which each template here has one.
_LANDS = {"product.template": "product.product"}


def adapt(tree: Any, discovery: Discovery, has_model: Callable[[str], bool]) -> list[str]:
    """Add an entry for every file whose records are known by their name; say what was done."""
    notes = []
    settled = {entry.get("of", name) for name, entry in tree["objects"].items()}
    settled |= set(tree.get("not_migrated") or {})
    choices = discovery.details.get("choices", {})
    for found in discovery.objects:
        if found.name in settled or found.name in choices:
            continue
        named = kind_by_name(found.name)
        if named is None:
            continue
        kind = kind_of(named.model, _columns(found), found.name)
        if kind.name not in _ALONE or not has_model(kind.model):
            notes.append(f"{found.name} looks like {kind.model}: decide what becomes of it.")
            continue
        about = {name: {**rule, "status": "proposed"} for name, rule in _ALONE[kind.name].items()}
        model = _LANDS.get(kind.model, kind.model)
        tree["objects"][found.name] = {"to": model, "fields": about}
        notes.append(f"{found.name} become {model}, by the name of the file.")
    for name, (table, model) in choices.items():
        if has_model(model):
            notes += _choices(tree, name, table, model)
    return notes


def _choices(tree: Any, name: str, table: str, model: str) -> list[str]:
    """An entry for the choices of a table that goes along; what Odoo has of that name is taken."""
    said = tree.get("not_migrated") or {}
    decided = name in said and not (isinstance(said[name], dict) and _is_open(said[name]))
    goes_along = table in {entry.get("of", one) for one, entry in tree["objects"].items()}
    if decided or not goes_along or name in tree["objects"]:
        return []
    said.pop(name, None)
    rule = {"from": "name", "do": ["clean"], "required": True, "status": "proposed"}
    tree["objects"][name] = {"to": model, "match": {"on": ["name"]}, "fields": {"name": rule}}
    return [f"What {table} say under {name.removeprefix(table + '__')} become {model}."]


def _is_open(reason: dict[str, Any]) -> bool:
    return reason.get("status") == "proposed"


def _columns(found: SourceObject) -> list[Column]:
    return [Column(field.name, field.label, field.type) for field in found.fields]
