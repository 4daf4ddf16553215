"""The mapping file as typed objects: what may stand in it, and what each word means.

The models are strict and refuse unknown keys. `load_mapping` gives a `MappingFile`: the parsed
`Mapping` together with the document it came from, so that every later finding names its line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic import WithJsonSchema as JsonSchema

from moorage.errors import Finding, MappingError
from moorage.mapping.document import Document, later_document, parse_document, read_document
from moorage.mapping.remembered import recall, remember
from moorage.mapping.shapes import (
    LINK_SCHEMA,
    NAMES_SCHEMA,
    STEP_SCHEMA,
    groups,
    names,
    one_step,
    text_keys,
)

Scalar = str | int | float | bool
Status = Literal["proposed", "confirmed"]

#: Field types that `create` can make in Odoo.
CREATE_TYPES = (
    "char", "text", "html", "integer", "float", "monetary", "boolean", "date", "datetime",
    "selection", "many2one", "many2many",
)  # fmt: skip


Names = Annotated[list[str], BeforeValidator(names), JsonSchema(NAMES_SCHEMA)]


#: An entry's name becomes the name of a table.
EntryName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=True)


class Step(_Strict):
    """One transform of a `do` list: a name, or a name with its arguments."""

    name: str
    arguments: Any = None


class FindRule(_Strict):
    """Look up a record that Odoo has of its own, such as a country by its code."""

    model: str = Field(description="The Odoo model to look in.")
    by: Names = Field(
        description="Its fields compared with the `from` values, without case. `xml_id` stands for "
        "Odoo's own External ID, such as `mail.mt_note`."
    )


class CreateRule(_Strict):
    """A custom field that `moorage prepare` makes before the values are loaded."""

    type: Literal[CREATE_TYPES] = Field(description="The Odoo field type.")  # type: ignore[valid-type]
    label: str = Field(description="What people see in Odoo.")
    options: list[str] = Field(default=[], description="The options of a selection.")
    relation: str | None = Field(default=None, description="The model a link points to.")
    help: str | None = Field(default=None, description="The tooltip in Odoo.")


class FieldRule(_Strict):
    """How one Odoo field gets its value."""

    from_: Names = Field(default=[], alias="from", description="Source field or fields.")
    value: Scalar | list[str] | None = Field(default=None, description="The same for every row.")
    sql: str | None = Field(default=None, description="One SQL expression over the tidy columns.")
    do: list[Annotated[Step, BeforeValidator(one_step), JsonSchema(STEP_SCHEMA)]] = Field(
        default=[], description="Transforms, one after the other."
    )
    values: Annotated[dict[str, Scalar | None], BeforeValidator(text_keys)] | None = Field(
        default=None, description="A map from source value to Odoo value."
    )
    unknown: Literal["set_aside", "empty", "keep"] = Field(
        default="set_aside", description="What a value outside `values` does."
    )
    default: Scalar | None = Field(default=None, description="Used where there is no value.")
    link: Annotated[str | list[str] | dict[str, str] | None, JsonSchema(LINK_SCHEMA)] = Field(
        default=None,
        description="The source object this points to. A list of objects, when the source field is "
        "a reference (`leads:12`); a map from object to model, when the Odoo field may point to "
        "records of several models.",
    )
    find: FindRule | None = Field(default=None, description="Look up an Odoo record.")
    missing: Literal["set_aside", "empty"] | None = Field(
        default=None,
        description="What a link to a record that is not moved does. By default a required field "
        "sets the row aside, another is left empty with a warning.",
    )
    unfit: Literal["set_aside", "empty"] | None = Field(
        default=None,
        description="What a value that cannot be converted does. By default as `missing`.",
    )
    create: CreateRule | None = Field(default=None, description="Make this custom field.")
    required: bool = Field(default=False, description="A row without a value is set aside.")
    later: bool = Field(default=False, description="Filled in a second pass; breaks a cycle.")
    status: Status | None = Field(default=None, description="Who decided.")
    confidence: float | None = Field(default=None, ge=0, le=1, description="How sure (0 to 1).")
    why: str | None = Field(default=None, description="The reason, in words.")
    note: str | None = Field(default=None, description="What people remark on it.")
    advice: str | None = Field(
        default=None, description="Which language model advised it, when, to which question."
    )

    @property
    def linked(self) -> tuple[str, ...]:
        """The source objects that `link` names."""
        return (self.link,) if isinstance(self.link, str) else tuple(self.link or ())


class Matching(_Strict):
    """How records that Odoo has already are recognised."""

    on: Names = Field(description="Target fields compared without case and extra blanks.")
    update: Literal["never", "fill_empty"] = Field(
        default="never", description="What happens to the record found."
    )
    none: Literal["create", "ask"] = Field(
        default="create",
        description="What a row does that no record fits: `ask` offers people all records that"
        " agree with it in the first field of `on`.",
    )


class Duplicates(_Strict):
    """How source records that are the same thing are recognised."""

    exact: Annotated[list[list[str]], BeforeValidator(groups)] = Field(
        default=[], description="Groups of target fields that make two rows one."
    )
    exact_do: Literal["merge", "keep", "ask"] = "ask"
    similar: str | None = Field(default=None, description="A field whose likeness is scored.")
    threshold: float = Field(default=92.0, ge=0, le=100, description="The score of a candidate.")
    similar_do: Literal["merge", "keep", "ask"] = "ask"


class Entry(_Strict):
    """Rows of one source object that become records of one Odoo model."""

    of: str | None = Field(default=None, description="Source object; by default the entry's name.")
    to: str = Field(description="The Odoo model.")
    create: str | None = Field(
        default=None, description="Make the model `to` (its name begins with `x_`), so called."
    )
    when: str | None = Field(default=None, description="An SQL condition over the tidy columns.")
    not_selected: str | None = Field(
        default=None, description="The reason given for rows that no entry of this object takes."
    )
    match: Matching | None = None
    merge_on: str | None = Field(
        default=None,
        description="Source field that holds the id of the row this row is merged into.",
    )
    duplicates: Duplicates | None = None
    sums: Names = Field(
        default=[],
        description="Amounts that `moorage verify` adds up; `amount_total=x_total` says that a"
        " field which Odoo computes must equal a field of this entry, record by record.",
    )
    sums_by: Names = Field(
        default=[],
        description="Fields by which `moorage verify` also parts these amounts: a link, a date (by"
        " month), a selection.",
    )
    fields: dict[str, FieldRule] = Field(description="Odoo field: rule.")
    drop: dict[str, str] = Field(
        default={},
        description="Source field: why it is not moved. A reason that begins with `no loss:` says"
        " that nothing is lost by it.",
    )


class Undecided(_Strict):
    """A source object about which a person has not decided yet."""

    reason: str
    status: Status


class Mapping(_Strict):
    """A whole mapping file."""

    moorage: Literal[1] = Field(description="The version of this file's grammar.")
    source: str = Field(description="The kind of source.")
    settings: dict[str, Any] = Field(
        default={}, description="Named values; `{name}` in `when` and `sql` stands for one."
    )
    objects: dict[EntryName, Entry] = Field(
        description="Entry name (small letters, digits and _): rule."
    )
    not_migrated: dict[str, str | Undecided] = Field(
        default={}, description="Source object: why it is not moved."
    )

    def object_of(self, entry: str) -> str:
        """The source object whose rows `entry` takes."""
        return self.objects[entry].of or entry


@dataclass(frozen=True)
class MappingFile:
    """A mapping and the document it was read from."""

    mapping: Mapping
    document: Document


def load_mapping(path: Path) -> MappingFile:
    """The mapping in `path`; MappingError with every finding if it is not one.

    A file that did not change since it was read last is not read again: its tree is shared, so
    whoever edits it takes `load_mapping_to_edit`.
    """
    try:
        about = path.stat()
    except OSError:
        return load_mapping_to_edit(path)
    return _loaded(path, about.st_mtime_ns, about.st_size, about.st_ino)


def load_mapping_to_edit(path: Path) -> MappingFile:
    """As `load_mapping`, with a document tree of one's own, read now."""
    return typed(read_document(path))


