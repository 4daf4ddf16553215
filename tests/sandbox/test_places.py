"""Folders, secrets and the errors about them."""

import shutil
import stat
from collections import namedtuple
from pathlib import Path

import pytest

from moorage.errors import SettingsError
from moorage.sandbox import places


def test_the_environment_moves_cache_and_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(places.CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setenv(places.HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.setattr(places, "server_account", lambda: None)
    found = places.find_places()
    assert (found.cache, found.home) == (tmp_path / "cache", tmp_path / "home")
    assert stat.S_IMODE(found.home.stat().st_mode) == 0o700
    assert places.find_places(tmp_path / "given").home == tmp_path / "given"


def test_a_folder_closed_to_the_server_account_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    account = places.Account("nobody", 65534, 65534)
    monkeypatch.setattr(places, "server_account", lambda: account)
    monkeypatch.setenv(places.CACHE_VARIABLE, str(tmp_path / "cache"))
    with pytest.raises(SettingsError, match="closed to other accounts"):
        places.find_places(closed / "home")


def test_a_nearly_full_disk_is_said_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**10, 10**10 - 10**9, 10**9))
    with pytest.raises(SettingsError, match=r"only 0\.9 GB are free"):
        places.check_free_disk(tmp_path)


def test_a_secret_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "password"
    first = places.secret(path)
    assert len(first) >= 20
    assert places.secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
