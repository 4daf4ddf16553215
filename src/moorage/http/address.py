"""Addresses of servers, and which of them a password may be sent to."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from moorage.errors import SettingsError

NOTHING_DONE = "Nothing was changed; the source was only read."


def checked_url(url: str, *, allow_http: bool = False) -> str:
    """`url` without a slash at its end; SettingsError if no password should be sent there.

    Plain http is for servers on this machine, and for others only with `allow_http`.
    """
    parts = urlsplit(url if "//" in url else f"https://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(
            f"{url!r} is not the address of a server",
            state=NOTHING_DONE,
            todo="Write it like https://crm.example.com.",
        )
    if parts.username or parts.password:
        raise SettingsError(
            "an address must not hold a user or a password",
            where=parts.hostname,
            state=NOTHING_DONE,
        )
    if parts.scheme == "http" and not allow_http and not is_this_machine(parts.hostname):
        raise SettingsError(
            "plain http would send the password readable by all on the way",
            where=parts.hostname,
            state=NOTHING_DONE,
            todo="Use https; or, in a network that you trust, allow http in moorage.yaml.",
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def is_this_machine(host: str) -> bool:
    """Whether `host` is this very machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
