"""The field definitions: Krayin's system attributes and custom ones of every type.

Ids are shuffled by the seed, because installations differ in them; only (entity_type, code) holds.
"""

import json
import random
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from moorage.sources.krayin.demo.schema import reaches

ENTITIES = ("leads", "persons", "organizations", "products", "quotes")
VALUE_COLUMNS = {
    "text": "text_value", "textarea": "text_value", "price": "float_value",
    "boolean": "boolean_value", "select": "integer_value", "multiselect": "text_value",
    "checkbox": "text_value", "email": "json_value", "address": "json_value",
    "phone": "json_value", "lookup": "integer_value", "datetime": "datetime_value",
    "date": "date_value", "file": "text_value", "image": "text_value",
}  # fmt: skip

# (code, label, type, lookup_type, validation, options)
_CUSTOM: tuple[tuple[str, str, str, str | None, str | None, tuple[str, ...]], ...] = (
    ("vat_number", "VAT number", "text", None, None, ()),
    ("employee_count", "Mitarbeiter", "text", None, "numeric", ()),
    ("margin", "Margin %", "text", None, "decimal", ()),
    ("website", "Website", "text", None, "url", ()),
    ("billing_contact", "Billing contact", "text", None, "email", ()),
    ("internal_notes", "Internal notes", "textarea", None, None, ()),
    ("credit_limit", "Limite de crédito", "price", None, None, ()),
    ("newsletter", "Newsletter?", "boolean", None, None, ()),
    ("industry", "Branche", "select", None, None, ("Bau", "Handel", "IT", "IT", "Other ", "other")),
    ("account_manager", "Account manager", "select", "users", None, ()),
    ("interests", "Interests", "multiselect", None, None, ("Print", "Web", "SEO", "Café", "Web")),
    ("known_from", "Known from", "multiselect", "lead_sources", None, ()),
    ("channels", "Kanäle", "checkbox", None, None, ("E-mail", "Phone", "Post", "WhatsApp")),
    ("team_members", "Team", "checkbox", "users", None, ()),
    ("extra_emails", "More e-mails", "email", None, None, ()),
    ("extra_phones", "More phones", "phone", None, None, ()),
    ("site_address", "Site address", "address", None, None, ()),
    ("backup_owner", "Backup owner", "lookup", "users", None, ()),
    ("partner_company", "Partner", "lookup", "organizations", None, ()),
    ("referred_by", "Referred by", "lookup", "persons", None, ()),
    ("contract_end", "Contract end", "date", None, None, ()),
    ("last_contact_at", "Last contact", "datetime", None, None, ()),
    ("badge", "Badge", "image", None, None, ()),
    ("contract_file", "Contract", "file", None, None, ()),
)
# Lookups that make sense on leads only; warehouses and locations exist from 2.0.0 on.
_LEAD_LOOKUPS = (
    ("parent_lead", "leads", "1.0.0"),
    ("second_type", "lead_types", "1.0.0"),
    ("old_pipeline", "lead_pipelines", "1.0.0"),
    ("old_stage", "lead_pipeline_stages", "1.0.0"),
    ("ship_from", "warehouses", "2.0.0"),
    ("shelf", "locations", "2.0.0"),
)


@dataclass(frozen=True)
class Attribute:
    """One row of `attributes`; `option_ids` include those that were deleted meanwhile."""

    id: int
    entity_type: str
    code: str
    name: str
    type: str
    lookup_type: str | None
    validation: str | None
    is_user_defined: bool
    sort_order: int = 0
    is_required: int = 0
    is_unique: int = 0
    quick_add: int = 0
    option_ids: tuple[int, ...] = ()
    option_names: tuple[str, ...] = field(default=())

    @property
    def value_column(self) -> str:
        """The column of `attribute_values` that holds this type."""
        return VALUE_COLUMNS[self.type]

    def row(self) -> dict[str, Any]:
        """The attribute as a row of its table."""
        moment = "2023-03-01 10:00:00" if self.is_user_defined else "2022-01-03 09:00:00"
        return {
            "id": self.id,
            "code": self.code,
            "name": self.name,
            "type": self.type,
            "lookup_type": self.lookup_type,
            "entity_type": self.entity_type,
            "sort_order": self.sort_order,
            "validation": self.validation,
            "is_required": self.is_required,
            "is_unique": self.is_unique,
            "quick_add": self.quick_add,
            "is_user_defined": int(self.is_user_defined),
            "created_at": moment,
            "updated_at": moment,
        }


def attributes(seed: int, release: str) -> list[Attribute]:
    """System and custom attributes of a release, with ids of their own for every seed."""
    found = [*_system(release), *_custom(release)]
    chance = random.Random(f"attributes-{seed}")  # noqa: S311 - test data, not a secret
    ids = chance.sample(range(1, 2 * len(found)), len(found))
    next_option = 1
    numbered = []
    for attribute_id, parts in zip(ids, found, strict=True):
        names: tuple[str, ...] = parts.get("option_names", ())
        option_ids = tuple(range(next_option, next_option + len(names)))
        next_option += len(names) + 1
        numbered.append(Attribute(id=attribute_id, option_ids=option_ids, **parts))
    return numbered


def _system(release: str) -> list[dict[str, Any]]:
    text = files(__package__).joinpath("data", "system_attributes.json").read_text("utf-8")
    return [
        {key: value for key, value in row.items() if key != "since"} | {"is_user_defined": False}
        for row in json.loads(text)
        if reaches(release, row.get("since", "1.0.0"))
    ]


def _custom(release: str) -> list[dict[str, Any]]:
    definitions = [(entity, *parts) for entity in ENTITIES for parts in _CUSTOM]
    definitions += [
        ("leads", code, code.replace("_", " ").title(), "lookup", lookup, None, ())
        for code, lookup, since in _LEAD_LOOKUPS
        if reaches(release, since)
    ]
    return [
        {
            "entity_type": entity,
            "code": code,
            "name": name,
            "type": kind,
            "lookup_type": lookup,
            "validation": validation,
            "is_user_defined": True,
            "sort_order": 20 + order,
            "option_names": options,
        }
        for order, (entity, code, name, kind, lookup, validation, options) in enumerate(definitions)
    ]


def option_rows(found: list[Attribute], *, dirty: bool) -> list[dict[str, Any]]:
    """Rows of `attribute_options`; when dirty the last option of each list was deleted."""
    return [
        {"id": option_id, "name": name, "sort_order": order, "attribute_id": attribute.id}
        for attribute in found
        for order, (option_id, name) in enumerate(
            zip(attribute.option_ids, attribute.option_names, strict=True), 1
        )
        if not (dirty and option_id == attribute.option_ids[-1])
    ]
