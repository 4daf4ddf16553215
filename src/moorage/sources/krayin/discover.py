"""A look at a Krayin database without reading it all: counts, fields, stages, what is odd."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from moorage.sources.base import Discovery, FileStore, SourceObject
from moorage.sources.krayin import catalogue
from moorage.sources.krayin.attributes import OBJECTS, Attribute, read_attributes
from moorage.sources.krayin.files import file_notes, in_figures, look_at, named_paths
from moorage.sources.krayin.inventory import inventory
from moorage.sources.krayin.pipelines import read_pipelines, stage_questions
from moorage.sources.krayin.reader import Reader, quoted
from moorage.sources.krayin.schema import Schema
from moorage.sources.krayin.tables import COUNTED, EXTRACTED


def discover(
    reader: Reader,
    schema: Schema,
    timezone: str,
    currency: str,
    files: FileStore | None = None,
) -> Discovery:
    """What the source holds, without its rows; with `files`, how many and how large they are."""
    look = Look(reader, schema)
    attributes = read_attributes(reader, schema)
    pipelines = read_pipelines(reader, schema)
    counts = look.counts()
    told_files = look_at(named_paths(reader, schema), files)
    details = {
        "table_counts": counts,
        "pipelines": [pipeline.as_dict() for pipeline in pipelines],
        "custom_fields": [_described(attribute) for attribute in attributes],
        "owners": look.owners(),
        "activities": look.grouped("activities", "type"),
        "email_count": counts.get("emails", 0),
        "attachments": {**look.attachments(counts), **in_figures(told_files)},
        "files": told_files,
        "inventory": inventory(reader, schema),
        "automations": {name: counts.get(name, 0) for name in ("workflows", "webhooks",
                        "web_forms", "email_templates", "marketing_campaigns")},
        "currency": currency,
        "timezone": timezone,
    }  # fmt: skip
    time_note, time_question = look.time_zone(timezone)
    files_note, files_question = file_notes(told_files)
    notes = [*schema.notes(), *time_note, *look.oddities(), *files_note]
    questions = [*stage_questions(pipelines), *time_question, *files_question]
    return Discovery(
        kind="krayin",
        release=schema.release,
        identity=f"krayin:{reader.address}" + (f"#{schema.prefix}" if schema.prefix else ""),
        objects=tuple(_object(name, counts, look, attributes) for name in catalogue.NAMES),
        notes=tuple(notes),
        questions=tuple(questions),
        details=details,
    )


def _object(
    name: str, counts: Mapping[str, int], look: Look, attributes: list[Attribute]
) -> SourceObject:
    custom = [field for a in attributes if a.object == name for field in a.fields()]
    table = catalogue.table(name)
    count = counts.get(table, 0) if table else look.derived_count(name)
    fields = tuple(replace(field) for field in catalogue.native_fields(name))
    return SourceObject(name, catalogue.label(name), count, (*fields, *custom))


def _described(attribute: Attribute) -> dict[str, Any]:
    return {
        "object": attribute.object,
        "code": attribute.code,
        "label": attribute.name,
        "type": attribute.type,
        "lookup": attribute.lookup_type or None,
        "options": list(attribute.options),
        "required": attribute.required,
    }


def _counted(count: int, noun: str) -> str:
    plural = noun.removesuffix("y") + "ies" if noun.endswith("y") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"


class Look:
    """The queries of a discovery, over whichever tables are there."""

    def __init__(self, reader: Reader, schema: Schema) -> None:
        self._reader = reader
        self._schema = schema

    def _table(self, name: str) -> str:
        return quoted(self._schema.prefix + name)

    def _number(self, sql: str) -> int:
        return int(self._reader.rows(sql)[0][0] or 0)

    def counts(self) -> dict[str, int]:
        """Exact row counts of all known tables that are there."""
        names = [table.name for table in EXTRACTED] + list(COUNTED)
        return {
            name: self._number(f"SELECT count(*) FROM {self._table(name)}")
            for name in names
            if self._schema.has(name)
        }

    def grouped(self, table: str, column: str) -> dict[str, int]:
        """Row counts by the values of a column."""
        if not self._schema.has(table, column):
            return {}
        rows = self._reader.rows(
            f"SELECT {quoted(column)}, count(*) FROM {self._table(table)} GROUP BY 1"
        )
        return {str(value): int(count or 0) for value, count in rows}

    def derived_count(self, name: str) -> int:
        """Rows of an object without a table: wordings of lost reasons, files in custom fields.

        Others are made later, and count 0 here.
        """
        if name == "attribute_files":
            return self._attribute_files()
        if name != "lost_reasons":
            return 0
        return self._number(
            "SELECT count(DISTINCT lower(trim(lost_reason)))"
            f" FROM {self._table('leads')} WHERE trim(lost_reason) <> ''"
        )

    def _attribute_files(self) -> int:
        photos = "SELECT count(*) FROM {} WHERE image <> ''".format(self._table("users"))
        count = self._number(photos) if self._schema.has("users", "image") else 0
        if not (self._schema.has("attribute_values") and self._schema.has("attributes")):
            return count
        return count + self._number(
            f"SELECT count(*) FROM {self._table('attribute_values')} v JOIN"
            f" {self._table('attributes')} a ON a.id = v.attribute_id"
            " WHERE a.type IN ('file', 'image') AND v.text_value <> ''"
            f" AND v.entity_type IN ({', '.join(repr(name) for name in OBJECTS)})"
        )

    def owners(self) -> dict[str, dict[str, int]]:
        """By user id, how many records of each table that user owns."""
        owned: dict[str, dict[str, int]] = {}
        for table in ("leads", "persons", "organizations", "quotes", "activities"):
            for user_id, count in self.grouped(table, "user_id").items():
                owned.setdefault(user_id, {})[table] = count
        return owned

    def attachments(self, counts: Mapping[str, int]) -> dict[str, int]:
        """How many files hang on activities and e-mails, and the bytes known of the latter."""
        known = 0
        if self._schema.has("email_attachments", "size"):
            known = self._number(
                f"SELECT coalesce(sum(size), 0) FROM {self._table('email_attachments')}"
            )
        return {
            "activity_files": counts.get("activity_files", 0),
            "email_attachments": counts.get("email_attachments", 0),
            "email_attachment_bytes": known,
        }

    def time_zone(self, timezone: str) -> tuple[list[str], list[str]]:
        """Whether the newest record could have been written in that zone: notes, questions."""
        newest = self._newest()
        if newest is None:
            return ["The time zone could not be checked: there are no dated records."], []
        written = newest.replace(tzinfo=ZoneInfo(timezone))
        ahead = written - datetime.now(UTC)
        if ahead > timedelta(minutes=5):
            hours = ahead.total_seconds() / 3600
            return [], [
                f"Read in the zone {timezone}, the newest record lies {hours:.1f} hours in the"
                " future: is `timezone` really APP_TIMEZONE of this Krayin?"
            ]
        return [f"The newest record, read in {timezone}, is of {written:%Y-%m-%d %H:%M}."], []

    def _newest(self) -> datetime | None:
        found = []
        for table in ("leads", "persons", "activities"):
            if self._schema.has(table, "created_at"):
                value = self._reader.rows(f"SELECT max(created_at) FROM {self._table(table)}")
                if value[0][0] and not value[0][0].startswith("0000"):
                    found.append(datetime.fromisoformat(value[0][0]))
        return max(found, default=None)

    def oddities(self) -> list[str]:
        """Counts of what a reader of the scope should know beforehand."""
        leads = self._table("leads")
        checks = [
            (f"SELECT count(*) FROM {leads} WHERE person_id IS NULL", "lead", "without a person"),
            (f"SELECT count(*) FROM {leads} WHERE user_id IS NULL", "lead", "without an owner"),
        ]
        if self._schema.has("leads", "lead_pipeline_stage_id"):
            sql = f"SELECT count(*) FROM {leads} WHERE lead_pipeline_stage_id IS NULL"
            checks.append((sql, "lead", "without a stage"))
        if self._schema.has("lead_quotes") and self._schema.has("quotes"):
            checks.append((
                f"SELECT count(*) FROM {self._table('quotes')} WHERE id NOT IN"
                f" (SELECT quote_id FROM {self._table('lead_quotes')})",
                "quote", "without a lead",
            ))  # fmt: skip
        found = [(self._number(sql), noun, lacking) for sql, noun, lacking in checks]
        return [f"{_counted(count, noun)} {lacking}." for count, noun, lacking in found if count]
