"""Empty files, explained, which the reader knows again."""

from __future__ import annotations

from pathlib import Path

import pytest

from moorage.bundles import open_bundle
from moorage.bundles.template import header_of
from moorage.commands.templates import template
from moorage.errors import RefusedError, SettingsError
from moorage.sources.base import load_source_kinds

WITH_FILES = sorted(name for name, kind in load_source_kinds().items() if kind.expected)


@pytest.mark.parametrize("name", WITH_FILES)
def test_every_header_of_a_template_is_recognised(name: str, tmp_path: Path) -> None:
    kind = load_source_kinds()[name]
    expected = kind.expected() if kind.expected else ()
    done = template(name, tmp_path / "bundle")
    assert set(done.files) == {"README.md", *(f"{one.name}.csv" for one in expected)}
    page = (tmp_path / "bundle" / "README.md").read_text(encoding="utf-8")
    assert all(header_of(column) in page for one in expected for column in one.columns)
    with open_bundle(tmp_path / "bundle") as bundle:
        match = bundle.match(expected)
        assert not match.unknown and not match.questions()
        assert not [one.name for matched in match.tables.values() for one in matched.custom]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(RefusedError):
        template(WITH_FILES[0], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_source_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="without files"):
        template("krayin", tmp_path / "bundle")
