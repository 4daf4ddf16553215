"""Bad input: a clear message, an exit code that tells what to do, and nothing changed anywhere."""

from __future__ import annotations

import contextlib
import json
import resource
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from moorage.sandbox import MariaDBServer
from tests.journey.command import Moorage
from tests.journey.voyage import Voyage

NO_SECRET = "never-shown-secret"


@pytest.fixture
def project(ready: Voyage, tmp_path: Path) -> Moorage:
    """A copy of the prepared project; its Odoo is not up."""
    return ready.moorage.twin(tmp_path / "acme")


@pytest.fixture
def at_odoo(finished: Voyage, tmp_path: Path) -> Iterator[Moorage]:
    """A copy of the finished project beside its Odoo, in which nothing may move."""
    before = finished.odoo.row_counts()
    yield finished.moorage.twin(tmp_path / "acme")
    after = finished.odoo.row_counts()
    assert {name for name in after if after[name] != before.get(name)} <= {"res_users_log"}


def told(moorage: Moorage, *words: str, code: int, says: str, **environment: str) -> str:
    """What it says when it fails: no traceback, no secret, no crash."""
    known = moorage.environment | environment
    done = Moorage(moorage.root, known)(*words, code=code)
    text = done.text
    assert says in text, text
    assert "Traceback" not in text and "Moorage itself failed" not in text
    for name in ("MOORAGE_SOURCE_PASSWORD", "MOORAGE_ODOO_KEY"):
        assert not known[name] or known[name] not in text
    assert " next " in f" {text} ", "it does not say what to do"
    return text


# -- the source ------------------------------------------------------------------------------


def _source(moorage: Moorage, name: str, value: str) -> None:
    path = moorage.root / "moorage.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    (at,) = [i for i, line in enumerate(lines) if line.startswith(f"  {name}: ")]
    lines[at] = f"  {name}: {value}"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("host", "no-such-host.invalid", "o MySQL or MariaDB server answers here"),
        ("port", "1", "o MySQL or MariaDB server answers here"),
        ("user", "nobody_at_all", "refuses this user and password"),
        ("database", "no_such_database", "atabase 'no_such_database'"),
        ("timezone", "Mars/Olympus", "no time zone 'Mars/Olympus'"),
    ],
)
def test_a_source_that_is_not_there(project: Moorage, name: str, value: str, says: str) -> None:
    staging = (project.root / ".moorage" / "staging.duckdb").read_bytes()
    _source(project, name, value)
    told(project, "extract", code=2, says=says)
    assert (project.root / ".moorage" / "staging.duckdb").read_bytes() == staging


def test_a_wrong_or_missing_password(project: Moorage) -> None:
    told(project, "extract", code=2, says="refuses this user", MOORAGE_SOURCE_PASSWORD=NO_SECRET)
    told(project, "extract", code=2, says="password is not set", MOORAGE_SOURCE_PASSWORD="")


def test_a_schema_that_is_not_krayins(
    project: Moorage, mariadb: MariaDBServer, mariadb_database: str
) -> None:
    mariadb.execute("CREATE TABLE wp_posts (id INT PRIMARY KEY)", mariadb_database)
    user, password = mariadb.create_reader(mariadb_database)
    _source(project, "database", mariadb_database)
    _source(project, "user", user)
    text = told(project, "extract", code=2, says="", MOORAGE_SOURCE_PASSWORD=password)
    assert "leads" in text or "Krayin" in text
    # With most of the tables, one that everything hangs on is missed by name.
    for table in ("leads", "persons", "organizations", "lead_pipelines", "lead_pipeline_stages"):
        mariadb.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY)", mariadb_database)
    told(project, "extract", code=2, says="users", MOORAGE_SOURCE_PASSWORD=password)


# -- Odoo ------------------------------------------------------------------------------------


def _odoo(moorage: Moorage, old: str, new: str) -> Moorage:
    moorage.change("moorage.yaml", (old, new))
    return moorage


def test_an_odoo_that_is_not_there(at_odoo: Moorage, finished: Voyage) -> None:
    url, database = finished.odoo.url, finished.odoo.database
    told(at_odoo, "plan", code=2, says="does not accept the API key", MOORAGE_ODOO_KEY=NO_SECRET)
    told(at_odoo, "plan", code=2, says="not set", MOORAGE_ODOO_KEY="")
    _odoo(at_odoo, f"database: {database}\n", "database: no_such_database\n")
    text = told(at_odoo, "plan", code=2, says="database")
    assert "Nothing was changed" in text
    _odoo(at_odoo, f"url: {url}\n", "url: http://no-such-host.invalid\n")
    told(at_odoo, "plan", code=2, says="host name is not known")


def test_a_port_where_nobody_listens(project: Moorage, ready: Voyage) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        _odoo(project, ready.odoo.url, f"http://127.0.0.1:{taken.getsockname()[1]}")
        told(project, "plan", code=4, says="othing answers there")


