"""The letter to OctopusPro's support, with files that this source itself recognises."""

from __future__ import annotations

from pathlib import Path

import pytest

from moorage.bundles import open_bundle
from moorage.commands.templates import export_request
from moorage.errors import RefusedError, SettingsError
from moorage.sources.octopuspro.tables import EXPECTED


def test_the_files_asked_for_are_those_that_are_read(tmp_path: Path) -> None:
    result = export_request("octopuspro", tmp_path / "request")
    letter = (tmp_path / "request" / result.files[0]).read_text(encoding="utf-8")
    assert "do not send" in letter and "approval status" in letter
    with open_bundle(tmp_path / "request" / "files") as bundle:
        match = bundle.match(EXPECTED)
        assert {len(found.tables) for found in match.tables.values()} == {1}
        assert not any(found.custom for found in match.tables.values())
        assert not match.unknown
    with pytest.raises(RefusedError):
        export_request("octopuspro", tmp_path / "request")


def test_others_need_no_letter(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="needs no export"):
        export_request("krayin", tmp_path / "request")
    assert not (tmp_path / "request").exists()
