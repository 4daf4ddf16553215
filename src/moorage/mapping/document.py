"""Reading the mapping file: YAML with comments and line numbers kept, odd YAML refused.

The file is a person's; whatever is wrong with it comes back as one MappingError whose findings
name file and line. Aliases, tags and deep nesting have no use here and are refused before anything
is built, so no file can make reading it expensive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.emitter import RoundTripEmitter
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarbool import ScalarBoolean

from moorage.errors import Finding, MappingError

MAX_BYTES = 5_000_000
MAX_DEPTH = 30


class _Emitter(RoundTripEmitter):
    """Writes long keys, such as whole sentences of a picklist, as `key: value` too."""

    #: YAML itself takes 1,024 characters.
    MAX_SIMPLE_KEY_LENGTH = 1_000

    def analyze_scalar(self, scalar: str) -> Any:
        """As ever; but a word that begins with `?` is quoted on one line, where it begins a key."""
        analysis = super().analyze_scalar(scalar)
        analysis.allow_flow_plain = analysis.allow_flow_plain and not scalar.startswith("?")
        return analysis


class _Representer(RoundTripRepresenter):
    """Writes out each value, though the same object stands in several places: no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


@dataclass(frozen=True)
class Document:
    """A YAML file as read: `tree` keeps comments and places, `plain` is only the values.

    `read` is called when either is first asked for.
    """

    path: Path
    read: Callable[[], Any]

    @cached_property
    def tree(self) -> Any:
        """The values with their comments and places."""
        return self.read()

    @property
    def plain(self) -> Any:
        """The values alone."""
        return plain(self.tree)

    def line(self, path: Sequence[Any]) -> int | None:
        """The 1-based line of `path`, or of the nearest thing above it that has one."""
        node, line = self.tree, 1
        for step in path:
            place = _place(node, step)
            if place is None:
                continue
            line = place + 1
            node = node[step]
        return line

    def finding(self, message: str, path: Sequence[Any], severity: str = "error") -> Finding:
        """A finding about what stands at `path`."""
        return Finding(message, self.path.name, self.line(path), dotted(path), severity)


def dotted(path: Sequence[Any]) -> str:
    """`path` as a person reads it: `objects.leads.fields.name`."""
    return ".".join(str(step) for step in path)


def round_trip() -> YAML:
    """A YAML reader and writer that keeps comments, order and quotes."""
    yaml = YAML(typ="rt")
    yaml.Emitter = _Emitter
    yaml.Representer = _Representer
    yaml.preserve_quotes = True
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def written(tree: Any) -> str:
    """`tree` as the text of a file."""
    stream = StringIO()
    round_trip().dump(tree, stream)
    return stream.getvalue()


def read_document(path: Path) -> Document:
    """The document in `path`; MappingError if it is not a plain YAML mapping."""
    text = _text(path)
    return parse_document(text, path)


def later_document(path: Path) -> Document:
    """The document in `path`, known to be one; it is read when a place in it is asked for."""
    return Document(path, lambda: read_document(path).tree)


def parse_document(text: str, path: Path) -> Document:
    """The document in `text`, named `path` in findings."""
    findings: list[Finding] = []
    tree: Any = None
    try:
        findings = _oddities(text, path)
        if not findings:
            tree = round_trip().load(text)
    except DuplicateKeyError as error:
        findings = [_syntax(path, error, "this key stands twice")]
    except (MarkedYAMLError, YAMLError) as error:
        findings = [_syntax(path, error, f"not valid YAML: {getattr(error, 'problem', '')}")]
    except (RecursionError, ValueError) as error:
        findings = [Finding(f"not readable as YAML ({type(error).__name__})", path.name, 1)]
    if findings:
        raise MappingError(findings)
    if not isinstance(tree, Mapping):
        raise MappingError([Finding("the file must be a YAML mapping", path.name, 1)])
    return Document(path, lambda: tree)


def plain(node: Any) -> Any:  # noqa: PLR0911 - one line per kind of node
    """`node` without comments, places and special scalar classes."""
    if isinstance(node, Mapping):
        return {plain(key): plain(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [plain(item) for item in node]
    if isinstance(node, bool) or node is None:
        return node
    if isinstance(node, ScalarBoolean):
        return bool(node)
    if isinstance(node, datetime | date):
        return node.isoformat()
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return str(node)


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            message = f"the file has {size:,} bytes; a mapping has at most {MAX_BYTES:,}"
            raise MappingError([Finding(message, path.name)])
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the file is not UTF-8 (byte {error.start})"
        raise MappingError([Finding(message, path.name)]) from error
    except OSError as error:
        message = f"the file cannot be read ({error.strerror})"
        todo = "Make one with `moorage map --propose`."
        raise MappingError([Finding(message, path.name)], todo=todo) from error


def _oddities(text: str, path: Path) -> list[Finding]:
    depth = 0
    for event in round_trip().parse(text):
        line = event.start_mark.line + 1
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            message = "anchors and aliases (&, *) are not used in a mapping: write the value out"
            return [Finding(message, path.name, line)]
        if getattr(event, "tag", None) is not None and getattr(event, "ctag", None) is not None:
            return [Finding("YAML tags (!) are not used in a mapping", path.name, line)]
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MAX_DEPTH:
            return [Finding(f"nested deeper than {MAX_DEPTH} levels", path.name, line)]
    return []


def _syntax(path: Path, error: YAMLError, message: str) -> Finding:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return Finding(message.strip(), path.name, mark.line + 1 if mark else None)


def _place(node: Any, step: Any) -> int | None:
    """The 0-based line of `step` in `node`, None where it is not there or has no place."""
    try:
        if isinstance(node, Mapping) and step in node:
            return int(node.lc.key(step)[0])  # type: ignore[attr-defined]
        if isinstance(node, list) and isinstance(step, int) and step < len(node):
            return int(node.lc.item(step)[0])  # type: ignore[attr-defined]
    except (AttributeError, KeyError, TypeError):
        return None
    return None
