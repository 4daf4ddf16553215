"""The programs the sandbox runs: the system's own where they are there, else unpacked Debian ones.

Nothing here needs root or changes the system. An install is made in a folder of its own and given
its final name only when complete, under a file lock: an interrupted one is simply made again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from filelock import FileLock

from moorage.errors import SettingsError, StoppedError
from moorage.sandbox import apt
from moorage.sandbox.places import check_free_disk

_log = logging.getLogger(__name__)

SYSTEM_VARIABLE = "MOORAGE_SANDBOX_SYSTEM"
ODOO_PACKAGE = "odoo-19"
POSTGRES_VERSION_MINIMUM = 13
_FONTS = (
    "<fontconfig><dir>{root}/usr/share/fonts</dir><dir>/usr/share/fonts</dir>"
    "<cachedir>{root}/fonts-cache</cachedir></fontconfig>\n"
)


@dataclass(frozen=True)
class Programs:
    """One server's programs: where they are and what they need in the environment."""

    root: Path
    folders: tuple[Path, ...]
    environment: dict[str, str]

    def path(self, *names: str) -> str:
        """The full path of the first of the `names` that is there."""
        for name in names:
            for folder in self.folders:
                if (folder / name).exists():
                    return str(folder / name)
        raise SettingsError(
            f"'{names[0]}' is missing below {self.root}.",
            state="Nothing was started.",
            todo="If that is Moorage's cache, remove the folder and run again.",
        )


@dataclass(frozen=True)
class OdooPrograms:
    """Odoo's unpacked package and the interpreter, with its needs installed, that runs it."""

    version: str
    root: Path
    python: Path

    def command(self, *arguments: str) -> list[str]:
        return [str(self.python), str(self.root / "usr/bin/odoo"), *arguments]

    def environment(self) -> dict[str, str]:
        return {
            "PYTHONPATH": str(self.root / "usr/lib/python3/dist-packages"),
            "PYTHONDONTWRITEBYTECODE": "",
        }


def find_postgres(cache: Path) -> Programs:
    """PostgreSQL 13 or newer: the system's newest, else unpacked into the cache."""
    if _may_use_system():
        system = [*Path("/usr/lib/postgresql").glob("*/bin"), *_path_folders("initdb")]
        for folder in sorted(system, key=_postgres_major, reverse=True):
            if (folder / "postgres").exists() and _postgres_major(
                folder
            ) >= POSTGRES_VERSION_MINIMUM:
                return Programs(Path("/"), (folder,), {})
    root = _unpacked(cache, "postgresql", r"postgresql(-client)?-\d+")
    folders = tuple(root.glob("usr/lib/postgresql/*/bin"))
    return Programs(root, folders, _library_environment(root))


def find_mariadb(cache: Path) -> Programs:
    """MariaDB: the system's server, else unpacked into the cache."""
    names = ("usr/sbin", "usr/bin", "usr/local/bin")
    if _may_use_system() and (found := _which_with_sbin("mariadbd")):
        return Programs(Path("/"), (found.parent, *(Path("/") / name for name in names)), {})
    root = _unpacked(cache, "mariadb-server-core", r"mariadb-(server|client)-core")
    return Programs(root, tuple(root / name for name in names), _library_environment(root))


def find_chromium(cache: Path) -> Programs:
    """Chromium: the system's, else unpacked into the cache, with fonts of its own."""
    if _may_use_system() and (found := shutil.which("chromium")):
        return Programs(Path("/"), (Path(found).parent,), {})
    root = _unpacked(cache, "chromium", r"chromium(-common)?|fontconfig-config|fonts-.*")
    fonts = root / "fonts.conf"
    if not fonts.exists():
        fonts.write_text(_FONTS.format(root=root), encoding="utf-8")
    environment = _library_environment(root) | {"FONTCONFIG_FILE": str(fonts)}
    return Programs(root, (root / "usr/lib/chromium",), environment)


def find_odoo(cache: Path) -> OdooPrograms:
    """Odoo 19 from Debian's unstable suite, and a Python with what it needs."""
    root = cache / ODOO_PACKAGE
    with _installing(cache, root) as draft:
        if draft is not None:
            _unpack_odoo(cache, draft)
    lock_text = resources.files(__package__).joinpath("odoo19.txt").read_text(encoding="utf-8")
    digest = hashlib.sha256(f"{sys.version_info[:2]}{lock_text}".encode()).hexdigest()[:10]
    venv = cache / f"{ODOO_PACKAGE}-python-{digest}"
    with _installing(cache, venv) as draft:
        if draft is not None:
            _install_python(draft, lock_text)
    version = json.loads((root / "stamp.json").read_text(encoding="utf-8"))["version"]
    return OdooPrograms(str(version), root, venv / "bin/python")


