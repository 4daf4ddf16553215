"""The demo generator against a real MariaDB: layouts, sameness, and every kind of dirt."""

import hashlib
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from moorage.sandbox import MariaDBServer
from moorage.sources.krayin.demo import Server, generate
from moorage.sources.krayin.demo.dirt import KINDS
from moorage.sources.krayin.demo.schema import RELEASES, tables

from .demo_checks import CHECKS

pytestmark = pytest.mark.mariadb


@pytest.fixture(scope="module")
def server(mariadb: MariaDBServer) -> Server:
    return Server(
        host=mariadb.host,
        port=mariadb.port,
        user=mariadb.root_user,
        password=mariadb.root_password,
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files") / "public"


@pytest.fixture(scope="module")
def dirty(mariadb: MariaDBServer, server: Server, files: Path) -> Iterator[str]:
    # A name of its own: another run of these tests may use the same server at the same time.
    name = f"test_dirty_{secrets.token_hex(4)}"
    try:
        generate(server, name, scale=3, seed=7, files=files)
        yield name
    finally:
        mariadb.drop_database(name)


def fingerprint(mariadb: MariaDBServer, database: str) -> dict[str, str]:
    """A hash over all rows of every table."""
    found = {}
    for (table,) in mariadb.execute("SHOW TABLES", database):
        rows = sorted(repr(row) for row in mariadb.execute(f"SELECT * FROM `{table}`", database))
        found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def test_a_kind_of_dirt_is_checked_and_documented() -> None:
    assert set(CHECKS) == {kind.name for kind in KINDS}
    readme = Path(sys.modules["moorage.sources.krayin.demo"].__file__ or "").with_name("README.md")
    text = readme.read_text("utf-8")
    assert [kind.name for kind in KINDS if f"| `{kind.name}` | {kind.table} |" not in text] == []


@pytest.mark.parametrize("kind", sorted(CHECKS))
def test_every_kind_of_dirt_is_present(mariadb: MariaDBServer, dirty: str, kind: str) -> None:
    source, condition = CHECKS[kind]
    assert mariadb.execute(f"SELECT 1 FROM {source} WHERE {condition} LIMIT 1", dirty)


#: Layouts beside these differ from a neighbour in a few columns only: `scripts/soak`.
EACH_TIME = ("1.3.1", "2.0.6", "2.2.6")


@pytest.mark.parametrize(
    "release",
    [
        pytest.param(release, marks=() if release in EACH_TIME else pytest.mark.soak)
        for release in RELEASES
    ],
)
def test_the_layout_of_a_release_loads_and_its_references_hold(
    mariadb: MariaDBServer, server: Server, mariadb_database: str, release: str
) -> None:
    counts = generate(
        server, mariadb_database, scale=1, seed=1, release=release, prefix="kr_",
        upgraded=True, fork=True,
    )  # fmt: skip
    for name, count in counts.rows.items():
        found = mariadb.execute(f"SELECT COUNT(*) FROM `kr_{name}`", mariadb_database)
        assert found == [(count,)]
    for table in tables(release).values():
        for key in table.foreign_keys:
            lost = mariadb.execute(
                f"SELECT COUNT(*) FROM `kr_{table.name}` c "
                f"LEFT JOIN `kr_{key.references}` p ON p.id = c.`{key.column}` "
                f"WHERE c.`{key.column}` IS NOT NULL AND p.id IS NULL",
                mariadb_database,
            )
            assert lost == [(0,)], (table.name, key.column)


def test_old_layouts_differ_where_releases_did() -> None:
    old, new = tables("2.0.4")["leads"], tables("2.2.6")["leads"]
    assert [c.name for c in old.columns if c.required] == [
        "id", "title", "person_id", "lead_source_id", "lead_type_id",
    ]  # fmt: skip
    assert [c.name for c in new.columns if c.required] == ["id", "title"]
    assert "warehouses" not in tables("1.3.1")
    assert "unique_id" not in tables("2.0.6")["persons"].column_names


def test_the_same_seed_gives_the_same_rows_and_files(
    mariadb: MariaDBServer,
    server: Server,
    dirty: str,
    mariadb_database: str,
    files: Path,
    tmp_path: Path,
) -> None:
    generate(server, mariadb_database, scale=3, seed=7, files=tmp_path / "again")
    assert fingerprint(mariadb, mariadb_database) == fingerprint(mariadb, dirty)
    assert _contents(tmp_path / "again") == _contents(files)


def _contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_files_stand_where_rows_say_but_for_the_dirt_among_them(
    mariadb: MariaDBServer, dirty: str, files: Path
) -> None:
    rows = mariadb.execute(
        "SELECT path FROM activity_files UNION SELECT path FROM email_attachments"
        " UNION SELECT text_value FROM attribute_values v JOIN attributes a ON a.id = attribute_id"
        " WHERE type IN ('file', 'image') AND text_value <> ''",
        dirty,
    )
    named = {str(path) for (path,) in rows if ".." not in str(path)}
    there = {path for path in files.rglob("*") if path.is_file()}
    assert named & {str(path.relative_to(files)) for path in there}
    assert named - {str(path.relative_to(files)) for path in files.rglob("*")}, "one is missing"
    assert any(path.is_symlink() for path in files.rglob("*"))
    sizes = [path.stat().st_size for path in there]
    assert (min(sizes), max(sizes)) == (0, 26_000_000)
    heads = {"pdf": b"%PDF-1.4", "png": b"\x89PNG", "docx": b"PK"}
    kept = [path for path in there if 0 < path.stat().st_size < 1_000_000]
    assert all(path.read_bytes().startswith(heads.get(path.suffix[1:], b"")) for path in kept)


def test_a_unit_of_scale_is_about_300_rows_and_another_seed_makes_others(
    mariadb: MariaDBServer, server: Server, dirty: str, mariadb_database: str
) -> None:
    counts = generate(server, mariadb_database, scale=33, seed=8)
    assert 270 <= counts.scaled_count / 33 <= 330
    question = "SELECT GROUP_CONCAT(name) FROM persons WHERE id < 20"
    assert mariadb.execute(question, mariadb_database) != mariadb.execute(question, dirty)


def test_no_dirt_means_none_of_its_kinds(
    mariadb: MariaDBServer, server: Server, mariadb_database: str
) -> None:
    generate(server, mariadb_database, scale=10, seed=2, dirt=0)
    # These also come about in clean data: two owners of one name, a record nobody filled in.
    natural = {
        "lead_same_title", "lead_product_twice", "org_near_duplicate", "lead_tag_twice",
        "email_nested_references",
    }  # fmt: skip
    present = [
        kind
        for kind, (source, condition) in CHECKS.items()
        if mariadb.execute(f"SELECT 1 FROM {source} WHERE {condition} LIMIT 1", mariadb_database)
    ]
    assert set(present) <= natural


def test_every_type_of_custom_attribute_has_values(mariadb: MariaDBServer, dirty: str) -> None:
    missing = mariadb.execute(
        "SELECT a.entity_type, a.type FROM attributes a "
        "LEFT JOIN attribute_values v ON v.attribute_id = a.id WHERE a.is_user_defined "
        "AND a.entity_type = 'leads' GROUP BY a.entity_type, a.type HAVING COUNT(v.id) = 0",
        dirty,
    )
    types = mariadb.execute("SELECT DISTINCT type FROM attributes WHERE is_user_defined", dirty)
    assert (missing, len(types)) == ([], 15)
