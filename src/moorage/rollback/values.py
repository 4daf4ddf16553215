"""Whether Odoo still holds what was written, judged value by value."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

from moorage.destination import ModelField

#: Odoo may round to its decimals; half a cent is nobody's change.
_ROUNDING = 0.005 + 1e-9
_TAG = re.compile(r"<[^>]*>|\s+")
_ADDRESS = re.compile(r"""(?:href|src)\s*=\s*["']([^"']*)""", re.IGNORECASE)
_LINKS = ("many2one", "many2one_reference")
_LISTS = ("many2many", "one2many")

#: The id of a key in a model, or None where it stands no more.
Resolve = Callable[[str | None, str], int | None]


def compared(field: ModelField) -> str:
    """The field that is read to compare `field`: a file's checksum stands for its content."""
    return "checksum" if field.type == "binary" else field.name


def same(field: ModelField, found: Any, written: Any, resolve: Resolve) -> bool:
    """Whether `found` (Odoo's) is `written` (a loaded row's value, or one as sent).

    A link to a record that stands no more is empty by our own doing, and no difference.
    """
    if field.type in _LISTS:
        return sorted(found or []) == _ids(field, written, resolve)
    if isinstance(written, str) and (field.type in _LINKS or field.type == "integer"):
        expected = resolve(field.relation, written)
        return not found if expected is None else bool(found == expected)
    if field.type in ("float", "monetary", "integer"):
        return abs(float(found or 0) - float(written or 0)) <= _ROUNDING
    if field.type == "boolean":
        return bool(found) == bool(written)
    if field.type == "html":
        return _words(found) == _words(written)
    return bool(_text(field, found) == _text(field, written))


def to_write(field: ModelField, before: Any) -> Any:
    """A value as Odoo gave it, as Odoo takes it."""
    return [[6, 0, list(before or [])]] if field.type in _LISTS else before


def _ids(field: ModelField, written: Any, resolve: Resolve) -> list[int]:
    if written and isinstance(written[0], list):
        written = written[0][2]
    ids = [
        resolve(field.relation, item) if isinstance(item, str) else item for item in written or []
    ]
    return sorted({item for item in ids if item is not None})


def _words(text: Any) -> tuple[str, list[str]]:
    plain = html.unescape(_TAG.sub("", text or ""))
    return "".join(plain.split()), [html.unescape(link) for link in _ADDRESS.findall(text or "")]


def _text(field: ModelField, value: Any) -> Any:
    if isinstance(value, str) and field.type == "datetime":
        return value[:19].replace("T", " ")
    return value or ""
