"""The mapping entry by entry, and a person's decisions on single rules, written into the file.

Every change keeps the file's comments and order, is read back before it is written, and is noted in
the ledger: who, when, which fields, and the digest of the mapping that came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from moorage.commands.mapping import confirmation, map_propose
from moorage.commands.opening import PRODUCTION, opened_ledger
from moorage.commands.result import Result
from moorage.mapping import editing, load_mapping
from moorage.mapping.confirm import Confirmation, digest
from moorage.mapping.explain import ExplainedField, explain
from moorage.mapping.rewriting import rewrite, tree_to_edit
from moorage.mapping.spec import FieldRule, Undecided
from moorage.project import Project


@dataclass(frozen=True)
class RuleLine:
    """One rule as a person decides on it."""

    about: ExplainedField
    rule: FieldRule

    @property
    def text(self) -> str:
        """What it does, as one line of YAML."""
        return editing.rule_text(self.rule)

    @property
    def is_open(self) -> bool:
        """Whether nobody has agreed to it yet."""
        return self.about.status == "proposed"


@dataclass(frozen=True)
class EntryLines:
    """One entry: its rules, the source fields it leaves behind, and who it points to.

    `left` holds source fields and reasons, `links` the entries that its rules link to.
    """

    entry: str
    object: str
    model: str
    rules: tuple[RuleLine, ...]
    left: dict[str, str]
    links: tuple[str, ...]

    @property
    def open_count(self) -> int:
        """How many of its rules wait for a person."""
        return sum(rule.is_open for rule in self.rules)


@dataclass(frozen=True, kw_only=True)
class EntriesResult(Result):
    """The mapping by entry; objects not moved, with the reason and whether a person said so."""

    entries: tuple[EntryLines, ...]
    not_migrated: dict[str, str]
    undecided: tuple[str, ...]
    settings: dict[str, Any]
    digest: str
    confirmed: Confirmation | None
    unconfirmed_because: str


def map_entries(project: Project) -> EntriesResult:
    """What the file says, entry by entry; no server is asked."""
    file = load_mapping(project.mapping_path)
    mapping, lines = file.mapping, explain(file, with_lines=False)
    confirmed, because = confirmation(project)
    by_object = {mapping.object_of(name): name for name in mapping.objects}
    entries = tuple(
        EntryLines(
            name,
            mapping.object_of(name),
            entry.to,
            tuple(
                RuleLine(line, entry.fields[line.target])
                for line in lines
                if line.entry == name and line.target
            ),
            dict(entry.drop),
            tuple(
                dict.fromkeys(
                    by_object[linked]
                    for rule in entry.fields.values()
                    for linked in rule.linked
                    if linked in by_object
                )
            ),
        )
        for name, entry in mapping.objects.items()
    )
    said = mapping.not_migrated
    return EntriesResult(
        entries=entries,
        not_migrated={n: r.reason if isinstance(r, Undecided) else r for n, r in said.items()},
        undecided=tuple(
            name
            for name, reason in said.items()
            if isinstance(reason, Undecided) and reason.status == "proposed"
        ),
        settings=mapping.settings,
        digest=digest(mapping),
        confirmed=confirmed,
        unconfirmed_because=because,
    )


@dataclass(frozen=True, kw_only=True)
class DecidedResult(Result):
    """What was decided on: `entry.field`, by whom."""

    decided: tuple[str, ...]
    by: str


def accept_rules(
    project: Project, entry: str, targets: tuple[str, ...], *, by: str
) -> DecidedResult:
    """Agree to the rules of `targets` as they stand."""

    def change(tree: Any) -> list[str]:
        for target in targets:
            editing.accept(tree, entry, target)
        return list(targets)

    return _decide(project, entry, change, "rules accepted", by)


def accept_sure(project: Project, threshold: float, *, by: str, entry: str = "") -> DecidedResult:
    """Agree to all proposals that are at least this sure, of one entry or of all."""

    def change(tree: Any) -> list[str]:
        names = [entry] if entry else list(tree["objects"])
        found = [
            f"{name}.{target}"
            for name in names
            for target in editing.accept_sure(tree, name, threshold)
        ]
        return [one.removeprefix(f"{entry}.") for one in found] if entry else found

    return _decide(project, entry, change, f"rules of {threshold:.0%} and more accepted", by)


def set_rule(
    project: Project, entry: str, target: str, *, new: str, text: str, by: str
) -> DecidedResult:
    """Let `new` be filled by the rule in `text` (YAML), in the place of `target`."""

    def change(tree: Any) -> list[str]:
        rule = editing.parsed_rule(text)
        editing.retarget(tree, entry, target, new or target, rule)
        return [new or target]

    return _decide(project, entry, change, "rule changed", by)


def leave_field(
    project: Project, entry: str, target: str, *, reason: str, by: str
) -> DecidedResult:
    """Leave the source fields of a rule behind, for a reason."""
    return _decide(
        project,
        entry,
        lambda tree: editing.leave(tree, entry, target, reason) or [target],
        "fields left behind",
        by,
    )


def take_up_field(
    project: Project, entry: str, source_field: str, *, target: str, text: str, by: str
) -> DecidedResult:
    """Move a source field that was left behind after all."""

    def change(tree: Any) -> list[str]:
        rule = editing.parsed_rule(text)
        editing.take_up(tree, entry, source_field, target, rule)
        return [target]

    return _decide(project, entry, change, "field taken up", by)


def remark(project: Project, entry: str, target: str, *, words: str, by: str) -> DecidedResult:
    """Keep a remark beside a rule; it is no part of the mapping's digest."""

    def change(tree: Any) -> list[str]:
        editing.remark(tree, entry, target, words)
        return [target]

    return _decide(project, entry, change, "remark kept", by)


def answer_settings(project: Project, text: str, *, by: str) -> DecidedResult:
    """Write what a person answered (YAML, name: value) into the mapping's settings."""
    given = editing.parsed_rule(text)
    return _decide(project, "", lambda tree: editing.answer(tree, given), "settings answered", by)


def decide_objects(
    project: Project,
    *,
    moves: Mapping[str, str],
    leaves: Mapping[str, str],
    by: str,
    to: str = PRODUCTION,
) -> DecidedResult:
    """Let objects become records of models (`moves`: object, model), and leave others behind
    (`leaves`: object, reason); then a place is proposed for every field of those that are moved.
    """

    def change(tree: Any) -> list[str]:
        for name, model in moves.items():
            editing.add_entry(tree, name, model)
        for name, reason in leaves.items():
            editing.leave_object(tree, name, reason)
        return [*moves, *leaves]

    decided = _decide(project, "", change, "objects decided on", by)
    if moves:
        map_propose(project, to=to)
    return decided


def _decide(
    project: Project, entry: str, change: Callable[[Any], list[str]], what: str, by: str
) -> DecidedResult:
    with project.lock("map"):
        tree = tree_to_edit(project.mapping_path)
        decided = change(tree)
        mapping = rewrite(project.mapping_path, tree)
        with opened_ledger(project) as ledger:
            ledger.event(None, what, by=by, entry=entry, fields=decided, mapping=digest(mapping))
    names = tuple(f"{entry}.{name}" if entry else name for name in decided)
    return DecidedResult(decided=names, by=by)
