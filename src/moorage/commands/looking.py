"""Looks at staging and Odoo that help a person to decide: samples, a rule's preview, fields.

What these give are people's data: for the eyes of who works on the project, never for a log.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moorage.commands.opening import PRODUCTION, known_discovery, opened_destination
from moorage.commands.result import Result
from moorage.destination import ModelField
from moorage.errors import MoorageError, RefusedError
from moorage.mapping import compile_mapping, load_mapping, materialise, parse_mapping
from moorage.mapping.created import bare_fields, models_to_create
from moorage.mapping.document import written
from moorage.mapping.editing import parsed_rule, set_rule
from moorage.mapping.spec import MappingFile, load_mapping_to_edit
from moorage.project import Project
from moorage.staging.staging import Staging, identifier

#: Samples are taken from so many rows; what is filled is counted in all.
SAMPLED_ROWS = 2_000
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


def samples(
    project: Project, source_object: str, names: Collection[str] | None = None
) -> dict[str, Seen]:
    """Fields of a source object (all, or `names`) with values that stand in staging."""
    with opened_to_look(project) as staging:
        columns = _columns(staging, source_object)
        columns = [name for name in columns if names is None or name in names]
        if not columns:
            return {}
        table = f"tidy.{identifier(source_object)}"
        counts = ", ".join(f"count({identifier(name)})" for name in columns)
        rows = staging.connection.execute(f"SELECT count(*), {counts} FROM {table}").fetchall()
        lists = ", ".join(
            f"list_slice(list(DISTINCT {_text(name)} ORDER BY {_text(name)})"
            f" FILTER ({_text(name)} <> ''), 1, {SAMPLES})"
            for name in columns
        )
        taken = staging.connection.execute(
            f"SELECT {lists} FROM (FROM {table} LIMIT {SAMPLED_ROWS})"
        ).fetchall()
    return {
        name: Seen(filled, rows[0][0], tuple(given or ()))
        for name, filled, given in zip(columns, rows[0][1:], taken[0], strict=True)
    }


def _text(name: str) -> str:
    return f"left(trim(CAST({identifier(name)} AS VARCHAR)), {SHOWN_CHARACTERS})"


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


def _columns(staging: Staging, source_object: str) -> list[str]:
    rows = staging.connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'tidy'"
        " AND table_name = ? ORDER BY ordinal_position",
        [source_object],
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
    compiled = compile_mapping(
        alone, known_discovery(project), {m: dict(found) for m, found in fields.items()}
    )
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
    if not text:
        return load_mapping(project.mapping_path)
    tree = load_mapping_to_edit(project.mapping_path).document.tree
    set_rule(tree, entry, target, parsed_rule(text))
    return parse_mapping(written(tree), project.mapping_path)


def _alone(file: MappingFile, entry: str, target: str) -> MappingFile:
    """The mapping with one rule of one entry, and those that it links to bare."""
    bare: dict[str, Any] = {
        "fields": {}, "match": None, "duplicates": None, "sums": [], "merge_on": None,
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
    """Some rows of every object, and what was looked up in Odoo before."""
    tables = {("tidy", alone.mapping.object_of(name)) for name in alone.mapping.objects}
    tables |= {("meta", "reference"), ("meta", "files")}
    for schema, name in sorted(tables):
        there = staging.connection.execute(
            "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ?",
            [schema, name],
        ).fetchall()
        if there:
            limit = f" LIMIT {_COPIED}" if schema == "tidy" else ""
            place = f"{schema}.{identifier(name)}"
            rows = staging.connection.sql(f"FROM {place}{limit}").to_arrow_table()
            copy.connection.register("given", rows)
            copy.connection.execute(f"CREATE OR REPLACE TABLE {place} AS FROM given")
            copy.connection.unregister("given")


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
