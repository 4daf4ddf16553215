"""The fields of each tidy object, as the mapping knows them (custom ones come from metadata)."""

from __future__ import annotations

from moorage.sources.base import SourceField

_STAMPS = "created_at datetime, updated_at datetime"
_OWNER = f"owner_id link systemuser, owner_team text, @custom, {_STAMPS}"
_ADDRESS = ", ".join(
    f"address.{part} text"
    for part in (
        "street",
        "street2",
        "city",
        "zip",
        "state",
        "country",
        "state_name",
        "country_name",
    )
)
_PHONES = "emails_all text, phone phone"
_MAY = "do_not_email boolean, do_not_phone boolean, do_not_bulk_email boolean"

#: Per object its label, the table that is counted, and its fields: name, type, what a link points
#: to. `!` marks what Dataverse itself demands; custom fields stand where `@custom` is.
_OBJECTS = {
    "systemuser": (
        "User",
        "systemuser",
        "id text, name text!, email email, login text, active boolean, is_person boolean,"
        " job_title text, phone phone, access_mode select, business_unit text,"
        f" manager_id link systemuser, {_STAMPS}",
    ),
    "team": (
        "Team",
        "team",
        "id text, name text!, email email, administrator_id link systemuser, business_unit text,"
        f" team_type select, {_STAMPS}",
    ),
    "businessunit": (
        "Business unit",
        "businessunit",
        "id text, name text!, parent_id link businessunit, active boolean",
    ),
    "transactioncurrency": (
        "Currency",
        "transactioncurrency",
        "id text, code text, name text!, symbol text, exchange_rate decimal",
    ),
    "pipeline": (
        "Pipeline",
        "",
        "id text, name text, is_process boolean, opportunity_count integer",
    ),
    "stage": (
        "Stage",
        "processstage",
        "id text, name text, pipeline_id link pipeline, category select, outcome select,"
        " position integer",
    ),
    "lost_reason": ("Reason of loss", "", "id text, name text, record_count integer"),
    "lead_source": ("Lead source", "", "id text, name text"),
    "tag": ("Tag", "", "id text, name text, record_count integer"),
    "account": (
        "Account",
        "account",
        "id text, name text!, account_number text, parent_id link account,"
        " primary_contact_id link contact, primary_contact text, email email,"
        f" {_PHONES}, phones_all text, website url, industry select, relationship select,"
        " category select, ownership select, revenue money, employees integer, sic text,"
        " ticker text, credit_limit money, credit_on_hold boolean, payment_terms select,"
        f" currency text, tags links tag, description text, {_MAY}, {_ADDRESS}, active boolean,"
        " status select,"
        f" master_id link account, {_OWNER}",
    ),
    "contact": (
        "Contact",
        "contact",
        "id text, name text, salutation text, first_name text, middle_name text, last_name text,"
        " suffix text, nickname text, job_title text, department text, account_id link account,"
        f" parent_contact text, email email, {_PHONES}, mobile phone, phones_all text, website url,"
        " birthday date, anniversary date, gender select, family_status select, spouse text,"
        " assistant text, assistant_phone phone, manager text, role select,"
        f" preferred_contact select, lead_source select, tags links tag,"
        f" description text, {_MAY},"
        f" has_own_address boolean, {_ADDRESS}, active boolean, status select,"
        f" master_id link contact, {_OWNER}",
    ),
    "address": (
        "Further address",
        "",
        "id text, record reference, name text, street text, street2 text, city text, zip text,"
        " state text, country text, state_name text, country_name text",
    ),
    "lead": (
        "Lead",
        "lead",
        "id text, title text, contact_name text, first_name text, last_name text, salutation text,"
        f" company_name text, job_title text, email email, {_PHONES}, mobile phone,"
        " phones_all text, website url, source_id link lead_source, source select, rating select,"
        " priority select, industry select, revenue money, employees integer, budget money,"
        " amount money,"
        " amount_base money, currency text, expected_close_date date, description text,"
        " qualification text, stage_id link stage, contact_id link contact,"
        f" account_id link account, customer reference, has_customer boolean, {_ADDRESS},"
        " outcome select, status select,"
        " lost_reason_id link lost_reason, opportunity_id link opportunity,"
        f" master_id link lead, {_OWNER}",
    ),
    "opportunity": (
        "Opportunity",
        "opportunity",
        "id text, name text!, description text, customer reference, account_id link account,"
        " contact_id link contact, outcome select, status select, pipeline_id link pipeline,"
        " stage_id link stage, stage text, probability integer, amount money, amount_base money,"
        " actual_amount money, currency text, expected_close_date date, closed_on date,"
        " closed_at datetime, lost_reason_id link lost_reason, close_notes text,"
        " close_revenue money, rating select, priority select, budget money, need select,"
        " timeline select, sales_notes text, total_amount money, price_list text,"
        " products_text text, lead_id text, lead_title text, source_id link lead_source,"
        f" {_OWNER}",
    ),
    "opportunityproduct": (
        "Opportunity product",
        "opportunityproduct",
        "id text, opportunity_id link opportunity, product_id link product, name text,"
        f" quantity decimal, price money, amount money, {_STAMPS}",
    ),
    "uom": (
        "Unit",
        "uom",
        "id text, name text!, quantity decimal, base_id link uom, unit_group text",
    ),
    "product": (
        "Product",
        "product",
        "id text, name text!, number text, description text, structure select,"
        " product_type select, is_service boolean, list_price money, standard_cost money,"
        " current_cost money, currency text, uom_id link uom, family_id link product,"
        " on_hand decimal, weight decimal, volume decimal, supplier text, supplier_number text,"
        " url url, valid_from date, valid_to date, bundle text, status select, active boolean,"
        f" @custom, {_STAMPS}",
    ),
    "pricelevel": (
        "Price list",
        "pricelevel",
        "id text, name text!, valid_from date, valid_to date, currency text, description text,"
        f" active boolean, {_STAMPS}",
    ),
    "productpricelevel": (
        "Price list item",
        "productpricelevel",
        "id text, pricelevel_id link pricelevel, product_id link product, unit text,"
        " uom_id link uom, amount money, percentage decimal, method select, kind select,"
        f" valid_from date, valid_to date, {_STAMPS}",
    ),
    "incident": (
        "Case",
        "incident",
        "id text, title text!, number text, description text, customer reference, email email,"
        " subject text, product text, serial_number text, case_type select, origin select,"
        " priority_name select, priority select, ticket_priority select, satisfaction select,"
        " entitlement text, follow_up_by datetime, resolve_by datetime, escalated boolean,"
        " outcome select, status select, stage_id link task_stage, resolution text,"
        " resolution_minutes integer, resolved_at datetime, parent_id link incident,"
        f" master_id link incident, {_OWNER}",
    ),
    "project": ("Project for cases and tasks", "", "id text, name text, record_count integer"),
    "task_stage": (
        "Status of a case or task",
        "",
        "id text, name text, project_id link project, folded boolean, position integer",
    ),
    "activityparty": (
        "Activity party",
        "activityparty",
        "id text, activity_id text, role_code integer, role select, party reference,"
        " address email, name text, resolution select, person reference, is_deleted boolean,"
        " is_inactive boolean",
    ),
    "placeholder": (
        "Placeholder for a party",
        "",
        "id text, name text, email email, party_table text, reason select, activity_count integer",
    ),
    "email": (
        "E-mail",
        "email",
        "id text, subject text, body html, is_outgoing boolean, is_draft boolean, status select,"
        " sent_at datetime, sender text, author reference, sent_to text, cc text, bcc text,"
        " recipients references, message_id text, thread_id link email, record reference,"
        " record_object text, also_regarding text, unresolved text,"
        " files links activitymimeattachment, owner_id link systemuser, @custom,"
        f" {_STAMPS}",
    ),
    "phonecall": (
        "Phone call",
        "phonecall",
        "id text, subject text, description html, is_outgoing boolean, direction select,"
        " number phone, left_voicemail boolean, duration_minutes integer, outcome select,"
        " status select, happened_at datetime, deadline date, details html, heading html,"
        " author reference, partner reference, record reference, record_object text,"
        f" files links activitymimeattachment, {_OWNER}",
    ),
    "task": (
        "Task",
        "task",
        "id text, subject text, description html, outcome select, status select,"
        " stage_id link task_stage, percent_complete integer, priority select, starts_at datetime,"
        " due_at datetime, deadline date, done_at datetime, duration_minutes integer,"
        " happened_at datetime, regarding text, record reference, record_object text,"
        " customer reference, deal reference, project_id link project, heading html, details html,"
        f" author reference, {_OWNER}",
    ),
    "appointment": (
        "Appointment",
        "appointment",
        "id text, subject text, description html, location text, is_all_day boolean,"
        " starts_at datetime, ends_at datetime, first_day date, last_day date, outcome select,"
        " status select, is_free boolean, series text, organizer_id link systemuser,"
        " attendees references, participant_names text, unresolved text, record reference,"
        f" record_object text, deal reference, regarding text, {_OWNER}",
    ),
    "activitypointer": (
        "Other activity",
        "activitypointer",
        "id text, type select, subject text, description html, outcome select, status select,"
        " happened_at datetime, heading html, details html, author reference, record reference,"
        " record_object text, files links activitymimeattachment, owner_id link systemuser,"
        f" owner_team text, {_STAMPS}",
    ),
    "annotation": (
        "Note",
        "annotation",
        "id text, subject text, body html, heading html, details html, is_document boolean,"
        " files links note_file, record reference, record_object text, author reference,"
        f" happened_at datetime, {_STAMPS}",
    ),
    "note_file": (
        "File of a note",
        "",
        "id text, name text, mimetype text, size integer, path file, record reference,"
        " record_object text, created_at datetime",
    ),
    "column_file": (
        "File or image in a column",
        "",
        "id text, name text, path file, record reference, record_object text",
    ),
    "activitymimeattachment": (
        "Attachment of an e-mail",
        "activitymimeattachment",
        "id text, name text, mimetype text, size integer, path file, activity_id text,"
        " record reference, record_object text, created_at datetime",
    ),
}  # fmt: skip

_OPTIONS = {
    ("stage", "outcome"): ("open", "won"),
    ("opportunity", "outcome"): ("open", "won", "lost"),
    ("lead", "outcome"): ("open", "qualified", "disqualified"),
    ("product", "structure"): ("product", "family", "bundle"),
}
#: Objects whose tables may have custom columns of their own.
CUSTOMISED = tuple(name for name, about in _OBJECTS.items() if "@custom" in about[2])
NAMES = tuple(_OBJECTS)


def label(name: str) -> str:
    """The word for one record of the object."""
    return _OBJECTS[name][0]


def table(name: str) -> str:
    """The table whose rows are counted for the object, '' if its rows are derived."""
    return _OBJECTS[name][1]


def fields(name: str, custom: tuple[SourceField, ...] = ()) -> tuple[SourceField, ...]:
    """The fields of the object in the order of the tidy columns, `custom` in their place."""
    found: list[SourceField] = []
    for part in _OBJECTS[name][2].split(","):
        words = part.split()
        found += custom if words == ["@custom"] else [_field(name, words)]
    return tuple(found)


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
