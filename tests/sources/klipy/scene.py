"""Bundles of Klipy written on the spot, and what they become in staging."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from moorage.sources.klipy import SOURCE
from moorage.sources.klipy.source import KlipySource, open_source
from moorage.staging.staging import Staging

SETTINGS = YAML(typ="safe").load(SOURCE.mapping_template)["settings"]
Files = Mapping[str, Any]


def opened(folder: Path, files: Files, **options: Any) -> KlipySource:
    """A source of these files alone: text as it is, lists as JSON, of `.jsonl` one to a line."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        text = content
        if name.endswith(".jsonl") and not isinstance(content, str):
            text = "\n".join(map(json.dumps, content))
        elif not isinstance(content, str):
            text = json.dumps(content)
        (folder / name).write_text(text, encoding="utf-8")
    given = {name: default for name, (default, _) in SOURCE.options.items()}
    given |= {"api": False, "timezone": "Europe/Vienna", "bundle": str(folder), **options}
    return open_source(given)


def staged(source: KlipySource, path: Path, **settings: Any) -> Staging:
    """A staging filled from `source`, which is closed, tidy tables included."""
    staging = Staging(path / "staging.duckdb")
    try:
        staging.extract(source.raw_tables())
        staging.tidy(source.tidy_sql(), {**SETTINGS, **settings})
    finally:
        source.close()
    return staging


class Scene:
    """Tidy tables of a bundle, asked in SQL."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._staging: Staging | None = None

    def read(self, files: Files, *, settings: Files | None = None, **options: Any) -> None:
        """Stage these files."""
        self._staging = staged(
            opened(self._path / "bundle", files, **options), self._path, **(settings or {})
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer of staging."""
        assert self._staging is not None
        return list(self._staging.connection.execute(sql).fetchall())

    def one(self, sql: str) -> Any:
        """The one value of the one row."""
        ((value,),) = self.rows(sql)
        return value

    def findings(self, object_: str) -> list[str]:
        """What was noticed about an object, message by message."""
        return [
            message
            for (message,) in self.rows(
                f"SELECT message FROM tidy._findings WHERE object = '{object_}' ORDER BY 1"
            )
        ]

    def close(self) -> None:
        """Close staging. Safe to call twice."""
        if self._staging is not None:
            self._staging.close()


def event(kind: str, deal: str = "dl_1", moment: str | None = None, **data: Any) -> dict[str, Any]:
    """A webhook about a deal."""
    about = {
        "deal_id": deal,
        "deal_name": "Big one",
        "pipeline": "Sales",
        "owner_name": "Ann",
        **data,
    }
    told: dict[str, Any] = {"type": f"deal.{kind}", "object": "event", "data": about}
    return told | ({"created_at": moment} if moment else {})
