"""The verb `map`: show, check, confirm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from moorage.commands.building import fields_of
from moorage.commands.opening import PRODUCTION, known_discovery, opened_destination
from moorage.commands.result import Result
from moorage.errors import Finding, MappingError, MoorageError
from moorage.mapping import FieldToCreate, fields_to_create, load_mapping
from moorage.mapping.check import check
from moorage.mapping.confirm import Confirmation, confirm, require_confirmed
from moorage.mapping.spec import FieldRule, Mapping, Undecided
from moorage.project import Project
from moorage.reports.mapping import MapRow, write_mapping


@dataclass(frozen=True, kw_only=True)
class MapResult(Result):
    """The mapping as a table; who confirmed it, or why it is not confirmed."""

    rows: tuple[MapRow, ...]
    not_migrated: dict[str, str]
    created: tuple[FieldToCreate, ...]
    confirmed: Confirmation | None
    unconfirmed_because: str


def map_show(project: Project) -> MapResult:
    """Every source field and where it goes, as the file says it; no server is asked."""
    mapping = load_mapping(project.mapping_path).mapping
    confirmed, because = confirmation(project)
    rows = tuple(_rows(mapping))
    not_migrated = {
        name: said.reason if isinstance(said, Undecided) else said
        for name, said in mapping.not_migrated.items()
    }
    by = f"{confirmed.name}, {confirmed.at}" if confirmed else ""
    reports = write_mapping(project.reports, project.name, rows, not_migrated, by)
    return MapResult(
        rows=rows,
        not_migrated=not_migrated,
        created=tuple(fields_to_create(mapping)),
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


def _rows(mapping: Mapping) -> list[MapRow]:
    rows = []
    for entry_name, entry in mapping.objects.items():
        source = mapping.object_of(entry_name)
        for name, rule in entry.fields.items():
            rows.append(
                MapRow(
                    entry=entry_name,
                    source=source,
                    source_fields=tuple(rule.from_),
                    model=entry.to,
                    field=name,
                    how=_how(rule),
                    status=rule.status or "",
                    confidence=rule.confidence,
                    why=rule.why or "",
                )
            )
        rows += [
            MapRow(entry_name, source, (dropped,), "", "", "not moved", "", None, why)
            for dropped, why in entry.drop.items()
        ]
    return rows


def _how(rule: FieldRule) -> str:
    """The rule in a few words."""
    parts = []
    if rule.value is not None:
        parts.append(f"always {rule.value}")
    if rule.sql:
        parts.append(rule.sql)
    parts += [step.name for step in rule.do]
    if rule.values:
        parts.append(f"{len(rule.values)} values")
    if rule.link:
        parts.append(f"link to {rule.link}")
    if rule.find:
        parts.append(f"find {rule.find.model} by {', '.join(rule.find.by)}")
    if rule.create:
        parts.append("new field")
    if rule.required:
        parts.append("required")
    return ", ".join(parts) or "as it is"


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
        raise MappingError(findings, todo="Mend the lines named, then check again.")
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


def map_confirm(project: Project, name: str, *, to: str = PRODUCTION) -> ConfirmResult:
    """Confirm the mapping in the name of a person."""
    with project.lock("map"):
        findings, _ = _findings(project, to)
        confirmed = confirm(project.mapping_path, name, datetime.now(UTC), findings)
    return ConfirmResult(
        confirmed=confirmed, reports=map_show(project).reports, next_command="moorage prepare"
    )
