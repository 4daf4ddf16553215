"""The same Krayin by its database and by its REST API: what both give is equal, come what may."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from moorage.destination import ModelField
from moorage.errors import SettingsError, StoppedError
from moorage.http import AnswerError, Clock, SignInError
from moorage.mapping import load_mapping
from moorage.mapping.check import check
from moorage.sandbox import MariaDBServer
from moorage.sources.base import Discovery
from moorage.sources.krayin import SOURCE
from moorage.sources.krayin.api import KrayinApi, sign_in
from moorage.sources.krayin.api_source import open_api
from moorage.sources.krayin.demo.generate import generate
from moorage.sources.krayin.demo.load import Server

from .api_scene import PASSWORD, TIMEZONE, StandIn, digest, staged, stand_in

pytestmark = pytest.mark.mariadb
# A name of its own: another run of these tests may use the same server at the same time.
DATABASE = f"test_api_{secrets.token_hex(4)}"
EMAIL = "admin@example.com"


@pytest.fixture(scope="module")
def database(mariadb: MariaDBServer) -> Iterator[dict[str, Any]]:
    """Options that open a generated Krayin by its database."""
    server = Server(mariadb.host, mariadb.port, mariadb.root_user, mariadb.root_password)
    generate(server, DATABASE, scale=1.2, seed=5, timezone=TIMEZONE)
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
            names = [field.name for field in about.fields if not field.absent]
            if not names:
                continue
            columns = ", ".join(f'"{name}"::VARCHAR' for name in names)
            sql = f'SELECT id, {columns} FROM tidy."{about.name}"'
            sides = [side.connection.execute(sql).fetchall() for side in (one, other)]
            for place, name in enumerate(names, 1):
                rows, others = ({(row[0], row[place]) for row in side} for side in sides)
                if rows != others:
                    counts[f"{about.name}.{name}"] = len(rows ^ others)
    return counts


class WoundClock(Clock):
    """Waiting takes no time."""

    def __init__(self) -> None:
        self.time = 0.0

    def monotonic(self) -> float:
        return self.time

    def wait(self, seconds: float, stopping: threading.Event) -> None:
        self.time += seconds


@pytest.fixture(scope="module")
def clean(krayin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of an undisturbed extraction."""
    return digest(krayin.open(), tmp_path_factory.mktemp("clean") / "staging.duckdb")


@pytest.fixture
def calm(krayin: StandIn) -> Iterator[StandIn]:
    """The stand-in, whose faults end with the test."""
    yield krayin
    krayin.faults()
    krayin.waits.clear()


def test_both_ways_give_the_same(database: dict[str, Any], krayin: StandIn, tmp_path: Path) -> None:
    discovery = found(krayin.options())
    counts = differing(database, krayin.options(), discovery, tmp_path)
    assert not counts, sorted(counts.items())


def test_a_newer_release_gives_custom_fields_too(
    database: dict[str, Any], newer: StandIn, tmp_path: Path
) -> None:
    discovery = found(newer.options())
    given = [f for o in discovery.objects for f in o.fields if f.custom and not f.absent]
    assert len(given) > 20
    counts = differing(database, newer.options(), discovery, tmp_path)
    # Values that were entered when the field had another type: Krayin's screens hide them too.
    assert {name for name in counts if not name.endswith(".industry")} == set(), counts


def test_what_does_not_come_is_said(krayin: StandIn, database: dict[str, Any]) -> None:
    by_api, by_database = found(krayin.options()), found(database)
    names = {about.name for about in by_database.objects}
    assert {about.name for about in by_api.objects} == names
    absent = {f"{o.name}.{f.name}" for o in by_api.objects for f in o.fields if f.absent}
    assert {"leads.tags", "stages.probability", "quote_items.price", "quotes.lead_id"} <= absent
    assert all(f.absent for o in by_api.objects for f in o.fields if f.custom)
    assert not any(f.absent for o in by_database.objects for f in o.fields)
    words = " ".join(by_api.questions)
    assert "quote_differences" in words
    assert "open_probability" in words
    assert "via: database" in words
    for name in ("leads", "persons", "quotes", "emails", "stages"):
        one, other = by_api.object(name), by_database.object(name)
        assert one and other and one.row_count == other.row_count


def test_the_mapping_is_told_which_of_its_fields_stay_empty(krayin: StandIn) -> None:
    file = load_mapping(SOURCE.mapping_template)
    fields = {
        "crm.lead": {"probability": ModelField("probability", "float", "Probability")},
        "res.partner": {"category_id": ModelField("category_id", "many2many", "Tags")},
    }
    findings = check(file, found(krayin.options()), fields)
    told = [finding.path for finding in findings if "REST API" in finding.message]
    assert "objects.leads.fields.probability" in told
    assert "objects.persons.fields.category_id" in told


