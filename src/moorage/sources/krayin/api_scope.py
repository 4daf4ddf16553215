"""What the REST API gives and what it keeps: counts, fields, and the questions that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from moorage.sources.base import Discovery, SourceField, SourceObject
from moorage.sources.krayin import catalogue
from moorage.sources.krayin.api import Item, KrayinApi
from moorage.sources.krayin.api_tables import CUSTOM, LISTINGS, given_attributes
from moorage.sources.krayin.attributes import OBJECTS, Attribute
from moorage.sources.krayin.pipelines import Pipeline, Stage, stage_questions
from moorage.sources.krayin.tables import EXTRACTED

WHY = "always empty: Krayin's REST API does not give it, its database does"
STATE = "Krayin's REST API gives the state's code, not its name: find it by [code, country_id.code]"
STATED = "Krayin's REST API gives codes of states in it, not their names"
NO_LINES = "Krayin's REST API gives no lines of quotes: only what the quote itself states is here"
BY_PRODUCT = "Krayin's REST API does not tell which activities hang on products"
ATTRIBUTE_FILES = "Krayin's REST API does not name files of custom fields, only photos of users"
#: What does not come, by object and field; `*`: every field.
ABSENT = {
    "users": {"groups": WHY},
    "tags": {"used_on_leads": WHY, "used_on_persons": WHY, "used_on_products": WHY},
    "organizations": {"user_id": WHY, "address.state_code": WHY, "address.state_name": STATE},
    "persons": {"tags": WHY, "unique_id": WHY, "company.state_name": STATE},
    "products": {"tags": WHY, "quantity_on_hand": WHY},
    "leads": {"tags": WHY},
    "quotes": {
        **dict.fromkeys(("discount_percent", "lead_id", "lead_ids"), WHY),
        **dict.fromkeys(("item_count", "items_total", "items_discount", "items_tax"), NO_LINES),
        **dict.fromkeys(("computed_total", "totals_agree"), NO_LINES),
        **dict.fromkeys(("billing.state_name", "shipping.state_name"), STATE),
        **dict.fromkeys(("billing_address", "shipping_address"), STATED),
    },
    "quote_items": {"*": WHY},
    "quote_extras": {"*": NO_LINES},
    "line_products": {"*": NO_LINES},
    "activities": {"record": BY_PRODUCT, "record_object": BY_PRODUCT, "other_links": BY_PRODUCT},
    "emails": {"tags": WHY},
}
PROBABILITY = {"stages": {"probability": WHY}, "leads": {"stage_probability": WHY}}
FILES = {"attribute_files": {"*": ATTRIBUTE_FILES}}
#: The paths of what is counted for the hand-off.
AUTOMATIONS = {
    "workflows": "settings/workflows",
    "webhooks": "settings/webhooks",
    "web_forms": "settings/web-forms",
    "email_templates": "settings/email-templates",
    "marketing_campaigns": "settings/marketing/campaigns",
}
NOTES = (
    "Read through the REST API. Without access to the database these are missing: tags on records,"
    " lines of quotes and the leads they belong to, owners of organizations, groups of users,"
    " probabilities of stages, stock by warehouse, saved filters, names of states, and activities"
    " that hang on products only.",
    "The tables are not of one moment: each list is read while people may go on working. Lists"
    " themselves are whole: one that moves is read again. For the cut-over, let nobody work in"
    " Krayin.",
    "Signing in with a password ends all other API sessions of that user: give Moorage a user of"
    " its own.",
    "Files and participants of activities are counted when they are read, with the activities of"
    " each lead and person: one call for each of these records.",
)


def read_custom(api: KrayinApi) -> list[Attribute]:
    """The custom attributes of all moved objects, as the database's reader gives them."""
    columns = {table.name: table.columns for table in EXTRACTED}
    return [
        Attribute(
            str(item["id"]),
            str(item.get("entity_type")),
            str(item.get("code")),
            str(item.get("name") or item.get("code")),
            str(item.get("type") or "text"),
            str(item.get("lookup_type") or ""),
            str(item.get("validation") or ""),
            bool(item.get("is_required")),
            tuple(dict.fromkeys(o["name"] for o in item.get("options") or () if o.get("name"))),
        )
        for item in api.small("settings/attributes")
        if item.get("entity_type") in OBJECTS
        and (item.get("is_user_defined") or item.get("code") not in columns[item["entity_type"]])
    ]


