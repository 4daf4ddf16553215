"""SQL made from metadata: typed views of the raw tables, custom fields, custom tables.

`tidy._account` has the expected columns of `raw.account` with their types, under `id`;
`tidy._custom_account` the columns that users added, as `custom.<name>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from moorage.sources.base import SourceField
from moorage.sources.opex365.metadata import Attribute, Entity
from moorage.sources.opex365.reader import Wanted
from moorage.sources.opex365.tables import Column

FIELD_TYPES = {
    "boolean": "boolean", "choice": "select", "choices": "multiselect", "date": "date",
    "datetime": "datetime", "decimal": "decimal", "file": "file", "integer": "integer",
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
        typed = [f"lower({_quoted(wanted.key)}) AS id"]
        for column in wanted.columns:
            if column.name not in names:
                typed += self._typed(column, entity)
        own = ["lower(" + _quoted(wanted.key) + ") AS id"]
        own += [
            f"{self.custom_value(attribute, wanted)} AS {_quoted('custom.' + attribute.name)}"
            for attribute in custom
            if attribute.kind in FIELD_TYPES or attribute.kind == "lookup"
        ]
        source = f"raw.{_quoted(wanted.name)}"
        return [
            f"CREATE VIEW tidy.{_quoted('_' + wanted.name)} AS"
            f" SELECT {', '.join(typed)} FROM {source}",
            f"CREATE VIEW tidy.{_quoted('_custom_' + wanted.name)} AS"
            f" SELECT {', '.join(own)} FROM {source}",
        ]

    def custom_table(self, wanted: Wanted) -> str:
        """The tidy table of a table that users made."""
        assert wanted.entity is not None
        entity = wanted.entity
        name = _quoted(entity.primary_name) if entity.primary_name in entity.attributes else "NULL"
        parts = [f"lower({_quoted(wanted.key)}) AS id", f"{name} AS name"]
        owner = "NULL"
        standard = {column.name for column in wanted.columns}
        if "statecode" in standard:
            parts.append("coalesce(statecode, '0') = '0' AS active")
            parts.append('"statuscode.label" AS status')
        if "ownerid" in standard:
            owner = "(SELECT any_value(user_id) FROM tidy._owners WHERE owner = lower(ownerid))"
            parts.append(f"{owner} AS owner_id")
        parts += [
            f"{self.custom_value(attribute, wanted)} AS {_quoted('custom.' + attribute.name)}"
            for attribute in self.own_columns(entity)
        ]
        parts += [
            f"{self._time(stamp)} AS {name}"
            for stamp, name in (("createdon", "created_at"), ("modifiedon", "updated_at"))
            if stamp in standard
        ]
        return (
            f"CREATE TABLE tidy.{_quoted(entity.name)} AS"
            f" SELECT {', '.join(parts)} FROM raw.{_quoted(wanted.name)}"
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
            if attribute.name not in (entity.primary_name, entity.id)
            and (attribute.kind in FIELD_TYPES or attribute.kind == "lookup")
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

    def custom_value(self, attribute: Attribute, wanted: Wanted) -> str:
        """SQL of a custom column in the form that its source field promises."""
        name, column = attribute.name, _quoted(attribute.name)
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
        if attribute.kind == "file" and wanted.entity is not None:
            path = f"'{wanted.entity.entity_set}/' || lower({_quoted(wanted.key)}) || '/{name}'"
            return f"CASE WHEN {column} IS NOT NULL THEN {path} END"
        return self._value(attribute.kind, column, attribute)

    def _pointed(self, attribute: Attribute) -> str:
        name, column = attribute.name, _quoted(attribute.name)
        kind = self.field(attribute).type
        if kind == "link":
            return f"lower({column})"
        if kind == "reference":
            table = _quoted(f"{name}.table")
            return f"CASE WHEN {column} IS NOT NULL THEN {table} || ':' || lower({column}) END"
        return f"coalesce({_quoted(f'{name}.label')}, {column})"

    @staticmethod
    def _chosen(attribute: Attribute, value: str) -> str:
        cases = " ".join(
            f"WHEN '{number}' THEN {_literal(label)}" for number, label in attribute.options
        )
        other = f"coalesce({_quoted(attribute.name + '.label')}, {value})"
        if attribute.kind == "choices":
            other = value
        return f"CASE {value} {cases} ELSE {other} END" if cases else other

    def _typed(self, column: Column, entity: Entity | None) -> list[str]:
        attribute = entity.attributes.get(column.name) if entity is not None else None
        name = _quoted(column.name)
        label, table = (_quoted(f"{column.name}.{part}") for part in ("label", "table"))
        if column.kind == "lookup":
            return [
                f"lower({name}) AS {name}",
                f"{table} AS {_quoted(column.name + '_table')}",
                f"{label} AS {_quoted(column.name + '_label')}",
            ]
        if column.kind == "choice":
            return [
                f"TRY_CAST({name} AS INTEGER) AS {name}",
                f"coalesce({label}, {name}) AS {_quoted(column.name + '_label')}",
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


def process_sql(processes: Mapping[str, str]) -> str:
    """All instances of business process flows; by table, its lookup to opportunities."""
    selects = [
        f"SELECT id, processid AS process_id, processid_label AS process,"
        f" activestageid AS stage_id, activestageid_label AS stage, {_quoted(lookup)}"
        " AS opportunity_id, traversedpath AS traversed, statecode AS state,"
        f" modifiedon AS modified, activestagestartedon AS started FROM tidy.{_quoted('_' + name)}"
        for name, lookup in processes.items()
    ]
    nothing = (
        "SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS process_id, NULL::VARCHAR AS process,"
        " NULL::VARCHAR AS stage_id, NULL::VARCHAR AS stage, NULL::VARCHAR AS opportunity_id,"
        " NULL::VARCHAR AS traversed, NULL::INTEGER AS state, NULL::TIMESTAMP AS modified,"
        " NULL::TIMESTAMP AS started WHERE false"
    )
    return f"CREATE TABLE tidy._process AS {' UNION ALL '.join([*selects, nothing])}"


def activity_sql(
    activities: Sequence[tuple[Wanted, Entity]], labels: Mapping[str, str]
) -> list[str]:
    """The names of the types of activities, and what custom types say in columns of their own."""
    types = ", ".join(f"({_literal(n)}, {_literal(label)})" for n, label in labels.items())
    details = ["SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS text WHERE false"]
    for wanted, entity in activities:
        parts = ", ".join(
            f"{_literal(one.label + ': ')} || {_shown(one)}"
            for one in entity.custom_attributes()
            if one.kind in FIELD_TYPES or one.kind == "lookup"
        )
        if parts:
            details.append(
                f"SELECT lower({_quoted(wanted.key)}), nullif(array_to_string(list_filter("
                f"[{parts}], lambda p: p IS NOT NULL), chr(10)), '')"
                f" FROM raw.{_quoted(wanted.name)}"
            )
    return [
        "CREATE TABLE tidy._activity_types AS SELECT * FROM (VALUES "
        f"{types or '(NULL, NULL)'}) v(type, label)",
        f"CREATE TABLE tidy._activity_details AS {' UNION ALL '.join(details)}",
    ]


def _shown(attribute: Attribute) -> str:
    column = _quoted(attribute.name)
    if attribute.kind in ("lookup", "choice", "choices"):
        return f"coalesce({_quoted(attribute.name + '.label')}, {column})"
    if attribute.kind == "boolean":
        return f"CASE {column} WHEN 'true' THEN 'Yes' WHEN 'false' THEN 'No' END"
    return column


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
