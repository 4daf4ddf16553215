"""What a CRM or a person wrote is words on every page: no markup in it is ever drawn.

The same project has long lists, so it also shows that they are given out a part at a time.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from moorage.commands import deciding
from moorage.commands.opening import keep_discovery
from moorage.commands.result import to_json
from moorage.destination import DestinationIdentity
from moorage.ledger import Ledger, SetAside
from moorage.plan.conflict_decisions import ConflictDecision, DeletionDecision
from moorage.plan.decisions import (
    DuplicateDecision,
    MatchDecision,
    OwnerDecision,
    write_rows,
)
from moorage.project import Project
from moorage.reports import Cell, Chip, Page, Section, Tile
from moorage.sources.base import Discovery, SourceField, SourceObject
from moorage.staging import Staging
from tests.web.ground import Page as Served
from tests.web.ground import empty_project, served

BAD = "<script>alert(1)</script><img src=x onerror=alert(2)>"
#: Pages, and how often at least the bad words stand on each.
PLACES = {
    "/scope": 4,
    "/map": 2,
    "/map/persons": 3,
    "/map/persons?only=left": 1,
    "/map/persons/name": 4,
    "/questions": 2,
    "/questions/issues": 2,
    "/questions/owners": 3,
    "/questions/duplicates": 3,
    "/questions/matches": 1,
    "/questions/conflicts": 5,
    "/questions/deletions": 2,
    "/run": 1,
    "/check": 4,
    "/rollback": 4,
    "/history": 2,
}
MANY = 250
MAPPING = f"""\
moorage: 1
source: krayin
settings: {{own_addresses: []}}
objects:
  persons:
    to: res.partner
    fields:
      name: {{from: name, advice: "{BAD}"}}
      function: {{from: job_title}}
      email: {{from: email}}
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    project = empty_project(tmp_path_factory.mktemp("words"))
    project.mapping_path.write_text(MAPPING)
    _found(project)
    _decided(project)
    _asked(project)
    _loaded(project)
    for name in ("scope", "verification", "rollback"):
        _reported(project.reports / f"{name}.json", name)
    with served(project.root) as found:
        yield found


def _found(project: Project) -> None:
    """A source whose labels, questions and values are hostile."""
    fields = tuple(SourceField(name, "text", BAD) for name in ("id", "name", "email", "phone"))
    objects = (SourceObject("persons", BAD, MANY, fields),)
    found = Discovery("krayin", BAD, "crm", objects, questions=(BAD,))
    keep_discovery(project, found)
    with Staging(project.staging_path) as staging:
        staging.remember("snapshot_digest", "abc")
        staging.connection.execute(
            "CREATE TABLE tidy.persons AS SELECT range AS id, ? || range AS name, '' AS email,"
            " NULL AS phone, ? AS job_title FROM range(?)",
            [BAD, BAD, MANY],
        )


def _decided(project: Project) -> None:
    """Remarks and reasons in the mapping, by somebody with a hostile name."""
    deciding.remark(project, "persons", "name", words=BAD, by=BAD)
    deciding.leave_field(project, "persons", "function", reason=BAD, by=BAD)
    deciding.answer_settings(project, f"own_addresses: ['{BAD}']", by=BAD)


def _asked(project: Project) -> None:
    """Queues of many questions, hostile in every word."""
    folder = project.decisions
    keys = [f"krayin:persons:{number}" for number in range(MANY)]
    said = {"decided_by": BAD, "decided_at": "2026-01-01T00:00:00+00:00"}
    write_rows(
        folder / "owners.csv",
        OwnerDecision,
        [OwnerDecision(key, f"{BAD} {key}", BAD, decision="nobody", **said) for key in keys],
    )
    write_rows(
        folder / "duplicates.csv",
        DuplicateDecision,
        [
            DuplicateDecision(f"{BAD}{number // 2}", "res.partner", key, f"{BAD} {key}", BAD)
            for number, key in enumerate(keys)
        ],
    )
    write_rows(folder / "matches.csv", MatchDecision, [MatchDecision("res.partner", BAD, "1 2")])
    write_rows(
        folder / "conflicts.csv",
        ConflictDecision,
        [ConflictDecision("res.partner", keys[0], "name", BAD, "javascript:alert(3)", BAD, BAD,
                          BAD, BAD)],
    )  # fmt: skip
    write_rows(
        folder / "deletions.csv",
        DeletionDecision,
        [DeletionDecision("res.partner", keys[0], BAD, "javascript:alert(3)", BAD)],
    )


def _loaded(project: Project) -> None:
    """A run that set rows aside with Odoo's reason."""
    ledger = Ledger(project.ledger_path)
    about = DestinationIdentity("http://odoo", "db", "uuid", "19.0", "community", 2, "a", 1, "EUR")
    destination_id = ledger.destination("production", about)
    run = ledger.start_run(destination_id, "load", "digest", "2026-01-01 00:00:00")
    aside = SetAside("krayin:persons:1", "refused", BAD, BAD)
    ledger.put_aside(run, destination_id, "persons", "res.partner", [aside])
    ledger.end_run(run, "stopped")
    ledger.close()


def _reported(path: Path, name: str) -> None:
    rows = ((Cell(BAD, below=BAD, lines=(BAD,)), Cell(BAD, href="javascript:alert(3)")),)
    section = Section(BAD, BAD, (BAD, "#n"), rows, items=(BAD,), items_title=BAD)
    page = Page(name, BAD, Chip(BAD), BAD, (Tile(BAD, BAD, BAD),), (section,))
    path.write_text(json.dumps({"page": to_json(page), "made_at": "2026-01-01T00:00:00+00:00"}))


@pytest.mark.parametrize("path", PLACES)
def test_markup_is_shown_and_never_drawn(page: Served, path: str) -> None:
    text = page.ask(path, cookie=page.enter()).data.decode()
    assert text.count(html.escape(BAD).replace("&quot;", "&#34;")) >= PLACES[path]
    for drawn in ("<script>", "<img", 'href="javascript', "onerror=alert(2)>"):
        assert drawn not in text


def test_long_lists_are_given_out_by_part(page: Served) -> None:
    cookie = page.enter()

    def part(path: str) -> dict[str, object]:
        address, _, query = path.partition("?")
        return dict(page.ask(f"/questions/{address}.json?{query}", cookie=cookie).json())

    assert len(part("owners")["owners"]) == 100
    last = part("owners?page=3")
    assert len(last["owners"]) == MANY - 200
    assert part("owners?page=99")["owners"] == last["owners"]
    assert part("owners?page=x")["owners"] == part("owners")["owners"]
    found = part("owners?q=PERSONS:123")
    assert [row["source_key"] for row in found["owners"]] == ["krayin:persons:123"]
    assert found["part"] == {
        "number": 1, "pages": 1, "total": 1, "all": MANY, "q": "PERSONS:123", "only": "",
    }  # fmt: skip
    assert part("owners?only=open")["part"]["total"] == 0
    group = part("duplicates?page=2")["duplicates"][0]
    assert [side["name"] for side in group["sides"]] == ["name", "job_title"]


def test_a_form_leads_to_no_other_site(page: Served) -> None:
    cookie = page.enter()
    text = page.ask("/map", cookie=cookie).data.decode()
    csrf = text.partition('name="csrf" value="')[2].partition('"')[0]
    for back in ("https://evil.example", "//evil.example", "/\\evil.example", ""):
        answer = page.ask("/job/pause", form={"csrf": csrf, "back": back}, cookie=cookie)
        assert answer.headers["location"] == "/"
