"""Every source field has a fate: a rule uses it, or someone says why it is not moved."""

from __future__ import annotations

from collections.abc import Iterable

from moorage.mapping.expressions import ExpressionError, Expressions
from moorage.mapping.ground import Ground
from moorage.mapping.spec import Entry, Mapping, Undecided
from moorage.mapping.transforms.base import near
from moorage.sources.base import Discovery, SourceField, SourceObject


def check_fates(ground: Ground, discovery: Discovery) -> None:
    """Note objects and fields of the source that the mapping is silent about."""
    mapping = ground.mapping
    mapped = {mapping.object_of(name) for name in mapping.objects}
    for found in discovery.objects:
        said = found.name in mapping.not_migrated
        if found.name in mapped and said:
            ground.error("is both mapped and not migrated", ("not_migrated", found.name))
        elif found.name not in mapped and not said:
            ground.error(
                f"nothing is said about {found.name}: map it, or give a reason under not_migrated",
                ("objects",),
            )
        elif found.name in mapped:
            _check_fields(ground, found)
    names = [found.name for found in discovery.objects]
    for name, reason in mapping.not_migrated.items():
        if name not in names:
            ground.warning(
                f"the source has no object {name!r}{near(name, names)}", ("not_migrated", name)
            )
        if isinstance(reason, Undecided) and reason.status == "proposed":
            ground.warning("waits for a decision", ("not_migrated", name))


def _check_fields(ground: Ground, found: SourceObject) -> None:
    mapping = ground.mapping
    entries = entries_of(mapping, found.name)
    used = fields_used(mapping, ground.expressions, found.name)
    names = {column.name for column in found.fields}
    for name, entry in entries.items():
        for dropped in entry.drop:
            path = ("objects", name, "drop", dropped)
            if dropped not in names and dropped != "id":
                message = f"{found.name} has no field {dropped!r}{near(dropped, names)}"
                ground.warning(message, path)
            elif dropped in fields_used_by(entry, ground.expressions, found.name):
                ground.warning("is dropped, and used too", path)
            if not entry.drop[dropped].strip():
                ground.error("needs a reason", path)
    for column in without_fate(found, mapping, used):
        ground.error(
            f"nothing is said about the field {column.name!r} ({column.label}): use it, or"
            " give a reason under drop",
            ("objects", next(iter(entries))),
        )


def entries_of(mapping: Mapping, source_object: str) -> dict[str, Entry]:
    """The entries that take rows of a source object."""
    return {
        name: entry
        for name, entry in mapping.objects.items()
        if mapping.object_of(name) == source_object
    }


def fields_used(mapping: Mapping, expressions: Expressions, source_object: str) -> set[str]:
    """The source fields that any entry of the object reads."""
    return {
        name
        for entry in entries_of(mapping, source_object).values()
        for name in fields_used_by(entry, expressions, source_object)
    }


def fields_used_by(entry: Entry, expressions: Expressions, source_object: str) -> set[str]:
    """The source fields that one entry reads, in rules, `when` and `merge_on`."""
    used = {name for rule in entry.fields.values() for name in rule.from_}
    if entry.merge_on:
        used.add(entry.merge_on)
    texts = [entry.when, *(rule.sql for rule in entry.fields.values())]
    for text in texts:
        try:
            used |= set(expressions.scalar(text, source_object).columns) if text else set()
        except ExpressionError:
            continue  # compiling says what is wrong with it
    return used


def without_fate(found: SourceObject, mapping: Mapping, used: Iterable[str]) -> list[SourceField]:
    """The fields of an object that nothing is said about. `id` lives on in every record's key."""
    entries = entries_of(mapping, found.name).values()
    settled = {*used, "id", *(name for entry in entries for name in entry.drop)}
    return [column for column in found.fields if column.name not in settled]
