"""The private MariaDB: accounts, bulk loading, character set and time zone."""

from pathlib import Path

import pymysql
import pytest

from moorage.errors import StoppedError
from moorage.sandbox import MariaDBServer

pytestmark = pytest.mark.mariadb


def test_nobody_gets_in_without_a_password(mariadb: MariaDBServer) -> None:
    for user in ("root", "", mariadb.root_user):
        with pytest.raises(pymysql.err.OperationalError):
            pymysql.connect(host=mariadb.host, port=mariadb.port, user=user, password="")
        with pytest.raises(pymysql.err.OperationalError):
            pymysql.connect(unix_socket=str(mariadb.socket), user=user, password="")


def test_a_reader_reads_its_own_database_and_writes_nothing(
    mariadb: MariaDBServer, mariadb_database: str
) -> None:
    mariadb.execute("CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2)", mariadb_database)
    user, password = mariadb.create_reader(mariadb_database)
    reader = pymysql.connect(
        host=mariadb.host,
        port=mariadb.port,
        user=user,
        password=password,
        database=mariadb_database,
    )
    with reader, reader.cursor() as cursor:
        cursor.execute("SELECT sum(a) FROM t")
        assert cursor.fetchall() == ((3,),)
        with pytest.raises(pymysql.err.OperationalError, match="denied"):
            cursor.execute("INSERT INTO t VALUES (3)")
        with pytest.raises(pymysql.err.OperationalError, match="denied"):
            cursor.execute("SELECT * FROM mysql.global_priv")


def test_rows_load_from_a_local_file(
    mariadb: MariaDBServer, mariadb_database: str, tmp_path: Path
) -> None:
    rows = tmp_path / "rows.tsv"
    rows.write_text("1\tZoë 🚢\n2\tŁukasz\n", encoding="utf-8")
    mariadb.execute("CREATE TABLE t (a INT, b VARCHAR(20))", mariadb_database)
    mariadb.execute(f"LOAD DATA LOCAL INFILE '{rows}' INTO TABLE t", mariadb_database)
    assert mariadb.execute("SELECT * FROM t ORDER BY a", mariadb_database) == [
        (1, "Zoë 🚢"),
        (2, "Łukasz"),
    ]
    collation = mariadb.execute("SELECT @@collation_database", mariadb_database)
    assert collation == [("utf8mb4_unicode_ci",)]


def test_a_dump_loads_up_to_its_first_error(
    mariadb: MariaDBServer, mariadb_database: str, tmp_path: Path
) -> None:
    dump = tmp_path / "dump.sql"
    dump.write_text("CREATE TABLE t (a INT); INSERT INTO t VALUES (7); INSERT INTO u VALUES (1);")
    with pytest.raises(StoppedError, match=r"did not take dump\.sql"):
        mariadb.load_file(dump, mariadb_database)
    assert mariadb.execute("SELECT a FROM t", mariadb_database) == [(7,)]


def test_the_default_time_zone_is_utc(mariadb: MariaDBServer) -> None:
    assert mariadb.execute("SELECT @@time_zone, now() = utc_timestamp()") == [("+00:00", 1)]
