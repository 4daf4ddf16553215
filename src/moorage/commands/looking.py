"""Looks at staging and Odoo that help a person to decide: samples, a rule's preview, fields.

What these give are people's data: for the eyes of who works on the project, never for a log.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from moorage.commands.opening import PRODUCTION, known_discovery, opened_destination
from moorage.commands.result import Result
from moorage.destination import ModelField
from moorage.errors import MoorageError, RefusedError
from moorage.mapping import compile_mapping, load_mapping, materialise, parse_mapping
from moorage.mapping.created import bare_fields, models_to_create
from moorage.mapping.document import written
from moorage.mapping.editing import parsed_rule
from moorage.mapping.spec import MappingFile
from moorage.project import Project
from moorage.staging.staging import Staging, identifier

#: Samples are taken from so many rows; what is filled is counted in all.
SAMPLED_ROWS = 1_000
SAMPLES = 3
SHOWN_CHARACTERS = 80
PREVIEW_ROWS = 12
_COPIED = 200


@dataclass(frozen=True)
class Seen:
    """The values of one source field: in how many rows of all, some of them as text."""

    filled: int
    rows: int
    samples: tuple[str, ...] = field(repr=False)


def samples(project: Project, source_object: str, names: Collection[str]) -> dict[str, Seen]:
    """The fields `names` of a source object that have a column in staging, with values."""
    with opened_to_look(project) as staging:
        columns = [name for name in _columns(staging, source_object) if name in names]
        counts = ["count(*)", *(f"count({identifier(name)})" for name in columns)]
        rows, *filled = _aggregates(staging, counts, f"tidy.{identifier(source_object)}")
        taken = _some_values(staging, source_object, columns)
    return {
        name: Seen(count, rows, tuple(given or ()))
        for name, count, given in zip(columns, filled, taken, strict=True)
    }


def values(project: Project, source_object: str) -> dict[str, tuple[str, ...]]:
    """Some values of every field of a source object, without a count of all its rows."""
    with opened_to_look(project) as staging:
        columns = _columns(staging, source_object)
        taken = _some_values(staging, source_object, columns)
    return {name: tuple(given or ()) for name, given in zip(columns, taken, strict=True)}


def _some_values(staging: Staging, source_object: str, columns: Sequence[str]) -> list[Any]:
    """A few different values of each column, from its first rows; None where there are none."""
    texts = ", ".join(
        f"nullif(left(trim(CAST({identifier(name)} AS VARCHAR)), {SHOWN_CHARACTERS}), '')"
        f" AS {identifier(name)}"
        for name in columns
    )
    # Sorted lists take a fraction of the memory of `list(DISTINCT … ORDER BY …)`.
    lists = [
        f"list_slice(list_sort(list_distinct(list({identifier(name)}))), 1, {SAMPLES})"
        for name in columns
    ]
    table = f"tidy.{identifier(source_object)}"
    return _aggregates(staging, lists, f"(SELECT {texts} FROM {table} LIMIT {SAMPLED_ROWS})")


def _aggregates(staging: Staging, selected: Sequence[str], source: str) -> list[Any]:
    if not selected:
        return []
    query = f"SELECT {', '.join(selected)} FROM {source}"
    return list(staging.connection.execute(query).fetchall()[0])


def opened_to_look(project: Project) -> Staging:
    """The staging, for reading alone; RefusedError where there is none, or it is in use."""
    if not project.staging_path.exists():
        raise RefusedError(
            "nothing was extracted yet",
            where=str(project.root),
            state="Nothing was changed.",
            todo="Run `moorage extract` first.",
        )
    return Staging(project.staging_path, read_only=True)


def _columns(staging: Staging, name: str, schema: str = "tidy") -> list[str]:
    rows = staging.connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?"
        " ORDER BY column_index",
        [schema, name],
    ).fetchall()
    return [row[0] for row in rows]


@dataclass(frozen=True)
class PreviewLine:
    """One real row: what the source gives, what the rule makes of it, what was noticed."""

    key: str
    given: tuple[str, ...] = field(repr=False)
    made: str = field(repr=False)
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class PreviewResult(Result):
    """What a rule does to real rows; `sources` are the fields it reads."""

    target: str
    sources: tuple[str, ...]
    lines: tuple[PreviewLine, ...]


def preview(
    project: Project,
    entry: str,
    target: str,
    text: str,
    fields: Mapping[str, Mapping[str, ModelField]],
) -> PreviewResult:
    """Carry out one rule (YAML) on the first rows of its entry, in a copy; nothing is kept.

    `fields` are Odoo's, by model. A link shows the key it would lead to. MappingError or
    SettingsError say what is wrong with the rule.
    """
    alone = _alone(_with_rule(project, entry, target, text), entry, target)
    sources = tuple(alone.mapping.objects[entry].fields[target].from_)
    known = known_discovery(project)
    named = {alone.mapping.object_of(name) for name in alone.mapping.objects}
    known = replace(known, objects=tuple(one for one in known.objects if one.name in named))
    compiled = compile_mapping(alone, known, {m: dict(found) for m, found in fields.items()})
    with (
        tempfile.TemporaryDirectory(prefix="moorage-preview-") as folder,
        Staging(Path(folder) / "staging.duckdb", threads=1) as copy,
    ):
        with opened_to_look(project) as staging:
            _copy_some(staging, copy, alone)
        materialise(copy, compiled)
        lines = _lines(copy, alone.mapping.object_of(entry), entry, target, sources)
    return PreviewResult(target=target, sources=sources, lines=lines)


def _with_rule(project: Project, entry: str, target: str, text: str) -> MappingFile:
    """The mapping, with the rule in `text` for `target` if there is one."""
    file = load_mapping(project.mapping_path)
    if not text:
        return file
    about = file.mapping.objects[entry]
    # Read as a mapping of its own: reading the whole file anew takes seconds where it is long.
    alone = {"to": about.to, "fields": {target: parsed_rule(text)}}
    tree = {"moorage": 1, "source": file.mapping.source, "objects": {entry: alone}}
    read = parse_mapping(written(tree), Path("rule"))
    fields = {**about.fields, target: read.mapping.objects[entry].fields[target]}
    objects = {**file.mapping.objects, entry: about.model_copy(update={"fields": fields})}
    return MappingFile(file.mapping.model_copy(update={"objects": objects}), file.document)


def _alone(file: MappingFile, entry: str, target: str) -> MappingFile:
    """The mapping with one rule of one entry, and those that it links to bare."""
    bare: dict[str, Any] = {
        "fields": {}, "drop": {}, "match": None, "duplicates": None, "sums": [], "merge_on": None,
    }  # fmt: skip
    mapping = file.mapping
    rule = mapping.objects[entry].fields[target]
    entries = {
        name: about.model_copy(update=bare)
        for name, about in mapping.objects.items()
        if name == entry or mapping.object_of(name) in rule.linked
    }
    entries[entry] = entries[entry].model_copy(update={"fields": {target: rule}})
    return MappingFile(mapping.model_copy(update={"objects": entries}), file.document)


def _copy_some(staging: Staging, copy: Staging, alone: MappingFile) -> None:
    """Some rows of every object, and what was looked up in Odoo before.

    Of a table only the columns whose names stand anywhere in the mapping: it may be very wide.
    """
    tables = {("tidy", alone.mapping.object_of(name)) for name in alone.mapping.objects}
    tables |= {("meta", "reference"), ("meta", "files")}
    said = alone.mapping.model_dump_json(by_alias=True)
    for schema, name in sorted(tables):
        columns = _columns(staging, name, schema)
        if not columns:
            continue
        limit = ""
        if schema == "tidy":
            limit = f" LIMIT {_COPIED}"
            columns = [c for c in columns if c == "id" or c[0] == "_" or _in_json(c) in said]
        place, listed = f"{schema}.{identifier(name)}", ", ".join(map(identifier, columns))
        rows = staging.connection.sql(f"SELECT {listed} FROM {place}{limit}").to_arrow_table()
        copy.connection.register("given", rows)
        copy.connection.execute(f"CREATE OR REPLACE TABLE {place} AS FROM given")
        copy.connection.unregister("given")


def _in_json(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)[1:-1]


def _lines(
    copy: Staging, source_object: str, entry: str, target: str, sources: Sequence[str]
) -> tuple[PreviewLine, ...]:
    given = "".join(
        f", coalesce(left(CAST(s.{identifier(name)} AS VARCHAR), 200), '')" for name in sources
    )
    made = f"t.{identifier(target)}"
    rows = copy.connection.execute(
        f"SELECT t.key, coalesce(left(CAST({made} AS VARCHAR), 200), ''), coalesce("
        f"(SELECT string_agg(f.message, '; ') FROM target.{identifier(entry + '__findings')} AS f"
        f" WHERE f.key = t.key), ''){given} FROM target.{identifier(entry)} AS t"
        f" JOIN tidy.{identifier(source_object)} AS s ON CAST(s.id AS VARCHAR) = t._source_key"
        f" ORDER BY {made} IS NULL, len(t.key), t.key LIMIT {PREVIEW_ROWS}"
    ).fetchall()
    return tuple(PreviewLine(row[0], tuple(row[3:]), row[1], row[2]) for row in rows)


def odoo_fields(
    project: Project, models: Sequence[str], *, to: str = PRODUCTION
) -> dict[str, dict[str, ModelField]]:
    """The fields of `models` as Odoo has them now; a model that the mapping makes has few."""
    made = set()
    with suppress(MoorageError):
        made = set(models_to_create(load_mapping(project.mapping_path).mapping))
    with opened_destination(project, to) as destination:
        found = {model: destination.fields(model) for model in models}
    return {m: fields or (bare_fields() if m in made else {}) for m, fields in found.items()}


def odoo_models(project: Project, *, to: str = PRODUCTION) -> dict[str, str]:
    """Every model of Odoo that keeps records, with what people call it."""
    with opened_destination(project, to) as destination:
        pages = destination.pages("ir.model", [("transient", "=", False)], ["model", "name"])
        return {str(row["model"]): str(row["name"]) for page in pages for row in page}
