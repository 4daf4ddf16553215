"""The fields of each tidy object, as the mapping knows them (custom ones come from the source)."""

from __future__ import annotations

from moorage.sources.base import SourceField

_STAMPS = "created_at datetime, updated_at datetime"
_ADDRESS = (
    "address.street text, address.street2 text, address.city text, address.zip text,"
    " address.state_code text, address.state_name text, address.country_code text,"
    " address.country_text text"
)
_COMPANY_ADDRESS = ", ".join(
    f"company.{part} text"
    for part in ("street", "street2", "city", "zip", "state_name", "country_code")
)
_QUOTE_ADDRESSES = ", ".join(
    f"{kind}.{part} text"
    for kind in ("billing", "shipping")
    for part in ("street", "street2", "city", "zip", "state_name", "country_code")
)

#: Per object its label, its raw table, and its fields: name, type, and what a link points to.
#: `!` marks what Krayin itself demands.
_OBJECTS = {
    "users": (
        "User",
        "users",
        "id text, name text!, email email!, login_text text, active boolean, role text,"
        f" permission_type text, view_permission text, groups multiselect, image file, {_STAMPS}",
    ),
    "tags": (
        "Tag",
        "tags",
        "id text, name text!, color text, user_id link users, canonical_id link tags,"
        " variants multiselect, used_on_leads boolean, used_on_persons boolean,"
        f" used_on_products boolean, {_STAMPS}",
    ),
    "pipelines": (
        "Pipeline",
        "lead_pipelines",
        "id text, name text!, is_default boolean, rotten_days integer, position integer,"
        f" {_STAMPS}",
    ),
    "stages": (
        "Stage",
        "lead_pipeline_stages",
        "id text, code text, name text, probability decimal, pipeline_id link pipelines,"
        " lead_stage_id text, position integer, outcome select, rotten_days integer",
    ),
    "sources": (
        "Lead source",
        "lead_sources",
        f"id text, name text!, canonical_id link sources, {_STAMPS}",
    ),
    "types": (
        "Lead type",
        "lead_types",
        f"id text, name text!, canonical_id link types, {_STAMPS}",
    ),
    "lost_reasons": (
        "Reason of loss",
        "",
        "id text, name text, variants multiselect, lead_count integer",
    ),
    "organizations": (
        "Organization",
        "organizations",
        f"id text, name text!, {_ADDRESS}, user_id link users, {_STAMPS}",
    ),
    "persons": (
        "Person",
        "persons",
        "id text, name text!, email email, emails_all multiselect, other_emails multiselect,"
        " emails_labelled text, phone phone, phones_all multiselect, other_phones multiselect,"
        " phones_labelled text, job_title text, organization_id link organizations,"
        f" {_COMPANY_ADDRESS}, user_id link users, unique_id text, tags links tags, {_STAMPS}",
    ),
    "products": (
        "Product",
        "products",
        "id text, sku text!, name text!, description text, price money, currency text,"
        f" quantity integer, quantity_on_hand integer, tags links tags, {_STAMPS}",
    ),
    "leads": (
        "Lead",
        "leads",
        "id text, title text!, description text, lead_value money, currency text, status integer,"
        " outcome select, stage_position integer, stage_probability decimal, stage_name text,"
        " pipeline_id link pipelines, stage_id link stages, lost_reason text,"
        " lost_reason_id link lost_reasons, closed_at datetime, closed_at_effective datetime,"
        " expected_close_date date, user_id link users, person_id link persons, person_name text,"
        " email email, phone phone, organization_id link organizations, organization_name text,"
        " source_id link sources, type_id link types, type_name text, tags links tags,"
        f" products_text text, {_STAMPS}",
    ),
    "quotes": (
        "Quote",
        "quotes",
        "id text, subject text!, description text, billing_address text, shipping_address text,"
        f" {_QUOTE_ADDRESSES}, discount_percent decimal, discount_amount money, tax_amount money,"
        " adjustment_amount money, sub_total money, grand_total money, currency text,"
        " item_count integer, items_total money, items_discount money, items_tax money,"
        " computed_total money, totals_agree boolean, expired_on date, expired_at datetime,"
        " person_id link persons, organization_id link organizations, user_id link users,"
        f" lead_id link leads, lead_ids links leads, {_STAMPS}",
    ),
    "quote_items": (
        "Quote item",
        "quote_items",
        "id text, quote_id link quotes, position integer, product_id link products,"
        " product_missing boolean, line_product_id link line_products, sku text, name text,"
        " quantity decimal, price money, amount money, discount_amount money, tax_amount money,"
        " discount_percent decimal, tax_percent decimal, coupon_code text, total money,"
        f" {_STAMPS}",
    ),
    "quote_extras": (
        "Discount, tax or adjustment of a quote",
        "",
        "id text, quote_id link quotes, line_product_id link line_products, name text,"
        " position integer, quantity decimal, price money, amount money",
    ),
    "line_products": ("Product that stands for an amount", "", "id text, name text"),
    "activities": (
        "Activity",
        "activities",
        "id text, title text, type text!, is_done boolean, heading html, comment html,"
        " details html, schedule_from datetime, schedule_to datetime, happened_at datetime,"
        " deadline date, duration_minutes integer, location text, user_id link users,"
        " author_email text, record reference, record_object text, lead_id link leads,"
        " other_links text, participants references, participant_names text,"
        f" attendees references, files links activity_files, {_STAMPS}",
    ),
    "activity_files": (
        "File of an activity",
        "activity_files",
        "id text, name text!, path file!, mimetype text, activity_id link activities,"
        f" record reference, record_object text, {_STAMPS}",
    ),
    "emails": (
        "E-mail",
        "emails",
        "id text, subject text, body html, is_outgoing boolean, is_draft boolean,"
        " sent_at datetime, direction text, sender text, sender_address email, author reference,"
        " sent_to text, cc text, bcc text, recipients references, message_id text,"
        " thread_id link emails, record reference, record_object text, folders text,"
        f" is_read boolean, tags multiselect, files links email_attachments, {_STAMPS}",
    ),
    "email_attachments": (
        "Attachment of an e-mail",
        "email_attachments",
        "id text, name text!, path file!, mimetype text, size integer, content_id text,"
        f" email_id link emails, record reference, record_object text, {_STAMPS}",
    ),
    "attribute_files": (
        "File in a custom field",
        "",
        "id text, name text!, path file!, mimetype text, label text, record reference,"
        " record_object text",
    ),
    "email_templates": (
        "E-mail template",
        "email_templates",
        f"id text, name text!, subject text, content html, written_for text, {_STAMPS}",
    ),
}

_OPTIONS = {
    ("stages", "outcome"): ("won", "lost", "open"),
    ("leads", "outcome"): ("won", "lost", "open"),
}

NAMES = tuple(_OBJECTS)


def label(name: str) -> str:
    """The word for one record of the object."""
    return _OBJECTS[name][0]


def table(name: str) -> str:
    """The source table that the object's rows come from, '' if from none alone."""
    return _OBJECTS[name][1]


def native_fields(name: str) -> tuple[SourceField, ...]:
    """The fields that every installation has, in the order of the tidy columns."""
    return tuple(_field(name, part.split()) for part in _OBJECTS[name][2].split(","))


def _field(name: str, words: list[str]) -> SourceField:
    column, kind = words[0], words[1]
    return SourceField(
        column,
        kind.rstrip("!"),
        column.replace("_", " ").replace(".", " "),
        required=kind.endswith("!"),
        options=_OPTIONS.get((name, column), ()),
        link=words[2] if len(words) > 2 else None,
    )
