"""The same Krayin by its database and by its REST API: what both give is equal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moorage.errors import SettingsError
from moorage.http import SignInError
from moorage.sandbox import MariaDBServer
from moorage.sources.base import Discovery
from moorage.sources.krayin import SOURCE
from moorage.sources.krayin.demo.generate import generate
from moorage.sources.krayin.demo.load import Server

from api_scene import TIMEZONE, StandIn, staged, stand_in

pytestmark = pytest.mark.mariadb
DATABASE = "test_krayin_api"
EMAIL = "admin@example.com"


@pytest.fixture(scope="module")
def database(mariadb: MariaDBServer) -> Iterator[dict[str, Any]]:
    """Options that open a generated Krayin by its database."""
    server = Server(mariadb.host, mariadb.port, mariadb.root_user, mariadb.root_password)
    generate(server, DATABASE, scale=3, seed=5, timezone=TIMEZONE)
    user, password = mariadb.create_reader(DATABASE)
    yield {
        "host": mariadb.host, "port": mariadb.port, "database": DATABASE, "user": user,
        "password": password, "timezone": TIMEZONE, "currency": "USD",
    }  # fmt: skip
    mariadb.drop_database(DATABASE)


@pytest.fixture(scope="module")
def email(mariadb: MariaDBServer, database: dict[str, Any]) -> str:
    ((found,),) = mariadb.execute("SELECT email FROM users WHERE id = 1", DATABASE)
    return str(found)


@pytest.fixture(scope="module")
def krayin(mariadb: MariaDBServer, email: str) -> Iterator[StandIn]:
    """The stand-in, with more calls a minute than a test needs."""
    with stand_in(mariadb, DATABASE, email, "--per-window", "100000") as running:
        yield running


@pytest.fixture(scope="module")
def newer(mariadb: MariaDBServer, email: str) -> Iterator[StandIn]:
    """The stand-in as the API of July 2026."""
    with stand_in(mariadb, DATABASE, email, "--per-window", "100000", "--newer") as running:
        yield running


def found(source_options: dict[str, Any]) -> Discovery:
    source = SOURCE.open(source_options)
    try:
        return source.discover()
    finally:
        source.close()


def differing(
    database: dict[str, Any], api: dict[str, Any], discovery: Discovery, folder: Path
) -> dict[str, int]:
    """By object and field that the API gives, how many rows are not as by the database."""
    counts = {}
    with (
        staged(SOURCE.open(database), folder / "database.duckdb") as one,
        staged(SOURCE.open(api), folder / "api.duckdb") as other,
    ):
        for about in discovery.objects:
            for field in about.fields:
                if field.absent:
                    continue
                sql = f'SELECT id, "{field.name}"::VARCHAR FROM tidy."{about.name}"'
                rows = set(one.connection.execute(sql).fetchall())
                others = set(other.connection.execute(sql).fetchall())
                if rows != others:
                    counts[f"{about.name}.{field.name}"] = len(rows ^ others)
    return counts


def test_both_ways_give_the_same(database: dict[str, Any], krayin: StandIn, tmp_path: Path) -> None:
    discovery = found(krayin.options())
    counts = differing(database, krayin.options(), discovery, tmp_path)
    assert not counts, sorted(counts.items())
