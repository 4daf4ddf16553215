"""The fields of each tidy object, as the mapping knows them; custom ones come from the data."""

from __future__ import annotations

from collections.abc import Iterable

from moorage.bundles import Inferred
from moorage.sources.base import SourceField

_STAMPS = "created_at datetime, updated_at datetime"
_ON = "id text, record reference, record_object text"
#: Per object its label and its fields: name, type, what a link points to.
_OBJECTS = {
    "users": (
        "Member",
        "id text, name text, email email, role text, active boolean, is_only_a_name boolean",
    ),
    "companies": (
        "Company",
        "id text, name text, domain text, is_generic boolean, industry text, size text,"
        " website url, estimated_revenue money, linkedin url, description html, city text,"
        " state text, country text, is_only_named boolean, owner_id link users, tags links tags, "
        + _STAMPS,
    ),
    "people": (
        "Contact",
        "id text, name text, given_name text, first_name text, last_name text, email email,"
        " emails_all text, phone phone, phones_all text, title text, company_id link companies,"
        " company_name text, linkedin url, notes html, city text, state text, country text,"
        " owner_id link users, is_private boolean, is_placeholder boolean, tags links tags, "
        + _STAMPS,
    ),
    "pipelines": ("Pipeline", "id text, name text, deal_count integer"),
    "stages": (
        "Stage",
        "id text, pipeline_id link pipelines, name text, position integer, outcome select,"
        " is_unlisted boolean",
    ),
    "lost_reasons": ("Lost reason", "id text, name text"),
    "deals": (
        "Deal",
        "id text, name text, pipeline_id link pipelines, stage_id link stages, stage_given text,"
        " outcome select, amount money, amount_base money, currency text, expected_close_date date,"
        " closed_at datetime, closed_at_effective datetime, owner_id link users,"
        " company_id link companies,"
        " contact_id link people, customer reference, contact_email email,"
        " stakeholder_ids links people, stakeholders_unknown text, is_private boolean,"
        " lost_reason_id link lost_reasons, next_step text, score text, description html,"
        " pipeline_name text, tags links tags, " + _STAMPS,
    ),
    "tags": (
        "Tag",
        "id text, name text, variants multiselect, partner_count integer, deal_count integer",
    ),
    "interactions": (
        "Interaction",
        f"{_ON}, participants references, deal_id link deals, type select, channel select,"
        " direction select, sentiment select, title text, body html, happened_at datetime,"
        " ended_at datetime, deadline date, created_at datetime, author_id link users,"
        " author reference, is_private boolean, kind select, is_cancelled boolean, heading html,"
        " details html",
    ),
    "notes": (
        "Note",
        f"{_ON}, body html, happened_at datetime, author_id link users, is_private boolean,"
        " details html",
    ),
    "drafts": (
        "AI draft",
        f"{_ON}, subject text, body html, happened_at datetime, author_id link users,"
        " status select, channel select, trigger text, heading html",
    ),
    "attachments": ("Attachment", f"{_ON}, name text, path file, created_at datetime"),
}
NAMES = tuple(_OBJECTS)


def label(name: str) -> str:
    """What an object is called in reports."""
    return _OBJECTS[name][0]


def fields(name: str, custom: Iterable[Inferred]) -> tuple[SourceField, ...]:
    """The fields of an object, users' own at the end."""
    known = [_field(text) for text in _OBJECTS[name][1].split(",")]
    own = [
        SourceField(one.name, one.type, one.label or one.name, custom=True, options=one.options)
        for one in custom
    ]
    return (*known, *own)


def _field(text: str) -> SourceField:
    name, kind, *link = text.split()
    words = name.removesuffix("_id").replace("_", " ")
    return SourceField(name, kind, words.capitalize(), link=link[0] if link else None)
