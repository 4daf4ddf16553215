"""The whole journey in a real browser: from an empty project to a verified Odoo and back."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from moorage.project import Project
from moorage.sandbox import MariaDBServer, OdooServer, Sandbox
from tests.web.ground import NAME, served, small_project

pytestmark = [pytest.mark.odoo, pytest.mark.mariadb, pytest.mark.browser]
PAGES = ("/", "/scope", "/map", "/map/persons", "/map/persons/email", "/prepare", "/questions",
         "/questions/issues", "/questions/owners", "/questions/duplicates", "/questions/matches",
         "/questions/conflicts", "/questions/deletions", "/plan", "/run", "/check", "/check/sheet",
         "/rollback", "/handoff", "/history")  # fmt: skip
#: What twins call that which people must see too.
SAID = {"by", "detail", "entry", "how", "key", "label", "model", "name", "object", "place",
        "reason", "source", "source_key", "target", "title", "todo", "what", "why",
        "words"}  # fmt: skip
SECONDS = 120
RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa"]}


@pytest.fixture(scope="module")
def project(
    tmp_path_factory: pytest.TempPathFactory, module_odoo: OdooServer, mariadb: MariaDBServer
) -> Iterator[Project]:
    database = f"{module_odoo.database}_page"
    mariadb.create_database(database)
    folder = tmp_path_factory.mktemp("whole")
    yield small_project(folder, module_odoo, mariadb, database)
    mariadb.drop_database(database)


@pytest.fixture(scope="module")
def browser(sandbox: Sandbox) -> Iterator[Browser]:
    chromium = sandbox.chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium.path("chromium"),
            args=["--no-sandbox", "--disable-background-networking"],
            env={**os.environ, **chromium.environment},
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def visit(project: Project, browser: Browser) -> Iterator[Visit]:
    with served(project.root) as page:
        visit = Visit(browser, page.base, page.token)
        visit.enter(page.login)
        yield visit
        assert visit.faults == []


class Visit:
    """A person at the page: what they press, and what the browser complains about."""

    def __init__(self, browser: Browser, base: str, token: str) -> None:
        self.browser = browser
        self.base = base
        self.token = token
        self.context = browser.new_context()
        self.page = self.context.new_page()
        self.faults: list[str] = []
        self.clicks = 0
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("dialog", lambda dialog: self.faults.append(dialog.message))
        self.page.on(
            "console",
            lambda said: self.faults.append(said.text) if said.type == "error" else None,
        )

    def enter(self, address: str) -> None:
        """Log in, by keys alone: the field for the name has the focus."""
        self.page.goto(address)
        self.page.locator("input[name=name]:focus").wait_for()
        self.page.keyboard.type(NAME)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        assert self.page.url == f"{self.base}/"

    def go(self, path: str) -> Page:
        """Open a page."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.ok, path
        return self.page

    def press(self, words: str, *, path: str = "", within: Locator | None = None) -> str:
        """Press a button and wait for its verb; what the page says of it."""
        if path:
            self.go(path)
        self.clicks += 1
        button = (within or self.page).get_by_role("button", name=words, exact=True)
        with self.page.expect_navigation():
            button.first.click()
        self.page.locator("[data-job]").wait_for(state="detached", timeout=SECONDS * 1000)
        self.page.wait_for_load_state()
        trouble = self.page.locator("aside[role=alert]").all_inner_texts()
        assert not trouble, trouble
        return self.page.locator("main").inner_text()


def test_from_nothing_to_a_confirmed_map(visit: Visit, project: Project) -> None:
    visit.press("Look at both sides", path="/scope")
    visit.press("Copy the source into staging")
    visit.press("Propose a place for every field", path="/map")
    visit.press("Accept all of them")
    text = visit.press("Confirm the map as it stands")
    assert f"confirmed by {NAME}" in text
    assert visit.clicks == 5
    confirmed = project.mapping_path.with_name("mapping.confirmed.json").read_text()
    history = visit.go("/history").locator("tbody tr").all_inner_texts()
    assert "mapping confirmed" in history[0]
    assert NAME in history[0]
    digest = visit.page.request.get(f"{visit.base}/history.json").json()["decided"][0]["detail"]
    assert digest["mapping"] in confirmed


def test_whether_the_source_is_at_rest(visit: Visit) -> None:
    visit.go("/scope").get_by_label("Watch for, in seconds").fill("0")
    assert "at rest: nothing moved" in visit.press("Look whether it is at rest")


def test_one_rule_is_decided_on_real_rows(visit: Visit, project: Project) -> None:
    comments = project.mapping_path.read_text().count("#")
    page = visit.go("/map/persons/function")
    page.get_by_label("What it does").fill("{from: job_title, do: [clean, {truncate: 4}]}")
    visit.press("Try on real rows")
    made = page.get_by_role("region", name="Preview").locator("tbody td:last-child")
    assert {len(text.splitlines()[0]) for text in made.all_inner_texts()} <= {1, 2, 3, 4}
    visit.press("Save", path="/map/persons/function")
    page = visit.go("/map/persons/function")
    page.get_by_label("For who reads this next").fill("agreed with <b>Bob</b>")
    visit.press("Keep")
    text = project.mapping_path.read_text()
    assert "agreed with <b>Bob</b>" in text
    assert text.count("#") == comments
    assert "Note: agreed with <b>Bob</b>" in visit.go("/map/persons").locator("main").inner_text()


