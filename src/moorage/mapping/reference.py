"""Writing the reference page of the mapping file from the models and the transforms themselves."""

from __future__ import annotations

import inspect

from pydantic import BaseModel

from moorage.mapping.spec import (
    CreateRule,
    Duplicates,
    Entry,
    FieldRule,
    FindRule,
    Mapping,
    Matching,
)
from moorage.mapping.transforms import REGISTRY, Transform
from moorage.mapping.transforms.base import type_words

_HEAD = """# The mapping file

This page is written from the code (`python -m moorage.mapping.reference`); a test keeps it true.

`mapping.yaml` says, for every object of the source, which Odoo model its rows become, and for every
Odoo field where its value comes from. `moorage map --check` names everything that is wrong at once,
with file and line; `moorage map --confirm` records who agreed to exactly this meaning. Changing a
comment or a `why` needs no new confirmation, changing what happens does.

What becomes of a value that does not fit is never silent: the field is left empty (or the text cut,
or the value kept) and the row gets a warning, or the whole row is set aside, as the rule says.

A `when` or `sql` is one DuckDB expression over the columns of the tidy row. Subqueries, tables,
files, sums over rows and functions that give another result each time are refused. `{name}` stands
for the setting of that name.

The file is plain YAML: anchors, aliases and tags are refused, and it has at most 5 MB.
"""

_PARTS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("The file", Mapping),
    ("An entry under `objects`", Entry), ("A rule under `fields`", FieldRule),
    ("`find`", FindRule), ("`create`", CreateRule), ("`match`", Matching),
    ("`duplicates`", Duplicates),
)  # fmt: skip


def reference() -> str:
    """The page, as Markdown."""
    parts = [_HEAD]
    for title, model in _PARTS:
        parts.append(f"## {title}\n\n{inspect.getdoc(model)}\n\n{_keys(model)}")
    parts.append(
        "## Transforms\n\nNamed in `do`, one after the other: `do: [clean, {truncate: 64}]`.\n"
    )
    parts += [_transform(REGISTRY[name]) for name in sorted(REGISTRY)]
    return "\n".join(parts).rstrip() + "\n"


def _keys(model: type[BaseModel]) -> str:
    schema = model.model_json_schema(by_alias=True)
    needed = set(schema.get("required", []))
    lines = ["| key | meaning | default |", "|---|---|---|"]
    for name, found in schema["properties"].items():
        default = "required" if name in needed else _default(found.get("default"))
        meaning = found.get("description") or _options(found)
        lines.append(f"| `{name}` | {meaning} | {default} |")
    return "\n".join(lines) + "\n"


def _default(value: object) -> str:
    if value is None or value in ([], {}):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _options(found: dict[str, object]) -> str:
    options = found.get("enum")
    return "one of " + ", ".join(f"`{one}`" for one in options) if isinstance(options, list) else ""


def _transform(transform: Transform) -> str:
    lines = [f"### {transform.name}\n", transform.doc, ""]
    for name, parameter in transform.parameters.items():
        shown = name.rstrip("_")
        required = parameter.default is inspect.Parameter.empty
        default = "required" if required else f"by default {parameter.default!r}"
        lines.append(f"- `{shown}`: {type_words(parameter.annotation)}, {default}")
    if transform.problem:
        lines.append(f"- finding: “{transform.problem}”")
    takes = " or ".join(transform.takes).replace("many", "several fields")
    lines.append(f"- from {takes} to {transform.gives}\n")
    return "\n".join(lines)


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201 - this is what the command is for
