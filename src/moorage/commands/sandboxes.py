"""The sandbox verbs: a throw-away real Odoo on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from moorage.commands.result import Result
from moorage.sandbox import Sandbox, SandboxStatus


@dataclass(frozen=True, kw_only=True)
class SandboxResult(Result):
    """Where the sandbox's Odoo is, or that it is down; `servers` are (name, pid, port)."""

    home: Path
    is_running: bool
    url: str = ""
    database: str = ""
    login: str = ""
    password: str = ""
    servers: tuple[tuple[str, int | None, int | None], ...] = ()


def sandbox_up(home: Path | None = None) -> SandboxResult:
    """Serve a throw-away Odoo; the first time, install it."""
    return _serving(Sandbox(home), reset=False)


def sandbox_reset(home: Path | None = None) -> SandboxResult:
    """Throw its database away and serve a fresh one."""
    return _serving(Sandbox(home), reset=True)


def sandbox_down(home: Path | None = None) -> SandboxResult:
    """Stop its servers; the data stay."""
    sandbox = Sandbox(home)
    sandbox.down()
    return _told(sandbox.status())


def sandbox_status(home: Path | None = None) -> SandboxResult:
    """What runs."""
    return _told(Sandbox(home).status())


def _serving(sandbox: Sandbox, *, reset: bool) -> SandboxResult:
    server = sandbox.reset() if reset else sandbox.up()
    status = sandbox.status()
    return SandboxResult(
        home=status.home,
        is_running=True,
        url=server.url,
        database=server.database,
        login=server.login,
        password=server.password,
        servers=_servers(status),
    )


def _told(status: SandboxStatus) -> SandboxResult:
    return SandboxResult(
        home=status.home,
        is_running=status.is_running,
        servers=_servers(status),
        next_command="" if status.is_running else "moorage sandbox up",
    )


def _servers(status: SandboxStatus) -> tuple[tuple[str, int | None, int | None], ...]:
    servers = [status.postgres, status.mariadb, *status.odoo]
    return tuple((server.name, server.pid, server.port) for server in servers)
