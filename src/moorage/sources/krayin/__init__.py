"""Krayin CRM, read from its MySQL or MariaDB database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from moorage.sources.base import DemoData, DemoServers, Source, SourceKind

OPTIONS: dict[str, tuple[Any, str]] = {
    "host": ("127.0.0.1", "Host of the MySQL or MariaDB server (DB_HOST)."),
    "port": (3306, "Port of the server (DB_PORT)."),
    "database": (None, "Name of Krayin's database (DB_DATABASE)."),
    "user": (None, "A database user with the right SELECT, and better no other."),
    "password": (None, "That user's password; kept outside the project file, never shown."),
    "prefix": ("", "What Krayin's table names begin with (DB_PREFIX)."),
    "timezone": (
        None,
        "The value of APP_TIMEZONE in Krayin's .env; Krayin's own default is Asia/Kolkata.",
    ),
    "currency": ("USD", "The value of APP_CURRENCY in Krayin's .env."),
}


def _open(options: Mapping[str, Any]) -> Source:
    # The driver is loaded when a source is opened, not when all kinds are listed.
    from moorage.sources.krayin.source import open_source  # noqa: PLC0415

    return open_source(options)


def _demo(servers: DemoServers, scale: int, seed: int) -> DemoData:
    from moorage.sources.krayin.demo.offer import offer  # noqa: PLC0415

    return offer(servers, scale, seed)


SOURCE = SourceKind(
    name="krayin",
    label="Krayin CRM",
    options=OPTIONS,
    open=_open,
    mapping_template=Path(__file__).with_name("mapping.yaml"),
    demo=_demo,
)