def test_a_limit_of_calls_is_kept(mariadb: MariaDBServer, email: str) -> None:
    arguments = ("--per-window", "9", "--window-seconds", "1")
    with stand_in(mariadb, DATABASE, email, *arguments) as slow:
        assert found(slow.options()).objects
        assert any("allows no more calls" in words for words in slow.waits)


def test_faults_on_the_way_change_nothing(calm: StandIn, clean: str, tmp_path: Path) -> None:
    source = open_api(calm.options(), clock=WoundClock())
    calm.faults(
        {"kind": "drop", "left": 999, "every": 9},
        {"kind": "error", "left": 999, "every": 7},
        {"kind": "html", "left": 999, "every": 5},
        {"kind": "storm", "left": 999, "every": 4},
    )
    assert digest(source, tmp_path / "staging.duckdb") == clean


def test_a_stopped_extraction_goes_on(calm: StandIn, clean: str, tmp_path: Path) -> None:
    def extracted() -> str:
        source = open_api(calm.options(state_folder=tmp_path), clock=WoundClock())
        return digest(source, tmp_path / "staging.duckdb")

    calm.faults({"kind": "error", "left": 9999, "path": "contacts/persons/9/"})
    with pytest.raises(AnswerError):
        extracted()
    before = calm.faults()
    assert extracted() == clean
    assert any("going on with the extraction" in words for words in calm.waits)
    # Neither lists nor the activities of leads were read again.
    again = calm.faults() - before
    assert extracted() == clean
    assert again < (calm.faults() - before - again) / 2 + 5
    assert not list((tmp_path / "krayin_api").glob("*"))


def listed(api: KrayinApi, path: str, limit: int) -> tuple[list[str], int]:
    """The ids read, and how often the list was begun."""
    ids: list[str] = []
    begun = []

    def begin() -> None:
        begun.append(1)
        ids.clear()

    for page in api.listed(path, limit, begin):
        ids.extend(str(item["id"]) for item in page)
    return ids, len(begun)


@pytest.fixture
def api(calm: StandIn) -> Iterator[KrayinApi]:
    session = sign_in(
        calm.url, email=calm.email, password=PASSWORD, token="", clock=WoundClock(),
    )  # fmt: skip
    yield session
    session.close()


@pytest.fixture
def groups(mariadb: MariaDBServer, database: dict[str, Any]) -> Iterator[list[str]]:
    """Ids of some records that a test may delete."""
    (start,) = mariadb.execute("SELECT coalesce(max(id), 0) FROM `groups`", DATABASE)[0]
    ids = [str(start + n) for n in range(1, 14)]
    rows = ", ".join(f"({key}, 'Group {key}')" for key in ids)
    mariadb.execute(f"INSERT INTO `groups` (id, name) VALUES {rows}", DATABASE)
    yield ids
    mariadb.execute(f"DELETE FROM `groups` WHERE id > {start}", DATABASE)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM `groups` WHERE id = {}",
        # One went and another came, so that the total is the same.
        "UPDATE `groups` SET id = id + 1000 WHERE id = {}",
    ],
)
def test_a_list_that_moves_is_read_again(
    api: KrayinApi, calm: StandIn, mariadb: MariaDBServer, groups: list[str], sql: str
) -> None:
    calm.faults({"kind": "sql", "left": 1, "path": "page=2", "sql": sql.format(groups[0])})
    ids, begun = listed(api, "settings/groups", 5)
    now = [str(key) for (key,) in mariadb.execute("SELECT id FROM `groups` ORDER BY id", DATABASE)]
    assert ids == now
    assert begun == 2


def test_what_is_added_on_the_way_is_read_too(
    api: KrayinApi, calm: StandIn, groups: list[str]
) -> None:
    sql = "INSERT INTO `groups` (name) VALUES ('Late')"
    calm.faults({"kind": "sql", "left": 1, "path": "page=2", "sql": sql})
    ids, begun = listed(api, "settings/groups", 5)
    assert len(ids) >= len(groups) + 1
    assert begun == 1


def test_a_list_that_never_rests_stops(api: KrayinApi, calm: StandIn, groups: list[str]) -> None:
    sql = "UPDATE `groups` SET id = id + 1000 ORDER BY id LIMIT 1"
    calm.faults({"kind": "sql", "left": 99, "path": "page=2", "sql": sql})
    with pytest.raises(StoppedError, match="changes faster than it can be read"):
        listed(api, "settings/groups", 5)


