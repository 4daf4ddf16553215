"""How a value gets from a source field into the Odoo field that was proposed for it.

A proposal says where; the rule made here says how: a cast, a look-up, a link, a map of options.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from moorage.destination import ModelField
from moorage.proposals import Column, Proposal
from moorage.proposals.profiles import Profile, profile
from moorage.proposals.words import option_words
from moorage.sources.base import SourceField
from moorage.staging.quoting import identifier

Rule = dict[str, Any]

#: Transforms by type of the Odoo field and of the source field; what is not here cannot become it.
_STEPS: dict[str, dict[str, tuple[Any, ...]]] = {
    "char": {
        **dict.fromkeys(("text", "email", "phone", "url", "select"), ("clean",)),
        **dict.fromkeys(("links", "references", "multiselect"), ("join",)),
        **dict.fromkeys(("integer", "decimal", "money", "link", "reference"), ()),
        "html": ("html_to_text", "clean"),
    },
    "text": {
        **dict.fromkeys(("text", "select", "email", "phone", "url"), ("trim",)),
        "html": ("html_to_text",),
        "multiselect": ("join",),
    },
    "html": {"text": ("text_to_html",), "select": ("text_to_html",), "html": ("sanitize_html",)},
    "integer": {"integer": (), "decimal": ("integer",), "text": ("integer",)},
    "float": {**dict.fromkeys(("integer", "decimal", "money"), ()), "text": ("number",)},
    "monetary": {**dict.fromkeys(("integer", "decimal", "money"), ()), "text": ("number",)},
    "date": {"date": (), "datetime": ("date",), "text": ("date",)},
    "datetime": {"datetime": (), "date": ("datetime",), "text": ("datetime",)},
    "boolean": {"boolean": (), **dict.fromkeys(("text", "select", "integer"), ("boolean",))},
    "binary": {"file": ()},
}
#: Fields of Odoo that hold a telephone number, or an e-mail address.
_PHONE = re.compile(r"(^|_)phone$")
_EMAIL = re.compile(r"(^|_)email(_from)?$")
#: Odoo puts `http://` before a website without a scheme; done here, the witness finds it alike.
_WITH_SCHEME = (
    "CASE WHEN trim({0}) = '' THEN NULL WHEN contains({0}, '://') THEN trim({0})"
    " ELSE 'http://' || trim({0}) END"
)
#: How records that Odoo has of its own are found by what a source says.
_FOUND_BY = {"res.users": "login", "res.country": "name", "res.currency": "name"}


def way(
    column: SourceField,
    proposal: Proposal,
    field: ModelField,
    linked_models: Collection[str] = (),
) -> Rule | None:
    """The rule that fills `field` from `column`; None where no rule could.

    `linked_models` are those that the object `column` points to becomes. A field that Odoo works
    out by itself has no way.
    """
    top = proposal.candidates[0]
    found = profile(proposal.column)
    if field.readonly or top.computed:
        return None
    if field.type in ("many2one", "many2many"):
        return _pointing(column, field, linked_models, found)
    if field.type == "selection":
        mapped = options_map(column.options, field)
        return {"from": column.name, "values": mapped, "unknown": "empty"} if mapped else None
    if top.inverted and column.type != "boolean":
        return None
    return _by_sql(column, field, found, inverted=top.inverted) or _plain(column, field, found)


def named_together(columns: Sequence[str]) -> Rule:
    """The rule that puts the parts of a name together."""
    return {"from": list(columns), "do": [{"join": " "}, "clean"]}


def options_map(options: Sequence[str], field: ModelField) -> dict[str, Any]:
    """Options of the source to those of Odoo's field, where their words say the same."""
    known: dict[frozenset[str], str] = {}
    for value, label in field.selection:
        for text in (label, value):
            known.setdefault(option_words(text), value)
    said = {option: option_words(option) for option in options}
    return {option: known[words] for option, words in said.items() if words in known}


def column_of(column: SourceField, samples: Sequence[str] = (), *, is_key: bool = False) -> Column:
    """A source field as proposals look at it."""
    return Column(
        name=column.name,
        label=column.label,
        type=column.type,
        samples=tuple(samples),
        options=column.options,
        link=column.link or "",
        custom=column.custom,
        is_key=is_key,
    )


def _by_sql(
    column: SourceField, field: ModelField, found: Profile, *, inverted: bool
) -> Rule | None:
    """Ways that no transform goes: the opposite, the first of several, a scheme that is missing."""
    name = identifier(column.name)
    if inverted:
        return {"sql": f"NOT {name}"}
    if found.is_list and _EMAIL.search(field.name):
        return {"sql": f"trim(split_part(replace({name}, ',', ';'), ';', 1))", "do": ["email"]}
    if field.name == "website" and column.type in ("text", "url"):
        return {"sql": _WITH_SCHEME.format(name)}
    return None


def _plain(column: SourceField, field: ModelField, found: Profile) -> Rule | None:
    steps = _STEPS.get(field.type, {}).get(column.type)
    if steps is None:
        return None
    if found.date_format and column.type == "text":
        steps = ({field.type: {"format": found.date_format}},)
    elif column.type in ("text", "email", "phone", "select") and field.type == "char":
        if _EMAIL.search(field.name):
            steps = ("email",)
        elif _PHONE.search(field.name):
            steps = ("clean", "phone")
    return {"from": column.name, **({"do": list(steps)} if steps else {})}


def _pointing(
    column: SourceField, field: ModelField, linked_models: Collection[str], found: Profile
) -> Rule | None:
    """A link to records that go along, or a look-up of records that Odoo has."""
    many = field.type == "many2many"
    if column.type == ("links" if many else "link") and column.link:
        if field.relation not in linked_models:
            return None
        return {"from": column.name, "link": column.link, **({} if many else {"later": True})}
    by = _FOUND_BY.get(field.relation or "")
    if many or by is None or column.type not in ("text", "select", "email"):
        return None
    if by == "login" and found.type != "email":
        return None
    if field.relation == "res.country" and _are_codes(column):
        by = "code"
    steps = ["email", "lower"] if by == "login" else ["clean"]
    find = {"model": field.relation, "by": by}
    return {"from": column.name, "do": steps, "find": find, "missing": "empty"}


def _are_codes(column: SourceField) -> bool:
    return bool(column.options) and all(len(text.strip()) == 2 for text in column.options)
