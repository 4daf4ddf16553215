"""Klipy CRM, read by its REST API v1 and from files: webhooks, sheets, exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from moorage.bundles import Expected
from moorage.sources.base import DemoData, DemoServers, Source, SourceKind
from moorage.sources.bundled import BUNDLE_OPTIONS

API_OPTIONS: dict[str, tuple[Any, str]] = {
    "api_key": (None, "A key of Settings > API; kept outside the project file."),
    "url": ("https://api.klipy.ai/api/v1", "The API's address."),
    "skip": ([], "What is not asked of the API, of people, companies, interactions."),
    "calls_per_minute": (190, "Calls within a minute; Klipy allows a key 200."),
    "connections": (4, "Calls at once."),
}
OPTIONS: dict[str, tuple[Any, str]] = {
    "api": (True, "false: read a bundle only."),
    "timezone": (None, "Where the clocks stand in files that name no zone, as Europe/Vienna."),
    "currency": ("USD", "The currency of amounts that name none."),
    "file_hosts": ([], "Hosts that attachments may be fetched from, as [files.example.com]."),
    **BUNDLE_OPTIONS,
}


def _asked(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Without the API no key is asked for."""
    return (*OPTIONS, *API_OPTIONS) if given.get("api", True) else tuple(OPTIONS)


def _open(options: Mapping[str, Any]) -> Source:
    from moorage.sources.klipy.source import open_source  # noqa: PLC0415 - see krayin

    return open_source(options)


def _demo(servers: DemoServers, scale: int, seed: int) -> DemoData:
    from moorage.sources.klipy.demo.offer import offer  # noqa: PLC0415

    return offer(servers, scale, seed)


def _expected() -> Sequence[Expected]:
    from moorage.sources.klipy.tables import EXPECTED  # noqa: PLC0415

    return EXPECTED


SOURCE = SourceKind(
    name="klipy",
    label="Klipy CRM",
    options={**OPTIONS, **API_OPTIONS},
    secrets=("api_key",),
    asked=_asked,
    open=_open,
    mapping_template=Path(__file__).with_name("mapping.yaml"),
    demo=_demo,
    expected=_expected,
)
