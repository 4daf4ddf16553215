"""What a mapping is judged on, and where findings about it are collected."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from moorage.destination import ModelField
from moorage.errors import Finding
from moorage.mapping.document import Document
from moorage.mapping.expressions import Expressions
from moorage.mapping.spec import Mapping


@dataclass
class Ground:
    """What a mapping stands on: its own text, the source's objects, the destination's fields.

    `findings` collects everything that is wrong, each with its place.
    """

    mapping: Mapping
    document: Document
    expressions: Expressions
    fields: Dict[str, Dict[str, ModelField]]
    findings: list[Finding] = field(default_factory=list)

    def error(self, message: str, path: Sequence[Any]) -> None:
        """Note an error about what stands at `path`."""
        self.findings.append(self.document.finding(message, path))

    def warning(self, message: str, path: Sequence[Any]) -> None:
        """Note something that works but deserves a look."""
        self.findings.append(self.document.finding(message, path, "warning"))
