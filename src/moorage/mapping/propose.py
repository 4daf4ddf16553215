"""Proposing a mapping: the source's shipped template, and a place for every field it misses.

What a person wrote or confirmed is never touched: a proposal only adds rules for fields that have
no fate yet, and marks as proposed what nobody has decided. Comments and order stay.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.comments import CommentedMap

from moorage.destination import ModelField
from moorage.mapping.document import written
from moorage.mapping.editing import flow
from moorage.mapping.expressions import Expressions
from moorage.mapping.fates import entries_of, fields_used, without_fate
from moorage.mapping.native import Ground, NativeRules, native_rules
from moorage.mapping.order import reached
from moorage.mapping.proposed_field import ProposedField, field_name, proposed_field
from moorage.mapping.spec import Entry, MappingFile
from moorage.mapping.values_seen import ValuesSeen
from moorage.proposals import Memory
from moorage.proposals.advice import Advise
from moorage.sources.base import Discovery, SourceField, SourceObject

#: What is seen of the columns of a source object, by name; {} where nothing was extracted yet.
See = Callable[[SourceObject], Dict[str, ValuesSeen]]


def unseen(_: SourceObject) -> Dict[str, ValuesSeen]:
    """Nothing, for proposals by names and types alone."""
    return {}


@dataclass(frozen=True)
class Proposal:
    """The text of the proposed file, and what was added to it (`entry.field` and object names)."""

    text: str
    added_fields: list[str] = field(default_factory=list)
    added_objects: list[str] = field(default_factory=list)


def propose(
    file: MappingFile,
    discovery: Discovery,
    fields: Dict[str, Dict[str, ModelField]],
    memory: Memory | None = None,
    *,
    see: See = unseen,
    advise: Advise | None = None,
) -> Proposal:
    """A proposal from `file`: the source's own template, or the project's mapping to add to.

    `fields` are the destination's: where one is right for a column it is proposed, and no new field
    takes a name that is in use. `memory` are decisions of earlier projects, `see` gives values to
    look at for their form, `advise` asks a language model about what is in doubt. The tree of
    `file` is changed.
    """
    proposer = _Proposer(file, discovery, fields, memory, see=see, advise=advise)
    proposer.mark_proposed()
    for found in discovery.objects:
        proposer.add(found)
    return Proposal(written(file.document.tree), proposer.added_fields, proposer.added_objects)


class _Proposer:
    def __init__(
        self,
        file: MappingFile,
        discovery: Discovery,
        fields: Dict[str, Dict[str, ModelField]],
        memory: Memory | None,
        *,
        see: See,
        advise: Advise | None,
    ) -> None:
        self.memory = memory
        self.see = see
        self.advise = advise
        self.mapping = file.mapping
        self.tree: Any = file.document.tree
        self.discovery = discovery
        self.fields = fields
        self.reached = reached({one.name: _pointed_to(one, discovery) for one in discovery.objects})
        self.added_fields: list[str] = []
        self.added_objects: list[str] = []

    def mark_proposed(self) -> None:
        """Rules that nobody decided are proposals."""
        for entry in self.tree["objects"].values():
            for rule in entry["fields"].values():
                if rule.get("status") is None:
                    rule["status"] = "proposed"

    def add(self, found: SourceObject) -> None:
        """Give a fate to everything of `found` that has none."""
        entries = entries_of(self.mapping, found.name)
        if not entries:
            if found.name not in self.mapping.not_migrated:
                self._add_object(found)
            return
        expressions = Expressions(self.discovery, self.mapping.settings)
        try:
            used = fields_used(self.mapping, expressions, found.name)
        finally:
            expressions.close()
        undecided = without_fate(found, self.mapping, used)
        native = self._native(found, undecided, entries)
        for column in undecided:
            if column.name in native.settled:
                continue
            proposed = proposed_field(column, self._linked_models(column))
            rule = self._at_once(found.name, proposed.rule(column.name))
            if column.name in native.also:
                rule["why"] += f"; {native.also[column.name]}"
            name = self._free_name(column.name, [entry.to for entry in entries.values()])
            for entry in entries:
                self.tree["objects"][entry]["fields"][name] = flow(rule)
                self.added_fields.append(f"{entry}.{name}")
                total = native.totals.get(column.name)
                if total is not None and total.pairs:
                    self._compare(entry, f"{total.field}={name}")

    def _native(
        self, found: SourceObject, undecided: list[SourceField], entries: Dict[str, Entry]
    ) -> NativeRules:
        """Fields of Odoo's own for `undecided`, written into the one entry of the object."""
        if len(entries) != 1 or not undecided:
            return NativeRules()
        ((entry, about),) = entries.items()
        native = native_rules(
            found,
            undecided,
            Ground(
                model=about.to,
                fields=self.fields.get(about.to, {}),
                filled=about.fields,
                linked_models=self._linked_models,
                memory=self.memory,
                conventions=dict(self.mapping.settings.get("conventions") or {}),
                models={about.to for about in self.mapping.objects.values()},
                seen=self.see(found),
                advise=self.advise,
            ),
        )
        tree = self.tree["objects"][entry]
        for target, rule in native.rules.items():
            tree["fields"][target] = flow(self._at_once(found.name, rule))
            self.added_fields.append(f"{entry}.{target}")
        if native.drops:
            tree.setdefault("drop", CommentedMap()).update(native.drops)
        return native

    def _at_once(self, source_object: str, rule: dict[str, Any]) -> dict[str, Any]:
        """`rule` without a second pass where what it points to never points back.

        Odoo then has the record before, wants it in required fields, and lets go of it last.
        """
        is_circle = source_object in self.reached.get(rule.get("link") or "", {source_object})
        return {key: value for key, value in rule.items() if key != "later" or is_circle}

    def _compare(self, entry: str, pair: str) -> None:
        """Let `verify` hold a total of ours against the one that Odoo works out."""
        tree = self.tree["objects"][entry]
        given = tree.get("sums") or []
        known = [given] if isinstance(given, str) else list(given)
        target = pair.partition("=")[0]
        if not any(str(one).partition("=")[0] == target for one in known):
            tree["sums"] = flow([*known, pair])

    def _linked_models(self, column: SourceField) -> set[str]:
        return {linked.to for linked in entries_of(self.mapping, column.link or "").values()}

    def _add_object(self, found: SourceObject) -> None:
        if self.tree.get("not_migrated") is None:
            self.tree["not_migrated"] = CommentedMap()
        self.tree["not_migrated"][found.name] = flow(
            {"reason": f"asks for a decision: {found.row_count} rows", "status": "proposed"}
        )
        self.added_objects.append(found.name)

    def _free_name(self, source_field: str, models: list[str]) -> str:
        taken = {name for model in models for name in self.fields.get(model, {})}
        for entry in self.tree["objects"].values():
            if entry["to"] in models:
                taken |= set(entry["fields"])
        return field_name(self.mapping.source, source_field, taken)


def _pointed_to(found: SourceObject, discovery: Discovery) -> set[str]:
    """The objects that one may point to; a reference may mean any."""
    if any(column.type in ("reference", "references") for column in found.fields):
        return {one.name for one in discovery.objects}
    return {column.link for column in found.fields if column.link}


__all__ = ["Proposal", "ProposedField", "See", "propose"]
