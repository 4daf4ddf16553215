"""What changed since the last extraction, and whether somebody is at work in Krayin."""

from __future__ import annotations

import pytest

from moorage.sources.base import Pulsing
from moorage.staging.staging import ExtractReport, Staging
from tests.sources.krayin.conftest import Krayin

pytestmark = pytest.mark.mariadb


def _extract(krayin: Krayin, name: str, *, since_last: bool = False) -> ExtractReport:
    source = krayin.open()
    try:
        with Staging(krayin.folder / name) as staging:
            return staging.extract(source.raw_tables(), since_last=since_last)
    finally:
        source.close()


def test_in_part_is_as_good_as_whole(krayin: Krayin) -> None:
    krayin.run(
        "INSERT INTO organizations (id, name, created_at, updated_at)"
        " VALUES (1, 'Kept', '2024-01-01', '2024-01-01'), (2, 'Gone', '2024-01-01', '2024-01-01'),"
        " (3, 'Changed', '2024-01-01', '2024-01-02'), (4, 'No stamp', NULL, NULL);"
        "INSERT INTO lead_sources (id, name, updated_at) VALUES (7, 'Fair', '2099-01-01')"
    )
    first = _extract(krayin, "part")
    assert first.in_part == {}
    assert _extract(krayin, "part", since_last=True).digest == first.digest
    krayin.run(
        "DELETE FROM organizations WHERE id = 2;"
        "UPDATE organizations SET name = 'New', updated_at = '2024-01-03' WHERE id = 3;"
        "UPDATE organizations SET name = 'Still none' WHERE id = 4;"
        "INSERT INTO organizations (id, name, updated_at) VALUES (5, 'Added', '2024-01-03');"
        "INSERT INTO lead_tags (tag_id, lead_id) VALUES (1, 1)"
    )
    part = _extract(krayin, "part", since_last=True)
    assert part.in_part["organizations"] == 3, "the changed, the new, and the one without a stamp"
    assert "lead_tags" not in part.in_part
    assert part.digest == _extract(krayin, "whole").digest != first.digest


def test_a_row_brought_in_with_an_old_stamp_is_not_missed(krayin: Krayin) -> None:
    krayin.run("INSERT INTO organizations (id, name, updated_at) VALUES (1, 'A', '2024-05-05')")
    _extract(krayin, "part")
    krayin.run("INSERT INTO organizations (id, name, updated_at) VALUES (2, 'B', '2020-05-05')")
    part = _extract(krayin, "part", since_last=True)
    assert "organizations" not in part.in_part, "it is read whole"
    assert part.digest == _extract(krayin, "whole").digest


def test_a_change_that_krayin_does_not_stamp_is_missed(krayin: Krayin) -> None:
    krayin.run("INSERT INTO organizations (id, name, updated_at) VALUES"
               " (1, 'A', '2020-05-05'), (2, 'B', '2024-05-05')")  # fmt: skip
    first = _extract(krayin, "part")
    krayin.run("UPDATE organizations SET name = 'C', updated_at = updated_at WHERE id = 1")
    assert _extract(krayin, "part", since_last=True).digest == first.digest
    assert _extract(krayin, "whole").digest != first.digest


def test_the_pulse_moves_with_every_change(krayin: Krayin) -> None:
    krayin.run("INSERT INTO organizations (id, name, updated_at) VALUES (1, 'A', '2024-05-05')")
    source = krayin.open()
    try:
        assert isinstance(source, Pulsing)
        before = source.pulse()
        assert before == source.pulse()
        assert before["organizations"].newest == "2024-05-05 00:00:00"
        krayin.run(
            "UPDATE organizations SET updated_at = '2024-05-06';"
            "UPDATE lead_pipeline_stages SET name = 'Newer' WHERE id = 1"
        )
        after = source.pulse()
        moved = {name for name in before if before[name] != after[name]}
        assert moved == {"organizations", "lead_pipeline_stages"}
    finally:
        source.close()
