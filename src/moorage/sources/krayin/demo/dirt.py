"""The kinds of dirt the generator puts into the data, with their rates.

A kind hits each record of its table by a seeded hash, and one fixed record besides, so that every
kind is present from scale 3 on. The same kinds are listed for readers in the README of this folder.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from moorage.sources.krayin.demo.schema import reaches

COMMON_RATE = 0.1


@dataclass(frozen=True)
class Dirt:
    """One kind; `rate` is the share of the records of `table` that it hits at dirt 1.0."""

    name: str
    table: str
    rate: float
    meaning: str
    since: str = "1.0.0"


KINDS = (
    Dirt("org_near_duplicate", "organizations", 0.03, "name of the record before, other suffix"),
    Dirt("org_blank_name", "organizations", 0.0, "one name of blanks only"),
    Dirt("org_formula_name", "organizations", 0.002, "name begins with ="),
    Dirt("org_script_name", "organizations", 0.002, "HTML in the name"),
    Dirt("org_long_name", "organizations", 0.001, "name of 255 characters, cut"),
    Dirt("org_no_owner", "organizations", 0.2, "no owner"),
    Dirt("org_address_null", "organizations", 0.1, "no address at all"),
    Dirt("org_address_json_null", "organizations", 0.01, "address is the JSON value null"),
    Dirt("org_address_empty", "organizations", 0.01, 'address is the JSON string ""'),
    Dirt("org_address_double", "organizations", 0.01, "address encoded as JSON twice"),
    Dirt("org_address_partial", "organizations", 0.05, "address with missing and empty keys"),
    Dirt("org_address_free_state", "organizations", 0.05, "state typed as free text"),
    Dirt("org_name_drift", "organizations", 0.02, "shadow copy of the name differs"),
    Dirt("org_without_eav", "organizations", 0.5, "written by SQL: no shadow copies"),
    Dirt("person_email_case_twin", "persons", 0.03, "same e-mail in other case, similar name"),
    Dirt("person_email_none", "persons", 0.02, "e-mail is n/a, - or none"),
    Dirt("person_email_broken", "persons", 0.01, "e-mail without domain"),
    Dirt("person_email_two_in_one", "persons", 0.01, "two addresses in one value"),
    Dirt("person_email_padded", "persons", 0.01, "blanks around the e-mail"),
    Dirt("person_emails_object", "persons", 0.02, "list as object with numeric keys"),
    Dirt("person_emails_double", "persons", 0.005, "list encoded as JSON twice"),
    Dirt("person_emails_json_null", "persons", 0.005, "e-mails are the JSON value null"),
    Dirt("person_emails_empty", "persons", 0.005, 'e-mails are the JSON string ""'),
    Dirt("person_emails_none_at_all", "persons", 0.02, "empty list of e-mails"),
    Dirt("person_phone_none", "persons", 0.02, "phone is text, not a number"),
    Dirt("person_phones_object", "persons", 0.01, "list as object with numeric keys"),
    Dirt("person_phones_null", "persons", 0.15, "no phones: NULL"),
    Dirt("person_same_unique_parts", "persons", 0.01, "same parts of unique_id as another"),
    Dirt("person_phones_double", "persons", 0.003, "list encoded as JSON twice"),
    Dirt("person_blank_name", "persons", 0.002, "name of blanks only"),
    Dirt("person_html_name", "persons", 0.002, "HTML in the name"),
    Dirt("person_emoji_name", "persons", 0.005, "emoji in the name"),
    Dirt("person_control_name", "persons", 0.003, "control characters and tab in the name"),
    Dirt("person_formula_name", "persons", 0.002, "name begins with ="),
    Dirt("person_long_name", "persons", 0.001, "name of 255 characters, cut"),
    Dirt("person_no_organization", "persons", 0.15, "no organization"),
    Dirt("person_owner_wiped", "persons", 0.04, "owner NULL, shadow copy keeps it", "2.0.0"),
    Dirt("person_unique_id_stale", "persons", 0.03, "unique_id of earlier values", "2.1.0"),
    Dirt("person_zero_created", "persons", 0.002, "created_at is the zero date"),
    Dirt("person_no_times", "persons", 0.003, "created_at and updated_at NULL"),
    Dirt("person_foreign_attribute", "persons", 0.02, "value row points to a leads attribute"),
    Dirt("person_without_eav", "persons", 0.5, "written by SQL: no shadow copies"),
    Dirt("lead_without_person", "leads", 0.02, "no person", "2.0.5"),
    Dirt("lead_without_source", "leads", 0.02, "no source", "2.0.5"),
    Dirt("lead_without_type", "leads", 0.02, "no type", "2.0.5"),
    Dirt("lead_without_stage", "leads", 0.01, "no stage, its stage was deleted"),
    Dirt("lead_without_pipeline", "leads", 0.003, "neither pipeline nor stage"),
    Dirt("lead_without_owner", "leads", 0.05, "no owner"),
    Dirt("lead_stage_elsewhere", "leads", 0.003, "stage of another pipeline"),
    Dirt("lead_html_title", "leads", 0.005, "HTML in the title"),
    Dirt("lead_script_description", "leads", 0.01, "script in the description"),
    Dirt("lead_emoji_title", "leads", 0.01, "emoji in the title"),
    Dirt("lead_rtl_title", "leads", 0.005, "title with direction marks"),
    Dirt("lead_control_title", "leads", 0.003, "control characters in the title"),
    Dirt("lead_long_title", "leads", 0.003, "title cut at 255 characters"),
    Dirt("lead_long_description", "leads", 0.0005, "description of 65,535 bytes"),
    Dirt("lead_formula_title", "leads", 0.003, "title begins with ="),
    Dirt("lead_blank_title", "leads", 0.002, "title of blanks only"),
    Dirt("lead_value_negative", "leads", 0.003, "negative value"),
    Dirt("lead_same_title", "leads", 0.05, "title of the lead before"),
    Dirt("lead_value_zero", "leads", 0.1, "value 0"),
    Dirt("lead_value_null", "leads", 0.05, "no value"),
    Dirt("lead_value_max", "leads", 0.001, "value clipped to 99999999.9999"),
    Dirt("lead_close_date_wiped", "leads", 0.3, "close date only in the shadow copy", "2.0.6"),
    Dirt("lead_zero_close_date", "leads", 0.004, "expected close date is the zero date"),
    Dirt("lead_stage_drift", "leads", 0.05, "shadow copy of the stage is stale", "2.0.0"),
    Dirt("lead_title_drift", "leads", 0.02, "shadow copy of the title differs"),
    Dirt("lead_value_drift", "leads", 0.02, "shadow copy of the value differs"),
    Dirt("lead_closed_at_missing", "leads", 0.06, "won or lost, closed_at NULL"),
    Dirt("lead_closed_at_stray", "leads", 0.01, "open stage, closed_at set"),
    Dirt("lead_lost_reason_long", "leads", 0.01, "lost reason of several hundred characters"),
    Dirt("lead_lost_reason_case", "leads", 0.05, "lost reason in another spelling"),
    Dirt("lead_status_null", "leads", 0.1, "status NULL, as after a CSV import"),
    Dirt("lead_no_times", "leads", 0.002, "created_at and updated_at NULL"),
    Dirt("lead_zero_created", "leads", 0.002, "created_at is the zero date"),
    Dirt("lead_tag_twice", "leads", 0.03, "the same tag twice in the pivot"),
    Dirt("lead_product_twice", "leads", 0.02, "the same product twice"),
    Dirt("lead_product_stale", "leads", 0.05, "amount is not price times quantity"),
    Dirt("lead_orphan_value", "leads", 0.01, "value row of a lead that is gone"),
    Dirt("lead_without_eav", "leads", 0.5, "written by SQL: no shadow copies"),
    Dirt("quote_without_items", "quotes", 0.04, "no items"),
    Dirt("quote_total_wrong", "quotes", 0.08, "stored totals differ from the items"),
    Dirt("quote_adjustment_negative", "quotes", 0.1, "negative adjustment"),
    Dirt("quote_dangling_product", "quotes", 0.05, "first item's product is gone"),
    Dirt("quote_zero_quantity", "quotes", 0.02, "first item's quantity is 0"),
    Dirt("quote_zero_expiry", "quotes", 0.01, "expired_at is the zero date"),
    Dirt("quote_description_cut", "quotes", 0.02, "description cut at 255 characters"),
    Dirt("quote_address_null", "quotes", 0.05, "no billing address"),
    Dirt("quote_address_double", "quotes", 0.01, "billing address encoded twice"),
    Dirt("quote_without_lead", "quotes", 0.1, "no lead"),
    Dirt("quote_linked_twice", "quotes", 0.02, "the same lead twice in the pivot"),
    Dirt("quote_total_drift", "quotes", 0.03, "shadow copy of the grand total differs"),
    Dirt("quote_without_eav", "quotes", 0.3, "no shadow copies"),
    Dirt("product_html_name", "products", 0.005, "HTML in the name"),
    Dirt("product_name_null", "products", 0.005, "no name"),
    Dirt("product_price_null", "products", 0.02, "no price"),
    Dirt("product_description_cut", "products", 0.02, "description cut at 255 characters"),
    Dirt("product_quantity_negative", "products", 0.01, "negative stock"),
    Dirt("product_without_eav", "products", 0.5, "imported: no shadow copies"),
    Dirt("value_dangling_option", "values", 0.02, "option id that was deleted"),
    Dirt("value_zero_option", "values", 0.01, "integer_value 0"),
    Dirt("value_wrong_column", "values", 0.01, "value in another column, type was changed"),
    Dirt("value_zero_date", "values", 0.01, "date is the zero date"),
    Dirt("value_empty_choice", "values", 0.02, "multiselect is the empty text"),
    Dirt("value_dangling_lookup", "values", 0.02, "looked-up record is gone"),
    Dirt("activity_without_user", "activities", 0.03, "no user", "2.0.6"),
    Dirt("activity_without_link", "activities", 0.02, "attached to nothing"),
    Dirt("activity_linked_twice", "activities", 0.01, "the same link twice"),
    Dirt("activity_no_schedule", "activities", 0.02, "call or meeting without times"),
    Dirt("activity_ends_early", "activities", 0.01, "ends before it begins"),
    Dirt("activity_hostile_comment", "activities", 0.01, "script in the comment"),
    Dirt("activity_odd_type", "activities", 0.005, "type unknown to the application"),
    Dirt("activity_file_missing", "activities", 0.01, "file activity without a file row"),
    Dirt("activity_file_outside", "activities", 0.002, "path of the file leads out of the folder"),
    Dirt("email_folders_object", "emails", 0.03, "folders as object with numeric keys"),
    Dirt("email_nested_references", "emails", 0.05, "list inside the list of references"),
    Dirt("email_from_list", "emails", 0.05, "sender is a list, not a string"),
    Dirt("email_empty_folder", "emails", 0.02, "folder without name"),
    Dirt("email_unlinked", "emails", 0.1, "neither person nor lead"),
    Dirt("email_hostile_body", "emails", 0.02, "script and tracking image in the body"),
    Dirt("email_body_cut", "emails", 0.002, "body cut at 65,535 bytes"),
    Dirt("email_attachment_twice", "emails", 0.02, "two attachments of one path: one overwritten"),
)


def macro_statements(counts: Mapping[str, int], *, dirt: float, release: str) -> list[str]:
    """DuckDB macros `d_<kind>(id)`, true where a record of the kind's table is hit.

    `counts` are records per table name of the kinds; `dirt` multiplies every rate, 0 means clean.
    """
    kinds_of = Counter(kind.table for kind in KINDS)
    places = {table: count() for table in kinds_of}
    statements = []
    for kind in KINDS:
        place = next(places[kind.table])
        test = "false"
        if dirt > 0 and reaches(release, kind.since):
            # Never record 1: some kinds copy from the record before.
            slot = 2 + place % max(counts[kind.table] - 1, 1)
            # Rare kinds keep off the fixed records, or they would hide each other there.
            first = 2 + kinds_of[kind.table] if kind.rate < COMMON_RATE else 1
            by_chance = f"i >= {first} AND unit('{kind.name}', i) < {kind.rate * dirt:.9f}"
            test = f"(i = {slot} OR ({by_chance}))"
        statements.append(f"CREATE MACRO d_{kind.name}(i) AS {test}")
    return statements
