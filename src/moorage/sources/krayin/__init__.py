"""Krayin CRM, read from its MySQL or MariaDB database, or through its REST API."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from moorage.errors import SettingsError
from moorage.sources.base import DemoData, DemoServers, Source, SourceKind

OPTIONS: dict[str, tuple[Any, str]] = {
    "via": (
        "database",
        "How Krayin is read: `database` gives all of it, `api` gives less (the scope says what).",
    ),
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
    "files": (
        "",
        "Where Krayin keeps its files: the folder storage/app/public, a copy of it, or an address"
        " as s3://bucket/prefix.",
    ),
}

#: Options that count for both ways.
SHARED = ("via", "timezone", "currency")

API_OPTIONS: dict[str, tuple[Any, str]] = {
    "api_url": (None, "Via api: the address that Krayin is opened with (APP_URL)."),
    "email": (
        "",
        "Via api: who signs in. Other API sessions of this user end: give Moorage a user of its"
        " own. Without it, the secret api_token is used.",
    ),
    "api_password": (None, "That user's password in Krayin; kept outside, never shown."),
    "api_token": (None, "An API token in place of e-mail and password; kept outside, never shown."),
    "api_allow_http": (False, "true: send the password over plain http to another machine."),
}


def _asked(given: Mapping[str, Any]) -> tuple[str, ...]:
    """The options that count for the way of reading that is chosen."""
    if given.get("via", "database") == "database":
        return tuple(OPTIONS)
    signing = ("email", "api_password") if given.get("email") else ("email", "api_token")
    return (*SHARED, "api_url", *signing, "api_allow_http")


def _open(options: Mapping[str, Any]) -> Source:
    # Drivers are loaded when a source is opened, not when all kinds are listed.
    if options.get("via", "database") not in ("database", "api"):
        raise SettingsError(
            f"{options['via']!r} is no way to read Krayin",
            where="source.via",
            state="Nothing was read.",
            todo="Use `database`, or `api` for its REST API.",
        )
    if options.get("via") == "api":
        from moorage.sources.krayin.api_source import open_api  # noqa: PLC0415

        return open_api(options)
    from moorage.sources.krayin.source import open_source  # noqa: PLC0415

    return open_source(options)


def _demo(servers: DemoServers, scale: int, seed: int) -> DemoData:
    from moorage.sources.krayin.demo.offer import offer  # noqa: PLC0415

    return offer(servers, scale, seed)


SOURCE = SourceKind(
    name="krayin",
    label="Krayin CRM",
    options={**OPTIONS, **API_OPTIONS},
    secrets=("password", "api_password", "api_token"),
    asked=_asked,
    open=_open,
    mapping_template=Path(__file__).with_name("mapping.yaml"),
    demo=_demo,
)
