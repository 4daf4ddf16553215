"""What becomes of each kind of record, by rules over the mapping: whole, in part, not at all.

The rules are printed beside the table, so nobody has to trust a word for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from moorage.mapping.expressions import Expressions
from moorage.mapping.fates import entries_of, fields_used
from moorage.mapping.spec import Entry, FieldRule, Step, Undecided
from moorage.mapping.spec import Mapping as MappingSpec
from moorage.sources.base import Discovery, SourceField, SourceObject

Shape = Literal["1:1", "lossy", "1:many", "not migrated"]
#: Rows that hold a value, by (object, field); what is not in it was not counted.
Filled = Mapping[tuple[str, str], int]

RULES = (
    "1:1: all rows become records of one model, and every field that holds a value goes along.",
    "Lossy: as 1:1, and something stays behind or changes its kind; it is named with the reason.",
    "1:many: rows become records of several models; what stays behind is named too.",
    "Not migrated: nothing in Odoo is made from these rows; the mapping says why.",
    "A field counts as left behind when no rule of the mapping reads it and at least one row holds"
    " a value in it, unless the reason given there begins with “no loss:”.",
)
#: A reason for leaving a field out that begins so says that its content arrives another way.
NO_LOSS = "no loss:"
#: Steps of a rule that may keep less than they were given.
_SHORTENING = {
    "truncate": "cut where it is longer than Odoo's field",
    "round": "rounded",
    "join": "several values become one text",
}


@dataclass(frozen=True)
class Loss:
    """What of a field does not arrive, in words; `rows` hold a value in it (None: not counted)."""

    field: str
    why: str
    rows: int | None = None

    def __str__(self) -> str:
        count = f" ({self.rows:,} {'row' if self.rows == 1 else 'rows'})" if self.rows else ""
        return f"{self.field}{count}: {self.why}"


@dataclass(frozen=True)
class Fate:
    """One source object: how it fits, the models it goes to, what is lost, or why it stays."""

    object: str
    label: str
    rows: int | None
    shape: Shape
    models: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    why: str = ""

    @property
    def is_partial(self) -> bool:
        """Whether something of these rows does not arrive."""
        return self.shape in ("lossy", "not migrated") or bool(self.losses)


def compatibility(
    discovery: Discovery, mapping: MappingSpec | None, filled: Filled | None = None
) -> tuple[Fate, ...]:
    """The fate of every source object; nothing while there is no mapping that can be read."""
    if mapping is None:
        return ()
    expressions = Expressions(discovery, mapping.settings)
    try:
        fates = [_fate(found, mapping, expressions, filled or {}) for found in discovery.objects]
    finally:
        expressions.close()
    known = {found.name for found in discovery.objects}
    fates += [
        Fate(name, name.replace("_", " ").capitalize(), None, "not migrated", why=_reason(said))
        for name, said in mapping.not_migrated.items()
        if name not in known
    ]
    return tuple(fates)


def _fate(
    found: SourceObject, mapping: MappingSpec, expressions: Expressions, filled: Filled
) -> Fate:
    entries = entries_of(mapping, found.name)
    if not entries:
        said = mapping.not_migrated.get(found.name, "nothing is said about it yet")
        return Fate(
            found.name, found.label, found.row_count, "not migrated", why=_reason(said)
        )  # fmt: skip
    models = tuple(dict.fromkeys(entry.to for entry in entries.values()))
    losses = tuple(_losses(found, entries, fields_used(mapping, expressions, found.name), filled))
    shape: Shape = "1:many" if len(models) > 1 else "lossy" if losses else "1:1"
    return Fate(found.name, found.label, found.row_count, shape, models, losses)


def _reason(said: str | Undecided) -> str:
    return said.reason if isinstance(said, Undecided) else said


def _losses(
    found: SourceObject, entries: Mapping[str, Entry], used: set[str], filled: Filled
) -> Iterator[Loss]:
    dropped = {name: why for entry in entries.values() for name, why in entry.drop.items()}
    for name, why in dropped.items():
        rows = filled.get((found.name, name))
        if name not in used and rows != 0 and not why.startswith(NO_LOSS):
            yield Loss(name, why, rows)
    columns = {column.name: column for column in found.fields}
    told = set()
    for entry in entries.values():
        for rule in entry.fields.values():
            for name, why in _changes(rule, columns):
                # How many values are truly cut is not known here: that some row has one is.
                if filled.get((found.name, name)) != 0 and (name, why) not in told:
                    told.add((name, why))
                    yield Loss(name, why)


def _changes(rule: FieldRule, columns: Mapping[str, SourceField]) -> Iterator[tuple[str, str]]:
    """What a rule makes less of its first source field, in words."""
    if not rule.from_ or rule.from_[0] not in columns:
        return
    first = columns[rule.from_[0]]
    for step in rule.do:
        if step.name in _SHORTENING and not _is_plain(step, first):
            yield first.name, _SHORTENING[step.name]
    if rule.values is not None and rule.unknown == "empty":
        yield first.name, "values outside the list are left empty"
    if first.type == "file" and rule.create is not None:
        yield first.name, "only the path is kept in this field"


def _is_plain(step: Step, column: SourceField) -> bool:
    """Whether the step finds nothing to shorten in such a field."""
    return step.name == "join" and column.type not in ("multiselect", "links", "references")
