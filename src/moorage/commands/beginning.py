"""The first verbs: new, secret, discover, extract."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from moorage.commands.opening import (
    PRODUCTION,
    keep_discovery,
    kind_of,
    opened_destination,
    opened_source,
)
from moorage.commands.result import OnProgress, Result, silent
from moorage.destination import DestinationIdentity
from moorage.errors import MoorageError, SettingsError
from moorage.mapping import load_mapping
from moorage.project import Project
from moorage.reports.scope import Effort, estimate, write_scope
from moorage.sources.base import Discovery, source_kind
from moorage.staging.staging import Staging, identifier


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
        for option, (default, _) in kind.options.items()
        if default is None and option not in kind.secrets
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
    accounts += sorted(project.settings.destinations)
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
    """What was found on both sides. `destination_problem` says why Odoo could not be looked at."""

    discovery: Discovery
    effort: Effort
    destination: DestinationIdentity | None
    destination_problem: str


def discover(project: Project, *, to: str = PRODUCTION) -> DiscoverResult:
    """Look at the source and at Odoo, change nothing, write the scope report."""
    with project.lock("discover"), opened_source(project) as source:
        discovery = source.discover()
        keep_discovery(project, discovery)
        destination, problem = _look_at(project, to)
        effort = estimate(discovery)
        reports = write_scope(project.reports, project.name, discovery, effort, destination)
    return DiscoverResult(
        discovery=discovery,
        effort=effort,
        destination=destination,
        destination_problem=problem,
        reports=reports,
        next_command="moorage extract",
    )


def _look_at(project: Project, name: str) -> tuple[DestinationIdentity | None, str]:
    """The destination, or why not: a look at the source is worth having without it."""
    try:
        with opened_destination(project, name) as destination:
            return destination.identity, ""
    except MoorageError as error:
        return None, str(error)


@dataclass(frozen=True, kw_only=True)
class ExtractResult(Result):
    """What stands in staging now: rows by raw table and by object, and the snapshot's digest."""

    raw_counts: dict[str, int]
    object_counts: dict[str, int]
    digest: str
    is_unchanged: bool
    seconds: float


def extract(project: Project, *, on_progress: OnProgress = silent) -> ExtractResult:
    """Copy the source into staging, and build the tidy tables. The source is only read."""
    started = time.monotonic()
    with (
        project.lock("extract"),
        opened_source(project) as source,
        Staging(project.staging_path) as staging,
    ):
        before = staging.digest
        keep_discovery(project, source.discover())
        tables = source.raw_tables()
        sizes = {table.name: table.row_count for table in tables}
        report = staging.extract(
            tables, lambda name, count: on_progress(name, count, sizes.get(name))
        )
        staging.tidy(source.tidy_sql(), _mapping_settings(project))
        counts = _object_counts(staging)
    return ExtractResult(
        raw_counts=report.row_counts,
        object_counts=counts,
        digest=report.digest,
        is_unchanged=report.digest == before,
        seconds=round(time.monotonic() - started, 2),
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
