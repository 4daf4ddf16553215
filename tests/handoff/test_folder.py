"""A hand-off's folder from made-up facts: whole, without a network, without markup of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from moorage.destination import DestinationIdentity
from moorage.handoff import Answers, Contents, RunFacts, printing, write_handoff
from moorage.handoff.printing import find_browser
from moorage.load import LoadReport
from moorage.load.work import PhaseCount
from moorage.mapping.spec import parse_mapping
from moorage.reports.assessment import assess
from tests.handoff.pages import Page, broken_links, outside
from tests.reports.test_assessment import FINE, HEAD, WHOLE, discovery

EVIL = "<script>alert(1)</script>"
WORKFLOW = {
    "kind": "workflow", "name": EVIL, "object": "people", "trigger": "When one is made",
    "conditions": ["name is Ann"], "actions": ["Send a mail", "Add a tag"], "effort": "medium",
}  # fmt: skip
ROLE = {"kind": "role", "name": "Sales", "permissions": [f"right {n}" for n in range(40)]}


@pytest.fixture
def contents() -> Contents:
    identity = DestinationIdentity(
        "https://odoo.example", "acme", "uuid", "19.0", "community", 2, "admin", 1, "EUR"
    )
    found = assess(
        discovery(3, inventory=[WORKFLOW, ROLE]), parse_mapping(HEAD + WHOLE).mapping,
        identity=identity, survey=FINE,
    )  # fmt: skip
    load = LoadReport(1, phases=[PhaseCount("people", "res.partner", 0, rows=3, created=3)])
    return Contents(
        project="acme",
        destination="production",
        made_at=datetime(2026, 1, 2, tzinfo=UTC),
        assessment=found,
        runs=(RunFacts(1, "load", "done", "2026-01-02T10:00", "2026-01-02T10:01", load),),
        standing={"res.partner": {"created": 400}},
        answers=(Answers("owners", "Owners", ("Owner", "Decision"), (("toy:users:1", EVIL),)),),
        ids=lambda: (
            ("people", str(n), "res.partner", n, f"m.p-{n}", "created", f"https://odoo.example/{n}")
            for n in range(400)
        ),
        asides=lambda: [("people", "res.partner", "toy:people:9", "line 9", EVIL, 1)],
    )


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "browser" not in request.keywords:
        monkeypatch.setattr(printing, "find_browser", lambda: None)


def test_every_link_leads_somewhere_and_nothing_is_fetched(
    tmp_path: Path, contents: Contents
) -> None:
    written = write_handoff(tmp_path / "handoff", contents)
    assert broken_links(written.folder) == []
    assert outside(written.folder) == []
    assert written.id_count == 400
    assert {path.suffix for path in (written.folder / "data").glob("ids.*")} == {
        ".csv", ".xlsx", ".parquet",
    }  # fmt: skip
    for path in written.folder.glob("*.html"):
        text = path.read_text("utf-8")
        assert "default-src 'none'" in text, path.name
        assert EVIL not in text, path.name


def test_pages_are_accessible(tmp_path: Path, contents: Contents) -> None:
    folder = write_handoff(tmp_path / "handoff", contents).folder
    for path in folder.glob("*.html"):
        page = Page(path)
        assert ("html", {"lang": "en"}) in page.tags
        assert page.headings[0] == 1, path.name
        steps = zip(page.headings, page.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), path.name
        heads = [given for tag, given in page.tags if tag == "th"]
        assert all(head.get("scope") in ("col", "row") for head in heads), path.name


def test_long_tables_are_cut_and_point_to_the_spreadsheet(
    tmp_path: Path, contents: Contents
) -> None:
    folder = write_handoff(tmp_path / "handoff", contents).folder
    text = (folder / "ids.html").read_text("utf-8")
    assert "The first 300 of 400 rows" in text
    assert 'href="data/ids.csv"' in text
    assert "The first 50 of 400 rows" in (folder / "print.html").read_text("utf-8")


def test_writing_again_leaves_nothing_of_before(tmp_path: Path, contents: Contents) -> None:
    folder = write_handoff(tmp_path / "handoff", contents).folder
    (folder / "old.html").touch()
    write_handoff(folder, replace(contents, answers=()))
    assert not (folder / "old.html").exists()
    assert not (folder / "data" / "owners.csv").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["handoff"]


def test_without_a_browser_it_says_how_to_print(tmp_path: Path, contents: Contents) -> None:
    written = write_handoff(tmp_path / "handoff", contents)
    assert written.pdf is None
    assert "print.html" in written.pdf_problem
    assert "print.html" in (written.folder / "index.html").read_text("utf-8")


@pytest.mark.browser
def test_the_whole_is_printed(tmp_path: Path, contents: Contents) -> None:
    written = write_handoff(tmp_path / "handoff", contents)
    if find_browser() is None:
        assert written.pdf is None
        return
    assert written.pdf_problem == ""
    assert written.pdf is not None
    assert written.pdf.read_bytes().startswith(b"%PDF")
    assert "acme-handoff.pdf" in (written.folder / "index.html").read_text("utf-8")
