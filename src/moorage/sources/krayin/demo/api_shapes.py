"""Records as Krayin's REST API (krayin/rest-api 2.1.1) shows them, from a Krayin database.

What that release leaves out is left out here: custom attributes, tags, lines of quotes, owners of
organizations, places and probabilities of stages. `newer` adds what its development branch of July
2026 gives: custom attributes of leads, persons and organizations, and the places of stages.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

Item = dict[str, Any]
Query = Callable[..., list[Item]]

#: What PHP makes of a date of noughts, in JSON.
ZERO = "-0001-11-30T00:00:00.000000Z"
STAMPS = ("created_at", "updated_at")
#: Which column keeps the value of an attribute of a type.
VALUE_COLUMNS = {
    "price": "float_value", "boolean": "boolean_value", "select": "integer_value",
    "lookup": "integer_value", "email": "json_value", "phone": "json_value",
    "address": "json_value", "date": "date_value", "datetime": "datetime_value",
}  # fmt: skip


class Shapes:
    """Payloads of records; `query(sql, *arguments)` gives rows of text by column."""

    def __init__(self, query: Query, timezone: str, *, newer: bool) -> None:
        self._query = query
        self._zone = ZoneInfo(timezone)
        self._newer = newer

    def moment(self, text: str | None) -> str | None:
        """A wall time of the database as the API tells it: ISO 8601 in UTC."""
        if text is None or text.startswith("0000"):
            return text and ZERO
        local = datetime.fromisoformat(text).replace(tzinfo=self._zone)
        return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")

    def by_id(self, table: str, ids: Iterable[Any]) -> dict[str, Item]:
        """Rows of a table by id."""
        wanted = sorted({str(key) for key in ids if key is not None})
        if not wanted:
            return {}
        marks = ", ".join(["%s"] * len(wanted))
        rows = self._query(f"SELECT * FROM `{table}` WHERE id IN ({marks})", *wanted)
        return {row["id"]: row for row in rows}

    def plain(self, row: Item, names: str) -> Item:
        """Some columns of a row: numbers as numbers, decimals as text, JSON as JSON."""
        item: Item = {}
        for name in names.split():
            value = row.get(name)
            if name.endswith("_at") or name.startswith("schedule_"):
                item[name] = self.moment(value)
            elif value is not None and name in JSON_COLUMNS:
                item[name] = _json(value)
            elif value is not None and (name == "id" or name.endswith("_id") or name in INTEGERS):
                item[name] = int(value) if value.lstrip("-").isdigit() else value
            else:
                item[name] = value
        return item

    def users(self, rows: list[Item]) -> list[Item]:
        roles = self.by_id("roles", (row["role_id"] for row in rows))
        role = "id name description permission_type permissions created_at updated_at"
        return [
            self.plain(row, "id name email status view_permission image created_at updated_at")
            | {"role": self.plain(roles[row["role_id"]], role) if row["role_id"] in roles else None}
            for row in rows
        ]

    def _people(self, ids: Iterable[Any]) -> dict[str, Item]:
        rows = list(self.by_id("users", ids).values())
        return {str(item["id"]): item for item in self.users(rows)}

    def organizations(self, rows: list[Item]) -> list[Item]:
        known = self._known("organizations", rows, ("address",))
        return [
            known[row["id"]][1]
            | self.plain(known[row["id"]][0], "id name address created_at updated_at")
            for row in rows
        ]

    def persons(self, rows: list[Item]) -> list[Item]:
        names = ("emails", "contact_numbers", "job_title", "user_id", "organization_id")
        known = self._known("persons", rows, names)
        full = [known[row["id"]][0] for row in rows]
        companies = self.organizations(
            list(self.by_id("organizations", (row["organization_id"] for row in full)).values())
        )
        company = {str(item["id"]): item for item in companies}
        owner = self._people(row.get("user_id") for row in full)
        items = []
        for row in full:
            item = known[row["id"]][1] | self.plain(
                row, "id name emails contact_numbers job_title created_at updated_at"
            )
            if row["organization_id"] in company:
                item["organization"] = company[row["organization_id"]]
            if row.get("user_id") in owner:
                item["sales_owner"] = owner[row["user_id"]]
            items.append(item)
        return items

    def leads(self, rows: list[Item]) -> list[Item]:
        names = (
            "description", "lead_value", "lead_source_id", "lead_type_id", "user_id",
            "expected_close_date", "lead_pipeline_id", "lead_pipeline_stage_id",
        )  # fmt: skip
        known = self._known("leads", rows, names)
        full = [known[row["id"]][0] for row in rows]
        owner = self._people(row["user_id"] for row in full)
        person = self._nested("persons", (row["person_id"] for row in full))
        lines: dict[str, list[Item]] = {}
        parts = self._where("lead_products", "lead_id", [row["id"] for row in full])
        product = self._nested("products", (part["product_id"] for part in parts))
        for part in parts:
            item = self.plain(part, "id quantity price amount created_at updated_at")
            item["product"] = product.get(part["product_id"])
            lines.setdefault(part["lead_id"], []).append(item)
        columns = (
            "id title description lead_value status lost_reason closed_at lead_source_id"
            " lead_type_id lead_pipeline_id lead_pipeline_stage_id created_at updated_at"
        )
        native = {row["id"]: row["expected_close_date"] for row in rows}
        return [
            known[row["id"]][1]
            | self.plain(row, columns)
            | {
                "user": owner.get(row["user_id"]),
                "person": person.get(row["person_id"]),
                "lead_products": lines.get(row["id"], []),
                # The column is a date of Krayin's zone; what the attribute keeps is its text.
                "expected_close_date": self.moment(native[row["id"]])
                if native[row["id"]]
                else row["expected_close_date"],
            }
            for row in full
        ]

    def products(self, rows: list[Item]) -> list[Item]:
        known = self._known("products", rows, ("name", "description", "price"), custom=False)
        names = "id sku name description quantity price created_at updated_at"
        return [self.plain(known[row["id"]][0], names) for row in rows]

    def quotes(self, rows: list[Item]) -> list[Item]:
        names = (
            "description", "billing_address", "shipping_address", "discount_amount", "tax_amount",
            "adjustment_amount", "sub_total", "grand_total", "expired_at",
        )  # fmt: skip
        known = self._known("quotes", rows, names, custom=False)
        owner = self._people(row["user_id"] for row in rows)
        person = self._nested("persons", (row["person_id"] for row in rows))
        return [
            self.plain(known[row["id"]][0], f"id subject {' '.join(names)} created_at updated_at")
            | {"person": person.get(row["person_id"]), "user": owner.get(row["user_id"])}
            for row in rows
        ]

    def pipelines(self, rows: list[Item]) -> list[Item]:
        stages: dict[str, list[Item]] = {}
        more = " sort_order lead_pipeline_id" if self._newer else ""
        found = self._where("lead_pipeline_stages", "lead_pipeline_id", [r["id"] for r in rows])
        for row in sorted(found, key=lambda row: (int(row["sort_order"]), int(row["id"]))):
            item = {"is_user_defined": None, "created_at": None, "updated_at": None}
            item |= self.plain(row, "id code name" + more)
            stages.setdefault(row["lead_pipeline_id"], []).append(item)
        names = "id name is_default rotten_days created_at updated_at"
        return [self.plain(row, names) | {"stages": stages.get(row["id"], [])} for row in rows]

    def attributes(self, rows: list[Item]) -> list[Item]:
        options: dict[str, list[Item]] = {}
        for row in self._where("attribute_options", "attribute_id", [row["id"] for row in rows]):
            options.setdefault(row["attribute_id"], []).append(
                self.plain(row, "id name sort_order")
            )
        names = (
            "id code name type lookup_type entity_type sort_order validation is_required is_unique"
            " quick_add is_user_defined created_at updated_at"
        )
        return [self.plain(row, names) | {"options": options.get(row["id"], [])} for row in rows]

    def tags(self, rows: list[Item]) -> list[Item]:
        owner = self._people(row["user_id"] for row in rows)
        names = "id name color created_at updated_at"
        return [self.plain(row, names) | {"user": owner.get(row["user_id"])} for row in rows]

    def activities(self, rows: list[Item]) -> list[Item]:
        """As in the list of all: without links, files or participants."""
        owner = self._people(row["user_id"] for row in rows)
        names = (
            "id title type comment additional schedule_from schedule_to is_done location"
            " created_at updated_at"
        )
        return [self.plain(row, names) | {"user_id": owner.get(row["user_id"])} for row in rows]

    def hanging(self, rows: list[Item]) -> list[Item]:
        """As in the list of one record: with files and participants."""
        keys = [row["id"] for row in rows]
        files: dict[str, list[Item]] = {}
        for row in self._where("activity_files", "activity_id", keys):
            item = self.plain(row, "id name path created_at updated_at")
            files.setdefault(row["activity_id"], []).append(item)
        taking: dict[str, list[Item]] = {}
        found = self._where("activity_participants", "activity_id", keys)
        user = self._people(row["user_id"] for row in found)
        person = self._nested("persons", (row["person_id"] for row in found))
        for row in found:
            part = {}
            if row["user_id"] in user:
                part["user"] = user[row["user_id"]]
            if row["person_id"] in person:
                part["person"] = person[row["person_id"]]
            taking.setdefault(row["activity_id"], []).append(part)
        return [
            item
            | {"user": item.pop("user_id")}
            | {
                "files": files.get(str(item["id"]), []),
                "participants": taking.get(str(item["id"]), []),
            }
            for item in self.activities(rows)
        ]

    def mails(self, rows: list[Item]) -> list[Item]:
        person = self._nested("persons", (row["person_id"] for row in rows))
        lead = self._nested("leads", (row["lead_id"] for row in rows))
        files: dict[str, list[Item]] = {}
        for row in self._where("email_attachments", "email_id", [row["id"] for row in rows]):
            names = "id name path size content_type content_id created_at updated_at"
            files.setdefault(row["email_id"], []).append(self.plain(row, names))
        names = (
            "id subject source user_type name reply is_read folders from sender reply_to cc bcc"
            " unique_id message_id reference_ids created_at updated_at parent_id"
        )
        return [
            self.plain(row, names)
            | {
                "person": person.get(row["person_id"]),
                "lead": lead.get(row["lead_id"]),
                "attachments": files.get(row["id"], []),
            }
            for row in rows
        ]

    def _nested(self, table: str, ids: Iterable[Any]) -> dict[str, Item]:
        rows = list(self.by_id(table, ids).values())
        return {str(item["id"]): item for item in getattr(self, table)(rows)}

    def _where(self, table: str, column: str, ids: list[str]) -> list[Item]:
        if not ids:
            return []
        marks = ", ".join(["%s"] * len(ids))
        return self._query(
            f"SELECT * FROM `{table}` WHERE `{column}` IN ({marks}) ORDER BY id", *ids
        )

    def _known(
        self, entity: str, rows: list[Item], names: tuple[str, ...], *, custom: bool = True
    ) -> dict[str, tuple[Item, Item]]:
        """Per id the row as screens show it (what a column lacks, its attribute fills), and values
        of custom attributes, where they are given.
        """
        known: dict[str, tuple[Item, Item]] = {row["id"]: (dict(row), {}) for row in rows}
        if not rows:
            return known
        attributes = self._query("SELECT * FROM attributes WHERE entity_type = %s", entity)
        if custom and self._newer:
            for _, values in known.values():
                values |= {a["code"]: None for a in attributes if a["is_user_defined"] == "1"}
        about = {attribute["id"]: attribute for attribute in attributes}
        marks = ", ".join(["%s"] * len(known))
        for value in self._query(
            f"SELECT * FROM attribute_values WHERE entity_type = %s AND entity_id IN ({marks})",
            entity, *known,
        ):  # fmt: skip
            attribute = about.get(value["attribute_id"])
            if attribute is None:
                continue
            row, values = known[value["entity_id"]]
            given = value[VALUE_COLUMNS.get(attribute["type"], "text_value")]
            code = attribute["code"]
            if attribute["is_user_defined"] == "1":
                if code in values:
                    values[code] = _json(given) if attribute["type"] in JSON_TYPES else given
            elif code in names and row.get(code) is None:
                row[code] = given
        return known


JSON_TYPES = ("email", "phone", "address")
JSON_COLUMNS = frozenset((
    "address", "emails", "contact_numbers", "billing_address", "shipping_address", "additional",
    "permissions", "folders", "from", "sender", "reply_to", "cc", "bcc", "reference_ids",
    "conditions", "actions", "contact_emails", "contact_address",
))  # fmt: skip
INTEGERS = frozenset((
    "status", "is_default", "rotten_days", "sort_order", "is_required", "is_unique", "quick_add",
    "is_user_defined", "is_done", "is_read", "quantity", "size",
))  # fmt: skip


def _json(text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return None