def test_a_wrong_password_is_told_without_it(krayin: StandIn) -> None:
    with pytest.raises(SignInError) as failure:
        krayin.open(api_password="hunter2-wrong")
    assert "hunter2" not in str(failure.value)
    assert krayin.email not in str(failure.value)


def test_a_login_elsewhere_is_told(krayin: StandIn) -> None:
    source = krayin.open()
    krayin.open().close()
    with pytest.raises(SignInError, match="401"):
        source.discover()
    source.close()


def test_a_token_does_as_well(krayin: StandIn, tmp_path: Path) -> None:
    token = signed_in(krayin)["token"]
    options = krayin.options(api_token=token)
    del options["email"], options["api_password"]
    assert found(options).objects
    with pytest.raises(SignInError):
        SOURCE.open({**options, "api_token": "1|wrong"})


def test_no_api_is_told(krayin: StandIn) -> None:
    with pytest.raises(SettingsError, match="no REST API here"):
        krayin.open(api_url=f"{krayin.url}/crm")


def test_files_are_downloaded_once(mariadb: MariaDBServer, email: str, tmp_path: Path) -> None:
    (file,) = mariadb.execute("SELECT path FROM activity_files ORDER BY id LIMIT 1", DATABASE)[0]
    storage = tmp_path / "public"
    for name, content in ((file, b"a contract"), ("tinymce/a b.png", b"an image")):
        (storage / name).parent.mkdir(parents=True)
        (storage / name).write_bytes(content)
    arguments = ("--per-window", "9999", "--storage", str(storage))
    with stand_in(mariadb, DATABASE, email, *arguments) as running:
        options = running.options(state_folder=tmp_path / "state")
        digest(open_api(options, clock=WoundClock()), tmp_path / "staging.duckdb")
        source = open_api(options, clock=WoundClock())
        files = source.files()
        assert files is not None
        wanted = [file, "tinymce/a b.png", "leads/1/gone.pdf", "../../etc/passwd"]
        about = {one.path: one for one in files.about(wanted)}
        assert about[file].size == 10
        assert about["tinymce/a b.png"].problem is None
        assert about["leads/1/gone.pdf"].problem == "missing"
        assert about["../../etc/passwd"].problem
        before = running.faults()
        again = [one for one in files.about([file]) if one.size == 10 and one.modified]
        assert again
        assert running.faults() == before
        source.close()
        # A later command opens it from the project's folder.
        later = open_api(options).files()
        assert later is not None
        with later.open(file) as content:
            assert content.read() == b"a contract"
        with pytest.raises(OSError, match="not downloaded"):
            later.open("leads/1/gone.pdf")


def signed_in(krayin: StandIn) -> dict[str, Any]:
    body = {"email": krayin.email, "password": PASSWORD, "device_name": "test"}
    return dict(asked(krayin, "login", body)[1])


def asked(
    krayin: StandIn,
    path: str,
    body: Any = None,
    *,
    token: str = "",
    accept: str = "application/json",
) -> tuple[int, Any]:
    """Status and JSON of one plain call."""
    headers = {"Accept": accept, **({"Authorization": f"Bearer {token}"} if token else {})}
    answer = urllib3.request(
        "POST" if body is not None else "GET", f"{krayin.url}/api/v1/{path}", json=body,
        headers=headers, redirect=False,
    )  # fmt: skip
    return answer.status, answer.json() if "json" in answer.headers["Content-Type"] else answer.data


def test_the_stand_in_is_as_strict_as_krayin(krayin: StandIn) -> None:
    token = signed_in(krayin)["token"]
    assert asked(krayin, "login", {"email": krayin.email, "password": PASSWORD})[0] == 422
    assert asked(krayin, "leads")[0] == 401
    assert asked(krayin, "leads", accept="text/html")[0] == 302
    status, page = asked(krayin, "leads", token=token)
    assert status == 200
    assert len(page["data"]) == page["meta"]["per_page"] == 10
    assert page["data"][0]["id"] > page["data"][-1]["id"]
    assert asked(krayin, "leads?per_page=50", token=token)[0] == 500
    assert asked(krayin, "leads?sort=nothing", token=token)[0] == 500
    everything = asked(krayin, "leads?pagination=0", token=token)[1]
    assert len(everything["data"]) == page["meta"]["total"]
    assert "meta" not in everything
    signed_in(krayin)
    assert asked(krayin, "leads", token=token)[0] == 401