def test_the_keyboard_is_enough_to_look_through_the_map(visit: Visit) -> None:
    page = visit.go("/map/persons")
    page.keyboard.press("/")
    page.keyboard.type("job_title")
    assert page.locator("tr[data-row]:visible").count() == 1
    page.locator("h1").click()
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("e")
    assert page.url.endswith("/map/persons/function")
    waiting = visit.go("/map/persons?only=open").locator("#rules [data-row]").count()
    assert waiting
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("a")
    assert page.locator("#rules [data-row]").count() == waiting - 1


def test_from_the_map_to_a_verified_odoo(visit: Visit, module_odoo: OdooServer) -> None:
    before = module_odoo.row_counts()
    visit.press("Look what Odoo lacks", path="/prepare")
    visit.press("Make it")
    visit.press("Match by e-mail", path="/questions/owners")
    visit.page.locator("select[name=all]").select_option("create_inactive")
    assert "all answered" in visit.press("Keep the answers")
    visit.press("Look for duplicates", path="/questions/duplicates")
    visit.page.locator("input[value=keep]").first.check()
    visit.press("Keep the answers")
    visit.page.locator("select[name=all]").select_option("keep")
    assert "all answered" in visit.press("Keep the answers")
    visit.press("Plan", path="/plan")
    assert f"confirmed by {NAME}" in visit.press("Confirm this plan")
    assert "done" in visit.press("Run the confirmed plan", path="/run")
    assert "equal" in visit.press("Verify", path="/check")
    assert module_odoo.row_counts()["res_partner"] > before["res_partner"]


def test_a_name_with_a_script_in_it_is_words(visit: Visit) -> None:
    visit.press("Choose records", path="/check")
    text = visit.page.locator("main").inner_text()
    assert "<script>alert(" in text
    assert visit.page.locator("main script").count() == 0
    for right in visit.page.locator("input[value=right]").all():
        right.check()
    assert "0 wrong" not in visit.press(f"Keep the ticks, as {NAME}")
    visit.page.get_by_label("I agree to what stands in").check()
    visit.press("Sign")


def test_every_page_is_accessible_fits_a_phone_and_says_what_its_twin_says(
    visit: Visit, project: Project, module_odoo: OdooServer
) -> None:
    password = project.secrets.source(host="127.0.0.1").get_secret_value()
    secrets = (password, module_odoo.api_key, visit.token)
    # axe must put its own script into the page, which the page's policy forbids.
    phone = visit.browser.new_context(bypass_csp=True, viewport={"width": 390, "height": 844})
    phone.add_cookies(visit.context.cookies())  # type: ignore[arg-type]
    page, found = phone.new_page(), {}
    for path in PAGES:
        page.goto(visit.base + path)
        axe = Axe().run(page, options=RULES)
        for one in axe.response["violations"]:
            if one["impact"] in ("serious", "critical"):
                found[path, one["id"]] = one["nodes"][0]["html"]
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            found[path, "width"] = width
        twin = "/overview.json" if path == "/" else f"{path}.json"
        told = page.request.get(visit.base + twin).text()
        shown = " ".join(html.unescape(page.content()).split()).casefold()
        for words in _said(json.loads(told)):
            if words.casefold() not in shown:
                found[path, "not shown"] = words
        for secret in secrets:
            if secret in told or secret.casefold() in shown:
                found[path, "a secret"] = secret[:3]
    phone.close()
    assert found == {}


def _said(twin: Any, name: str = "") -> Iterator[str]:
    """The names, reasons and places in a twin."""
    if isinstance(twin, dict):
        for key, value in twin.items():
            yield from _said(value, key)
    elif isinstance(twin, list):
        for value in twin:
            yield from _said(value, name)
    elif isinstance(twin, str) and name in SAID:
        yield " ".join(twin.split())


def test_the_way_back_is_guarded(visit: Visit, module_odoo: OdooServer) -> None:
    run = visit.go("/rollback").locator("select[name=run] option").nth(1).get_attribute("value")
    visit.page.locator("select[name=run]").select_option(run)
    assert f"Run {run}: it would" in visit.press("Say what it would do")
    assert visit.page.get_by_label(f"to undo run {run} in").count() == 1
    visit.press("Say what it would do", path="/rollback")
    visit.page.get_by_label("to undo everything in").fill("acm")
    with visit.page.expect_navigation():
        visit.page.get_by_role("button", name="Roll back", exact=True).click()
    assert "name was not typed" in visit.page.locator("main").inner_text()
    visit.faults.clear()  # Chromium tells of the answer 409.
    visit.go("/rollback")
    visit.page.get_by_label("to undo everything in").fill("acme")
    visit.press("Roll back")
    left = module_odoo.psql("SELECT count(*) FROM ir_model_data WHERE module = 'moorage_acme'")
    assert left == [(0,)]
    begun = visit.go("/history").locator("tbody tr").first.inner_text()
    assert "rollback begun: everything" in begun
    assert NAME in begun


def test_somebody_elses_verb_is_named(visit: Visit, project: Project) -> None:
    with project.lock("verify"):
        text = visit.go("/").locator("main").inner_text()
        assert "Another moorage works on this project" in text
        visit.go("/map")
        with visit.page.expect_navigation():
            visit.page.get_by_role("button", name="Check it against Odoo").click()
        visit.page.locator("[data-job]").wait_for(state="detached", timeout=SECONDS * 1000)
