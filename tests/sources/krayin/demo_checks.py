"""One condition per kind of dirt: the table (or FROM part) and the WHERE that finds it."""

EAV = "attribute_values v JOIN attributes a ON a.id = v.attribute_id"
SHADOW = (
    "{table} t JOIN attribute_values v ON v.entity_type = '{table}' AND v.entity_id = t.id "
    "JOIN attributes a ON a.id = v.attribute_id AND a.code = '{code}' AND a.entity_type = '{table}'"
)
OPTION = "a.is_user_defined AND a.lookup_type IS NULL AND v.integer_value"


def shadow(table: str, code: str) -> str:
    return SHADOW.format(table=table, code=code)


def without_eav(table: str) -> str:
    return (
        "NOT EXISTS (SELECT 1 FROM attribute_values v JOIN attributes a ON a.id = v.attribute_id "
        f"AND NOT a.is_user_defined WHERE v.entity_type = '{table}' AND v.entity_id = t.id)"
    )


TWIN = "persons p JOIN persons q ON q.id = p.id - 1"
FIRST_MAIL = "json_value(p.emails, '$[0].value')"
FIRST_PHONE = "json_value(p.contact_numbers, '$[0].value')"
NO_PHONE = "'call me', 'n/a', '?', '000', 'see e-mail', 'ask Bob'"
STAGED = "leads l JOIN lead_pipeline_stages s ON s.id = l.lead_pipeline_stage_id"
ITEMS = (
    "quotes q JOIN (SELECT quote_id, SUM(total - discount_amount + tax_amount) AS made "
    "FROM quote_items GROUP BY quote_id) i ON i.quote_id = q.id"
)
SPELT = "'PRICE', 'too Expensive', 'price ', 'Too expensive!!', 'preis'"
TWICE = "(SELECT COUNT(*) AS n FROM {} GROUP BY {}) x"

