"""A private view of Debian's archives: its own lists and cache, no root, the system unchanged."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from moorage.errors import SettingsError, UnreachableError

MIRROR_VARIABLE = "MOORAGE_DEBIAN_MIRROR"
_KEYRINGS = Path("/usr/share/keyrings")
_TARGET_FORMAT = "$(SITE)|$(RELEASE)|$(COMPONENT)|$(SIGNED_BY)"


@dataclass(frozen=True)
class Source:
    """One suite of one archive; `keyring` is empty where apt's own trust store is meant."""

    site: str
    suite: str
    component: str
    keyring: str = ""

    def line(self) -> str:
        options = f"[signed-by={self.keyring}] " if self.keyring else ""
        return f"deb {options}{self.site} {self.suite} {self.component}"


class PrivateApt:
    """Asks apt about `sources` alone, with every file it writes kept under `folder`."""

    def __init__(self, folder: Path, sources: list[Source]) -> None:
        self._folder = folder
        self._sources = sources

    def update(self) -> None:
        """Fetch the package lists. Raises UnreachableError when no archive answers."""
        for name in ("lists/partial", "cache/archives/partial"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        (self._folder / "sources.list").write_text(
            "".join(f"{source.line()}\n" for source in self._sources), encoding="utf-8"
        )
        (self._folder / "apt.conf").write_text(_configuration(self._folder), encoding="utf-8")
        self._run("apt-get", "update", "-qq")

    def closure(self, package: str) -> list[str]:
        """The names of `package` and of all it depends on, as for a machine with nothing on it."""
        answer = self._run(
            "apt-get", "install", "-qq", "-y", "--no-install-recommends", "--print-uris", package
        )
        return [re.split("_", line.split()[1])[0] for line in answer.splitlines() if line]

    def field(self, package: str, name: str) -> str:
        """One control field of a package's newest version; empty where there is none of it."""
        if not self._run("apt-cache", "pkgnames", package):
            return ""
        answer = self._run("apt-cache", "show", "--no-all-versions", package)
        match = re.search(rf"^{name}: (.*)$", answer, re.MULTILINE)
        return match.group(1) if match else ""

    def unpack(self, packages: list[str], destination: Path) -> None:
        """Download the packages and unpack them below `destination`; no script of theirs runs."""
        downloads = self._folder / "downloads"
        shutil.rmtree(downloads, ignore_errors=True)
        downloads.mkdir(parents=True)
        destination.mkdir(parents=True, exist_ok=True)
        self._run("apt-get", "download", "-qq", *packages, cwd=downloads)
        for archive in sorted(downloads.glob("*.deb")):
            self._run("dpkg", "-x", str(archive), str(destination))
            archive.unlink()

    def _run(self, *command: str, cwd: Path | None = None) -> str:
        environment = {
            **os.environ,
            "APT_CONFIG": str(self._folder / "apt.conf"),
            "LC_ALL": "C.UTF-8",
        }
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise UnreachableError(
                f"'{' '.join(command[:2])}' failed: {' '.join(last)}",
                state="Nothing on this system was changed.",
                todo="Check that this machine reaches its Debian archive (try 'apt-get update'), "
                f"or set {MIRROR_VARIABLE} to one it reaches.",
            )
        return done.stdout


def installed_packages() -> set[str]:
    """The names of the packages on this system."""
    done = subprocess.run(
        [_need("dpkg-query"), "-W", "-f", "${db:Status-Status} ${Package}\n"],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = (line.split() for line in done.stdout.splitlines())
    return {line[1] for line in lines if len(line) == 2 and line[0] == "installed"}


def own_sources() -> list[Source]:
    """The sources of this system's own release, from apt's configuration; never a third party's."""
    codename = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    sources = _configured_sources()
    return [
        source
        for source in sources
        if source.suite == codename or source.suite.startswith(f"{codename}-")
    ] or sources


def unstable_sources() -> list[Source]:
    """Debian's unstable suite, at the mirror this machine is set up for."""
    mirror = os.environ.get(MIRROR_VARIABLE, "")
    if not mirror:
        for source in own_sources():
            if source.site.rstrip("/").endswith("/debian"):
                mirror = source.site
                break
    if not mirror:
        raise SettingsError(
            "no Debian archive was found in this machine's apt configuration.",
            state="Nothing was installed.",
            todo=f"Set {MIRROR_VARIABLE} to the address of a Debian archive.",
        )
    return [Source(mirror, "sid", "main", _keyring(mirror))]


def _configured_sources() -> list[Source]:
    done = subprocess.run(
        [_need("apt-get"), "indextargets", "--no-release-info", "--format", _TARGET_FORMAT],
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[tuple[str, str, str], Source] = {}
    for line in done.stdout.splitlines():
        site, suite, component, keyring = line.split("|")
        # apt leaves the placeholder standing where a source names no keyring.
        keyring = _keyring(site) if keyring.startswith("$") else keyring
        found[(site, suite, component)] = Source(site, suite, component, keyring)
    return list(found.values())


def _keyring(site: str) -> str:
    family = "ubuntu" if "ubuntu" in site else "debian"
    for suffix in ("pgp", "gpg"):
        path = _KEYRINGS / f"{family}-archive-keyring.{suffix}"
        if path.exists():
            return str(path)
    return ""


def _configuration(folder: Path) -> str:
    # The empty status file makes apt answer as if nothing were installed, whatever state the
    # system's own packages are in; "APT::Sandbox::User" keeps it from switching accounts as root.
    return f"""\
Dir::Etc::SourceList "{folder}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "{folder}/lists";
Dir::State::status "/dev/null";
Dir::Cache "{folder}/cache";
APT::Sandbox::User "root";
APT::Get::List-Cleanup "false";
Acquire::Languages "none";
Acquire::Retries "3";
"""


def _need(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise SettingsError(
            f"'{program}' is not on this machine.",
            state="Nothing was installed.",
            todo="The sandbox needs Debian or a system made from it; on another system, point "
            "Moorage at an Odoo of your own.",
        )
    return path
