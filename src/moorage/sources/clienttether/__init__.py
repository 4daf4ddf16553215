"""ClientTether, read by its API v2, from a bundle of exported files, or both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from moorage.bundles import Expected
from moorage.sources.base import DemoData, DemoServers, Discovery, Source, SourceKind
from moorage.sources.bundled import BUNDLE_OPTIONS

API_OPTIONS: dict[str, tuple[Any, str]] = {
    "access_token": (None, "X-Access-Token of the enterprise account; kept outside, never shown."),
    "web_keys": (
        None,
        "X-Web-Key of each account, kept outside: `CT_…`, or several as `1001=CT_… 1002=CT_…`; the"
        " names stay in all keys for ever.",
    ),
    "url": ("https://api.clienttether.com/v2/api", "The API's address."),
    "connections": (4, "Calls at once."),
    "skip": ([], "Tables that are not asked of the API, as [history_notes]."),
}
OPTIONS: dict[str, tuple[Any, str]] = {
    "api": (True, "false: read a bundle only."),
    "timezone": (
        None,
        "Where the clocks stand, as America/Denver; accounts in a bundle may have their own.",
    ),
    "country": ("US", "Where addresses and phone numbers are that name no country."),
    "file_hosts": ([], "Hosts that attachments may be fetched from, as [files.example.com]."),
    **BUNDLE_OPTIONS,
}


def _asked(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Without the API neither token nor keys are asked for."""
    return (*OPTIONS, *API_OPTIONS) if given.get("api", True) else tuple(OPTIONS)


def _open(options: Mapping[str, Any]) -> Source:
    from moorage.sources.clienttether.source import open_source  # noqa: PLC0415 - see krayin

    return open_source(options)


def _demo(servers: DemoServers, scale: int, seed: int) -> DemoData:
    from moorage.sources.clienttether.demo.offer import offer  # noqa: PLC0415

    return offer(servers, scale, seed)


def _expected() -> Sequence[Expected]:
    from moorage.sources.clienttether.tables import EXPECTED  # noqa: PLC0415

    return EXPECTED


def _adapt(tree: Any, discovery: Discovery, has_model: Callable[[str], bool]) -> list[str]:
    from moorage.sources.clienttether.adapt import adapt  # noqa: PLC0415

    return adapt(tree, discovery, has_model)


SOURCE = SourceKind(
    name="clienttether",
    label="ClientTether",
    options={**OPTIONS, **API_OPTIONS},
    secrets=("access_token", "web_keys"),
    asked=_asked,
    open=_open,
    mapping_template=Path(__file__).with_name("mapping.yaml"),
    demo=_demo,
    adapt=_adapt,
    expected=_expected,
)
