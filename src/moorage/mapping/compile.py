"""Compiling a mapping: every entry becomes a TargetTable and the one SELECT that fills it."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass

from moorage.destination import ModelField
from moorage.errors import MappingError
from moorage.mapping.chain import ChainBuilder
from moorage.mapping.created import with_created
from moorage.mapping.expressions import Expression, ExpressionError, Expressions
from moorage.mapping.ground import Ground
from moorage.mapping.order import phases
from moorage.mapping.select import Preparation, Selection, SelectWriter
from moorage.mapping.spec import Entry, MappingFile, Undecided
from moorage.mapping.stages import Chain
from moorage.mapping.target import DuplicateRule, MatchRule, TargetTable
from moorage.mapping.transforms.base import near
from moorage.sources.base import Discovery


@dataclass(frozen=True)
class CompiledEntry:
    """One entry ready to run. `merge_on` is the tidy column that names the surviving row."""

    table: TargetTable
    selection: Selection
    select: str
    preparations: tuple[Preparation, ...]
    chains: tuple[Chain, ...]
    merge_on: str | None


@dataclass(frozen=True)
class CompiledMapping:
    """A whole mapping ready to run, in loading order.

    `reasons` says per source object why rows that no entry takes are not selected.
    """

    source: str
    entries: tuple[CompiledEntry, ...]
    reasons: Dict[str, str]

    @property
    def tables(self) -> list[TargetTable]:
        """The target tables, in loading order."""
        return [entry.table for entry in self.entries]

    def links(self) -> set[tuple[str, str]]:
        """The (source object, model) pairs that links point to."""
        return {
            (one.object, one.model)
            for entry in self.entries
            for table_field in entry.table.fields
            for one in table_field.links
        }


def compile_mapping(
    file: MappingFile, discovery: Discovery, fields: Dict[str, Dict[str, ModelField]]
) -> CompiledMapping:
    """`file` ready to run; MappingError with every finding if it cannot be.

    `fields` are the destination's fields of each model the mapping names; custom fields that the
    mapping asks for are added where they are missing.
    """
    expressions = Expressions(discovery, file.mapping.settings)
    try:
        ground = Ground(
            file.mapping, file.document, expressions, with_created(file.mapping, fields)
        )
        compiled = compile_on(ground, discovery)
    finally:
        expressions.close()
    errors = [finding for finding in ground.findings if finding.severity == "error"]
    if compiled is None or errors:
        raise MappingError(errors)
    return compiled


def compile_on(ground: Ground, discovery: Discovery) -> CompiledMapping | None:
    """As `compile_mapping`, noting findings on `ground`; None when an order is impossible."""
    mapping = ground.mapping
    chains = {name: _chains(ground, name) for name in mapping.objects}
    needs = {name: _needs(ground, found) for name, found in chains.items()}
    conditions = {name: _condition(ground, name, found) for name, found in mapping.objects.items()}
    order = _order(ground, needs)
    if order is None:
        return None
    entries = [
        _entry(ground, name, chains[name], needs[name], phase=phase, condition=conditions[name])
        for name, phase in order.items()
    ]
    reasons = {found.name: _reason(ground, found.name) for found in discovery.objects}
    return CompiledMapping(mapping.source, tuple(entries), reasons)


def _chains(ground: Ground, name: str) -> list[Chain]:
    entry = ground.mapping.objects[name]
    path = ("objects", name)
    source = ground.mapping.object_of(name)
    known = ground.expressions.columns
    if source not in known:
        ground.error(f"the source has no object {source!r}{near(source, known)}", path)
        return []
    fields = ground.fields.get(entry.to)
    if not fields:
        near_model = near(entry.to, [model for model, found in ground.fields.items() if found])
        ground.error(f"Odoo has no model {entry.to!r}{near_model}", (*path, "to"))
        return []
    chains = []
    for field_name in entry.fields:
        wanted = fields.get(field_name)
        if wanted is None:
            message = f"{entry.to} has no field {field_name!r}{near(field_name, fields)}"
            ground.error(message, (*path, "fields", field_name))
            continue
        chain = ChainBuilder(ground, name, field_name, wanted).build()
        if chain is not None:
            chains.append(chain)
    return chains


def _needs(ground: Ground, chains: list[Chain]) -> set[str]:
    """The entries that the links of `chains` point to, own ones included, second passes not."""
    mapping = ground.mapping
    wanted = {
        (one.object, one.model)
        for chain in chains
        if not chain.target.later
        for one in chain.target.links
    }
    return {
        name
        for name, entry in mapping.objects.items()
        if (mapping.object_of(name), entry.to) in wanted
    }


def _order(ground: Ground, needs: Dict[str, set[str]]) -> dict[str, int] | None:
    found, circles = phases(needs)
    for circle in circles:
        ground.error(
            f"links go in a circle: {' → '.join([*circle, circle[0]])}; say `later: true` at one of"
            " the link fields, and it is filled in a second pass",
            ("objects", circle[0]),
        )
    return None if circles else dict(sorted(found.items(), key=lambda pair: pair[1]))


def _entry(
    ground: Ground,
    name: str,
    chains: list[Chain],
    needs: set[str],
    *,
    phase: int,
    condition: str | None,
) -> CompiledEntry:
    entry = ground.mapping.objects[name]
    selection = Selection(ground.mapping.source, ground.mapping.object_of(name), condition)
    writer = SelectWriter(name, selection, chains)
    table = TargetTable(
        entry=name,
        object=selection.object,
        model=entry.to,
        fields=tuple(chain.target for chain in chains),
        phase=phase,
        self_links=tuple(
            chain.target.name
            for chain in chains
            if not chain.target.later and (selection.object, entry.to) in _rows_of(chain)
        ),
        match=_match(entry),
        duplicates=_duplicates(entry),
        needs=tuple(sorted(needs - {name})),
        sums=tuple(entry.sums),
        sums_by=tuple(entry.sums_by),
    )
    return CompiledEntry(
        table,
        selection,
        writer.sql(),
        tuple(writer.preparations()),
        tuple(chains),
        _merge_on(ground, name, entry),
    )


def _rows_of(chain: Chain) -> set[tuple[str, str]]:
    return {(one.object, one.model) for one in chain.target.links}


def _condition(ground: Ground, name: str, entry: Entry) -> str | None:
    if entry.when is None or ground.mapping.object_of(name) not in ground.expressions.columns:
        return None
    path = ("objects", name, "when")
    try:
        found: Expression = ground.expressions.scalar(entry.when, ground.mapping.object_of(name))
    except ExpressionError as error:
        ground.error(str(error), path)
        return None
    if found.kind != "boolean":
        ground.error(f"must be true or false, and gives a {found.kind}", path)
    return found.sql


def _merge_on(ground: Ground, name: str, entry: Entry) -> str | None:
    known = ground.expressions.columns.get(ground.mapping.object_of(name), {})
    if entry.merge_on is not None and entry.merge_on not in known:
        message = f"there is no source field {entry.merge_on!r}{near(entry.merge_on, known)}"
        ground.error(message, ("objects", name, "merge_on"))
    return entry.merge_on


def _match(entry: Entry) -> MatchRule | None:
    rule = entry.match
    return None if rule is None else MatchRule(tuple(rule.on), rule.update, rule.none)


def _duplicates(entry: Entry) -> DuplicateRule | None:
    rule = entry.duplicates
    if rule is None:
        return None
    exact = tuple(tuple(group) for group in rule.exact)
    return DuplicateRule(exact, rule.exact_do, rule.similar, rule.threshold, rule.similar_do)


def _reason(ground: Ground, source_object: str) -> str:
    mapping = ground.mapping
    said = mapping.not_migrated.get(source_object)
    if said is not None:
        return said.reason if isinstance(said, Undecided) else said
    entries = [e for name, e in mapping.objects.items() if mapping.object_of(name) == source_object]
    reasons = [entry.not_selected for entry in entries if entry.not_selected]
    return reasons[0] if reasons else "no entry of the mapping takes it"
