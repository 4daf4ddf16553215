"""The connection: releases, prefixes, wrong settings, bytes, long values, a lost server."""

from __future__ import annotations

import socket
import threading
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from moorage.errors import SettingsError, UnreachableError
from moorage.sandbox import MariaDBServer
from moorage.sources.krayin import catalogue

pytestmark = pytest.mark.mariadb


@pytest.mark.parametrize(
    ("release", "prefix", "told"),
    [
        ("1.3.1", "", "1.2.3 to 1.3.1"),
        ("2.0.4", "kr_", "2.0.x"),
        ("2.1.6", "", "2.1.3 to 2.2.3"),
        ("2.2.6", "crm", "2.2.6"),
    ],
)
def test_every_layout_gives_the_same_tidy_tables(
    make_krayin: Callable[..., Any], release: str, prefix: str, told: str
) -> None:
    krayin = make_krayin(release, prefix)
    discovery = krayin.discover()
    assert discovery.release == told
    with krayin.stage() as staging:
        for found in discovery.objects:
            rows = staging.connection.execute(f'DESCRIBE tidy."{found.name}"').fetchall()
            assert [row[0] for row in rows] == [field.name for field in found.fields]
        working = staging.connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'tidy'"
            " AND table_name LIKE '\\_%' ESCAPE '\\'"
        ).fetchall()
    assert working == [("_findings",)]
    assert {found.name for found in discovery.objects} == set(catalogue.NAMES)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "wrong-secret"}, "user and password"),
        ({"user": "nobody"}, "user and password"),
        ({"database": "moorage_absent"}, "database 'moorage_absent'"),
        ({"host": "127.0.0.2", "port": 9}, "no MySQL or MariaDB server"),
        ({"prefix": "zz_"}, "prefix 'zz_'"),
        ({"timezone": "Nowhere/Town"}, "no time zone 'Nowhere/Town'"),
        ({"timezone": None}, "no time zone is given"),
        ({"port": "many"}, "no port"),
        ({"currency": "dollars"}, "no currency"),
        ({"database": ""}, "`database` is not given"),
    ],
)
def test_wrong_settings_are_told_without_the_password(
    krayin: Any, changes: dict[str, Any], words: str
) -> None:
    password = changes.get("password", krayin.options["password"])
    with pytest.raises(SettingsError) as caught:
        krayin.open(**changes)
    assert words in str(caught.value)
    assert caught.value.todo
    assert password not in "".join(traceback.format_exception(caught.value))


def test_a_port_that_speaks_another_language(krayin: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.listen()
        port = server.getsockname()[1]

        def answer() -> None:
            peer, _ = server.accept()
            with peer:
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(SettingsError):
            krayin.open(port=port)


def test_a_foreign_schema_is_named(krayin: Any, mariadb: MariaDBServer) -> None:
    krayin.run("DROP TABLE persons; DROP TABLE users;")
    with pytest.raises(SettingsError, match="users, persons"):
        krayin.open()
    names = [name for (name,) in mariadb.execute("SHOW TABLES", krayin.database)]
    krayin.run("".join(f"DROP TABLE `{name}`;" for name in names))
    krayin.run("CREATE TABLE posts (id int)")
    with pytest.raises(SettingsError, match="not a Krayin database"):
        krayin.open()


def test_leads_of_another_software_are_not_taken(krayin: Any) -> None:
    krayin.run("ALTER TABLE leads DROP FOREIGN KEY IF EXISTS x; DROP TABLE leads;"
               "CREATE TABLE leads (id int, subject text)")  # fmt: skip
    with pytest.raises(SettingsError, match=r"leads\.title"):
        krayin.open()


def test_missing_tables_and_unknown_columns_do_no_harm(krayin: Any) -> None:
    krayin.run("DROP TABLE attribute_values; DROP TABLE quote_items; DROP TABLE countries;"
               "ALTER TABLE leads ADD score int, ADD api_key text; CREATE TABLE tenants (id int);"
               "INSERT INTO leads (id, title, lead_pipeline_id, score)"
               " VALUES (1, 'A', 1, 8);")  # fmt: skip
    notes = " ".join(krayin.discover().notes)
    assert "tenants" in notes
    assert "score" in notes
    with krayin.stage() as staging:
        assert staging.connection.execute("SELECT score FROM raw.leads").fetchall() == [("8",)]
        assert staging.connection.execute("SELECT count(*) FROM tidy.leads").fetchone() == (1,)
        columns = [row[0] for row in staging.connection.execute("DESCRIBE raw.leads").fetchall()]
    assert "api_key" not in columns


def test_bytes_that_are_no_text_are_kept(krayin: Any) -> None:
    krayin.run("ALTER TABLE leads MODIFY description blob,"
               " MODIFY title varchar(255) CHARACTER SET latin1;"
               "INSERT INTO leads (id, title, description, lead_pipeline_id)"
               " VALUES (1, 'Caf\u00e9', 0xE9FF00, 1), (2, 'B', 'plain', 1);")  # fmt: skip
    found = krayin.rows("SELECT title, description FROM tidy.leads ORDER BY id")
    assert found == [("Caf\u00e9", "\\xe9ff00"), ("B", "plain")]


def test_a_value_of_twenty_megabytes(krayin: Any) -> None:
    krayin.run("ALTER TABLE leads MODIFY description longtext;"
               "INSERT INTO leads (id, title, description, lead_pipeline_id)"
               " VALUES (1, 'A', repeat('\u00e9', 1e7), 1), (2, 'B', 'short', 1);")  # fmt: skip
    found = krayin.rows("SELECT id, length(description) FROM tidy.leads ORDER BY id")
    assert found == [("1", 10_000_000), ("2", 5)]


def test_all_tables_are_of_one_moment(krayin: Any) -> None:
    source = krayin.open()
    tables = {table.name: table for table in source.raw_tables()}
    krayin.run("INSERT INTO organizations (id, name) VALUES (1, 'Late')")
    rows = sum(batch.num_rows for batch in tables["organizations"].batches())
    source.close()
    assert rows == 0


def test_the_source_is_never_written(krayin: Any) -> None:
    server = krayin.server
    source = krayin.open(user=server.root_user, password=server.root_password)
    with pytest.raises(Exception, match="1792"):
        source._reader.rows("DELETE FROM users")
    source.close()
    source.close()


def test_a_connection_that_ends_in_mid_read(krayin: Any) -> None:
    # 40 MB: more than the sockets between the two hold, else the server is done when it is killed.
    krayin.run("INSERT INTO tags (name, user_id) SELECT lpad(seq, 200, 'x'), 1"
               " FROM seq_1_to_200000")  # fmt: skip
    source = krayin.open()
    batches = next(t for t in source.raw_tables() if t.name == "tags").batches()
    next(batches)
    ((connection,),) = krayin.server.execute(
        f"SELECT id FROM information_schema.processlist WHERE db = '{krayin.database}'"
        " AND user <> CURRENT_USER() AND id <> CONNECTION_ID()"
    )
    krayin.server.execute(f"KILL {connection}")
    with pytest.raises(UnreachableError) as caught:
        list(batches)
    assert krayin.options["password"] not in "".join(traceback.format_exception(caught.value))
    source.close()
