"""What the REST API gives, as rows of the tables that the database would give."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from moorage.sources.krayin.attributes import Attribute
from moorage.sources.krayin.tables import EXTRACTED

#: A row: its table and its values by column.
Row = tuple[str, dict[str, str | None]]

COLUMNS = {table.name: table.columns for table in EXTRACTED}
ZERO_DATE = "0000-00-00 00:00:00"
_MOMENT = re.compile(r"(-?\d{4,5}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)")
#: Columns that a release may give as a nested record under another name than theirs.
_NESTED = {"user_id": ("user", "sales_owner")}
#: Keys of a payload that are no custom attributes, beside the table's own columns.
_OWN_KEYS = frozenset((
    "user", "person", "organization", "sales_owner", "lead_products", "products", "tags", "stage",
    "person_id", "pipeline", "source", "type", "items", "warehouses", "email", "rotten_days",
))  # fmt: skip
_VALUE_COLUMNS = {
    "price": "float_value",
    "boolean": "boolean_value",
    "select": "integer_value",
    "lookup": "integer_value",
    "radio": "integer_value",
    "email": "json_value",
    "phone": "json_value",
    "address": "json_value",
    "date": "date_value",
    "datetime": "datetime_value",
}


@dataclass(frozen=True)
class Listing:
    """A list of the API, the table its records fill, and those that nested records fill."""

    path: str
    table: str
    nested: tuple[str, ...] = ()
    limit: int = 200

    @property
    def tables(self) -> tuple[str, ...]:
        """All tables that get rows from this list."""
        custom = ("attribute_values",) if self.table in CUSTOM else ()
        return (self.table, *self.nested, *custom)


@dataclass(frozen=True)
class Hanging:
    """An unpaged list for each record of another list: the activities that hang on it."""

    path: str
    parents: str
    table: str
    column: str
    tables: tuple[str, ...]


#: Objects that may have custom attributes.
CUSTOM = frozenset(("leads", "persons", "organizations", "products", "quotes"))
NESTED_ACTIVITY = ("activity_files", "activity_participants")
LISTINGS = (
    Listing("settings/roles", "roles"),
    Listing("settings/users", "users"),
    Listing("settings/groups", "groups"),
    Listing("settings/tags", "tags"),
    Listing("settings/pipelines", "lead_pipelines", ("lead_pipeline_stages",)),
    Listing("settings/sources", "lead_sources"),
    Listing("settings/types", "lead_types"),
    Listing("settings/attributes", "attributes", ("attribute_options",)),
    Listing("contacts/organizations", "organizations"),
    Listing("contacts/persons", "persons"),
    Listing("products", "products"),
    Listing("settings/warehouses", "warehouses"),
    Listing("leads", "leads", ("lead_products",)),
    Listing("quotes", "quotes"),
    Listing("activities", "activities", NESTED_ACTIVITY),
    Listing("mails", "emails", ("email_attachments",), limit=50),
    Listing("settings/email-templates", "email_templates"),
)


def _hanging(path: str, parents: str, table: str, column: str) -> Hanging:
    return Hanging(path, parents, table, column, (table, *NESTED_ACTIVITY))


HANGING = (
    _hanging("leads/{id}/activities", "leads", "lead_activities", "lead_id"),
    _hanging("contacts/persons/{id}/activities", "persons", "person_activities", "person_id"),
    _hanging(
        "settings/warehouses/{id}/activities", "warehouses", "warehouse_activities", "warehouse_id"
    ),
)


class Rows:
    """Turns records into rows. Times become wall times of Krayin's own zone, as it stores them."""

    def __init__(self, timezone: str, attributes: Sequence[Attribute]) -> None:
        self._zone = ZoneInfo(timezone)
        self._attributes = attributes
        #: Activities whose files and participants were given: several lists may name them.
        self.unfolded: set[str] = set()

    def of(self, listing: Listing, item: Mapping[str, Any]) -> Iterator[Row]:
        """The rows of one record of a list."""
        row = self.row(listing.table, item)
        yield listing.table, row
        key = str(row["id"])
        if listing.table == "lead_pipelines":
            yield from self._stages(key, item.get("stages"))
        elif listing.table == "attributes":
            yield from self._parts("attribute_options", {"attribute_id": key}, item.get("options"))
        elif listing.table == "leads":
            products = item.get("lead_products") or item.get("products")
            yield from self._parts("lead_products", {"lead_id": key}, products)
        elif listing.table == "emails":
            yield from self._parts("email_attachments", {"email_id": key}, item.get("attachments"))
        elif listing.table == "activities":
            yield from self._activity_parts(key, item)
        if listing.table in CUSTOM:
            yield from self._custom(listing.table, key, item)

    def hanging(self, about: Hanging, parent: str, item: Mapping[str, Any]) -> Iterator[Row]:
        """The link of an activity to a record. Mails in the same list have links of their own."""
        if item.get("type") == "email" or item.get("id") is None:
            return
        key = str(item["id"])
        yield about.table, self.row(about.table, {about.column: parent, "activity_id": key})
        yield from self._activity_parts(key, item)

    def row(self, table: str, item: Mapping[str, Any]) -> dict[str, str | None]:
        """All columns of a table, those that the record does not have as None."""
        row = {column: self._value(item, column) for column in COLUMNS[table]}
        if row.get("expected_close_date"):
            # A day, which the API tells as the moment that it begins in Krayin's zone.
            row["expected_close_date"] = str(row["expected_close_date"])[:10]
        return row

    def _value(self, item: Mapping[str, Any], column: str) -> str | None:
        value = item.get(column)
        if value is None and column.endswith("_id"):
            names = _NESTED.get(column, (column.removesuffix("_id"),))
            value = next((item[name] for name in names if isinstance(item.get(name), dict)), None)
        if column.endswith("_id") and isinstance(value, dict):
            value = value.get("id")
        return self.text(value)

    def text(self, value: Any) -> str | None:
        """A JSON value as the text that the database would give."""
        if value is None or isinstance(value, str):
            return self._moment(value) if value and _MOMENT.fullmatch(value) else value
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, dict | list):
            return json.dumps(value, ensure_ascii=False)
        return str(value)

    def _moment(self, value: str) -> str:
        if value.startswith(("-", "0000")):
            return ZERO_DATE  # what PHP makes of it
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return moment.astimezone(UTC).astimezone(self._zone).strftime("%Y-%m-%d %H:%M:%S")

    def _parts(self, table: str, fixed: Mapping[str, str], items: Any) -> Iterator[Row]:
        for item in _records(items):
            yield table, self.row(table, {**item, **fixed})

    def _stages(self, pipeline: str, items: Any) -> Iterator[Row]:
        """Stages without their place are given in their order."""
        for place, item in enumerate(_records(items), 1):
            placed = {"sort_order": place, **item, "lead_pipeline_id": pipeline}
            yield "lead_pipeline_stages", self.row("lead_pipeline_stages", placed)

    def _activity_parts(self, key: str, item: Mapping[str, Any]) -> Iterator[Row]:
        """Files and participants, where the list has them; participants have no id of their own."""
        if key in self.unfolded or not {"files", "participants"} & item.keys():
            return
        self.unfolded.add(key)
        yield from self._parts("activity_files", {"activity_id": key}, item.get("files"))
        for place, part in enumerate(_records(item.get("participants")), 1):
            row = self.row("activity_participants", {**part, "activity_id": key})
            if row["user_id"] or row["person_id"]:
                yield "activity_participants", {**row, "id": f"{key}{place:03}"}

    def _custom(self, entity: str, key: str, item: Mapping[str, Any]) -> Iterator[Row]:
        for attribute in given_attributes(entity, item, self._attributes):
            value = item[attribute.code]
            if value is None:
                continue
            column = _VALUE_COLUMNS.get(attribute.type, "text_value")
            many = attribute.type in ("multiselect", "checkbox") and isinstance(value, list)
            text = ",".join(str(part) for part in value) if many else self.text(value)
            yield (
                "attribute_values",
                {
                    **dict.fromkeys(COLUMNS["attribute_values"]),
                    "id": f"{entity}-{key}-{attribute.id}",
                    "entity_type": entity,
                    "entity_id": key,
                    "attribute_id": attribute.id,
                    column: text,
                },
            )


def given_attributes(
    entity: str, item: Mapping[str, Any], attributes: Sequence[Attribute]
) -> list[Attribute]:
    """The custom attributes whose values this record brings: none, in releases up to 2.1.1."""
    taken = _OWN_KEYS | set(COLUMNS[entity])
    return [a for a in attributes if a.object == entity and a.code in item and a.code not in taken]


def _records(items: Any) -> list[dict[str, Any]]:
    """Nested records: a list, or an object where the list has holes."""
    found = list(items.values()) if isinstance(items, dict) else items
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