def _unpack_odoo(cache: Path, draft: Path) -> None:
    archive = apt.PrivateApt(cache / "apt-unstable", apt.unstable_sources())
    archive.update()
    if archive.field(ODOO_PACKAGE, "Architecture") != "all":
        # A compiled package of another suite would want that suite's C library.
        raise SettingsError(
            f"Debian's {ODOO_PACKAGE} is missing, or no longer for all architectures.",
            state="Nothing was installed.",
            todo="Point Moorage at an Odoo of your own.",
        )
    archive.unpack([ODOO_PACKAGE], draft)
    stamp = {"version": archive.field(ODOO_PACKAGE, "Version")}
    (draft / "stamp.json").write_text(json.dumps(stamp), encoding="utf-8")


def _unpacked(cache: Path, package: str, always: str) -> Path:
    """The folder with `package` and what this system lacks of its needs.

    Packages whose name matches `always` are unpacked even where the system has them.
    """
    root = cache / package

    def keep(name: str) -> bool:
        return bool(re.fullmatch(always, name)) or name not in present

    with _installing(cache, root) as draft:
        if draft is not None:
            present = apt.installed_packages() | {"libc6"}
            archive = apt.PrivateApt(cache / "apt-own", apt.own_sources())
            archive.update()
            _unpack_closure(archive, package, keep, draft)
    return root


def _unpack_closure(
    archive: apt.PrivateApt, package: str, keep: Callable[[str], bool], draft: Path
) -> None:
    names = archive.closure(package)
    if package == "mariadb-server-core":
        names += archive.closure("mariadb-client-core")
    archive.unpack(sorted({name for name in names if keep(name)}), draft)


@contextmanager
def _installing(cache: Path, final: Path) -> Iterator[Path | None]:
    """Yield a draft folder to fill, or None when `final` is already complete."""
    if final.is_dir():
        yield None
        return
    with FileLock(cache / f"{final.name}.lock"):
        if final.is_dir():
            yield None
            return
        check_free_disk(cache)
        draft = cache / f"{final.name}.draft"
        _log.info("installing %s into %s", final.name, cache)
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        yield draft
        draft.rename(final)


def _install_python(draft: Path, lock_text: str) -> None:
    lock = draft / "requirements.txt"
    lock.write_text(lock_text, encoding="utf-8")
    python, uv = str(draft / "bin/python"), _find_uv()
    # Odoo 19 runs on 3.10 to 3.13.
    own_fits = sys.version_info < (3, 14)
    if uv:
        wanted = sys.executable if own_fits else "3.12"
        try:
            _run([uv, "venv", "--quiet", "--allow-existing", "--python", wanted, str(draft)])
            _run([uv, "pip", "install", "--quiet", "--python", python, "-r", str(lock)])
            return
        except StoppedError:
            # uv does not read pip's settings; on a machine set up for pip alone, pip gets through.
            if not own_fits:
                raise
    interpreter = sys.executable if own_fits else _path_of_older_python()
    _run([interpreter, "-m", "venv", "--clear", str(draft)])
    lock.write_text(lock_text, encoding="utf-8")
    _run([python, "-m", "pip", "install", "--quiet", "-r", str(lock)])


def _path_of_older_python() -> str:
    for name in ("python3.13", "python3.12", "python3.11", "python3.10"):
        if found := shutil.which(name):
            return found
    raise SettingsError(
        "Odoo 19 needs a Python from 3.10 to 3.13, and this machine has a newer one only.",
        state="Nothing was installed.",
        todo="Install one of them, or uv (which fetches one), and run again.",
    )


def _find_uv() -> str | None:
    beside = Path(sys.executable).parent / "uv"
    return str(beside) if beside.exists() else shutil.which("uv")


def _run(command: list[str]) -> None:
    # uv trusts its own certificates otherwise, and not those this machine was given.
    environment = {"UV_SYSTEM_CERTS": "1", **os.environ}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StoppedError(
            f"'{' '.join(command[:3])}' failed: {done.stderr.strip()[-800:]}",
            state="Odoo's own Python is not installed yet; nothing else was changed.",
            todo="Check that this machine reaches its package index, and run again.",
        )


def _library_environment(root: Path) -> dict[str, str]:
    folders = [*root.glob("usr/lib/*-linux-*"), root / "usr/lib", *root.glob("lib/*-linux-*")]
    present = ":".join(str(folder) for folder in folders if folder.is_dir())
    return {"LD_LIBRARY_PATH": present} if present else {}


def _may_use_system() -> bool:
    return os.environ.get(SYSTEM_VARIABLE, "1") != "0"


def _postgres_major(folder: Path) -> int:
    if folder.parent.name.isdigit():
        return int(folder.parent.name)
    command = [str(folder / "initdb"), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    match = re.search(r"(\d+)", done.stdout)
    return int(match.group(1)) if match else 0


def _path_folders(program: str) -> list[Path]:
    found = shutil.which(program)
    return [Path(found).resolve().parent] if found else []


def _which_with_sbin(program: str) -> Path | None:
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    return Path(found) if found else None
