"""Whether values of a column can stand in a field of Odoo at all."""

from __future__ import annotations

from moorage.destination import ModelField
from moorage.proposals.concepts import Concept
from moorage.proposals.profiles import Profile

#: Types of a source that a type of Odoo takes gladly; others cost. Text may hold anything.
_GLAD: dict[str, frozenset[str]] = {
    "char": frozenset(("text", "email", "phone", "url", "select", "integer")),
    "text": frozenset(("text", "html", "select", "multiselect", "link")),
    "html": frozenset(("text", "html", "select")),
    "integer": frozenset(("integer", "decimal")),
    "float": frozenset(("integer", "decimal", "money", "percent")),
    "monetary": frozenset(("integer", "decimal", "money")),
    "boolean": frozenset(("boolean", "select", "integer")),
    "date": frozenset(("date", "datetime")),
    "datetime": frozenset(("date", "datetime")),
    "selection": frozenset(("select", "text", "boolean", "integer", "multiselect")),
    "many2one": frozenset(
        ("link", "text", "select", "reference", "integer", "email", "multiselect", "links")
    ),
    "many2many": frozenset(
        ("links", "multiselect", "text", "select", "link", "references", "email")
    ),
    "one2many": frozenset(("links", "multiselect", "references", "text")),
    "binary": frozenset(("file", "url", "text")),
}  # fmt: skip
_TEXT_FOR_ANYTHING = 0.04
_ID_AS_TEXT = 0.15
_WRONG = 0.4
_SEEN_WRONG = 0.55


def fits(found: Profile, field: ModelField, concept: Concept | None = None) -> float:
    """What it costs to believe that values of this form belong into `field`; 0 costs nothing."""
    if not found.type or found.type in _GLAD.get(field.type, frozenset((found.type,))):
        is_number = found.type == "integer" and field.type == "char"
        says_otherwise = bool(concept and concept.types and "integer" not in concept.types)
        return _WRONG if is_number and says_otherwise else 0.0
    if found.type in ("link", "reference") and field.type == "char":
        return _ID_AS_TEXT
    if found.type == "boolean" and field.relation:
        return _SEEN_WRONG
    if found.type == "text":
        return _SEEN_WRONG / 2 if found.seen else _TEXT_FOR_ANYTHING
    if field.name == "image_1920" or (concept and found.type in concept.types):
        return 0.0
    return _SEEN_WRONG if found.seen else _WRONG
