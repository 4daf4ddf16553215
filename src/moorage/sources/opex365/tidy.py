"""SQL made from metadata: typed views of the raw tables, custom fields, custom tables.

`tidy._account` has the expected columns of `raw.account` with their types, under `id`;
`tidy._custom_account` the columns that users added, as `custom.<name>`.
"""

from __future__ import annotations

from collections.abc import Iterable

from moorage.sources.base import SourceField
from moorage.sources.opex365.metadata import Attribute, Entity
from moorage.sources.opex365.reader import Wanted
from moorage.sources.opex365.tables import Column

FIELD_TYPES = {
    "boolean": "boolean", "choice": "select", "choices": "multiselect", "date": "date",
    "datetime": "datetime", "decimal": "decimal", "integer": "integer",
    "money": "money", "wall_clock": "text", "text": "text", "html": "html", "email": "email",
    "phone": "phone", "url": "url",
}  # fmt: skip
CASTS = {"money": "DECIMAL(23, 4)", "decimal": "DECIMAL(38, 10)", "integer": "BIGINT",
         "boolean": "BOOLEAN"}  # fmt: skip


class TidyWriter:
    """Writes the dynamic statements for the wanted tables of one environment.

    `objects` are the tidy objects there are: a lookup to any other table is kept as its label.
    """

    def __init__(self, objects: Iterable[str], timezone: str) -> None:
        self._objects = frozenset(objects)
        self._zone = timezone.replace("'", "''")

    def zone(self) -> str:
        """The macro that names the users' zone."""
        return f"CREATE MACRO tidy._zone() AS '{self._zone}'"

    def views(self, wanted: Wanted) -> list[str]:
        """The typed view and the view of custom columns of one table."""
        entity = wanted.entity
        custom = entity.custom_attributes() if entity is not None else []
        names = {attribute.name for attribute in custom}
        typed = [f"lower({quoted(wanted.key)}) AS id"]
        for column in wanted.columns:
            if column.name not in names:
                typed += self._typed(column, entity)
        own = ["lower(" + quoted(wanted.key) + ") AS id"]
        own += [
            f"{self.custom_value(attribute)} AS {quoted('custom.' + attribute.name)}"
            for attribute in custom
            if is_field(attribute)
        ]
        source = f"raw.{quoted(wanted.name)}"
        return [
            f"CREATE VIEW tidy.{quoted('_' + wanted.name)} AS"
            f" SELECT {', '.join(typed)} FROM {source}",
            f"CREATE VIEW tidy.{quoted('_custom_' + wanted.name)} AS"
            f" SELECT {', '.join(own)} FROM {source}",
        ]

    def custom_table(self, wanted: Wanted) -> str:
        """The tidy table of a table that users made."""
        assert wanted.entity is not None
        entity = wanted.entity
        name = quoted(entity.primary_name) if entity.primary_name in entity.attributes else "NULL"
        parts = [f"lower({quoted(wanted.key)}) AS id", f"{name} AS name"]
        owner = "NULL"
        standard = {column.name for column in wanted.columns}
        if "statecode" in standard:
            parts.append("coalesce(statecode, '0') = '0' AS active")
            parts.append('"statuscode.label" AS status')
        if "ownerid" in standard:
            owner = "(SELECT any_value(user_id) FROM tidy._owners WHERE owner = lower(ownerid))"
            parts.append(f"{owner} AS owner_id")
        parts += [
            f"{self.custom_value(attribute)} AS {quoted('custom.' + attribute.name)}"
            for attribute in self.own_columns(entity)
        ]
        parts += [
            f"{self._time(stamp)} AS {name}"
            for stamp, name in (("createdon", "created_at"), ("modifiedon", "updated_at"))
            if stamp in standard
        ]
        return (
            f"CREATE TABLE tidy.{quoted(entity.name)} AS"
            f" SELECT {', '.join(parts)} FROM raw.{quoted(wanted.name)}"
        )

    def custom_table_fields(self, wanted: Wanted) -> tuple[SourceField, ...]:
        """The fields of a table that users made."""
        assert wanted.entity is not None
        standard = {column.name for column in wanted.columns}
        fields = [SourceField("id", "text", "id"), SourceField("name", "text", "Name")]
        if "statecode" in standard:
            fields += [SourceField("active", "boolean", "Active")]
            fields += [SourceField("status", "select", "Status")]
        if "ownerid" in standard:
            fields.append(SourceField("owner_id", "link", "Owner", link="systemuser"))
        fields += [self.field(attribute) for attribute in self.own_columns(wanted.entity)]
        for stamp, name in (("createdon", "created_at"), ("modifiedon", "updated_at")):
            if stamp in standard:
                fields.append(SourceField(name, "datetime", name.replace("_", " ")))
        return tuple(fields)

    @staticmethod
    def own_columns(entity: Entity) -> list[Attribute]:
        """The custom columns of a custom table, its name apart."""
        return [
            attribute
            for attribute in entity.custom_attributes()
            if attribute.name not in (entity.primary_name, entity.id) and is_field(attribute)
        ]

    def field(self, attribute: Attribute) -> SourceField:
        """The source field of a custom column."""
        name, link = f"custom.{attribute.name}", None
        kind = FIELD_TYPES.get(attribute.kind, "text")
        if attribute.kind == "lookup":
            known = [target for target in attribute.targets if target in self._objects]
            if len(attribute.targets) == 1 and known:
                kind, link = "link", known[0]
            else:
                kind = "reference" if known else "text"
        return SourceField(
            name,
            kind,
            attribute.label,
            custom=True,
            required=attribute.required,
            options=tuple(dict.fromkeys(label for _, label in attribute.options)),
            link=link,
        )

    def custom_value(self, attribute: Attribute) -> str:
        """SQL of a custom column in the form that its source field promises."""
        column = quoted(attribute.name)
        if attribute.kind == "lookup":
            return self._pointed(attribute)
        if attribute.kind == "choice":
            return f"coalesce({self._chosen(attribute, column)}, {column})"
        if attribute.kind == "choices":
            each = self._chosen(attribute, "trim(v)")
            return (
                f"list_transform(string_split(nullif({column}, ''), ','),"
                f" lambda v: coalesce({each}, v))"
            )
        return self._value(attribute.kind, column, attribute)

    def _pointed(self, attribute: Attribute) -> str:
        name, column = attribute.name, quoted(attribute.name)
        kind = self.field(attribute).type
        if kind == "link":
            return f"lower({column})"
        if kind == "reference":
            table = quoted(f"{name}.table")
            return f"CASE WHEN {column} IS NOT NULL THEN {table} || ':' || lower({column}) END"
        return f"coalesce({quoted(f'{name}.label')}, {column})"

    @staticmethod
    def _chosen(attribute: Attribute, value: str) -> str:
        cases = " ".join(
            f"WHEN '{number}' THEN {literal(label)}" for number, label in attribute.options
        )
        other = f"coalesce({quoted(attribute.name + '.label')}, {value})"
        if attribute.kind == "choices":
            other = value
        return f"CASE {value} {cases} ELSE {other} END" if cases else other

    def _typed(self, column: Column, entity: Entity | None) -> list[str]:
        attribute = entity.attributes.get(column.name) if entity is not None else None
        name = quoted(column.name)
        label, table = (quoted(f"{column.name}.{part}") for part in ("label", "table"))
        if column.kind == "lookup":
            return [
                f"lower({name}) AS {name}",
                f"{table} AS {quoted(column.name + '_table')}",
                f"{label} AS {quoted(column.name + '_label')}",
            ]
        if column.kind == "choice":
            return [
                f"TRY_CAST({name} AS INTEGER) AS {name}",
                f"coalesce({label}, {name}) AS {quoted(column.name + '_label')}",
            ]
        return [f"{self._value(column.kind, name, attribute)} AS {name}"]

    def _value(self, kind: str, column: str, attribute: Attribute | None) -> str:
        if kind in CASTS:
            return f"TRY_CAST({column} AS {CASTS[kind]})"
        if kind == "datetime":
            return self._time(column)
        if kind == "date":
            return self._day(column, attribute)
        if kind == "wall_clock":
            return f"replace(rtrim({column}, 'Z'), 'T', ' ')"
        return f"CASE WHEN trim({column}) <> '' THEN {column} END"

    @staticmethod
    def _time(column: str) -> str:
        return f"timezone('UTC', TRY_CAST({column} AS TIMESTAMPTZ))"

    def _day(self, column: str, attribute: Attribute | None) -> str:
        """The day; of a time, the day it was where the user was."""
        plain = f"TRY_CAST(left({column}, 10) AS DATE)"
        if attribute is not None and attribute.kind == "wall_clock":
            return plain
        local = f"CAST(timezone('{self._zone}', TRY_CAST({column} AS TIMESTAMPTZ)) AS DATE)"
        return f"CASE WHEN length({column}) > 10 THEN {local} ELSE {plain} END"


def is_field(attribute: Attribute) -> bool:
    """Whether a column is a field of its record; files and images are records of their own."""
    return attribute.kind in FIELD_TYPES or attribute.kind == "lookup"


def quoted(name: str) -> str:
    """The name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """The text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"
