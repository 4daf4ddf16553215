"""The custom fields a mapping asks for."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass

from moorage.destination import ModelField
from moorage.mapping.spec import CreateRule, Mapping


@dataclass(frozen=True)
class FieldToCreate:
    """A custom field to make on `model`. A selection's option values are their labels."""

    model: str
    field: ModelField
    help: str | None = None


def fields_to_create(mapping: Mapping) -> list[FieldToCreate]:
    """Every custom field the mapping asks for, once per model and name, in the file's order."""
    found: dict[tuple[str, str], FieldToCreate] = {}
    for entry in mapping.objects.values():
        for name, rule in entry.fields.items():
            if rule.create is not None and (entry.to, name) not in found:
                made = field_of(name, rule.create)
                found[entry.to, name] = FieldToCreate(entry.to, made, rule.create.help)
    return list(found.values())


def models_to_create(mapping: Mapping) -> dict[str, str]:
    """The models the mapping asks for, with their labels."""
    return {entry.to: entry.create for entry in mapping.objects.values() if entry.create}


def bare_fields() -> dict[str, ModelField]:
    """What a model that Odoo makes on request has from the start."""
    return {"x_name": ModelField("x_name", "char", "Name", custom=True)}


def field_of(name: str, rule: CreateRule) -> ModelField:
    """The field as Odoo will describe it once it is made."""
    selection = tuple((option, option) for option in rule.options)
    return ModelField(name, rule.type, rule.label, rule.relation, selection=selection, custom=True)


def with_created(
    mapping: Mapping, fields: Dict[str, Dict[str, ModelField]]
) -> dict[str, dict[str, ModelField]]:
    """`fields` and, where they are not there yet, the custom fields the mapping asks for."""
    both = {model: dict(known) for model, known in fields.items()}
    for wanted in fields_to_create(mapping):
        if wanted.model in both:
            both[wanted.model].setdefault(wanted.field.name, wanted.field)
    return both
