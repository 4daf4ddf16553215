"""The fields of Odoo that a column may go to: as captured from an Odoo 19, or a live server's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from moorage.destination import ModelField
from moorage.proposals.words import data_text

Fields = Mapping[str, ModelField]

#: Fields that Odoo keeps for itself; nobody fills them from a source.
_TECHNICAL_START = (
    "message_", "activity_", "website_message", "rating_", "my_activity", "avatar_", "image_1024",
    "image_128", "image_256", "image_512", "display_", "has_", "access_", "x_", "can_", "show_",
    "duplicate", "iap_", "phone_sanitized", "email_normalized", "is_blacklisted",
)  # fmt: skip
_TECHNICAL = frozenset(
    ("id", "create_date", "create_uid", "write_date", "write_uid", "company_id", "self", "color",
     "properties", "sequence", "reveal_id", "json_popover", "sending_data", "favorite_user_ids",
     "recurrence_id")
)  # fmt: skip
#: Of models that Odoo's Community edition lacks, what their makers document.
_DOCUMENTED: dict[str, dict[str, tuple[str, str, str]]] = {
    "helpdesk.ticket": {
        "name": ("char", "Subject", ""),
        "description": ("html", "Description", ""),
        "partner_id": ("many2one", "Customer", "res.partner"),
        "partner_name": ("char", "Customer Name", ""),
        "partner_email": ("char", "Customer Email", ""),
        "partner_phone": ("char", "Customer Phone", ""),
        "user_id": ("many2one", "Assigned to", "res.users"),
        "team_id": ("many2one", "Helpdesk Team", "helpdesk.team"),
        "stage_id": ("many2one", "Stage", "helpdesk.stage"),
        "priority": ("selection", "Priority", ""),
        "tag_ids": ("many2many", "Tags", "helpdesk.tag"),
        "ticket_type_id": ("many2one", "Type", "helpdesk.ticket.type"),
        "ticket_ref": ("char", "Ticket IDs Sequence", ""),
        "assign_date": ("datetime", "First assignment date", ""),
        "close_date": ("datetime", "Close date", ""),
        "date_last_stage_update": ("datetime", "Last Stage Update", ""),
        "sla_deadline": ("datetime", "SLA Deadline", ""),
        "email_cc": ("char", "Email cc", ""),
        "active": ("boolean", "Active", ""),
    }
}


def built_in(model: str) -> dict[str, ModelField]:
    """The fields of `model` in Odoo 19 as captured; empty for a model that is not known."""
    documented = _DOCUMENTED.get(model)
    if documented:
        return {
            name: ModelField(name, kind, label, relation or None)
            for name, (kind, label, relation) in documented.items()
        }
    return {
        name: ModelField(
            name=name,
            type=kind,
            label=label,
            relation=relation or None,
            required="q" in flags,
            readonly="r" in flags,
            store="c" not in flags,
            selection=tuple((key, key) for key in selection),
        )
        for name, (kind, label, relation, flags, selection) in _captured().get(model, {}).items()
    }


def known_models() -> list[str]:
    """The models with built-in fields."""
    return sorted([*(name for name in _captured() if name != "from"), *_DOCUMENTED])


def is_technical(field: ModelField) -> bool:
    """Whether Odoo keeps this field for itself, so that only a concept may name it."""
    return (
        field.name in _TECHNICAL
        or field.name.startswith(_TECHNICAL_START)
        or field.type in ("one2many", "json", "properties", "properties_definition", "reference")
        or (field.readonly and not field.store)
    )


@cache
def _captured() -> dict[str, dict[str, tuple[str, str, str, str, list[str]]]]:
    found: dict[str, dict[str, tuple[str, str, str, str, list[str]]]] = json.loads(
        data_text("catalogue.json")
    )
    return {name: fields for name, fields in found.items() if name != "from"}
