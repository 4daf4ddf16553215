"""The first verbs: new, secret, discover, extract."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from moorage.commands.mapping import confirmation
from moorage.commands.opening import (
    PRODUCTION,
    keep_discovery,
    kind_of,
    opened_destination,
    opened_source,
)
from moorage.commands.result import OnProgress, Result, silent, to_json
from moorage.destination import DestinationIdentity
from moorage.errors import MoorageError, SettingsError
from moorage.mapping import load_mapping
from moorage.project import Project
from moorage.project.secrets import ADVISER_ACCOUNT
from moorage.reports.assessment import Assessment, assess
from moorage.reports.scope import write_scope
from moorage.sources.base import Discovery, Pulsing, source_kind
from moorage.staging.files import MEGABYTE, FilesReport, scan_files
from moorage.staging.staging import Staging, identifier

#: The fact in staging that keeps the source's pulse as of the extraction.
PULSE = "pulse"
IN_PART = (
    "Read in part: what was changed without a new time of change is not seen. For the cut-over,"
    " extract whole: `moorage extract`."
)


@dataclass(frozen=True, kw_only=True)
class NewResult(Result):
    """A project folder was made; `to_fill` are the settings that still stand empty."""

    root: Path
    name: str
    source: str
    to_fill: tuple[str, ...]


def new(folder: Path, source: str) -> NewResult:
    """Make a project folder for a source of kind `source`."""
    kind = source_kind(source)
    project = Project.create(folder, folder.resolve().name, kind)
    needed = [
        option
        for option in kind.counting({})
        if option not in kind.secrets and kind.options[option][0] is None
    ]
    return NewResult(
        root=project.root,
        name=project.name,
        source=kind.label,
        to_fill=(*(f"source.{option}" for option in needed), "destinations.production"),
        next_command=f"cd {folder} && moorage discover",
    )


@dataclass(frozen=True, kw_only=True)
class SecretResult(Result):
    """A secret was put into this machine's keyring, under `account`."""

    account: str


def secret_set(project: Project, account: str, secret: SecretStr) -> SecretResult:
    """Keep the secret of the source or of a destination in the keyring."""
    kind = kind_of(project)
    accounts = [f"source/{name}" for name in kind.secrets if name != "password"]
    if "password" in kind.secrets:
        accounts.insert(0, "source")
    accounts += [*sorted(project.settings.destinations), ADVISER_ACCOUNT]
    if account not in accounts:
        raise SettingsError(
            f"there is nothing called {account!r} that has a secret",
            state="Nothing was stored.",
            todo=f"Use one of: {', '.join(accounts)}.",
        )
    if not secret.get_secret_value():
        raise SettingsError("no secret was given", state="Nothing was stored.")
    project.secrets.store(account, secret)
    return SecretResult(account=account)


@dataclass(frozen=True, kw_only=True)
class DiscoverResult(Result):
    """What was found on both sides, and what it comes to."""

    discovery: Discovery
    assessment: Assessment

    @property
    def destination(self) -> DestinationIdentity | None:
        """Which Odoo it is; None if it could not be looked at."""
        return self.assessment.identity

    def as_json(self) -> dict[str, Any]:
        """All of it; the discovery once."""
        shared = super().as_json()
        del shared["assessment"]["discovery"]
        return shared


def discover(project: Project, *, to: str = PRODUCTION) -> DiscoverResult:
    """Look at the source and at Odoo, change nothing, write the scope report."""
    with project.lock("discover"), opened_source(project) as source:
        discovery = source.discover()
        keep_discovery(project, discovery)
        assessment = assessed(project, discovery, to)
        reports = write_scope(project.reports, project.name, assessment)
    return DiscoverResult(
        discovery=discovery,
        assessment=assessment,
        reports=reports,
        next_command="moorage extract",
    )


def assessed(project: Project, discovery: Discovery, name: str) -> Assessment:
    """What the migration comes to; without Odoo or a readable mapping by what is there."""
    try:
        mapping = load_mapping(project.mapping_path).mapping
    except MoorageError:
        mapping = None
    models = sorted({entry.to for entry in mapping.objects.values()}) if mapping else []
    try:
        with opened_destination(project, name) as destination:
            identity, survey = destination.identity, destination.survey(models)
    except MoorageError as error:
        return assess(discovery, mapping, problem=str(error))
    confirmed, _ = confirmation(project)
    return assess(
        discovery, mapping, identity=identity, survey=survey, is_confirmed=confirmed is not None
    )


@dataclass(frozen=True, kw_only=True)
class ExtractResult(Result):
    """What stands in staging now: rows by raw table and by object, and the snapshot's digest.

    `in_part` are the tables of which only changes were read: how many rows.
    """

    raw_counts: dict[str, int]
    object_counts: dict[str, int]
    digest: str
    is_unchanged: bool
    seconds: float
    in_part: dict[str, int]
    files: FilesReport


def extract(
    project: Project, *, since_last: bool = False, on_progress: OnProgress = silent
) -> ExtractResult:
    """Copy the source into staging, and build the tidy tables. The source is only read.

    With `since_last`, tables that say what changed since the last extraction are read in part.
    """
    started = time.monotonic()
    with (
        project.lock("extract"),
        opened_source(project) as source,
        Staging(project.staging_path) as staging,
    ):
        before = staging.digest
        discovery = source.discover()
        keep_discovery(project, discovery)
        tables = source.raw_tables()
        sizes = {table.name: table.row_count for table in tables}
        report = staging.extract(
            tables,
            lambda name, count: on_progress(name, count, sizes.get(name)),
            since_last=since_last,
        )
        if isinstance(source, Pulsing):
            staging.remember(PULSE, to_json(source.pulse()))
        staging.tidy(source.tidy_sql(), _mapping_settings(project))
        counts = _object_counts(staging)
        files = scan_files(
            staging,
            source.files(),
            discovery.objects,
            project.settings.files.limit_mb * MEGABYTE,
            lambda done, total, _: on_progress("files", done, total),
        )
    return ExtractResult(
        raw_counts=report.row_counts,
        object_counts=counts,
        digest=report.digest,
        is_unchanged=report.digest == before,
        seconds=round(time.monotonic() - started, 2),
        in_part=report.in_part,
        files=files,
        notes=(IN_PART,) if report.in_part else (),
        next_command="moorage map --check",
    )


def _mapping_settings(project: Project) -> dict[str, Any]:
    """What the mapping decides about the source; nothing while it cannot be read.

    The tidy tables are built again when it can: no extraction fails for a comma in the mapping.
    """
    try:
        return load_mapping(project.mapping_path).mapping.settings
    except MoorageError:
        return {}


def _object_counts(staging: Staging) -> dict[str, int]:
    connection = staging.connection
    names: list[tuple[Any, ...]] = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'tidy'"
        " AND table_type = 'BASE TABLE' AND NOT starts_with(table_name, '_') ORDER BY 1"
    ).fetchall()
    counts = {}
    for (name,) in names:
        row = connection.execute(f"SELECT count(*) FROM tidy.{identifier(name)}").fetchone()
        counts[name] = int(row[0]) if row else 0
    return counts
