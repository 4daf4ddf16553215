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
        hits += "" if attribute.lookup_type else " OR d_value_dangling_option(id)"
    elif attribute.type in ("date", "datetime"):
        hits = " OR d_value_zero_date(id)"
    elif attribute.type == "lookup":
        hits = " OR d_value_dangling_lookup(id)"
    # From scale 3 on one record fills the field for certain, so that none stays empty.
    filled = (
        f"unit('{purpose}-filled', id) < {_FILLED[attribute.entity_type]} "
        f"OR $n_leads > 25 AND id = 1 + {attribute.sort_order} % $n_{attribute.entity_type}"
    )
    return _select(attribute, columns, where=f"({filled}{hits})")


def _custom_value(attribute: Attribute, purpose: str) -> str:
    match attribute.type:
        case "text":
            value = _text(attribute.validation, purpose)
        case "textarea":
            value = f"'First line' || chr(10) || '<b>second</b>; ' || below('{purpose}', id, 99)"
        case "price":
            value = f"round(exp(6 + gauss('{purpose}', id)), 2)"
        case "boolean":
            value = f"below('{purpose}', id, 2)"
        case "select" | "multiselect" | "checkbox" | "lookup":
            value = _choice(attribute, purpose)
        case "email" | "phone" | "address":
            value = _json(attribute.type, purpose)
        case "date" | "datetime":
            value = _moment(attribute.type, purpose)
        case _:
            ending = "png" if attribute.type == "image" else "pdf"
            stem = f"left(md5('{purpose}' || id) || md5(id::VARCHAR), 40)"
            value = f"'{attribute.entity_type}/' || id || '/' || {stem} || '.{ending}'"
    return value


def _choice(attribute: Attribute, purpose: str) -> str:
    def chosen(name: str) -> str:
        if attribute.lookup_type:
            return f"(1 + below('{name}', id, {_LOOKED_UP[attribute.lookup_type]}))"
        return f"one_of('{name}', id, {list(attribute.option_ids[:-1])})"

    one = chosen(purpose)
    # The last option of each list is deleted; a lookup has none that could be.
    gone = f"{attribute.option_ids[-1]}" if attribute.option_ids else one
    match attribute.type:
        case "select":
            return (
                "CASE WHEN d_value_zero_option(id) THEN 0 "
                f"WHEN d_value_dangling_option(id) THEN {gone} ELSE {one} END"
            )
        case "lookup":
            return f"CASE WHEN d_value_dangling_lookup(id) THEN 70000000 + id ELSE {one} END"
        case _:
            return (
                "CASE WHEN d_value_empty_choice(id) THEN '' "
                f"WHEN d_value_dangling_option(id) THEN {one} || ',' || {gone} "
                f"WHEN id % 2 = 0 THEN {one} || ',' || {chosen(purpose + '-2')} "
                f"ELSE {one}::VARCHAR END"
            )


def _json(kind: str, purpose: str) -> str:
    match kind:
        case "email":
            address = f"'extra' || below('{purpose}', id, 999) || '@mail.example'"
            return f"'[' || entry({address}, 'work') || ']'"
        case "phone":
            return f"'[' || entry('+49 30 ' || digits('{purpose}', id, 7), 'home') || ']'"
        case _:
            rest = '","country":"AT","state":"WI","city":"Wien","postcode":"1010"}'
            return f"""'{{"address":"Am Markt ' || id || '{rest}'"""


def _moment(kind: str, purpose: str) -> str:
    if kind == "date":
        zero = "0000-00-00"
        value = f"(DATE '2024-01-01' + below('{purpose}', id, 1500)::INTEGER)::VARCHAR"
    else:
        zero = "0000-00-00 00:00:00"
        minutes = f"to_minutes(below('{purpose}', id, 900000))"
        value = f"db_time(TIMESTAMP '2024-01-01 08:00:00' + {minutes})"
    return f"CASE WHEN d_value_zero_date(id) THEN '{zero}' ELSE {value} END"


def _text(validation: str | None, purpose: str) -> str:
    match validation:
        case "numeric":
            return f"(1 + below('{purpose}', id, 5000))::VARCHAR"
        case "decimal":
            return f"round(unit('{purpose}', id) * 100, 2)::VARCHAR"
        case "url":
            scheme = f"one_of('{purpose}', id, ['https://', 'http://', 'www.', ''])"
            return f"{scheme} || 'firma' || id || '.example'"
        case "email":
            return f"'billing' || below('{purpose}', id, 9999) || '@firma.example'"
        case _:
            country = f"one_of('{purpose}', id, ['DE', 'ATU', 'FR ', 'in '])"
            return f"{country} || digits('{purpose}-n', id, 7)"


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
