"""A small Krayin on a real MariaDB: tests insert a few rows and look at what they become."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from moorage.sandbox import MariaDBServer
from moorage.sources.base import Discovery
from moorage.sources.krayin import SOURCE
from moorage.sources.krayin.demo.schema import create_statement, tables
from moorage.sources.krayin.source import KrayinSource, open_source
from moorage.staging.staging import Staging

SEED = """
INSERT INTO {p}roles (id, name, permission_type) VALUES (1, 'Administrator', 'all');
INSERT INTO {p}users (id, name, email, status, role_id)
    VALUES (1, 'Ann', 'ann@example.com', 1, 1), (2, 'Bob', 'bob@example.com', 0, 1);
INSERT INTO {p}countries (id, code, name) VALUES (1, 'US', 'United States'), (2, 'DE', 'Germany');
INSERT INTO {p}country_states (id, country_code, code, name, country_id)
    VALUES (1, 'US', 'CA', 'California', 1);
INSERT INTO {p}lead_sources (id, name) VALUES (1, 'Email');
INSERT INTO {p}lead_types (id, name) VALUES (1, 'New Business');
INSERT INTO {p}lead_pipelines (id, name, is_default) VALUES (1, 'Default Pipeline', 1);
INSERT INTO {p}lead_pipeline_stages (id, code, name, probability, sort_order, lead_pipeline_id)
    VALUES (1, 'new', 'New', 100, 1, 1), (2, 'follow-up', 'Follow Up', 100, 2, 1),
           (5, 'won', 'Won', 100, 5, 1), (6, 'lost', 'Lost', 0, 6, 1);
"""


@dataclass
class Krayin:
    """A Krayin database under test."""

    server: MariaDBServer
    database: str
    release: str
    prefix: str
    folder: Path
    options: dict[str, Any]
    settings: dict[str, str] = field(default_factory=dict)  # name: JSON

    def run(self, sql: str) -> None:
        """Run SQL as Krayin does (not strict); `{p}` stands for the table prefix."""
        self.server.execute(
            "SET SESSION sql_mode = '', foreign_key_checks = 0;" + sql.replace("{p}", self.prefix),
            self.database,
        )

    def open(self, **changes: Any) -> KrayinSource:
        """The database opened as a source, by an account that may only read."""
        return open_source({**self.options, **changes})

    def discover(self) -> Discovery:
        """What a look at it finds."""
        source = self.open()
        try:
            return source.discover()
        finally:
            source.close()

    def stage(self, **changes: Any) -> Staging:
        """Extract and tidy; the caller reads, the fixture closes nothing on disk."""
        source = self.open(**changes)
        staging = Staging(self.folder / "staging.duckdb")
        try:
            staging.extract(source.raw_tables())
            settings = {name: json.loads(value) for name, value in self.settings.items()}
            staging.tidy(source.tidy_sql(), settings)
        finally:
            source.close()
        return staging

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer of the staging database to `sql`, after extracting anew."""
        with self.stage() as staging:
            return staging.connection.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        """The only value of the only row."""
        ((value,),) = self.rows(sql)
        return value

    def findings(self) -> list[tuple[Any, ...]]:
        """What was noticed on the way: object, key, field, severity."""
        return self.rows(
            "SELECT object, source_key, field, severity FROM tidy._findings"
            " WHERE object <> 'pipelines' ORDER BY ALL"
        )


def make(
    server: MariaDBServer, database: str, folder: Path, release: str = "2.2.6", prefix: str = ""
) -> Krayin:
    """Create the tables of a release with their seed rows."""
    statements = [create_statement(table, prefix) for table in tables(release).values()]
    server.execute("SET foreign_key_checks = 0;" + ";".join(statements), database)
    user, password = server.create_reader(database)
    options = {
        "host": server.host, "port": server.port, "database": database, "user": user,
        "password": password, "prefix": prefix, "timezone": "Asia/Kolkata", "currency": "USD",
    }  # fmt: skip
    assert set(options) <= set(SOURCE.options)
    krayin = Krayin(server, database, release, prefix, folder, options)
    krayin.run(SEED)
    return krayin


@pytest.fixture
def make_krayin(
    mariadb: MariaDBServer, mariadb_database: str, tmp_path: Path
) -> Callable[..., Krayin]:
    """Makes the test's Krayin, of any release and with any table prefix."""
    return lambda release="2.2.6", prefix="": make(
        mariadb, mariadb_database, tmp_path, release, prefix
    )


@pytest.fixture
def krayin(make_krayin: Callable[..., Krayin]) -> Krayin:
    """A Krayin 2.2.6 with its seed rows only."""
    return make_krayin()
