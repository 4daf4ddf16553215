"""A mapping in words, row by row, for tables on screen and on paper."""

from __future__ import annotations

from dataclasses import dataclass

from moorage.mapping.shapes import as_text
from moorage.mapping.spec import FieldRule, MappingFile, Step, Undecided


@dataclass(frozen=True)
class ExplainedField:
    """One line of the table. `target` is empty for source fields that are not moved."""

    entry: str
    object: str
    model: str
    target: str
    sources: tuple[str, ...]
    how: str
    status: str
    confidence: float | None
    why: str
    line: int | None


def explain(file: MappingFile, *, with_lines: bool = True) -> list[ExplainedField]:
    """Every rule, every dropped field and every object that is not moved, in the file's order.

    For the lines the file itself must be read, which takes a second where it is long.
    """
    mapping, found = file.mapping, []

    def line_of(*path: str) -> int | None:
        return file.document.line(path) if with_lines else None

    for name, entry in mapping.objects.items():
        source = mapping.object_of(name)
        for target, rule in entry.fields.items():
            line = line_of("objects", name, "fields", target)
            found.append(
                ExplainedField(
                    name,
                    source,
                    entry.to,
                    target,
                    tuple(rule.from_),
                    in_words(rule),
                    rule.status or "",
                    rule.confidence,
                    rule.why or "",
                    line,
                )
            )
        for dropped, reason in entry.drop.items():
            line = line_of("objects", name, "drop", dropped)
            found.append(
                ExplainedField(
                    name, source, entry.to, "", (dropped,), "not moved", "", None, reason, line
                )
            )
    for name, said in mapping.not_migrated.items():
        reason, status = (said.reason, said.status) if isinstance(said, Undecided) else (said, "")
        line = line_of("not_migrated", name)
        found.append(ExplainedField("", name, "", "", (), "not moved", status, None, reason, line))
    return found


def in_words(rule: FieldRule) -> str:
    """How a value gets to its field, in one line."""
    words = []
    if rule.sql is not None:
        words.append(f"SQL: {rule.sql}")
    if "value" in rule.model_fields_set:
        words.append(f"always {_value(rule.value)}")
    words += [_step(step) for step in rule.do]
    if rule.values is not None:
        pairs = ", ".join(f"{key} → {_value(to)}" for key, to in rule.values.items())
        others = {"set_aside": "set aside", "empty": "left empty", "keep": "kept"}[rule.unknown]
        words.append(f"{pairs}; others {others}")
    if rule.default is not None:
        words.append(f"{_value(rule.default)} where empty")
    if rule.link:
        later = ", in a second pass" if rule.later else ""
        words.append(f"the record of {' or '.join(rule.linked)}{later}")
    if rule.find:
        words.append(f"looked up in {rule.find.model} by {' and '.join(rule.find.by)}")
    if rule.create:
        words.append(f"into a new {rule.create.type} field “{rule.create.label}”")
    return "; ".join(words) or "as it is"


def _step(step: Step) -> str:
    given = step.arguments
    name = step.name.replace("_", " ")
    if given is None:
        return name
    if isinstance(given, dict):
        return f"{name} ({', '.join(f'{key}: {_value(value)}' for key, value in given.items())})"
    return f"{name} ({_value(given)})"


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(as_text(item) for item in value) or "empty"
    return as_text(value) or "empty"
