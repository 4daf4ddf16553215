"""Who gets in, and what no answer of the page allows."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from zipfile import ZipFile

import psutil
import pytest

from tests.web.ground import NAME, Page, empty_project, served

PAGES = ("/", "/scope", "/map", "/map/leads", "/prepare", "/questions", "/questions/owners",
         "/questions/duplicates", "/questions/issues", "/plan", "/run", "/check", "/rollback",
         "/handoff", "/history")  # fmt: skip


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    project = empty_project(tmp_path_factory.mktemp("page"))
    (project.root / "notes.txt").write_text("not for the page")
    (project.reports / "plan.html").write_text("<script>alert(1)</script>")
    (project.reports / "link.txt").symlink_to(project.root / "notes.txt")
    with served(project.root) as found:
        yield found


@pytest.mark.parametrize("path", [*PAGES, "/job", "/download/reports/plan.html", "/handoff.zip"])
def test_nobody_sees_anything_without_the_token(page: Page, path: str) -> None:
    answer = page.ask(path)
    assert (answer.status, answer.headers["location"]) == (303, "/login")
    assert page.ask("/overview.json").status == 401


def test_a_wrong_token_and_no_name_let_nobody_in(page: Page) -> None:
    for form in ({"token": "x", "name": NAME}, {"token": page.token, "name": " "}, {"name": NAME}):
        answer = page.ask("/login", form=form)
        assert answer.headers["location"].startswith("/login?wrong=")
        assert "set-cookie" not in answer.headers


def test_the_cookie_is_for_this_page_alone(page: Page) -> None:
    answer = page.ask("/login", form={"token": page.token, "name": NAME})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert page.token not in cookie


def test_who_leaves_is_out(page: Page) -> None:
    cookie = page.enter()
    text = page.ask("/map", cookie=cookie).data.decode()
    csrf = text.partition('name="csrf" value="')[2].partition('"')[0]
    assert page.ask("/leave", form={"csrf": "x"}, cookie=cookie).status == 403
    assert page.ask("/map", cookie=cookie).status == 200
    assert page.ask("/leave", form={"csrf": csrf}, cookie=cookie).headers["location"] == "/login"
    assert page.ask("/map", cookie=cookie).headers["location"] == "/login"


def test_another_host_is_not_answered(page: Page) -> None:
    port = urlsplit(page.base).port
    for host in (f"evil.example:{port}", "127.0.0.1", f"127.0.0.1.evil.example:{port}"):
        assert page.ask("/login", host=host).status == 421
    assert page.ask("/login", host=f"localhost:{port}").status == 200


def test_the_page_listens_at_this_machine_alone(page: Page) -> None:
    listening = {
        place.laddr.ip
        for place in psutil.Process(page.process).net_connections("tcp")
        if place.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_a_form_needs_its_token_and_its_origin(page: Page) -> None:
    cookie = page.enter()
    assert page.ask("/map/propose", form={"x": "1"}, cookie=cookie).status == 403
    assert page.ask("/map/propose", form={"csrf": "x"}, cookie=cookie).status == 403
    foreign = page.ask(
        "/map/propose", form={"x": "1"}, cookie=cookie, origin="https://evil.example"
    )
    assert foreign.status == 403
    assert page.ask("/map/propose", form={"x": "1"}).headers["location"] == "/login"


def test_every_answer_carries_the_strict_headers(page: Page) -> None:
    cookie = page.enter()
    answers = [page.ask(path, cookie=cookie) for path in PAGES]
    answers += [page.ask(f"{path}.json", cookie=cookie) for path in PAGES[1:]]
    answers += [
        page.ask("/overview.json", cookie=cookie),
        page.ask("/nowhere", cookie=cookie),
        page.ask("/login"),
        page.ask("/static/page.js"),
        page.ask("/", host="evil.example"),
        page.ask("/map/propose", form={"x": "1"}, cookie=cookie),
        page.ask("/download/reports/plan.html", cookie=cookie),
    ]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
    assert all(answer.status < 500 for answer in answers)


def test_no_page_has_a_script_or_a_style_of_its_own(page: Page) -> None:
    cookie = page.enter()
    for path in PAGES:
        text = page.ask(path, cookie=cookie).data.decode()
        assert "<style" not in text
        assert " style=" not in text
        assert text.count("<script") == text.count('<script src="/static/page.js" defer>') == 1


def test_only_reports_and_hand_off_are_given_away_and_never_shown(page: Page) -> None:
    cookie = page.enter()
    answer = page.ask("/download/reports/plan.html", cookie=cookie)
    assert answer.headers["content-disposition"].startswith("attachment")
    for path in ("notes.txt", "moorage.yaml", ".moorage/ledger.sqlite", "reports/../moorage.yaml",
                 "reports/%2e%2e/moorage.yaml", "reports/", "%2fetc%2fpasswd",
                 "reports/link.txt"):  # fmt: skip
        assert page.ask(f"/download/{path}", cookie=cookie).status == 404


def test_the_hand_off_is_taken_away_whole(page: Page) -> None:
    cookie = page.enter()
    assert page.ask("/handoff.zip", cookie=cookie).status == 404
    folder = Path(psutil.Process(page.process).cwd()) / "handoff"
    (folder / "data").mkdir(parents=True)
    (folder / "index.html").write_text("<h1>all of it</h1>")
    (folder / "data" / "ids.csv").write_text("key,id")
    (folder / "outside.txt").symlink_to(folder.parent / "notes.txt")
    answer = page.ask("/handoff.zip", cookie=cookie)
    assert answer.headers["content-disposition"] == 'attachment; filename="acme-handoff.zip"'
    with ZipFile(BytesIO(answer.data)) as packed:
        assert packed.namelist() == ["handoff/data/ids.csv", "handoff/index.html"]


def test_an_address_that_leads_nowhere_leads_back(page: Page) -> None:
    cookie = page.enter()
    answer = page.ask("/nowhere", cookie=cookie)
    assert (answer.status, b"There is no such page" in answer.data) == (404, True)
    assert b'href="/map"' in answer.data
    assert page.ask("/static/nowhere").status == 404
    assert page.ask("/nowhere.json", cookie=cookie).json()["error"]["what"]


def test_what_cannot_be_done_says_why_and_what_to_do(page: Page) -> None:
    cookie = page.enter()
    text = page.ask("/map", cookie=cookie).data.decode()
    csrf = text.partition('name="csrf" value="')[2].partition('"')[0]
    form = {"csrf": csrf, "digest": "another", "name": NAME}
    answer = page.ask("/map/confirm", form=form, cookie=cookie)
    assert answer.status == 400
    assert b"changed since this page was drawn" in answer.data
    form = {"csrf": csrf, "word": "wrong"}
    answer = page.ask("/rollback/go", form=form, cookie=cookie, accept="application/json")
    assert answer.status == 409
    assert answer.json()["error"]["todo"].startswith("To roll back in production")


def test_settings_that_cannot_be_read_are_named(page: Page) -> None:
    cookie = page.enter()
    path = Path(psutil.Process(page.process).cwd()) / "moorage.yaml"
    given = path.read_text()
    path.write_text(f"{given}\nnonsense: [")
    answer = page.ask("/", cookie=cookie)
    path.write_text(given)
    assert (answer.status, b"moorage.yaml" in answer.data) == (400, True)
    assert page.ask("/", cookie=cookie).status == 200


def test_the_token_is_kept_nowhere(page: Page, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = next(Path(tmp_path_factory.getbasetemp()).glob("page*/acme"))
    kept = [path for path in folder.rglob("*") if path.is_file() and page.token.encode() in
            path.read_bytes()]  # fmt: skip
    assert kept == []
    assert stat.S_IMODE((folder / ".moorage").stat().st_mode) == 0o700


def test_a_server_with_tls_may_stand_before_it(tmp_path: Path) -> None:
    name = "moorage.example.com"
    with served(empty_project(tmp_path).root, "--name", name) as page:
        form = {"token": page.token, "name": NAME}
        answer = page.ask("/login", form=form, host=name, origin=f"https://{name}")
        assert answer.status == 303
        assert "secure" in answer.headers["set-cookie"].lower()
        foreign = page.ask("/login", form=form, host=name, origin="https://other.example.com")
        assert foreign.status == 403
