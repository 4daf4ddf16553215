"""The verb `map`: show, check, confirm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moorage.commands.building import fields_of
from moorage.commands.looking import opened_to_look
from moorage.commands.opening import (
    PRODUCTION,
    kind_of,
    known_discovery,
    opened_destination,
    opened_ledger,
)
from moorage.commands.result import Result
from moorage.errors import Finding, MappingError, MoorageError
from moorage.mapping import FieldToCreate, fields_to_create, load_mapping
from moorage.mapping.check import check
from moorage.mapping.confirm import Confirmation, confirm, require_confirmed
from moorage.mapping.decisions import decisions
from moorage.mapping.document import written
from moorage.mapping.explain import ExplainedField, explain
from moorage.mapping.propose import Proposal, See, propose, unseen
from moorage.mapping.reopening import reopened
from moorage.mapping.rewriting import replace_text
from moorage.mapping.spec import load_mapping_to_edit, parse_mapping
from moorage.mapping.values_seen import values_seen
from moorage.project import Project
from moorage.proposals import Memory
from moorage.proposals.advice import Advise, Asked
from moorage.proposals.memory import default_place
from moorage.reports.mapping import write_mapping


@dataclass(frozen=True, kw_only=True)
class MapResult(Result):
    """The mapping as a table; who confirmed it, or why it is not confirmed."""

    rows: tuple[ExplainedField, ...]
    not_migrated: dict[str, str]
    created: tuple[FieldToCreate, ...]
    confirmed: Confirmation | None
    unconfirmed_because: str


def map_show(project: Project) -> MapResult:
    """Every source field and where it goes, as the file says it; no server is asked."""
    file = load_mapping(project.mapping_path)
    confirmed, because = confirmation(project)
    lines = explain(file)
    rows = tuple(line for line in lines if line.entry)
    not_migrated = {line.object: line.why for line in lines if not line.entry}
    by = f"{confirmed.name}, {confirmed.at}" if confirmed else ""
    reports = write_mapping(project.reports, project.name, rows, not_migrated, by)
    return MapResult(
        rows=rows,
        not_migrated=not_migrated,
        created=tuple(fields_to_create(file.mapping)),
        confirmed=confirmed,
        unconfirmed_because=because,
        reports=reports,
        next_command="moorage prepare" if confirmed else "moorage map --check",
    )


def confirmation(project: Project) -> tuple[Confirmation | None, str]:
    """Who confirmed the mapping as it stands, or None and the reason."""
    try:
        return require_confirmed(project.mapping_path), ""
    except MoorageError as error:
        return None, error.what


@dataclass(frozen=True, kw_only=True)
class CheckResult(Result):
    """What is wrong with the mapping, or may be; errors raise MappingError instead."""

    warnings: tuple[Finding, ...]
    rule_count: int


def map_check(project: Project, *, to: str = PRODUCTION) -> CheckResult:
    """Hold the mapping against the source and the live Odoo; MappingError names every error."""
    findings, rule_count = _findings(project, to)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise MappingError(errors, todo="Mend the lines named, then check again.")
    return CheckResult(
        warnings=tuple(findings),
        rule_count=rule_count,
        next_command='moorage map --confirm --name "Your Name"',
    )


def _findings(project: Project, to: str) -> tuple[list[Finding], int]:
    file = load_mapping(project.mapping_path)
    discovery = known_discovery(project)
    with opened_destination(project, to) as destination:
        findings = check(file, discovery, fields_of(destination, file))
    return findings, sum(len(entry.fields) for entry in file.mapping.objects.values())


@dataclass(frozen=True, kw_only=True)
class ConfirmResult(Result):
    """The mapping is confirmed, by whom and for which digest."""

    confirmed: Confirmation


def map_confirm(
    project: Project, name: str, *, to: str = PRODUCTION, remember: bool = False
) -> ConfirmResult:
    """Confirm the mapping in the name of a person.

    With `remember` its decisions on single fields (labels and targets, no values) go into the file
    of decisions, where later proposals of other projects find them.
    """
    with project.lock("map"):
        findings, _ = _findings(project, to)
        confirmed = confirm(project.mapping_path, name, datetime.now(UTC), findings)
        with opened_ledger(project) as ledger:
            digest = confirmed.digest
            ledger.event(None, "mapping confirmed", name=confirmed.name, mapping=digest)
    return ConfirmResult(
        confirmed=confirmed,
        reports=map_show(project).reports,
        notes=(_remembered(project),) if remember else (),
        next_command="moorage prepare",
    )


def _remembered(project: Project) -> str:
    memory = Memory(default_place())
    found = decisions(load_mapping(project.mapping_path).mapping, known_discovery(project))
    count = memory.learn(found)
    memory.save()
    return f"{count} decisions are remembered in {default_place()}."


@dataclass(frozen=True, kw_only=True)
class ProposeResult(Result):
    """What a proposal added to the mapping: fields (`entry.field`) and source objects.

    `asked` is what asking a language model came to, where that was wanted.
    """

    added_fields: tuple[str, ...]
    added_objects: tuple[str, ...]
    asked: Asked | None = None


def map_settings(project: Project, answers: Mapping[str, Any]) -> None:
    """Write `answers` into the mapping's settings; the rest of the file stays as it is."""
    with project.lock("map"):
        document = load_mapping_to_edit(project.mapping_path).document
        document.tree.setdefault("settings", {}).update(answers)
        replace_text(project.mapping_path, written(document.tree))


def map_propose(
    project: Project, *, to: str = PRODUCTION, advise: Advise | None = None
) -> ProposeResult:
    """Add to the mapping a place for everything it is silent about; what stands there stays.

    With `advise` the proposals in doubt that nobody touched are made anew, with advice.
    """
    with project.lock("map"):
        proposal, notes = proposed(project, to=to, advise=advise)
        replace_text(project.mapping_path, proposal.text)
    return ProposeResult(
        added_fields=tuple(proposal.added_fields),
        added_objects=tuple(proposal.added_objects),
        notes=(
            *notes,
            "Proposals are marked `status: proposed`; look at them before you confirm.",
        ),
        next_command="moorage map --check",
    )


def proposed(
    project: Project, *, to: str = PRODUCTION, advise: Advise | None = None
) -> tuple[Proposal, list[str]]:
    """The mapping with proposals, and what there is to say of it; nothing is written."""
    path = project.mapping_path
    kind, discovery = kind_of(project), known_discovery(project)
    file = load_mapping_to_edit(path if path.exists() else kind.mapping_template)
    notes: list[str] = []
    with opened_destination(project, to) as destination, _values(project) as see:
        if kind.adapt is not None:
            tree = file.document.tree
            notes = kind.adapt(tree, discovery, lambda name: bool(destination.fields(name)))
            file = parse_mapping(written(tree), path)
        fields, memory = fields_of(destination, file), Memory(default_place())
        if advise is not None:
            file = reopened(file, discovery, fields, memory, see=see)
        proposal = propose(file, discovery, fields, memory, see=see, advise=advise)
    return proposal, notes


@contextmanager
def _values(project: Project) -> Iterator[See]:
    """Looks at the values that were extracted; at none before that."""
    if not project.staging_path.exists():
        yield unseen
        return
    with opened_to_look(project) as staging:
        yield lambda found: values_seen(staging, found.name, found.fields)
