"""The fields of each tidy object, as the mapping knows them; custom ones come from the data."""

from __future__ import annotations

from collections.abc import Mapping

from moorage.bundles import Inferred
from moorage.sources.base import SourceField

_STAMPS = "created_at datetime, updated_at datetime"
_ACCOUNT = "id text, account_id link accounts"
_CLIENT = f"{_ACCOUNT}, client_id link clients"
_STEP = (
    "action_plan text, sales_cycle text, stage_id link stages, pipeline_id link pipelines,"
    " outcome select, stage_likelihood decimal, lead_source_id link lead_sources,"
    " contact_type text, contact_type_name text, owner_id link users, tags links tags"
)
_DEAL = "deal_size money, likelihood decimal, close_date date, quoted boolean, closed boolean"

#: Per object its label and its fields: name, type, what a link points to.
_OBJECTS = {
    "accounts": (
        "Account",
        "id text, name text, parent_id link accounts, level text, depth integer, owner_name text,"
        " email email, phone phone, phone_country text, website url, royalty_rate decimal,"
        " marketing_rate decimal, proposals_active boolean, time_zone text",
    ),
    "users": (
        "User",
        f"{_ACCOUNT}, name text, email email, user_name text, login text, phone phone,"
        " user_type text, active boolean, is_only_a_name boolean, canonical_id link users",
    ),
    "pipelines": ("Contact type", "id text, name text, contact_type text, stage_count integer"),
    "stages": (
        "Sales cycle",
        f"{_ACCOUNT}, name text, pipeline_id link pipelines, position integer, likelihood decimal,"
        " active boolean, quoted boolean, closed boolean, is_made boolean, outcome select,"
        " canonical_id link stages",
    ),
    "lead_sources": ("Lead source", "id text, name text, variants multiselect"),
    "tags": (
        "Tag",
        "id text, name text, variants multiselect, client_count integer, opportunity_count integer",
    ),
    "companies": ("Company of clients", f"{_ACCOUNT}, name text, client_count integer"),
    "clients": (
        "Client",
        f"{_ACCOUNT}, client_id text, external_id text, name text, first_name text, last_name text,"
        " company_name text, market text, company_id link companies, main_contact_id link clients,"
        " parent reference, address.street text, address.city text, address.zip text,"
        " address.state_code text, address.state text, address.country_code text,"
        " has_address boolean, email email, emails_all text, phone phone, phone_country text,"
        f" sms_ok text, age text, gender text, whiteboard html, {_DEAL}, archived boolean, {_STEP},"
        " campaign text, form text, score decimal, opportunity_count integer, has_no_id boolean,"
        f" {_STAMPS}, found_in text",
    ),
    "opportunities": (
        "Opportunity",
        f"{_CLIENT}, name text, contact_name text, company_name text, {_DEAL}, {_STEP}, {_STAMPS},"
        " found_in text",
    ),
    "line_products": ("Product of proposal lines", "id text, name text"),
    "proposals": (
        "Proposal",
        f"{_CLIENT}, number text, opportunity_id link opportunities, status select,"
        " proposal_type text, owner_id link users, created_at datetime, valid_until date,"
        " job_start_date date, subtotal money, labor_tax money, material_tax money, discount money,"
        " total money, computed_total money, total_to_be money, line_count integer, template text,"
        " terms html, notes html, url url, found_in text",
    ),
    "proposal_lines": (
        "Proposal line",
        "id text, proposal_id link proposals, product_id link line_products, position integer,"
        " name text, quantity decimal, unit_price money, taxable boolean, amount money",
    ),
    "proposal_extras": (
        "Tax or discount of a proposal",
        "id text, proposal_id link proposals, product_id link line_products, position integer,"
        " name text, quantity decimal, unit_price money",
    ),
    "projects": ("Project of work orders", "id text, name text"),
    "task_stages": (
        "Status of work orders",
        "id text, name text, project_id link projects, position integer, folded boolean",
    ),
    "work_orders": (
        "Work order",
        f"{_CLIENT}, number text, name text, project_id link projects, proposal_id link proposals,"
        " type text, status text, task_stage_id link task_stages, outcome select,"
        " starts_at datetime, ends_at datetime, owner_id link users, assigned_to text, notes html,"
        " found_in text",
    ),
    "notes": (
        "History note",
        f"{_CLIENT}, happened_at datetime, author_name text, author_id link users, note_type text,"
        " channel select, direction text, subject text, body html, heading html",
    ),
    "calls": (
        "Call",
        f"{_CLIENT}, happened_at datetime, direction text, duration_minutes decimal,"
        " duration_text text, disposition text, recording_url url, owner_id link users,"
        " user_name text, notes html, details html",
    ),
    "events": (
        "Event",
        f"{_CLIENT}, title text, event_type text, starts_at datetime, ends_at datetime,"
        " location text, notes html, owner_id link users",
    ),
    "files": ("File", f"{_CLIENT}, name text, path file, created_at datetime"),
    "templates": (
        "Template",
        f"{_ACCOUNT}, name text, type text, is_mail boolean, subject text, body html",
    ),
}
NAMES = tuple(_OBJECTS)


def label(name: str) -> str:
    """What an object is called in reports."""
    return _OBJECTS[name][0]


def fields(name: str, custom: Mapping[str, Inferred]) -> tuple[SourceField, ...]:
    """The fields of an object, users' own at the end."""
    known = [_field(text) for text in _OBJECTS[name][1].split(",")]
    own = [
        SourceField(column, one.type, one.label, custom=True, options=one.options)
        for column, one in custom.items()
    ]
    return (*(one for one in known if one.name != "id"), *own)


def _field(text: str) -> SourceField:
    name, kind, *link = text.split()
    words = name.removesuffix("_id").replace(".", " ").replace("_", " ")
    return SourceField(name, kind, words.capitalize(), link=link[0] if link else None)