def discover(
    api: KrayinApi, attributes: Sequence[Attribute], timezone: str, currency: str
) -> Discovery:
    """What the source holds, in some thirty calls."""
    totals = {listing.table: api.total(listing.path) for listing in LISTINGS}
    counts = {table: total for table, total in totals.items() if total is not None}
    pipelines = api.small("settings/pipelines")
    stages = [stage for pipeline in pipelines for stage in pipeline.get("stages") or ()]
    counts["lead_pipeline_stages"] = len(stages)
    given = _given(api, attributes, counts)
    has_probability = any("probability" in stage for stage in stages)
    lacks_custom = any((a.object, a.code) not in given for a in attributes)
    absent = _joined(ABSENT, {} if has_probability else PROBABILITY, FILES if lacks_custom else {})
    told = [_pipeline(item) for item in pipelines]
    automations = {name: api.total(path) or 0 for name, path in AUTOMATIONS.items()}
    return Discovery(
        kind="krayin",
        release="by its REST API",
        identity=f"krayin:{api.identity}",
        objects=tuple(
            _object(name, counts, absent, [a for a in attributes if a.object == name], given)
            for name in catalogue.NAMES
        ),
        notes=(*NOTES, *_missing_lists(totals), *_custom_note(attributes, given)),
        questions=(
            *stage_questions(told),
            *_questions(counts, has_probability, attributes, given),
        ),
        details={
            "table_counts": counts,
            "pipelines": [pipeline.as_dict() for pipeline in told],
            "custom_fields": [],
            "owners": {},
            "activities": {},
            "email_count": counts.get("emails", 0),
            "attachments": {},
            "automations": automations,
            "currency": currency,
            "timezone": timezone,
        },
    )


def _given(
    api: KrayinApi, attributes: Sequence[Attribute], counts: Mapping[str, int]
) -> set[tuple[str, str]]:
    """(object, code) of the custom attributes whose values this release of the API brings."""
    found = set()
    for listing in LISTINGS:
        if listing.table in CUSTOM and counts.get(listing.table):
            item = api.first(listing.path) or {}
            codes = given_attributes(listing.table, item, attributes)
            found |= {(listing.table, attribute.code) for attribute in codes}
    return found


def _object(
    name: str,
    counts: Mapping[str, int],
    absent: Mapping[str, Mapping[str, str]],
    attributes: Sequence[Attribute],
    given: set[tuple[str, str]],
) -> SourceObject:
    missing = absent.get(name, {})
    fields: list[SourceField] = [
        replace(field, absent=missing.get(field.name, missing.get("*", "")))
        for field in catalogue.native_fields(name)
    ]
    for attribute in attributes:
        is_given = (name, attribute.code) in given
        fields += [
            replace(field, absent=_custom_absent(attribute, field.name) if is_given else WHY)
            for field in attribute.fields()
        ]
    return SourceObject(
        name, catalogue.label(name), counts.get(catalogue.table(name), 0), tuple(fields)
    )


def _custom_absent(attribute: Attribute, field: str) -> str:
    """What does not come of a custom field whose value is given."""
    if attribute.lookup_type == "locations":
        return WHY
    if attribute.type == "address":
        parts = {f"{attribute.column}.state_code": WHY, f"{attribute.column}.state_name": STATE}
        return parts.get(field, STATED if field == attribute.column else "")
    return ""


def _joined(*parts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    joined: dict[str, dict[str, str]] = {}
    for part in parts:
        for name, fields in part.items():
            joined[name] = {**joined.get(name, {}), **fields}
    return joined


def _pipeline(item: Item) -> Pipeline:
    stages = [
        Stage(
            str(stage.get("id")),
            str(stage.get("code") or ""),
            str(stage.get("name") or ""),
            int(stage.get("probability") or -1),
            str(stage["code"]) if stage.get("code") in ("won", "lost") else "open",
            0,
        )
        for stage in item.get("stages") or ()
    ]
    return Pipeline(str(item["id"]), str(item.get("name") or ""), tuple(stages))


def _missing_lists(totals: Mapping[str, int | None]) -> list[str]:
    missing = sorted(table for table, total in totals.items() if total is None)
    if not missing:
        return []
    return [f"Lists that this release of the API does not have, so not read: {', '.join(missing)}."]


def _custom_note(attributes: Sequence[Attribute], given: set[tuple[str, str]]) -> list[str]:
    lacking = [f"{a.object}.{a.code}" for a in attributes if (a.object, a.code) not in given]
    if not lacking:
        return []
    return [f"Custom fields known by name, whose values are not given: {', '.join(lacking)}."]


def _questions(
    counts: Mapping[str, int],
    has_probability: bool,
    attributes: Sequence[Attribute],
    given: set[tuple[str, str]],
) -> list[str]:
    questions = []
    lacking = sum((a.object, a.code) not in given for a in attributes)
    if lacking:
        questions.append(
            f"The values of {lacking} custom field(s) need the database: can a user with the right"
            " SELECT be had after all (`via: database`), or do these fields stay behind?"
        )
    if counts.get("quotes"):
        questions.append(
            f"{counts['quotes']} quote(s) come without their lines, so that they are set aside:"
            " settings.quote_differences: line gives each one line with the total that Krayin"
            " states. Is that wanted?"
        )
    if counts.get("leads") and not has_probability:
        questions.append(
            "Stages come without their probability: which number is an open lead to have?"
            ' settings.open_probability takes one, as "20", or an expression over stage_position.'
        )
    return questions
