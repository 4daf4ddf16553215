"""What `check` asks of a single field rule, beyond what compiling it shows."""

from __future__ import annotations

import re

from moorage.destination import ModelField
from moorage.mapping.ground import Ground
from moorage.mapping.references import XML_ID
from moorage.mapping.shapes import as_text
from moorage.mapping.spec import CreateRule, Entry, FieldRule
from moorage.mapping.transforms.base import near
from moorage.sources.base import SourceField, SourceObject

#: Fields Odoo writes itself.
ODOO_OWN = frozenset({"id", "create_date", "create_uid", "write_date", "write_uid"})
#: Fields that Odoo shows as read-only and keeps as they are given; seen in 19.0.
KEPT = frozenset({("mail.message", "message_id"), ("stock.picking", "name")})
_CUSTOM_NAME = re.compile(r"x_[a-z0-9_]+")
NAME_LENGTH = 63


def check_field(
    ground: Ground, source: SourceObject, entry: str, name: str, existing: ModelField | None
) -> None:
    """Note what is wrong with one rule; `existing` is the field Odoo has now, if any."""
    rule = ground.mapping.objects[entry].fields[name]
    model = ground.mapping.objects[entry].to
    path = ("objects", entry, "fields", name)
    if name in ODOO_OWN:
        ground.error("Odoo writes this field itself", path)
    elif (
        existing is not None
        and existing.readonly
        and not existing.store
        and not _is_only_compared(ground.mapping.objects[entry], name)
    ):
        ground.error("Odoo computes this field, it cannot be written", path)
    elif (
        existing is not None
        and existing.readonly
        and not existing.custom
        and (model, name) not in KEPT
    ):
        ground.warning("Odoo shows this field as read-only and may compute it anew", path)
    if rule.create is not None:
        _check_create(ground, name, rule.create, existing, path)
        _check_same_everywhere(ground, entry, name, rule.create, path)
    wanted = ground.fields.get(model, {}).get(name)
    if wanted is not None:
        _check_options(ground, rule, wanted, path)
        _check_find(ground, rule, wanted, path)
        _check_markup(ground, rule, source, wanted, path)
        _check_file(ground, rule, source, wanted, path)
    _check_source_options(ground, rule, source, path)
    _check_absent(ground, rule, source, path)
    if rule.link and len(rule.from_) == 1:
        found = _source_field(source, rule.from_[0])
        if found is not None:
            _check_link(ground, rule, found, path)


def _is_only_compared(entry: Entry, name: str) -> bool:
    """Whether records are found by this field, and never made."""
    return entry.match is not None and entry.match.none == "ask" and name in entry.match.on


def _check_link(ground: Ground, rule: FieldRule, found: SourceField, path: tuple[str, ...]) -> None:
    path = (*path, "link")
    names_its_object = found.type in ("reference", "references")
    if names_its_object and isinstance(rule.link, str):
        ground.error(
            f"{found.name} names the object it points to: give a list, [{rule.link}]", path
        )
    elif not names_its_object and not isinstance(rule.link, str):
        ground.error(f"{found.name} holds ids without their object: link takes one name", path)
    elif found.link and found.link != rule.link:
        ground.warning(f"{found.name} points to {found.link}, not to {rule.link}", path)


def _check_create(
    ground: Ground,
    name: str,
    create: CreateRule,
    existing: ModelField | None,
    path: tuple[str, ...],
) -> None:
    if not _CUSTOM_NAME.fullmatch(name) or len(name) > NAME_LENGTH:
        ground.error(
            "a custom field's name is x_ and small letters, digits and _, at most"
            f" {NAME_LENGTH} characters",
            path,
        )
    pointing = create.type in ("many2one", "many2many")
    if pointing and not create.relation:
        ground.error("needs a relation: the model it points to", (*path, "create"))
    if create.type == "selection" and not create.options:
        ground.error("a selection needs options", (*path, "create"))
    if len(set(create.options)) != len(create.options):
        ground.error("an option stands twice", (*path, "create", "options"))
    if existing is not None and existing.type != create.type:
        ground.error(
            f"Odoo has a field of this name already, of type {existing.type}", (*path, "create")
        )
    elif existing is not None and pointing and existing.relation != create.relation:
        ground.error(
            f"Odoo has this field already, pointing to {existing.relation}", (*path, "create")
        )


