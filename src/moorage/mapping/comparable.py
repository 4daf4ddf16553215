"""A value made comparable, whoever holds it: Odoo, a target row, or a call about to be sent."""

from __future__ import annotations

import re
from typing import Any

from moorage.mapping.target import TargetField

_TAG = re.compile(r"<[^>]+>|\s+")

#: Odoo rounds amounts to its decimals; half a cent is nobody's change.
_ROUNDING = 0.005 + 1e-9


def still(field: TargetField, there: Any, was: Any) -> bool:
    """Whether Odoo's value still is the one that was loaded; both as `comparable` gives them."""
    if field.type in ("float", "monetary"):
        return bool(abs(there - was) <= _ROUNDING)
    return bool(there == was)


def comparable(field: TargetField, value: Any) -> Any:
    """A value as it can be compared: Odoo's, a target row's or one about to be sent."""
    if field.many:
        if value and isinstance(value[0], list):
            value = value[0][2]
        return sorted(value or [])
    if field.type in ("float", "monetary", "integer"):
        return round(float(value or 0), 6)
    if field.type == "boolean":
        return bool(value)
    return _text(field, value) or False


def _text(field: TargetField, value: Any) -> Any:
    if field.type == "html":
        # Odoo's sanitiser rewrites markup; words are what people change.
        return _TAG.sub("", str(value or ""))
    if isinstance(value, str) and field.type == "datetime":
        return value[:19].replace("T", " ")
    return value
