"""Placeholders of another system's mail templates, written as Odoo writes them.

Odoo runs what stands in its marks. Nothing of the source may: an expression comes from the mapping
alone, and marks that the source's own text holds are broken up.
"""

from __future__ import annotations

import re
from html import escape
from typing import Literal

from moorage.mapping.transforms.base import ArgumentError, Outcome, python_transform

#: Attributes of a record and of what it links to, and nothing that could be called.
_EXPRESSION = re.compile(r"object(\.[a-z][a-z0-9_]*)+")
_ODOO_MARKS = re.compile(r"\{(?=[{%#])|\$(?=\{)|#(?=\{)")


@python_transform("has placeholders without a field in Odoo; kept as they stand", warns=True)
def placeholders(
    value: str,
    fields: dict[str, str],
    into: Literal["html", "text"] = "html",
    marks: str = "{% %}",
) -> Outcome:
    """Writes placeholders such as `{%leads.title%}` as Odoo does, by a map to `object.name`.

    `into: html` is for a body (use `sanitize_html` before it), `text` for a subject. `marks` are
    the source's. A placeholder that the map lacks stays as readable text, with a warning.
    """
    opening, _, closing = marks.partition(" ")
    if not opening or not closing:
        raise ArgumentError("placeholders: marks must be two, with a blank between them")
    for expression in fields.values():
        if not _EXPRESSION.fullmatch(expression):
            raise ArgumentError(
                f"placeholders: {expression!r} must be a field of the record, as object.name"
            )
    parts = re.split(rf"{re.escape(opening)}\s*([\w.]+)\s*{re.escape(closing)}", value)
    written = [_plain(part) for part in parts[::2]]
    unknown = False
    for place, name in enumerate(parts[1::2]):
        expression = fields.get(name, "")
        unknown = unknown or not expression
        # The source's marks might be Odoo's own: an unknown name stands in square brackets.
        written[place] += _odoo(expression, into) if expression else f"[{name}]"
    return Outcome("".join(written), unknown)


def _plain(text: str) -> str:
    return _ODOO_MARKS.sub(lambda mark: mark[0] + " ", text)


def _odoo(expression: str, into: str) -> str:
    if into == "text":
        return f"{{{{ {expression} }}}}"
    return f'<t t-out="{escape(expression)}"></t>'
