"""The SQL that makes `attribute_values`: shadow copies of native fields, and custom fields."""

from moorage.sources.krayin.demo.attributes import ENTITIES, Attribute

_COLUMNS = (
    "text_value", "boolean_value", "integer_value", "float_value", "datetime_value",
    "date_value", "json_value",
)  # fmt: skip

# Which records have shadow copies: those not written past the application. A record with a drifted
# copy must have one.
_SHADOWED = {
    "leads": "NOT d_lead_without_eav(id) OR d_lead_close_date_wiped(id) OR d_lead_stage_drift(id) "
    "OR d_lead_title_drift(id) OR d_lead_value_drift(id)",
    "persons": "NOT d_person_without_eav(id) OR d_person_owner_wiped(id)",
    "organizations": "NOT d_org_without_eav(id) OR d_org_name_drift(id)",
    "products": "NOT d_product_without_eav(id)",
    "quotes": "NOT d_quote_without_eav(id) OR d_quote_total_drift(id)",
}
_SHADOW_VALUES = {
    (
        "leads",
        "title",
    ): "CASE WHEN d_lead_title_drift(id) THEN left(title, 200) || ' (old)' ELSE title END",
    ("leads", "lead_value"): "CASE WHEN d_lead_value_drift(id) "
    "THEN coalesce(lead_value, 0)::DOUBLE + 250 ELSE lead_value END",
    ("leads", "expected_close_date"): "coalesce(shadow_close_date, expected_close_date)",
    ("leads", "lead_pipeline_stage_id"): "shadow_stage",
    ("persons", "user_id"): "shadow_user_id",
    (
        "organizations",
        "name",
    ): "CASE WHEN d_org_name_drift(id) THEN upper(name) || '*' ELSE name END",
    ("quotes", "grand_total"): "CASE WHEN d_quote_total_drift(id) "
    "THEN grand_total::DOUBLE + 1 ELSE grand_total END",
    ("quotes", "expired_at"): "left(expired_at, 10)",
}
# Share of records that fill a custom field; the rest leave it empty.
_FILLED = {"leads": 0.1, "persons": 0.05, "organizations": 0.05, "products": 0.05, "quotes": 0.05}
_LOOKED_UP = {
    "leads": "$n_leads", "users": "$n_users", "organizations": "$n_organizations",
    "persons": "$n_persons", "lead_sources": "$n_sources", "lead_types": "$n_types",
    "lead_pipelines": "3", "lead_pipeline_stages": "16", "warehouses": "2", "locations": "4",
}  # fmt: skip


def values_query(found: list[Attribute]) -> str:
    """One SELECT over all attributes; still to be filled with the record counts ($n_...)."""
    parts = []
    for attribute in found:
        if attribute.entity_type not in ENTITIES:
            continue
        parts.append(_custom(attribute) if attribute.is_user_defined else _shadow(attribute))
    by_code = {(a.entity_type, a.code): a for a in found}
    parts += _strays(by_code[("leads", "user_id")], by_code[("leads", "vat_number")])
    return "\nUNION ALL\n".join(parts)


def _shadow(attribute: Attribute) -> str:
    entity = attribute.entity_type
    value = _SHADOW_VALUES.get((entity, attribute.code), attribute.code)
    if attribute.value_column == "float_value":
        value = f"({value})::DOUBLE"
    return _select(
        attribute,
        {attribute.value_column: value},
        where=f"({_SHADOWED[entity]}) AND ({value}) IS NOT NULL",
    )


def _custom(attribute: Attribute) -> str:
    purpose = f"{attribute.entity_type}-{attribute.code}"
    value = _custom_value(attribute, purpose)
    columns = {attribute.value_column: value}
    hits = ""
    if attribute.type == "select":
        columns = {
            "integer_value": f"CASE WHEN d_value_wrong_column(id) THEN NULL ELSE {value} END",
            "text_value": "CASE WHEN d_value_wrong_column(id) THEN 'Handel, gross' END",
        }
        hits = " OR d_value_wrong_column(id) OR d_value_zero_option(id)"
        hits += "" if attribute.lookup_type else " OR d_value_dangling_option(id)"
    elif attribute.type in ("multiselect", "checkbox"):
        hits = " OR d_value_empty_choice(id)"
    elif attribute.type in ("date", "datetime"):
        hits = " OR d_value_zero_date(id)"
    elif attribute.type == "lookup":
        hits = " OR d_value_dangling_lookup(id)"
    filled = f"unit('{purpose}-filled', id) < {_FILLED[attribute.entity_type]}"
    return _select(attribute, columns, where=f"{filled}{hits}")


