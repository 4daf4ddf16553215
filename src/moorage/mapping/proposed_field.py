"""Which Odoo field a source field that nobody mapped should become, and why."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from moorage.sources.base import SourceField

NAME_LENGTH = 63

#: Odoo field type, confidence and reason by the type of a source field.
_BY_TYPE: dict[str, tuple[str, float, str]] = {
    "text": ("char", 0.8, "short text stays text"),
    "email": ("char", 0.9, "an e-mail address is kept as text"),
    "phone": ("char", 0.9, "a phone number is kept as text"),
    "url": ("char", 0.9, "a web address is kept as text"),
    "reference": ("char", 0.3, "points to records of several objects; only their name is kept"),
    "file": ("char", 0.5, "only the path is kept; the file itself is not moved by this rule"),
    "html": ("html", 0.9, "rich text stays rich text"),
    "integer": ("integer", 0.9, "whole numbers stay whole"),
    "decimal": ("float", 0.9, "a number with decimals"),
    "money": ("float", 0.7, "an amount without a currency of its own; monetary would need one"),
    "boolean": ("boolean", 0.95, "yes or no"),
    "date": ("date", 0.95, "a date"),
    "datetime": ("datetime", 0.95, "a date and time, in UTC"),
}


@dataclass(frozen=True)
class ProposedField:
    """What `create` makes, how the value gets there, and how sure the proposal is."""

    create: dict[str, Any]
    confidence: float
    why: str
    do: list[str] = field(default_factory=list)
    link: str | None = None

    def rule(self, source_field: str) -> dict[str, Any]:
        """The rule as it stands in the file."""
        rule: dict[str, Any] = {"from": source_field}
        if self.do:
            rule["do"] = self.do
        if self.link:
            rule["link"] = self.link
            if self.create["type"] == "many2one":
                # People draw such links in any direction; a second pass never makes a circle.
                rule["later"] = True
        return {**rule, "create": self.create, "status": "proposed",
                "confidence": self.confidence, "why": self.why}  # fmt: skip


def proposed_field(column: SourceField, linked_models: Collection[str]) -> ProposedField:
    """The Odoo field for `column`; `linked_models` are those its linked object becomes."""
    label = column.label.strip() or column.name
    if column.type == "select" and column.options:
        options = list(dict.fromkeys(column.options))
        return ProposedField(
            {"type": "selection", "label": label, "options": options},
            0.9,
            "a choice among the source's options",
        )
    if column.type == "select":
        return ProposedField(
            {"type": "char", "label": label}, 0.6, "a choice whose options the source does not tell"
        )
    if column.type == "multiselect":
        why = "several choices, written as text with commas, which everybody can read and search"
        return ProposedField({"type": "char", "label": label}, 0.6, why, do=["join"])
    if column.type == "references":
        why = "points to records of several objects; only their names are kept"
        return ProposedField({"type": "char", "label": label}, 0.3, why, do=["join"])
    if column.type in ("link", "links"):
        return _link(column, label, linked_models)
    odoo_type, confidence, why = _BY_TYPE[column.type]
    return ProposedField({"type": odoo_type, "label": label}, confidence, why)


def _link(column: SourceField, label: str, linked_models: Collection[str]) -> ProposedField:
    if len(linked_models) == 1 and column.link:
        (model,) = linked_models
        odoo_type = "many2one" if column.type == "link" else "many2many"
        return ProposedField(
            {"type": odoo_type, "label": label, "relation": model},
            0.8,
            f"points to {column.link}, which become {model}",
            link=column.link,
        )
    what = f"{column.link or 'an object'}, which the mapping does not make one model"
    do = ["join"] if column.type == "links" else []
    return ProposedField(
        {"type": "char", "label": label}, 0.3, f"points to {what}; only the id is kept", do=do
    )


def field_name(source: str, source_field: str, taken: Collection[str]) -> str:
    """A free name for a custom field: `x_<source>_<field>`, plain small letters, fitting in 63."""
    code = source_field.removeprefix("custom.")
    ascii_code = unicodedata.normalize("NFKD", code.casefold()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", ascii_code).strip("_")
    mark = hashlib.sha256(source_field.encode()).hexdigest()[:6]
    name = f"x_{source}_{slug or 'field_' + mark}"
    if len(name) > NAME_LENGTH:
        name = f"{name[: NAME_LENGTH - 7]}_{mark}"
    if name not in taken:
        return name
    return f"{name[: NAME_LENGTH - 7]}_{mark}"
