"""Rules for fields of Odoo's own, for the columns of one entry that nobody has decided about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from moorage.destination import ModelField
from moorage.mapping.totals import Total, total_of
from moorage.mapping.values_seen import ValuesSeen
from moorage.mapping.ways import column_of, named_together, way
from moorage.proposals import Memory, Proposal, propose_fields
from moorage.proposals.advice import AboutTable, Advise
from moorage.proposals.column import ACCEPT, ASK, Advice, Column
from moorage.sources.base import SourceField, SourceObject

LinkedModels = Callable[[SourceField], Collection[str]]


@dataclass
class NativeRules:
    """Rules by target field, reasons to drop by column, and which columns are settled by them.

    `also` says of columns that get a custom field what else they might be, `totals` which of them
    Odoo works out by itself, so that both can be compared.
    """

    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    drops: dict[str, str] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    also: dict[str, str] = field(default_factory=dict)
    totals: dict[str, Total] = field(default_factory=dict)


@dataclass(frozen=True)
class Ground:
    """What the rules of an entry stand on: its model's fields, and what is filled already.

    `seen` are values of its columns, which are looked at for their form; `advise` asks a language
    model, where people want that; `models` are all those that the mapping makes.
    """

    model: str
    fields: Mapping[str, ModelField]
    filled: Collection[str]
    linked_models: LinkedModels
    memory: Memory | None = None
    conventions: Mapping[str, str] = field(default_factory=dict)
    models: Collection[str] = ()
    seen: Mapping[str, ValuesSeen] = field(default_factory=dict)
    advise: Advise | None = None


def native_rules(
    found: SourceObject, undecided: Sequence[SourceField], ground: Ground
) -> NativeRules:
    """Where Odoo has a field for a column and is sure enough of it, the rule that fills it.

    All fields of the object are looked at, for neighbours tell what a field is. A field that users
    added to a known CRM keeps a field of its own; what Odoo has like it is only said.
    """
    proposals = propose_fields(
        [_column(column, ground.seen.get(column.name)) for column in found.fields],
        ground.model,
        table=found.label or found.name,
        fields=ground.fields,
        memory=ground.memory,
        conventions=ground.conventions,
    )
    if ground.advise is not None:
        names = frozenset(column.name for column in undecided)
        about = AboutTable(found.label or found.name, ground.model, ground.fields, names)
        proposals = ground.advise(proposals, about)
    by_name = {one.column.name: one for one in proposals}
    made = NativeRules()
    columns = {column.name: column for column in undecided}
    _parted_names(columns, by_name, ground, made)
    for column in sorted(undecided, key=lambda one: -by_name[one.name].confidence):
        if column.name not in made.settled:
            _one(column, by_name[column.name], ground, made)
    return made


def _column(column: SourceField, seen: ValuesSeen | None) -> Column:
    return column_of(column, seen.samples, is_key=seen.is_key) if seen else column_of(column)


def _parted_names(
    columns: Mapping[str, SourceField],
    by_name: Mapping[str, Proposal],
    ground: Ground,
    made: NativeRules,
) -> None:
    """First and last name fill one field together, unless a column holds the whole name."""
    parts = [
        by_name[name]
        for name in columns
        if by_name[name].target and by_name[name].candidates[0].part
    ]
    for target in dict.fromkeys(one.target for one in parts):
        own = sorted(
            (one for one in parts if one.target == target), key=lambda one: one.candidates[0].part
        )
        whole = [
            one for one in by_name.values() if one.target == target and not one.candidates[0].part
        ]
        assert target is not None
        if whole or len(own) < 2 or target in ground.filled:
            continue
        rule = named_together([one.column.name for one in own])
        made.rules[target] = rule | _about(min(one.confidence for one in own), own[0].why)
        made.settled |= {one.column.name for one in own}


def _one(column: SourceField, proposal: Proposal, ground: Ground, made: NativeRules) -> None:
    if column.custom or proposal.confidence < ASK:
        _note(column, proposal, made)
        return
    if proposal.target is None:
        is_key = proposal.fate == "id" and proposal.column.is_key
        if is_key or (proposal.fate == "drop" and proposal.confidence >= ACCEPT):
            # What the key holds is in Odoo as the External ID: nothing is lost.
            mark = "no loss" if is_key else "proposed"
            made.drops[column.name] = f"{mark}: {proposal.why}"
            made.settled.add(column.name)
        else:
            made.also[column.name] = proposal.why
        return
    target = proposal.target
    if target in ground.filled or target in made.rules:
        made.also[column.name] = f"{target} is filled already"
        return
    total = total_of(column, proposal, ground.fields[target], ground.model, ground.models)
    if total is not None:
        made.also[column.name] = total.why
        made.totals[column.name] = total
        return
    found = way(column, proposal, ground.fields[target], ground.linked_models(column))
    if found is None:
        made.also[column.name] = f"{proposal.why}; it cannot be written as it stands"
        return
    made.rules[target] = found | _about(proposal.confidence, proposal.why, proposal.advice)
    made.settled.add(column.name)


def _note(column: SourceField, proposal: Proposal, made: NativeRules) -> None:
    if proposal.target is not None:
        made.also[column.name] = f"perhaps {proposal.target}: {proposal.why}"


def _about(confidence: float, why: str, advice: Advice | None = None) -> dict[str, Any]:
    about = {"status": "proposed", "confidence": round(confidence, 2), "why": why}
    return {**about, "advice": str(advice)} if advice else about