def _check_same_everywhere(
    ground: Ground, entry: str, name: str, create: CreateRule, path: tuple[str, ...]
) -> None:
    model = ground.mapping.objects[entry].to
    for other, rules in ground.mapping.objects.items():
        if other == entry:
            break
        made = rules.fields[name].create if rules.to == model and name in rules.fields else None
        if made is not None and made != create:
            ground.error(f"{other} creates this field in another way", (*path, "create"))


def _check_options(
    ground: Ground, rule: FieldRule, wanted: ModelField, path: tuple[str, ...]
) -> None:
    """Constants that a selection field does not know."""
    if wanted.type != "selection" or not wanted.selection:
        return
    options = [value for value, _ in wanted.selection]
    given = [(("values", key), to) for key, to in (rule.values or {}).items()]
    given += [(("value",), rule.value), (("default",), rule.default)]  # type: ignore[list-item]
    for place, value in given:
        if value is not None and not isinstance(value, list) and as_text(value) not in options:
            message = f"{as_text(value)!r} is no option of {wanted.name}"
            ground.error(f"{message}{near(as_text(value), options)}", (*path, *place))


def _check_find(ground: Ground, rule: FieldRule, wanted: ModelField, path: tuple[str, ...]) -> None:
    find = rule.find
    if find is None:
        return
    if wanted.relation and find.model != wanted.relation:
        ground.error(
            f"{wanted.name} points to {wanted.relation}, not to {find.model}", (*path, "find")
        )
    known = ground.fields.get(find.model)
    if known is None:
        return
    if not known:
        ground.error(f"Odoo has no model {find.model!r}", (*path, "find"))
        return
    if XML_ID in find.by:
        if len(find.by) > 1:
            ground.error("xml_id stands alone: it names one record", (*path, "find", "by"))
        return
    for name in find.by:
        first = name.split(".")[0]
        if first not in known:
            ground.error(
                f"{find.model} has no field {first!r}{near(first, known)}", (*path, "find", "by")
            )


def _check_markup(
    ground: Ground,
    rule: FieldRule,
    source: SourceObject,
    wanted: ModelField,
    path: tuple[str, ...],
) -> None:
    kinds = {found.type for name in rule.from_ if (found := _source_field(source, name))}
    steps = {step.name for step in rule.do}
    if wanted.type == "html" and kinds & {"text"} and "text_to_html" not in steps:
        ground.warning(
            "plain text goes into an HTML field: text_to_html keeps its line breaks and signs", path
        )
    if wanted.type in ("char", "text") and "html" in kinds and "html_to_text" not in steps:
        ground.warning("HTML goes into a text field: html_to_text takes the tags off", path)


def _check_file(
    ground: Ground,
    rule: FieldRule,
    source: SourceObject,
    wanted: ModelField,
    path: tuple[str, ...],
) -> None:
    if wanted.type != "binary" or len(rule.from_) != 1:
        return
    found = _source_field(source, rule.from_[0])
    if found is not None and found.type != "file":
        ground.error(f"{found.name} is a {found.type}: {wanted.name} takes a file", path)


def _check_source_options(
    ground: Ground, rule: FieldRule, source: SourceObject, path: tuple[str, ...]
) -> None:
    """Options of the source that `values` does not name, and names that are no option."""
    found = _source_field(source, rule.from_[0]) if len(rule.from_) == 1 else None
    if found is None or not found.options or rule.values is None or rule.do:
        return
    left = [option for option in found.options if option not in rule.values]
    if left and rule.unknown != "keep":
        listed = ", ".join(repr(option) for option in left[:5])
        ground.warning(
            f"{len(left)} option(s) of {found.name} are not named: {listed}", (*path, "values")
        )
    for value in rule.values:
        if value not in found.options:
            message = f"{found.name} has no option {value!r}{near(value, found.options)}"
            ground.warning(message, (*path, "values", value))


def _check_absent(
    ground: Ground, rule: FieldRule, source: SourceObject, path: tuple[str, ...]
) -> None:
    """Fields that the source, read in the way it is, does not give or not in full."""
    sql = rule.sql or ""
    for name, value in ground.mapping.settings.items():
        sql = sql.replace("{" + name + "}", str(value))
    for found in source.fields:
        said = rf"(?<![\w.]){re.escape(found.name)}(?![\w.])"
        if found.absent and (found.name in rule.from_ or re.search(said, sql)):
            ground.warning(f"{found.name}: {found.absent}", path)


def _source_field(source: SourceObject, name: str) -> SourceField | None:
    return next((found for found in source.fields if found.name == name), None)