def _custom_value(attribute: Attribute, purpose: str) -> str:
    options = "[" + ", ".join(str(option) for option in attribute.option_ids[:-1]) + "]"
    chosen = f"one_of('{purpose}', id, {options})"
    if attribute.lookup_type:
        chosen = f"1 + below('{purpose}', id, {_LOOKED_UP[attribute.lookup_type]})"
    gone = str(attribute.option_ids[-1]) if attribute.option_ids else "0"
    match attribute.type:
        case "text":
            return _text(attribute.validation, purpose)
        case "textarea":
            return f"'First line' || chr(10) || '<b>second</b>; ' || below('{purpose}', id, 99)"
        case "price":
            return f"round(exp(6 + gauss('{purpose}', id)), 2)"
        case "boolean":
            return f"below('{purpose}', id, 2)"
        case "select":
            return (
                "CASE WHEN d_value_zero_option(id) THEN 0 "
                f"WHEN d_value_dangling_option(id) THEN {gone} ELSE {chosen} END"
            )
        case "multiselect" | "checkbox":
            second = chosen.replace(f"'{purpose}'", f"'{purpose}-2'")
            return (
                "CASE WHEN d_value_empty_choice(id) THEN '' "
                f"WHEN id % 2 = 0 THEN ({chosen}) || ',' || ({second}) ELSE ({chosen})::VARCHAR END"
            )
        case "lookup":
            return f"CASE WHEN d_value_dangling_lookup(id) THEN 70000000 + id ELSE {chosen} END"
        case "email":
            return f"""'[{{"value":"extra' || below('{purpose}', id, 999) || '@mail.example","label":"work"}}]'"""
        case "phone":
            return (
                f"""'[{{"value":"+49 30 ' || digits('{purpose}', id, 7) || '","label":"home"}}]'"""
            )
        case "address":
            return """'{"address":"Am Markt ' || id || '","country":"AT","state":"WI","city":"Wien","postcode":"1010"}'"""
        case "date":
            return (
                "CASE WHEN d_value_zero_date(id) THEN '0000-00-00' "
                f"ELSE (DATE '2024-01-01' + below('{purpose}', id, 1500)::INTEGER)::VARCHAR END"
            )
        case "datetime":
            return (
                "CASE WHEN d_value_zero_date(id) THEN '0000-00-00 00:00:00' "
                f"ELSE db_time(TIMESTAMP '2024-01-01 08:00:00' + to_minutes(below('{purpose}', id, 900000))) END"
            )
        case _:
            suffix = "png" if attribute.type == "image" else "pdf"
            return (
                f"'{attribute.entity_type}/' || id || '/' || "
                f"left(md5('{purpose}' || id) || md5(id::VARCHAR), 40) || '.{suffix}'"
            )


def _text(validation: str | None, purpose: str) -> str:
    match validation:
        case "numeric":
            return f"(1 + below('{purpose}', id, 5000))::VARCHAR"
        case "decimal":
            return f"round(unit('{purpose}', id) * 100, 2)::VARCHAR"
        case "url":
            return f"one_of('{purpose}', id, ['https://', 'http://', 'www.', '']) || 'firma' || id || '.example'"
        case "email":
            return f"'billing' || below('{purpose}', id, 9999) || '@firma.example'"
        case _:
            return f"one_of('{purpose}', id, ['DE', 'ATU', 'FR ', 'in ']) || digits('{purpose}-n', id, 7)"


def _strays(lead_owner: Attribute, lead_text: Attribute) -> list[str]:
    """Rows no join finds: a persons row on a leads attribute, and rows of leads that are gone."""
    foreign = _select(
        lead_owner,
        {"integer_value": "coalesce(user_id, 1)"},
        where="d_person_foreign_attribute(id)",
        entity="persons",
    )
    orphan = _select(
        lead_text,
        {"text_value": "'left behind'"},
        where="d_lead_orphan_value(id)",
        shift=80_000_000,
    )
    return [foreign, orphan]


def _select(
    attribute: Attribute,
    values: dict[str, str],
    *,
    where: str,
    entity: str | None = None,
    shift: int = 0,
) -> str:
    entity = entity or attribute.entity_type
    cells = ", ".join(f"({values.get(column, 'NULL')})::VARCHAR AS {column}" for column in _COLUMNS)
    entity_id = f"id + {shift}" if shift else "id"
    # Only rows of the upgrade or of a CSV import carry the unique id.
    unique = f"CASE WHEN unit('value-key', id) < 0.3 THEN ({entity_id}) || '|{attribute.id}' END"
    if entity != attribute.entity_type:
        unique = "NULL"
    return (
        f"SELECT '{entity}' AS entity_type, {cells}, {entity_id} AS entity_id, "
        f"{attribute.id} AS attribute_id, {unique} AS unique_id FROM {entity} WHERE {where}"
    )
