"""How the YAML of a mapping may be written in short, and how JSON Schema tells that to editors."""

from __future__ import annotations

from typing import Any


def names(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


def groups(given: Any) -> Any:
    return [names(group) for group in given] if isinstance(given, list) else given


def text_keys(given: Any) -> Any:
    """YAML reads `1:` and `true:` as number and boolean; source values are compared as text."""
    return (
        {as_text(key): value for key, value in given.items()} if isinstance(given, dict) else given
    )


def one_step(given: Any) -> Any:
    if isinstance(given, str):
        return {"name": given, "arguments": None}
    if isinstance(given, dict) and len(given) == 1 and "name" not in given:
        ((name, arguments),) = given.items()
        return {"name": name, "arguments": arguments}
    return given


def as_text(value: Any) -> str:
    """`value` as DuckDB writes it as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


STEP_SCHEMA = {
    "oneOf": [{"type": "string"}, {"type": "object", "minProperties": 1, "maxProperties": 1}]
}
NAMES_SCHEMA = {
    "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
}
LINK_SCHEMA = {
    "oneOf": [
        *NAMES_SCHEMA["oneOf"],
        {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
    ]
}
