"""Where the sandbox keeps things, and the account its servers run under.

The *cache* holds what can be fetched again (unpacked packages, Odoo's Python); the *home* holds one
sandbox: data directories, logs, process records, throw-away secrets. Both can be moved by
environment variables, so that tests and parallel work do not share a sandbox.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from moorage.errors import SettingsError

CACHE_VARIABLE = "MOORAGE_CACHE"
HOME_VARIABLE = "MOORAGE_SANDBOX_HOME"
FREE_DISK_NEEDED_BYTES = 3 * 1024**3


@dataclass(frozen=True)
class Account:
    """The operating-system account that a server runs under when Moorage itself runs as root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Places:
    """The folders of one sandbox and the account its database servers need (None: our own)."""

    cache: Path
    home: Path
    account: Account | None

    def hand_over(self, path: Path) -> None:
        """Give one path to the server account; nothing to do when we are an ordinary user."""
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)


def find_places(home: Path | None = None) -> Places:
    """Decide on the folders, create them, and check that a server could work in them.

    Raises SettingsError when the disk is nearly full or when, running as root, a parent folder
    keeps the server account out.
    """
    places = Places(_cache(), _home(home), server_account())
    places.home.mkdir(parents=True, exist_ok=True)
    places.cache.mkdir(parents=True, exist_ok=True)
    if places.account is None:
        places.home.chmod(0o700)
    else:
        for folder in (places.home, places.cache):
            _check_open_to_others(folder)
    return places


def check_free_disk(folder: Path) -> None:
    """Raise SettingsError when less than 3 GB are free where `folder` lies."""
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < FREE_DISK_NEEDED_BYTES:
        raise SettingsError(
            f"only {free_bytes / 1024**3:.1f} GB are free at {folder}; the sandbox needs 3 GB.",
            state="Nothing was installed.",
            todo=f"Free some space, or set {CACHE_VARIABLE} and {HOME_VARIABLE} to another disk.",
        )


def server_account() -> Account | None:
    """The account for PostgreSQL and MariaDB, which refuse to run as root; None if we are not."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "mysql", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise SettingsError(
        "PostgreSQL and MariaDB refuse to run as root, and no other account was found.",
        state="Nothing was started.",
        todo="Run as an ordinary user, or create an account named 'postgres'.",
    )


def secret(path: Path) -> str:
    """The throw-away password kept in `path` (mode 0600), made on first use."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(18))
    return path.read_text(encoding="utf-8")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    draft.replace(path)


def _cache() -> Path:
    override = os.environ.get(CACHE_VARIABLE)
    if override:
        return Path(override).expanduser().resolve()
    if os.geteuid() == 0:
        # Under /root the server account could not reach it.
        return Path("/var/cache/moorage")
    return platformdirs.user_cache_path("moorage")


def _home(given: Path | None) -> Path:
    override = os.environ.get(HOME_VARIABLE)
    if given is not None:
        return given.expanduser().resolve()
    if override:
        return Path(override).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/moorage/sandbox")
    return platformdirs.user_state_path("moorage") / "sandbox"


def _check_open_to_others(folder: Path) -> None:
    for parent in (folder, *folder.parents):
        if not parent.stat().st_mode & stat.S_IXOTH:
            raise SettingsError(
                f"database servers cannot reach {folder}: {parent} is closed to other accounts.",
                state="Nothing was started.",
                todo=f"Set {CACHE_VARIABLE} and {HOME_VARIABLE} to folders under /var or /srv, "
                "or run as an ordinary user.",
            )