CHECKS: dict[str, tuple[str, str]] = {
    "org_near_duplicate": (
        "organizations o JOIN organizations n ON n.id = o.id - 1",
        "left(o.name, 4) = left(n.name, 4) AND o.name <> n.name",
    ),
    "org_blank_name": ("organizations", "trim(name) = ''"),
    "org_formula_name": ("organizations", "name LIKE '=%'"),
    "org_script_name": ("organizations", "name LIKE '<script%'"),
    "org_long_name": ("organizations", "char_length(name) > 200"),
    "org_no_owner": ("organizations", "user_id IS NULL"),
    "org_address_null": ("organizations", "address IS NULL"),
    "org_address_json_null": ("organizations", "address = 'null'"),
    "org_address_empty": ("organizations", "address = '\"\"'"),
    "org_address_double": ("organizations", "address LIKE '\"{%'"),
    "org_address_partial": ("organizations", "address LIKE '%\"state\":null}'"),
    "org_address_free_state": ("organizations", "json_value(address, '$.state') LIKE 'near %'"),
    "org_name_drift": (shadow("organizations", "name"), "v.text_value <> t.name"),
    "org_without_eav": ("organizations t", without_eav("organizations")),
    "person_email_case_twin": (
        TWIN,
        "lower(json_value(p.emails, '$[0].value')) = lower(json_value(q.emails, '$[0].value')) "
        "AND BINARY p.emails <> BINARY q.emails AND p.name <> q.name",
    ),
    "person_same_unique_parts": (
        TWIN,
        "p.unique_id IS NULL AND json_value(p.emails, '$[0].value') = "
        "json_value(q.emails, '$[0].value') AND p.organization_id <=> q.organization_id",
    ),
    "person_email_none": ("persons p", f"{FIRST_MAIL} IN ('n/a', '-', 'none', 'keine', 'x@x')"),
    "person_email_broken": ("persons p", f"{FIRST_MAIL} LIKE '%@'"),
    "person_email_two_in_one": ("persons p", f"{FIRST_MAIL} LIKE '%@%@%'"),
    "person_email_padded": ("persons p", f"{FIRST_MAIL} LIKE ' %'"),
    "person_emails_object": ("persons", "emails LIKE '{%'"),
    "person_emails_double": ("persons", "emails LIKE '\"[%'"),
    "person_emails_json_null": ("persons", "emails = 'null'"),
    "person_emails_empty": ("persons", "emails = '\"\"'"),
    "person_emails_none_at_all": ("persons", "emails = '[]'"),
    "person_phone_none": ("persons p", f"{FIRST_PHONE} IN ({NO_PHONE})"),
    "person_phones_object": ("persons", "contact_numbers LIKE '{%'"),
    "person_phones_null": ("persons", "contact_numbers IS NULL"),
    "person_phones_double": ("persons", "contact_numbers LIKE '\"[%'"),
    "person_blank_name": ("persons", "trim(name) = ''"),
    "person_html_name": ("persons", "name LIKE '<b>%'"),
    "person_emoji_name": ("persons", "hex(name) LIKE '%F09F9A80%'"),
    "person_control_name": ("persons", "hex(name) LIKE '%070B'"),
    "person_formula_name": ("persons", "name LIKE '=%'"),
    "person_long_name": ("persons", "char_length(name) > 240"),
    "person_no_organization": ("persons", "organization_id IS NULL"),
    "person_owner_wiped": (shadow("persons", "user_id"), "t.user_id IS NULL AND v.integer_value"),
    "person_unique_id_stale": ("persons", "unique_id LIKE 'old|%'"),
    "person_zero_created": ("persons", "created_at = 0"),
    "person_no_times": ("persons", "created_at IS NULL AND updated_at IS NULL"),
    "person_foreign_attribute": (EAV, "v.entity_type = 'persons' AND a.entity_type = 'leads'"),
    "person_without_eav": ("persons t", without_eav("persons")),
    "lead_without_person": ("leads", "person_id IS NULL"),
    "lead_without_source": ("leads", "lead_source_id IS NULL"),
    "lead_without_type": ("leads", "lead_type_id IS NULL"),
    "lead_without_stage": ("leads", "lead_pipeline_id AND lead_pipeline_stage_id IS NULL"),
    "lead_without_pipeline": ("leads", "lead_pipeline_id IS NULL"),
    "lead_without_owner": ("leads", "user_id IS NULL"),
    "lead_stage_elsewhere": (STAGED, "s.lead_pipeline_id <> l.lead_pipeline_id"),
    "lead_html_title": ("leads", "title LIKE '<img%'"),
    "lead_script_description": ("leads", "description LIKE '%<script>%'"),
    "lead_emoji_title": ("leads", "hex(title) LIKE 'F09F94A5%'"),
    "lead_rtl_title": ("leads", "hex(title) LIKE 'E280AE%'"),
    "lead_control_title": ("leads", "hex(title) LIKE '%1B%0D0A'"),
    "lead_long_title": ("leads", "char_length(title) = 255"),
    "lead_long_description": ("leads", "length(description) > 60000"),
    "lead_formula_title": ("leads", "title LIKE '=%'"),
    "lead_blank_title": ("leads", "trim(title) = ''"),
    "lead_same_title": ("leads l JOIN leads k ON k.id = l.id - 1", "l.title = k.title"),
    "lead_value_negative": ("leads", "lead_value < 0"),
    "lead_value_zero": ("leads", "lead_value = 0"),
    "lead_value_null": ("leads", "lead_value IS NULL"),
    "lead_value_max": ("leads", "lead_value = 99999999.9999"),
    "lead_close_date_wiped": (
        shadow("leads", "expected_close_date"),
        "t.expected_close_date IS NULL AND v.date_value IS NOT NULL",
    ),
    "lead_zero_close_date": ("leads", "expected_close_date = 0"),
    "lead_stage_drift": (
        shadow("leads", "lead_pipeline_stage_id"),
        "v.integer_value <> t.lead_pipeline_stage_id",
    ),
    "lead_title_drift": (shadow("leads", "title"), "v.text_value LIKE '% (old)'"),
    "lead_value_drift": (shadow("leads", "lead_value"), "v.float_value - t.lead_value >= 250"),
    "lead_closed_at_missing": (STAGED, "s.code IN ('won', 'lost') AND l.closed_at IS NULL"),
    "lead_closed_at_stray": (STAGED, "s.code NOT IN ('won', 'lost') AND l.closed_at > 0"),
    "lead_lost_reason_long": ("leads", "char_length(lost_reason) > 300"),
    "lead_lost_reason_case": ("leads", f"BINARY lost_reason IN ({SPELT})"),
    "lead_status_null": ("leads", "status IS NULL"),
    "lead_no_times": ("leads", "created_at IS NULL AND updated_at IS NULL"),
    "lead_zero_created": ("leads", "created_at = 0"),
    "lead_tag_twice": (TWICE.format("lead_tags", "lead_id, tag_id"), "n > 1"),
    "lead_product_twice": (TWICE.format("lead_products", "lead_id, product_id"), "n > 1"),
    "lead_product_stale": ("lead_products", "amount <> coalesce(price, 0) * quantity"),
    "lead_orphan_value": (
        "attribute_values v LEFT JOIN leads l ON l.id = v.entity_id",
        "v.entity_type = 'leads' AND l.id IS NULL",
    ),
    "lead_without_eav": ("leads t", without_eav("leads")),
    "quote_without_items": (
        "quotes q LEFT JOIN quote_items i ON i.quote_id = q.id",
        "i.id IS NULL",
    ),
    "quote_total_wrong": (ITEMS, "q.grand_total <> i.made + q.adjustment_amount"),
    "quote_adjustment_negative": ("quotes", "adjustment_amount < 0"),
    "quote_dangling_product": (
        "quote_items i LEFT JOIN products p ON p.id = i.product_id",
        "p.id IS NULL",
    ),
    "quote_zero_quantity": ("quote_items", "quantity = 0"),
    "quote_zero_expiry": ("quotes", "expired_at = 0"),
    "quote_description_cut": ("quotes", "char_length(description) = 255"),
    "quote_address_null": ("quotes", "billing_address IS NULL"),
    "quote_address_double": ("quotes", "billing_address LIKE '\"{%'"),
    "quote_without_lead": (
        "quotes q LEFT JOIN lead_quotes l ON l.quote_id = q.id",
        "l.lead_id IS NULL",
    ),
    "quote_linked_twice": (TWICE.format("lead_quotes", "lead_id, quote_id"), "n > 1"),
    "quote_total_drift": (shadow("quotes", "grand_total"), "v.float_value - t.grand_total > 0.5"),
    "quote_without_eav": ("quotes t", without_eav("quotes")),
    "product_html_name": ("products", "name LIKE '<i>%'"),
    "product_name_null": ("products", "name IS NULL"),
    "product_price_null": ("products", "price IS NULL"),
    "product_description_cut": ("products", "char_length(description) = 255"),
    "product_quantity_negative": ("products", "quantity < 0"),
    "product_without_eav": ("products t", without_eav("products")),
    "value_dangling_option": (
        f"{EAV} LEFT JOIN attribute_options o ON o.id = v.integer_value",
        f"{OPTION} > 0 AND a.type = 'select' AND o.id IS NULL",
    ),
    "value_zero_option": (EAV, f"{OPTION} = 0"),
    "value_wrong_column": (EAV, "a.type = 'select' AND v.text_value IS NOT NULL"),
    "value_zero_date": (EAV, "a.type = 'date' AND a.is_user_defined AND v.date_value = 0"),
    "value_empty_choice": (EAV, "a.type = 'multiselect' AND v.text_value = ''"),
    "value_dangling_lookup": (EAV, "a.type = 'lookup' AND v.integer_value > 60000000"),
    "activity_without_user": ("activities", "user_id IS NULL"),
    "activity_without_link": (
        "activities a LEFT JOIN lead_activities l ON l.activity_id = a.id "
        "LEFT JOIN person_activities p ON p.activity_id = a.id "
        "LEFT JOIN product_activities d ON d.activity_id = a.id",
        "l.lead_id IS NULL AND p.person_id IS NULL AND d.product_id IS NULL",
    ),
    "activity_linked_twice": (TWICE.format("lead_activities", "lead_id, activity_id"), "n > 1"),
    "activity_no_schedule": ("activities", "type = 'meeting' AND schedule_from IS NULL"),
    "activity_ends_early": ("activities", "schedule_to < schedule_from"),
    "activity_hostile_comment": ("activities", "comment LIKE '<svg%'"),
    "activity_odd_type": ("activities", "type = 'sms'"),
    "activity_file_missing": (
        "activities a LEFT JOIN activity_files f ON f.activity_id = a.id",
        "a.type = 'file' AND f.id IS NULL",
    ),
    "activity_file_outside": ("activity_files", "path LIKE '../%'"),
    "email_folders_object": ("emails", "folders LIKE '{%'"),
    "email_nested_references": ("emails", "reference_ids LIKE '%,[%'"),
    "email_from_list": ("emails", "`from` LIKE '[%'"),
    "email_empty_folder": ("emails", "folders = '[\"\"]'"),
    "email_unlinked": ("emails", "parent_id IS NULL AND person_id IS NULL AND lead_id IS NULL"),
    "email_hostile_body": ("emails", "reply LIKE '%<script>%'"),
    "email_body_cut": ("emails", "length(reply) = 65535"),
    "email_attachment_twice": (TWICE.format("email_attachments", "email_id, path"), "n > 1"),
}
