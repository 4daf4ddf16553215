"""The project folder and what has its place in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from moorage.errors import RefusedError, SettingsError
from moorage.project.locking import LockHolder, locked, read_holder
from moorage.project.secrets import Secrets
from moorage.project.settings import (
    FILE_NAME,
    NAME_PATTERN,
    DestinationSettings,
    ProjectSettings,
    SettingsFile,
    SettingsFileError,
    read_settings,
)
from moorage.project.template import settings_text

STATE_FOLDER = ".moorage"


class KindOfSource(Protocol):
    """What a project needs to know of a kind of source."""

    @property
    def name(self) -> str: ...
    @property
    def options(self) -> Mapping[str, tuple[Any, str]]: ...
    @property
    def secrets(self) -> tuple[str, ...]: ...
    @property
    def mapping_template(self) -> Path: ...
    def counting(self, given: Mapping[str, Any]) -> Collection[str]: ...


class Project:
    """One migration: a folder with `moorage.yaml`, `mapping.yaml`, decisions, reports and state."""

    def __init__(self, root: Path) -> None:
        """The project in `root`; its settings are read when they are first asked for."""
        self.root = root
        self.state = root / STATE_FOLDER
        self.settings_path = root / FILE_NAME
        self.mapping_path = root / "mapping.yaml"
        self.decisions = root / "decisions"
        self.reports = root / "reports"
        self.staging_path = self.state / "staging.duckdb"
        self.ledger_path = self.state / "ledger.sqlite"
        self.plan_path = self.state / "plan.json"
        self.discovery_path = self.state / "discovery.json"

    @classmethod
    def find(cls, start: Path) -> Project:
        """The project in `start` or the nearest folder above it; SettingsError if there is none."""
        start = start.expanduser().resolve()
        for folder in (start, *start.parents):
            if (folder / FILE_NAME).is_file():
                project = cls(folder)
                project.make_folders()
                return project
        raise SettingsError(
            "this is not a Moorage project",
            where=str(start),
            todo="Go to the folder that holds moorage.yaml, name it with -C, or make a project: "
            "moorage new acme --from krayin",
        )

    @classmethod
    def create(
        cls,
        path: Path,
        name: str,
        kind: KindOfSource,
        *,
        given: Mapping[str, Any] | None = None,
        url: str = "https://odoo.example.com",
        database: str = "odoo",
    ) -> Project:
        """A new project in `path`, which must be empty or not there yet."""
        if re.fullmatch(NAME_PATTERN, name) is None:
            raise SettingsError(
                f"{name!r} cannot be the name of a project",
                todo="Use small letters, digits and _, a letter first, at most 40.",
            )
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise RefusedError(
                "the folder is not empty",
                where=str(path),
                state="Nothing was changed.",
                todo="Choose another name, or empty the folder.",
            )
        project = cls(path.resolve())
        path.mkdir(parents=True, exist_ok=True)
        template = kind.mapping_template.read_text(encoding="utf-8")
        project.mapping_path.write_text(template, encoding="utf-8")
        options = {key: about for key, about in kind.options.items() if key not in kind.secrets}
        counting = kind.counting(given or {})
        text = settings_text(
            name, kind.name, options, counting, given=given, url=url, database=database
        )
        project.settings_path.write_text(text, encoding="utf-8")
        project.make_folders()
        return project

    def make_folders(self) -> None:
        """Make the folders that are missing; what is in `.moorage` stays out of version control."""
        for folder in (self.state, self.decisions, self.reports):
            folder.mkdir(exist_ok=True)
        ignore = self.state / ".gitignore"
        if not ignore.exists():
            # Staging holds every record of the source: for its owner's eyes only.
            self.state.chmod(0o700)
            ignore.write_text("*\n", encoding="utf-8")

    @cached_property
    def settings_file(self) -> SettingsFile:
        """`moorage.yaml` as read, with its lines."""
        return read_settings(self.settings_path)

    @property
    def settings(self) -> ProjectSettings:
        """`moorage.yaml`; SettingsFileError with every finding if it is not right."""
        return self.settings_file.settings

    @property
    def name(self) -> str:
        """The project's name, which is part of every External ID."""
        return self.settings.project

    @cached_property
    def secrets(self) -> Secrets:
        """Where this project's secrets come from."""
        return Secrets(self.name, self.state / "throw-away.json")

    def destination(self, name: str) -> DestinationSettings:
        """The settings of destination `name`; SettingsError with the names there are."""
        destinations = self.settings.destinations
        if name not in destinations:
            known = ", ".join(sorted(destinations)) or "none"
            raise SettingsError(
                f"there is no destination {name!r}",
                where=FILE_NAME,
                state="Nothing was changed.",
                todo=f"Add it under destinations:, or use one that stands there ({known}).",
            )
        return destinations[name]

    def source_options(self, kind: KindOfSource) -> dict[str, Any]:
        """The source's options, defaults and secrets filled in; every error at once."""
        given = {key: value for key, value in self.settings.source.options.items() if value != ""}
        counting = kind.counting(given)
        known = {key: about for key, about in kind.options.items() if key not in kind.secrets}
        findings = [
            self.settings_file.finding(
                "counts for another way of reading the source only: take it out"
                if option in known
                else "unknown option",
                ("source", option),
            )
            for option in given
            if option not in known or option not in counting
        ]
        options = {}
        for option in [option for option in known if option in counting]:
            default, help_line = known[option]
            value = default if given.get(option) is None else given[option]
            if value is None:
                message = f"must be given: {help_line}"
                findings.append(self.settings_file.finding(message, ("source", option)))
            options[option] = value
        if findings:
            raise SettingsFileError(sorted(findings, key=lambda finding: finding.line or 0))
        host = _host(options)
        for option in [secret for secret in kind.secrets if secret in counting]:
            options[option] = self.secrets.source(option, host=host).get_secret_value()
        return options

    def lock(self, command: str) -> AbstractContextManager[None]:
        """Keep other commands away for a `with` block; LockedError if one is at work."""
        return locked(self.state, command)

    @property
    def holder(self) -> LockHolder | None:
        """Who is noted as working on the project now."""
        return read_holder(self.state / "lock.json")


def _host(options: Mapping[str, Any]) -> str:
    """The host that the source's secrets are for: named as such, or in an address."""
    urls = [str(value) for name, value in options.items() if name.endswith("url") and value]
    return str(options.get("host") or (urlsplit(urls[0]).hostname if urls else "") or "")
