"""Opening the parts of a project: its source, its destinations, its staging, its ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import orjson

from moorage.commands.result import ON_WAIT
from moorage.errors import RefusedError
from moorage.ledger import Ledger
from moorage.mapping import TargetTable
from moorage.odoo import OdooClient
from moorage.project import Project
from moorage.sources.base import (
    Discovery,
    FileStore,
    Source,
    SourceField,
    SourceKind,
    SourceObject,
    source_kind,
)
from moorage.staging.staging import Staging

PRODUCTION = "production"
#: The destination that is rehearsed on before production.
REHEARSAL = "staging"


def typed(command: str, to: str) -> str:
    """`command` for destination `to`, as one would type it."""
    return command if to == PRODUCTION else f"{command} --to {to}"


def kind_of(project: Project) -> SourceKind:
    """The kind of source this project moves from."""
    return source_kind(project.settings.source.kind)


@contextmanager
def opened_source(project: Project) -> Iterator[Source]:
    """The project's source, open for reading."""
    kind = kind_of(project)
    around = {"state_folder": project.state, "on_wait": ON_WAIT.get()}
    source = kind.open({**project.source_options(kind), **around})
    try:
        yield source
    finally:
        source.close()


@contextmanager
def opened_files(project: Project, tables: Sequence[TargetTable]) -> Iterator[FileStore | None]:
    """Where the contents of the files that `tables` hold come from; None where they hold none."""
    if not any(field.holds == "file" for table in tables for field in table.fields):
        yield None
        return
    with opened_source(project) as source:
        yield source.files()


@contextmanager
def opened_destination(project: Project, name: str) -> Iterator[OdooClient]:
    """The Odoo database called `name` in the settings; who waits for it is told by `ON_WAIT`."""
    settings = project.destination(name)
    client = OdooClient(
        settings.url,
        settings.database,
        project.secrets.destination(name, url=settings.url).get_secret_value(),
        project=project.name,
        source=project.settings.source.kind,
        connections=settings.connections,
        on_wait=ON_WAIT.get(),
    )
    try:
        yield client
    finally:
        client.close()


@contextmanager
def opened_staging(project: Project) -> Iterator[Staging]:
    """The staging, which must hold an extraction; RefusedError if it does not."""
    if not project.staging_path.exists():
        raise _not_extracted(project)
    with Staging(project.staging_path) as staging:
        if staging.digest is None:
            raise _not_extracted(project)
        yield staging


@contextmanager
def opened_ledger(project: Project) -> Iterator[Ledger]:
    """The project's ledger."""
    ledger = Ledger(project.ledger_path)
    try:
        yield ledger
    finally:
        ledger.close()


def _not_extracted(project: Project) -> RefusedError:
    return RefusedError(
        "nothing was extracted yet",
        where=str(project.root),
        state="Nothing was changed.",
        todo="Run `moorage extract` first.",
    )


def keep_discovery(project: Project, discovery: Discovery) -> None:
    """Write down what was found, for the commands that do not ask the source again."""
    text = orjson.dumps(asdict(discovery), option=orjson.OPT_INDENT_2, default=str)
    draft = project.discovery_path.with_suffix(".new")
    draft.write_bytes(text)
    draft.replace(project.discovery_path)


def known_discovery(project: Project) -> Discovery:
    """What `moorage discover` (or extract) found last; RefusedError if it never ran."""
    try:
        found: dict[str, Any] = orjson.loads(project.discovery_path.read_bytes())
    except (OSError, ValueError):
        raise RefusedError(
            "the source was not looked at yet",
            where=str(project.root),
            state="Nothing was changed.",
            todo="Run `moorage discover` first.",
        ) from None
    objects = tuple(
        SourceObject(
            about["name"],
            about["label"],
            about["row_count"],
            tuple(
                SourceField(**{**field, "options": tuple(field["options"])})
                for field in about["fields"]
            ),
        )
        for about in found["objects"]
    )
    return Discovery(
        kind=found["kind"],
        release=found["release"],
        identity=found["identity"],
        objects=objects,
        notes=tuple(found["notes"]),
        questions=tuple(found["questions"]),
        details=found["details"],
    )
