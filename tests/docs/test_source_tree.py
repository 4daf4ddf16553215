"""What must not stand in the source tree, and how long a module may be."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .pages import ROOT

#: In parts, so that this file does not hold what it forbids: folders of one machine, and hosts of
#: package registries (every machine has its own).
FORBIDDEN = tuple(
    first + second
    for first, second in (
        ("/wo", "rk/"),
        ("/tmp/", "exp"),
        ("/home", "/"),
        ("/root", "/."),
        ("pypi", ".org"),
        ("python", "hosted"),
        ("deb.", "debian.org"),
        ("archive.", "ubuntu.com"),
        ("registry.", "npm"),
        ("shared/", "facts"),
        ("shared/", "design"),
    )
)
LONGEST_MODULE_LINES = 320


def _tracked() -> list[Path]:
    try:
        names = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git clone")
    found = [ROOT / name for name in names.split("\0") if name]
    return [path for path in found if path.is_file()]


def test_no_file_names_a_folder_of_one_machine_or_a_registry() -> None:
    found = []
    for path in _tracked():
        text = path.read_text(encoding="utf-8", errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in FORBIDDEN if word in text]
    assert not found


def test_modules_are_short() -> None:
    long = {}
    for path in (ROOT / "src").rglob("*.py"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        name = path.relative_to(ROOT).as_posix()
        if lines > LONGEST_MODULE_LINES:
            long[name] = lines
    assert not long, "look for a second idea in these modules"
