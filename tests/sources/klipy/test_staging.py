"""The made-up workspace in staging: API and files together, twice the same."""

from __future__ import annotations

from pathlib import Path

from moorage.sources.klipy import SOURCE
from moorage.sources.klipy.demo.exports import write
from moorage.sources.klipy.demo.offer import options_of
from moorage.sources.klipy.demo.starter import RunningStandIn
from moorage.sources.klipy.demo.workspace import make
from moorage.staging.staging import Staging

from .scene import SETTINGS


def test_the_demo_twice_gives_the_same_snapshot(standin: RunningStandIn, tmp_path: Path) -> None:
    write(make(240, 1), tmp_path / "files")
    given = {name: default for name, (default, _) in SOURCE.options.items()}
    given |= {**options_of(standin, tmp_path / "files"), **standin.secrets}
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
