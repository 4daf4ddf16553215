"""Bundles of Klipy written on the spot, and the tidy tables that they become."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from ruamel.yaml import YAML

from moorage.sources.klipy import SOURCE
from moorage.sources.klipy.source import KlipySource, open_source

SETTINGS = YAML(typ="safe").load(SOURCE.mapping_template)["settings"]
Files = Mapping[str, Any]


def opened(folder: Path, files: Files, **options: Any) -> KlipySource:
    """A source of these files alone: text as it is, lists as JSON, of `.jsonl` one to a line."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        text = content
        if name.endswith(".jsonl") and not isinstance(content, str):
            text = "\n".join(map(json.dumps, content))
        elif not isinstance(content, str | bytes):
            text = json.dumps(content)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    given = {name: default for name, (default, _) in SOURCE.options.items()}
    given |= {"api": False, "timezone": "Europe/Vienna", "bundle": str(folder), **options}
    return open_source(given)


def tidied(source: KlipySource, **settings: Any) -> duckdb.DuckDBPyConnection:
    """The tidy tables of `source`, which is closed, in memory: a staging takes twice the time."""
    connection = duckdb.connect(config={"threads": "1"})
    connection.execute("CREATE SCHEMA raw; CREATE SCHEMA tidy; CREATE SCHEMA meta")
    connection.execute("CREATE TABLE meta.settings (name VARCHAR, value JSON)")
    for name, value in {**SETTINGS, **settings}.items():
        connection.execute("INSERT INTO meta.settings VALUES (?, ?)", [name, json.dumps(value)])
    try:
        for table in source.raw_tables():
            connection.register("incoming", pa.Table.from_batches(list(table.batches())))
            connection.execute(f"CREATE TABLE raw.{table.name} AS FROM incoming")
            connection.unregister("incoming")
        for statement in source.tidy_sql():
            connection.execute(statement)
    finally:
        source.close()
    return connection


class Scene:
    """Tidy tables of a bundle, asked in SQL."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tables: duckdb.DuckDBPyConnection | None = None

    def read(self, files: Files, *, settings: Files | None = None, **options: Any) -> None:
        """Read these files."""
        self.close()
        self._tables = tidied(opened(self._path / "bundle", files, **options), **(settings or {}))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer of the tables."""
        assert self._tables is not None
        return list(self._tables.execute(sql).fetchall())

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
        """Let go of the tables. Safe to call twice."""
        if self._tables is not None:
            self._tables.close()
            self._tables = None


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
