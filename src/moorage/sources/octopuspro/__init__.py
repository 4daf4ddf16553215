"""OctopusPro, read from an export bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from moorage.bundles import Expected
from moorage.sources.base import DemoData, DemoServers, Source, SourceKind
from moorage.sources.bundled import BUNDLE_OPTIONS

OPTIONS: dict[str, tuple[Any, str]] = {
    **BUNDLE_OPTIONS,
    "bundle": (None, "The folder or zip of the export (`moorage export-request octopuspro`)."),
    "timezone": ("UTC", "Where the account's clock stands, as Australia/Sydney."),
    "currency": ("USD", "The currency of amounts that name none, as AUD."),
}


def _open(options: Mapping[str, Any]) -> Source:
    from moorage.sources.octopuspro.source import open_source  # noqa: PLC0415

    return open_source(options)


def _demo(servers: DemoServers, scale: int, seed: int) -> DemoData:
    from moorage.sources.octopuspro.demo.offer import offer  # noqa: PLC0415

    return offer(servers, scale, seed)


def _expected() -> Sequence[Expected]:
    from moorage.sources.octopuspro.tables import EXPECTED  # noqa: PLC0415

    return EXPECTED


SOURCE = SourceKind(
    name="octopuspro",
    label="OctopusPro",
    options=OPTIONS,
    secrets=(),
    open=_open,
    mapping_template=Path(__file__).with_name("mapping.yaml"),
    demo=_demo,
    expected=_expected,
    letter=Path(__file__).with_name("letter.md"),
)
