"""`moorage.yaml`: what a project moves, from where, to where. Every error at once, with its line.

No secret has a place in this file: one that is found is refused, by its key and never its value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from moorage.errors import Finding, SettingsError

FILE_NAME = "moorage.yaml"
NAME_PATTERN = r"[a-z][a-z0-9_]{0,39}"
MAX_BYTES = 1_000_000
_SECRET_KEY = re.compile(r"(^|_)(password|passwd|passphrase|secret|token|key|apikey)$")


class SettingsFileError(SettingsError):
    """`moorage.yaml` cannot be used; `findings` holds every reason, with file and line."""

    def __init__(self, findings: list[Finding]) -> None:
        count = len(findings)
        super().__init__(
            f"{FILE_NAME} has {count} {'error' if count == 1 else 'errors'}",
            state="Nothing was changed.",
            todo="Mend the lines named, then run the same command again.",
        )
        self.findings = findings


def _name(value: str) -> str:
    if re.fullmatch(NAME_PATTERN, value) is None:
        raise ValueError("use small letters, digits and _, a letter first, at most 40")
    return value


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address like https://acme.example.com")
    if parts.username or parts.password:
        raise ValueError("must not hold a user or a password")
    return value.rstrip("/")


Name = Annotated[str, AfterValidator(_name)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class SourceSettings(_Strict):
    """`source:` its kind, and the options that this kind has."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, hide_input_in_errors=True)

    kind: Name

    @property
    def options(self) -> dict[str, Any]:
        """Everything under `source:` but the kind."""
        return dict(self.model_extra or {})


class DestinationSettings(_Strict):
    """One Odoo database to write to."""

    url: Annotated[str, AfterValidator(_url)]
    database: Annotated[str, Field(min_length=1)]
    connections: Annotated[int, Field(ge=1, le=32)] = 4


class FileSettings(_Strict):
    """`files:` which files go along. Odoo takes no call beyond 128 MB; a file grows by a third."""

    limit_mb: Annotated[int, Field(ge=1, le=90)] = 25


class AdviserSettings(_Strict):
    """`ai:` the language model that `map --propose --ai` asks, and where, if not at its maker's."""

    model: Annotated[str, Field(min_length=1)]
    url: Annotated[str, AfterValidator(_url)] | None = None


class ProjectSettings(_Strict):
    """The whole of `moorage.yaml`."""

    moorage: Literal[1] = 1
    project: Name
    source: SourceSettings
    destinations: dict[Name, DestinationSettings] = {}
    files: FileSettings = FileSettings()
    ai: AdviserSettings | None = None


@dataclass(frozen=True)
class SettingsFile:
    """Settings, and the tree they were read from, so that later findings name their line."""

    settings: ProjectSettings
    tree: Any

    def finding(self, message: str, path: Sequence[str | int]) -> Finding:
        """A finding about what stands at `path`, or about the nearest thing above it."""
        return _finding(self.tree, message, path)


def read_settings(path: Path) -> SettingsFile:
    """The settings in `path`; SettingsFileError with every finding if they are not right."""
    tree = _parse(path)
    findings = [
        _finding(tree, "a secret does not belong in this file; remove it and change it", place)
        for place in _secret_places(tree)
    ]
    try:
        settings = ProjectSettings.model_validate(_plain(tree))
    except ValidationError as error:
        secret = {finding.path for finding in findings}
        findings += [
            finding for finding in _schema_findings(tree, error) if finding.path not in secret
        ]
    if findings:
        raise SettingsFileError(sorted(findings, key=lambda finding: finding.line or 0))
    return SettingsFile(settings, tree)


def _parse(path: Path) -> Any:
    yaml = YAML(typ="rt")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SettingsFileError([Finding("the file is far too large", FILE_NAME)])
        tree = yaml.load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        message = f"the file cannot be read ({error.strerror})"
        raise SettingsFileError([Finding(message, FILE_NAME)]) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"not valid YAML: {error.problem}"
        line = mark.line + 1 if mark else None
        # The cause quotes the line, which may hold what must not be shown.
        raise SettingsFileError([Finding(message, FILE_NAME, line)]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        message = f"not readable as YAML in UTF-8 ({type(error).__name__})"
        raise SettingsFileError([Finding(message, FILE_NAME)]) from None
    if not isinstance(tree, Mapping):
        raise SettingsFileError([Finding("the file must be a YAML mapping", FILE_NAME, 1)])
    return tree


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_plain(item) for item in node]
    if isinstance(node, bool) or node is None:
        return node
    return next((kind(node) for kind in (int, float, str) if isinstance(node, kind)), str(node))


def _secret_places(node: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(node, Mapping):
        return []
    places = []
    for key, value in node.items():
        here = (*path, str(key))
        if isinstance(value, Mapping):
            places += _secret_places(value, here)
        elif value not in (None, "") and _SECRET_KEY.search(str(key).lower()):
            places.append(here)
    return places


def _schema_findings(tree: Any, error: ValidationError) -> list[Finding]:
    words = {
        "missing": "is missing",
        "extra_forbidden": "unknown key",
        "string_type": "must be text",
        "int_type": "must be a whole number",
        "model_type": "must be a mapping",
        "dict_type": "must be a mapping",
        "string_too_short": "must not be empty",
    }
    findings = []
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        message = words.get(problem["type"], problem["msg"].removeprefix("Value error, "))
        path = [step for step in problem["loc"] if step != "[key]"]
        findings.append(_finding(tree, message, path))
    return findings


def _finding(tree: Any, message: str, path: Sequence[str | int]) -> Finding:
    node, line = tree, 1
    for step in path:
        if not (isinstance(node, Mapping) and step in node):
            break
        line = int(node.lc.key(step)[0]) + 1  # type: ignore[attr-defined]
        node = node[step]
    return Finding(message, FILE_NAME, line, ".".join(str(step) for step in path))
