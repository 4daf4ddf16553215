"""OPEX 365 CRM, read from Microsoft Dataverse by its Web API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from moorage.sources.base import DemoData, DemoServers, Discovery, Source, SourceKind

OPTIONS: dict[str, tuple[Any, str]] = {
    "url": (None, "The environment's address, as in https://contoso.crm4.dynamics.com."),
    "tenant": (None, "The directory (tenant) id, or its domain name, in Microsoft Entra."),
    "client_id": (None, "The application (client) id of an application user who may read."),
    "client_secret": (None, "That application's secret; kept outside the project file."),
    "token_url": ("", "Where tokens are had, if not from Microsoft's own sign-in."),
    "api_version": ("v9.2", "The version of the Web API."),
    "timezone": ("UTC", "Where the users' clocks stand, for days that are kept as times."),
    "page_size": (2000, "Rows asked for at once, 5000 at most; large tables take fewer."),
    "connections": (4, "Calls at once. Four never use up the execution time that is allowed."),
}


def _open(options: Mapping[str, Any]) -> Source:
    from moorage.sources.opex365.source import open_source  # noqa: PLC0415 - see krayin

    return open_source(options)


def _demo(servers: DemoServers, scale: int, seed: int) -> DemoData:
    from moorage.sources.opex365.demo.offer import offer  # noqa: PLC0415

    return offer(servers, scale, seed)


def _adapt(tree: Any, discovery: Discovery, has_model: Callable[[str], bool]) -> list[str]:
    from moorage.sources.opex365.adapt import adapt  # noqa: PLC0415

    return adapt(tree, discovery, has_model)


SOURCE = SourceKind(
    name="opex365",
    label="OPEX 365 CRM (Dataverse)",
    options=OPTIONS,
    open=_open,
    mapping_template=Path(__file__).with_name("mapping.yaml"),
    secrets=("client_secret",),
    demo=_demo,
    adapt=_adapt,
)