def test_a_user_without_rights(at_odoo: Moorage, finished: Voyage) -> None:
    printed = finished.odoo.shell(
        "import datetime\n"
        "user = env['res.users'].search([('login', '=', 'siobhan@moorage-demo.example')])\n"
        "key = env['res.users.apikeys'].with_user(user)._generate("
        "'rpc', 'test', datetime.datetime.now() + datetime.timedelta(hours=1))\n"
        "print('KEY=' + key)\nenv.cr.commit()\n"
    )
    key = printed.partition("KEY=")[2].split()[0]
    try:
        text = told(at_odoo, "plan", code=2, says="may not", MOORAGE_ODOO_KEY=key)
        assert "Administration: Settings" in text
    finally:
        finished.odoo.psql("DELETE FROM res_users_apikeys WHERE name = 'test'")


class _OldOdoo(BaseHTTPRequestHandler):
    """Answers as an Odoo of another version, or without CRM, does."""

    version = "18.0.1.3"
    modules = ("base", "crm")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        answers: dict[str, Any] = {
            "res.users/context_get": {"uid": 2},
            "res.users/read": [{"id": 2, "login": "admin", "company_id": [1, "Mine"]}],
            "ir.module.module/search_read": [
                {"name": name, "latest_version": self.version} for name in self.modules
            ],
        }
        body = json.dumps(answers[self.path.removeprefix("/json/2/")]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def _answering(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_an_odoo_too_old_or_without_crm(project: Moorage, ready: Voyage) -> None:
    class _WithoutCrm(_OldOdoo):
        version = "19.0.1.3"
        modules = ("base", "mail")

    with _answering(_OldOdoo) as url:
        _odoo(project, ready.odoo.url, url)
        told(project, "plan", code=2, says="his is Odoo 18.0.1.3")
    with _answering(_WithoutCrm) as other:
        _odoo(project, url, other)
        told(project, "plan", code=2, says="lacks crm")


def test_a_server_that_is_no_odoo(project: Moorage, ready: Voyage) -> None:
    class _Website(_OldOdoo):
        def do_POST(self) -> None:
            self.send_error(404, "<html>not here</html>")

    with _answering(_Website) as url:
        _odoo(project, ready.odoo.url, url)
        told(project, "plan", code=2, says="no JSON-2 API")


# -- the mapping -----------------------------------------------------------------------------

LEAD_NAME = "      name: {from: title, do: [clean], default: Lead, required: true"
COMPANY = "      is_company: {value: true, status: proposed}\n"
CYCLE = (
    "      x_krayin_cycle: {from: custom.referred_by, link: persons,"
    " create: {type: many2one, label: Cycle, relation: res.partner}}\n"
)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([(LEAD_NAME, LEAD_NAME.replace("{from", "{{from"))], ["mapping.yaml:"]),
        (
            [
                (
                    LEAD_NAME,
                    f"      x_more: {{from: title, create: {{type: odd, label: x}}}}\n{LEAD_NAME}",
                )
            ],
            ["Input should be 'char'"],
        ),
        # What needs source and Odoo to be known is told all at once.
        (
            [
                (LEAD_NAME, f"      no_such_field: {{from: title}}\n{LEAD_NAME}"),
                ("contact_name: {from: person_name,", "contact_name: {from: no_such_column,"),
            ],
            ["no_such_field", "no_such_column"],
        ),
        ([(COMPANY, COMPANY + CYCLE)], ["circle: organizations"]),
    ],
    ids=["syntax", "wrong-type", "unknown-fields", "cycle"],
)
def test_a_mapping_that_cannot_be_used(
    at_odoo: Moorage, changes: list[tuple[str, str]], says: list[str]
) -> None:
    at_odoo.change("mapping.yaml", *changes)
    text = told(at_odoo, "map", "--check", code=2, says="mapping.yaml:")
    for words in says:
        assert words in text


def test_nothing_moves_before_the_map_is_confirmed(at_odoo: Moorage) -> None:
    at_odoo.change("mapping.yaml", ("quote_differences: set_aside", "quote_differences: line"))
    for words in (("prepare", "--apply"), ("run", "--yes")):
        told(at_odoo, *words, code=3, says="onfirm")


def test_nothing_moves_without_a_plan(at_odoo: Moorage) -> None:
    (at_odoo.root / ".moorage" / "plan.json").unlink()
    told(at_odoo, "run", "--yes", code=3, says="no plan yet")


# -- this machine ----------------------------------------------------------------------------


def _small_files() -> None:
    """What a child does to itself: no file of it grows beyond 400 KB."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))


def test_a_disk_too_small_for_the_source(project: Moorage) -> None:
    """The limit on the size of files stands for the disk: writes fail in the same places."""
    staging = project.root / ".moorage" / "staging.duckdb"
    staging.unlink()
    process = project.start("extract", preexec_fn=_small_files)
    out, err = process.communicate(timeout=120)
    text = " ".join(f"{out} {err}".split())
    assert process.returncode == 4, text
    assert "Traceback" not in text and "Moorage itself failed" not in text, text
    assert "room" in text
    # Once there is room, the same command does it.
    project("extract")


def test_a_folder_that_is_no_project(tmp_path: Path, ready: Voyage) -> None:
    told(Moorage(tmp_path, ready.moorage.environment), "plan", code=2, says="moorage.yaml")