@lru_cache(maxsize=4)
def _loaded(path: Path, *_version: int) -> MappingFile:
    kept = recall(path)
    if kept is not None:
        return MappingFile(Mapping.model_validate_json(kept), later_document(path))
    file = load_mapping_to_edit(path)
    text = file.mapping.model_dump_json(by_alias=True, exclude_unset=True)
    if Mapping.model_validate_json(text) == file.mapping:
        remember(path, text)
    return file


def parse_mapping(text: str, path: Path = Path("mapping.yaml")) -> MappingFile:
    """The mapping in `text`, named `path` in findings."""
    return typed(parse_document(text, path))


def schema_json() -> dict[str, Any]:
    """The JSON Schema of the file, for editors."""
    schema = Mapping.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Moorage mapping"
    return schema


def typed(document: Document) -> MappingFile:
    """The mapping in `document`; MappingError with every finding if it is not one."""
    try:
        return MappingFile(Mapping.model_validate(document.plain), document)
    except ValidationError as error:
        raise MappingError(_findings(document, error)) from error


def _findings(document: Document, error: ValidationError) -> list[Finding]:
    """One finding per place: a union reports each of its branches, the reader needs one."""
    by_place: dict[tuple[Any, ...], list[str]] = {}
    for problem in error.errors(include_url=False, include_input=False):
        path = _known_path(document.plain, problem["loc"])
        missing = problem["type"] in ("missing", "extra_forbidden")
        named = (*path, problem["loc"][-1]) if missing and len(path) < len(problem["loc"]) else path
        words = "unknown key" if problem["type"] == "extra_forbidden" else problem["msg"]
        by_place.setdefault(named, []).append(words)
    return [
        document.finding(" or ".join(dict.fromkeys(words)), path)
        for path, words in by_place.items()
    ]


def _known_path(node: Any, location: tuple[Any, ...]) -> tuple[Any, ...]:
    path: list[Any] = []
    for step in location:
        items = range(len(node)) if isinstance(node, list) else node
        if isinstance(node, dict | list) and step in items:
            node = node[step]
        else:
            continue
        path.append(step)
    return tuple(path)
