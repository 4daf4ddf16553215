"""Where programs come from, and that an interrupted install is made again."""

from pathlib import Path

import pytest

from moorage.errors import SettingsError
from moorage.sandbox import apt, packages

OWN = [
    apt.Source("http://mirror.example/debian-security", "trixie-security", "main"),
    apt.Source("http://mirror.example/debian", "trixie", "main", "/k.gpg"),
    apt.Source("https://third.example/apt", "stable", "main"),
]


def test_the_unstable_suite_is_taken_from_the_machines_own_mirror(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(apt.MIRROR_VARIABLE, raising=False)
    monkeypatch.setattr(apt, "_configured_sources", lambda: OWN)
    [source] = apt.unstable_sources()
    assert (source.site, source.suite) == ("http://mirror.example/debian", "sid")


def test_the_environment_names_another_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(apt.MIRROR_VARIABLE, "http://other.example/debian")
    assert apt.unstable_sources()[0].site == "http://other.example/debian"


def test_no_mirror_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(apt.MIRROR_VARIABLE, raising=False)
    monkeypatch.setattr(apt, "_configured_sources", list)
    with pytest.raises(SettingsError, match=r"no Debian archive .* MOORAGE_DEBIAN_MIRROR"):
        apt.unstable_sources()


def test_third_parties_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    release = {"VERSION_CODENAME": "trixie"}
    monkeypatch.setattr(apt.platform, "freedesktop_os_release", lambda: release)
    monkeypatch.setattr(apt, "_configured_sources", lambda: OWN)
    assert [source.suite for source in apt.own_sources()] == ["trixie-security", "trixie"]


def test_a_source_line_names_its_keyring() -> None:
    assert OWN[1].line() == "deb [signed-by=/k.gpg] http://mirror.example/debian trixie main"
    assert OWN[0].line().startswith("deb http://")


def test_a_machine_without_apt_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SettingsError, match="'apt-get' is not on this machine"):
        apt.own_sources()


def test_an_interrupted_install_is_made_again(tmp_path: Path) -> None:
    final = tmp_path / "thing"
    with pytest.raises(KeyboardInterrupt), packages._installing(tmp_path, final) as draft:
        assert draft is not None
        (draft / "half").touch()
        raise KeyboardInterrupt
    assert not final.exists()
    with packages._installing(tmp_path, final) as draft:
        assert draft is not None
        assert not (draft / "half").exists()
        (draft / "whole").touch()
    with packages._installing(tmp_path, final) as draft:
        assert draft is None
    assert [path.name for path in final.iterdir()] == ["whole"]


def test_the_lock_of_odoos_python_is_shipped_and_hashed() -> None:
    lock = Path(packages.__file__).with_name("odoo19.txt").read_text(encoding="utf-8")
    wanted = Path(packages.__file__).with_name("odoo19.in").read_text(encoding="utf-8").split()
    assert "--hash=sha256:" in lock
    for name in wanted:
        assert f"\n{name.split('=')[0].split('<')[0]}==" in f"\n{lock}"
