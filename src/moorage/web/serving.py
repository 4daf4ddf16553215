"""Serving the page: an address, a token, and an end that leaves nothing half done."""

from __future__ import annotations

import contextlib
import ipaddress
import secrets
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn

from moorage.errors import SettingsError
from moorage.project import Project
from moorage.web.app import make_app
from moorage.web.desk import Desk
from moorage.web.worker import OnCrash

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Served:
    """Where the page is, with the token that lets one in; shown once and kept nowhere."""

    url: str
    is_loopback: bool


@contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """A socket at the address (port 0: any that is free); SettingsError if it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        made = socket.create_server((host, port), family=family)
    except OSError as error:
        raise SettingsError(
            f"the page cannot be served at {host}:{port} ({error.strerror or error})",
            state="Nothing was changed.",
            todo="Choose another port with --port, or 0 for any that is free.",
        ) from None
    with made:
        yield made


def serve(  # noqa: PLR0917
    project: Project,
    made: socket.socket,
    host: str,
    names: Sequence[str],
    on_crash: OnCrash,
    on_ready: Callable[[Served], None],
) -> None:
    """Answer until the process is told to stop; a verb at work is paused and waited for.

    `names` are further names that the page may be called by, beside the address itself.
    """
    port = made.getsockname()[1]
    token = secrets.token_urlsafe(24)
    local = _is_loopback(host)
    hosts = hosts_of(host, names, port)
    desk = Desk(project.root, on_crash)
    server = uvicorn.Server(
        uvicorn.Config(
            make_app(desk, token=token, hosts=hosts),
            log_level="critical",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=2,
        )
    )
    on_ready(Served(f"http://{hosts[0]}/login?token={token}", local))
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[made])
    desk.worker.pause()
    desk.worker.wait(600)


def hosts_of(host: str, names: Sequence[str], port: int) -> list[str]:
    """The Host headers that are answered, that of the address itself first.

    A server before the page hands on the name it is called by, with its own port or none.
    """
    called = [host, *names, *(("localhost", LOOPBACK, "::1") if _is_loopback(host) else ())]
    return [f"{f'[{name}]' if ':' in name else name}:{port}" for name in called] + list(names)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False
