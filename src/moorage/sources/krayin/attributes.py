"""Custom attributes: what the source defines, and the SQL that makes columns of their values.

An attribute is custom if a user made it, or if its object has no column of that name (an upgrade
left it behind). Its tidy column is `custom.<code>`; e-mails, phones and addresses have more columns
beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from moorage.sources.base import SourceField
from moorage.sources.krayin.reader import Reader, quoted
from moorage.sources.krayin.schema import Schema

OBJECTS = ("organizations", "persons", "products", "leads", "quotes")

#: The tidy object a lookup points to; a lookup in any other table is kept as its label.
LINKS = {
    "leads": "leads",
    "persons": "persons",
    "organizations": "organizations",
    "users": "users",
    "lead_sources": "sources",
    "lead_pipelines": "pipelines",
    "lead_pipeline_stages": "stages",
}
ONE_CHOICE = ("select", "lookup", "radio")
MANY_CHOICES = ("multiselect", "checkbox")
ADDRESS_PARTS = ("street", "street2", "city", "zip", "state_code", "state_name", "country_code")
PLAIN_TYPES = {"price": "money", "boolean": "boolean", "date": "date", "datetime": "datetime",
               "email": "email", "phone": "phone", "file": "file", "image": "file"}  # fmt: skip


@dataclass(frozen=True)
class Attribute:
    """One custom attribute of one object."""

    id: str
    object: str
    code: str
    name: str
    type: str
    lookup_type: str = ""
    validation: str = ""
    required: bool = False
    options: tuple[str, ...] = ()

    @property
    def column(self) -> str:
        """The tidy column of its value."""
        return f"custom.{self.code}"

    @property
    def field_type(self) -> str:
        """Its type in the words of a source field."""
        linked = self.lookup_type in LINKS
        if self.type in ONE_CHOICE:
            return "link" if linked else "select"
        if self.type in MANY_CHOICES:
            return "links" if linked else "multiselect"
        if self.type == "text" and self.validation == "url":
            return "url"
        return PLAIN_TYPES.get(self.type, "text")

    def fields(self) -> Iterator[SourceField]:
        """Its source fields: the value, and the parts beside it."""
        yield SourceField(
            self.column,
            self.field_type,
            self.name,
            custom=True,
            required=self.required,
            options=self.options if self.field_type in ("select", "multiselect") else (),
            link=LINKS.get(self.lookup_type) if self.field_type in ("link", "links") else None,
        )
        if self.type in ("email", "phone"):
            yield SourceField(f"{self.column}.all", "text", f"{self.name} (all)", custom=True)
        if self.type == "address":
            for part in ADDRESS_PARTS:
                label = f"{self.name} ({part.replace('_', ' ')})"
                yield SourceField(f"{self.column}.{part}", "text", label, custom=True)


def read_attributes(reader: Reader, schema: Schema) -> list[Attribute]:
    """The custom attributes of all migrated objects, in their order."""
    if not schema.has("attributes"):
        return []
    table = quoted(schema.prefix + "attributes")
    rows = reader.rows(
        f"SELECT id, entity_type, code, name, type, lookup_type, validation, is_required,"
        f" is_user_defined FROM {table} ORDER BY entity_type, sort_order, id"
    )
    options = _options(reader, schema)
    found = []
    for row in rows:
        key, entity, code, name, kind, lookup, validation, required, user_defined = (
            value or "" for value in row
        )
        if entity in OBJECTS and (user_defined == "1" or not schema.has(entity, code)):
            found.append(
                Attribute(key, entity, code, name or code, kind, lookup, validation,
                          required == "1", tuple(options.get(key, ())))
            )  # fmt: skip
    return found


def _options(reader: Reader, schema: Schema) -> dict[str, list[str]]:
    if not schema.has("attribute_options"):
        return {}
    table = quoted(schema.prefix + "attribute_options")
    options: dict[str, list[str]] = {}
    for attribute_id, name in reader.rows(
        f"SELECT attribute_id, name FROM {table} ORDER BY attribute_id, sort_order, id"
    ):
        labels = options.setdefault(str(attribute_id), [])
        if name and name not in labels:
            labels.append(name)
    return options


def custom_list_sql(attributes: Sequence[Attribute]) -> str:
    """The statement that tells the static SQL which attributes are custom."""
    values = ", ".join(f"({_text(attribute.id)})" for attribute in attributes) or "(NULL)"
    return f"CREATE TABLE tidy._custom_attributes AS SELECT id FROM (VALUES {values}) v(id)"


def pivot_sql(attributes: Sequence[Attribute]) -> list[str]:
    """One statement per object: a row per record, a column per custom attribute."""
    return [_pivot(name, [a for a in attributes if a.object == name]) for name in OBJECTS]


def _pivot(name: str, attributes: Sequence[Attribute]) -> str:
    table = f"tidy._custom_{name}"
    if not attributes:
        return f"CREATE TABLE {table} AS SELECT CAST(NULL AS VARCHAR) AS entity_id WHERE false"
    columns = ", ".join(
        f'any_value({expression}) FILTER (v.attribute_id = {_text(attribute.id)}) AS "{column}"'
        for attribute in attributes
        for column, expression in _expressions(attribute)
    )
    return (
        f"CREATE TABLE {table} AS SELECT v.entity_id, {columns} FROM tidy._custom_values v"
        " LEFT JOIN tidy._chosen c ON c.entity_type = v.entity_type"
        " AND c.entity_id = v.entity_id AND c.attribute_id = v.attribute_id"
        " LEFT JOIN tidy._addresses a ON v.type = 'address' AND a.id = v.entity_id"
        " AND a.object = 'custom:' || v.attribute_id"
        " LEFT JOIN tidy._reach r ON r.kind = v.type AND r.id = v.entity_id"
        " AND r.object = 'custom:' || v.attribute_id"
        f" WHERE v.entity_type = {_text(name)} GROUP BY v.entity_id"
    )


def _expressions(attribute: Attribute) -> Iterator[tuple[str, str]]:
    """Pairs of a tidy column and the expression over `tidy._custom_values` that fills it."""
    column = attribute.column.replace('"', '""')
    if attribute.type == "address":
        yield column, "a.readable"
        for part in ADDRESS_PARTS:
            yield f"{column}.{part}", f"a.{part}"
        return
    if attribute.type in ("email", "phone"):
        yield column, "r.valid[1]"
        yield f"{column}.all", "r.readable"
        return
    yield column, _EXPRESSIONS.get(attribute.field_type, "v.chosen")


_EXPRESSIONS = {
    "money": "CAST(round(TRY_CAST(v.chosen AS DOUBLE), 4) AS DECIMAL(18,4))",
    "boolean": "TRY_CAST(v.chosen AS BOOLEAN)",
    "date": "TRY_CAST(TRY_CAST(v.chosen AS TIMESTAMP) AS DATE)",
    "datetime": "tidy._utc(v.chosen)",
    "select": "c.labels[1]",
    "multiselect": "c.labels",
    "link": "c.links[1]",
    "links": "c.links",
}


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
