"""The tables this source reads, with every column that any Krayin release gave them.

A table or column that an installation lacks becomes an empty table or a column of NULLs in staging,
so that the tidy SQL is the same for every release. Secrets (passwords, tokens) are never read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Columns that stay in the source whatever table they are in.
SECRET = re.compile(r"password|secret|remember_token|access_token|refresh_token|api_key", re.I)


@dataclass(frozen=True)
class ExpectedTable:
    """A table as Krayin's newest release has it, plus columns that older releases had."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]


def _table(name: str, columns: str, key: str = "id") -> ExpectedTable:
    names = tuple(columns.split())
    if key == "id":
        names = ("id", *names)
    return ExpectedTable(name, tuple(key.split()), names)


STAMPS = " created_at updated_at"

EXTRACTED = (
    _table("roles", "name description permission_type permissions created_by" + STAMPS),
    _table("users", "name email status view_permission role_id created_by image" + STAMPS),
    _table("groups", "name description" + STAMPS),
    _table("user_groups", "group_id user_id", key="group_id user_id"),
    _table("tags", "name color user_id" + STAMPS),
    _table("lead_pipelines", "name is_default rotten_days" + STAMPS),
    # Before 1.2.0 a stage's code and name stood in lead_stages.
    _table(
        "lead_pipeline_stages",
        "code name probability sort_order lead_pipeline_id lead_stage_id",
    ),
    _table("lead_stages", "code name is_user_defined" + STAMPS),
    _table("lead_sources", "name" + STAMPS),
    _table("lead_types", "name" + STAMPS),
    _table("countries", "code name"),
    _table("country_states", "country_code code name country_id"),
    _table("attributes", "code name type lookup_type entity_type sort_order validation"
           " is_required is_unique quick_add is_user_defined" + STAMPS),
    _table("attribute_options", "name sort_order attribute_id"),
    _table("organizations", "name address user_id" + STAMPS),
    _table("persons", "name emails contact_numbers organization_id job_title user_id unique_id"
           + STAMPS),
    _table("person_tags", "tag_id person_id", key="tag_id person_id"),
    _table("products", "sku name description quantity price" + STAMPS),
    _table("product_tags", "tag_id product_id", key="tag_id product_id"),
    _table("product_inventories", "in_stock allocated product_id warehouse_id"
           " warehouse_location_id" + STAMPS),
    _table("warehouses", "name description contact_name contact_emails contact_numbers"
           " contact_address" + STAMPS),
    _table("warehouse_locations", "name warehouse_id" + STAMPS),
    _table("leads", "title description lead_value status lost_reason closed_at user_id person_id"
           " lead_source_id lead_type_id lead_pipeline_id lead_pipeline_stage_id lead_stage_id"
           " expected_close_date" + STAMPS),
    _table("lead_tags", "tag_id lead_id", key="tag_id lead_id"),
    _table("lead_products", "quantity price amount lead_id product_id" + STAMPS),
    _table("lead_quotes", "quote_id lead_id", key="quote_id lead_id"),
    _table("quotes", "subject description billing_address shipping_address discount_percent"
           " discount_amount tax_amount adjustment_amount sub_total grand_total expired_at"
           " person_id user_id" + STAMPS),
    _table("quote_items", "sku name quantity price coupon_code discount_percent discount_amount"
           " tax_percent tax_amount total product_id quote_id" + STAMPS),
    # In 1.0.0 lead_activities was the table of activities, and lead_files held their files.
    _table("activities", "title type comment additional schedule_from schedule_to is_done user_id"
           " location" + STAMPS),
    _table("lead_activities", "activity_id lead_id id title type comment schedule_from schedule_to"
           " is_done user_id" + STAMPS, key="activity_id lead_id"),
    _table("lead_files", "name path lead_id" + STAMPS),
    _table("person_activities", "activity_id person_id", key="activity_id person_id"),
    _table("product_activities", "activity_id product_id", key="activity_id product_id"),
    _table("warehouse_activities", "activity_id warehouse_id", key="activity_id warehouse_id"),
    _table("activity_participants", "activity_id user_id person_id"),
    _table("activity_files", "name path activity_id" + STAMPS),
    _table("emails", "subject source user_type name reply is_read folders from sender reply_to cc"
           " bcc unique_id message_id reference_ids person_id lead_id parent_id" + STAMPS),
    _table("email_attachments", "name path size content_type content_id email_id" + STAMPS),
    _table("email_tags", "tag_id email_id", key="tag_id email_id"),
    _table("email_templates", "name subject content" + STAMPS),
    _table("attribute_values", "entity_type text_value boolean_value integer_value float_value"
           " datetime_value date_value json_value entity_id attribute_id unique_id"),
)  # fmt: skip

#: What tells a Krayin schema from another one: tables, and columns no other software names so.
NEEDED = {
    "users": ("email",),
    "organizations": ("name",),
    "persons": ("emails", "contact_numbers"),
    "leads": ("title", "lead_pipeline_id"),
    "lead_pipelines": ("name",),
    "lead_pipeline_stages": ("lead_pipeline_id",),
}

#: Tables of Krayin that are counted and listed but whose rows are not moved. Anything else in the
#: database is reported as unknown.
COUNTED = (
    "workflows", "webhooks", "web_forms", "web_form_attributes", "marketing_campaigns",
    "marketing_events", "warehouse_tags", "datagrid_saved_filters",
)  # fmt: skip

IGNORED = frozenset((
    "migrations", "core_config", "imports", "import_batches", "jobs",
    "job_batches", "failed_jobs", "password_resets", "password_reset_tokens",
    "user_password_resets", "user_reset_passwords", "personal_access_tokens",
    "google_contact_accounts", "contact_export_batches", "contact_export_batch_items",
    "sessions", "cache", "cache_locks",
))  # fmt: skip
