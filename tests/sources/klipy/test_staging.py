"""The made-up workspace in staging: API and files together, twice the same; and its pulse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from moorage.sources.base import Pulsing
from moorage.sources.klipy import SOURCE
from moorage.sources.klipy.demo.exports import write
from moorage.sources.klipy.demo.offer import options_of
from moorage.sources.klipy.demo.starter import RunningStandIn
from moorage.sources.klipy.demo.workspace import make
from moorage.staging.staging import Staging

from .scene import SETTINGS


def _given(standin: RunningStandIn, folder: Path) -> dict[str, Any]:
    write(make(240, 1), folder)
    given = {name: default for name, (default, _) in SOURCE.options.items()}
    return {**given, **options_of(standin, folder), **standin.secrets}


def test_the_demo_twice_gives_the_same_snapshot(standin: RunningStandIn, tmp_path: Path) -> None:
    given = _given(standin, tmp_path / "files")
    digests = []
    with Staging(tmp_path / "staging.duckdb") as staging:
        for _ in range(2):
            source = SOURCE.open(given)
            try:
                digests.append(staging.extract(source.raw_tables()).digest)
                staging.tidy(source.tidy_sql(), SETTINGS)
            finally:
                source.close()
        counted = {
            name: staging.connection.execute(f"SELECT count(*) FROM tidy.{name}").fetchall()[0][0]
            for name in ("people", "companies", "deals", "interactions", "notes", "attachments")
        }
        custom = staging.connection.execute(
            'SELECT count("custom.line_of_business") FROM tidy.deals'
        ).fetchall()
    assert digests[0] == digests[1]
    # Five walked in, one was deleted; three companies are only named.
    assert counted == {
        "people": 78, "companies": 28, "deals": 24, "interactions": 96, "notes": 24,
        "attachments": 5,
    }  # fmt: skip
    assert custom == [(16,)]
    assert standin.control("limit", 100_000)["writes"] == []


def test_discovery_tells_what_people_must_decide(standin: RunningStandIn, tmp_path: Path) -> None:
    source = SOURCE.open(_given(standin, tmp_path / "files"))
    try:
        found = source.discover()
    finally:
        source.close()
    (workflow,) = found.details["inventory"]
    assert (workflow["steps"], workflow["effort"]) == (4, "high")
    asked = " ".join(found.questions)
    assert all(f"settings.private_{what}" in asked for what in ("notes", "deals"))
    assert "Stages: Closed Lost (lost), Closed Won (won)" in asked and "currencies: GBP" in asked


def test_the_pulse_tells_which_list_or_file_moved(standin: RunningStandIn, tmp_path: Path) -> None:
    given = _given(standin, tmp_path / "files")
    source = SOURCE.open(given)
    watching = SOURCE.open(given)
    assert isinstance(source, Pulsing) and isinstance(watching, Pulsing)
    try:
        tables = {table.name: table.row_count for table in source.raw_tables()}
        extracted = source.pulse()
        assert watching.pulse() == extracted
        assert extracted["webhooks.jsonl"].row_count == tables["events"]
        standin.control("person", {"id": "pe_00009", "title": "Chair"})
        with (tmp_path / "files" / "tags.csv").open("a") as file:
            file.write("deal,dl_00001,Partner\n")
        now = watching.pulse()
        assert source.pulse() == extracted
    finally:
        source.close()
        watching.close()
    moved = {name for name, beat in now.items() if beat != extracted[name]}
    assert moved == {"API: people", "tags.csv"}
    assert now["tags.csv"].row_count == extracted["tags.csv"].row_count + 1
