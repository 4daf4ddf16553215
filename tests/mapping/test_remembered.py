"""A mapping read once is not read again, and never taken for another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from moorage.mapping import remembered, spec
from moorage.sources.base import load_source_kinds

TEMPLATE = load_source_kinds()["krayin"].mapping_template


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / remembered.STATE_FOLDER).mkdir()
    place = tmp_path / "mapping.yaml"
    place.write_text(TEMPLATE.read_text("utf-8"), encoding="utf-8")
    return place


def test_what_is_recalled_is_what_was_read_with_its_lines(path: Path) -> None:
    assert remembered.recall(path) is None
    read = spec.load_mapping(path)
    spec._loaded.cache_clear()
    assert remembered.recall(path) is not None
    recalled = spec.load_mapping(path)
    assert recalled.mapping == read.mapping
    assert recalled.mapping.model_dump(exclude_unset=True) == read.mapping.model_dump(
        exclude_unset=True
    )
    place = ("objects", "leads", "fields", "name")
    assert recalled.document.line(place) == read.document.line(place)


def test_a_changed_or_broken_memory_is_not_used(path: Path) -> None:
    spec.load_mapping(path)
    path.write_text(path.read_text("utf-8").replace("source: krayin", "source: other"), "utf-8")
    assert remembered.recall(path) is None
    assert spec.load_mapping(path).mapping.source == "other"
    (path.parent / remembered.STATE_FOLDER / "mapping.json").write_text("{", "utf-8")
    assert remembered.recall(path) is None


def test_where_there_is_no_state_nothing_is_kept(tmp_path: Path) -> None:
    place = tmp_path / "mapping.yaml"
    place.write_text(TEMPLATE.read_text("utf-8"), encoding="utf-8")
    assert spec.load_mapping(place).mapping.source == "krayin"
    assert list(tmp_path.iterdir()) == [place]
