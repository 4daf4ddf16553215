"""Writing the folder: spreadsheets, pages, the overview, one page to print, and its PDF."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from moorage.handoff.before import before_pages
from moorage.handoff.contents import ASIDE_HEADS, ID_HEADS, LEFT_OUT_HEADS, Contents
from moorage.handoff.idmap import with_parquet
from moorage.handoff.overview import PURPOSES, overview_page
from moorage.handoff.pages import answers_page, aside_page, ids_page, runs_page, undo_page
from moorage.handoff.printing import print_to_pdf
from moorage.reports import assessment, inventory
from moorage.reports.page import Chip, Page, Section
from moorage.reports.tables import SavedTable, save_table
from moorage.reports.writing import draw, moment, put

DATA = "data"
#: So many rows of a table with a spreadsheet are printed.
ON_PAPER = 50
#: Reports that are drawn again as they were made; what is said where there is none yet.
EARLIER = {
    "mapping": ("Mapping", "moorage map"),
    "verification": ("Verification", "moorage verify"),
    "signoff": ("Sign-off", "moorage signoff"),
}
#: The order of the folder: what it takes, what was done, what is left to do.
ORDER = (
    "scope", "compatibility", "destination", "mapping", "reconciliation", "verification",
    "set-aside", "decisions", "signoff", "automations", "roles", "ids", "undo",
)  # fmt: skip


@dataclass(frozen=True)
class Handoff:
    """A folder that was written: its pages by name, and its PDF or why there is none."""

    folder: Path
    pages: tuple[str, ...]
    id_count: int
    pdf: Path | None
    pdf_problem: str


def write_handoff(folder: Path, contents: Contents) -> Handoff:
    """Write everything anew into `folder`; what was in it before is gone."""
    draft = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    tables = _save_tables(draft / DATA, contents)
    pages = [*_pages(contents, tables)]
    overview = overview_page(contents, pages)
    _draw_all(draft, contents, overview, pages)
    pdf, problem = print_to_pdf(draft / "print.html", draft / f"{contents.project}-handoff.pdf")
    _draw_overview(draft, contents, overview, pages, pdf)
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return Handoff(
        folder,
        tuple(page.name for page in pages),
        tables["ids"].count,
        folder / pdf.name if pdf else None,
        problem,
    )


def _save_tables(folder: Path, contents: Contents) -> dict[str, SavedTable]:
    found = contents.assessment
    automations, roles = inventory.split(inventory.inventory_of(found.discovery))
    saved = [
        save_table(
            folder, "compatibility", assessment.HEADS, assessment.compatibility_rows(found.fates)
        ),
        save_table(folder, "automations", inventory.HEADS, inventory.inventory_rows(automations)),
        save_table(folder, "roles", inventory.HEADS, inventory.inventory_rows(roles)),
        save_table(folder, "set-aside", ASIDE_HEADS, contents.asides()),
        save_table(folder, "left-out", LEFT_OUT_HEADS, contents.left_out()),
        *(save_table(folder, about.name, about.heads, about.rows) for about in contents.answers),
    ]
    with with_parquet(folder / "ids.parquet", contents.ids()) as rows:
        ids = save_table(folder, "ids", ID_HEADS, rows)
    if ids.count:
        ids = replace(ids, files=(*ids.files, ("Parquet", f"{DATA}/ids.parquet")))
    return {table.name: table for table in [*saved, ids]}


def _pages(contents: Contents, tables: dict[str, SavedTable]) -> Iterator[Page]:
    made = {page.name: page for page in before_pages(contents, tables)}
    for page in (
        runs_page(contents), aside_page(contents, tables), answers_page(contents, tables),
        ids_page(contents, tables), undo_page(contents),
    ):  # fmt: skip
        made[page.name] = page
    for name, (title, command) in EARLIER.items():
        kept = contents.pages.get(name)
        made[name] = replace(kept.page, name=name) if kept else _not_yet(name, title, command)
    return (made[name] for name in ORDER)


def _not_yet(name: str, title: str, command: str) -> Page:
    return Page(
        name=name,
        title=title,
        verdict=Chip("not yet", "quiet"),
        lead="This was not done when the hand-off was written.",
        sections=(Section("What to do", items=(f"{command}, then write the hand-off again.",)),),
    )


def _draw_all(folder: Path, contents: Contents, overview: Page, pages: Sequence[Page]) -> None:
    shared = {
        "project": contents.project, "made_at": moment(contents.made_at), "purposes": PURPOSES,
    }  # fmt: skip
    for place, page in enumerate(pages):
        around = {
            "before": pages[place - 1] if place else None,
            "after": pages[place + 1] if place + 1 < len(pages) else None,
        }
        put(folder / f"{page.name}.html", draw("handoff.html.j2", page=page, **around, **shared))
    pages = [_for_paper(page) for page in pages]
    put(
        folder / "print.html",
        draw("handoff_print.html.j2", page=overview, pages=pages, **shared),
    )


def _for_paper(page: Page) -> Page:
    """`page` with long tables cut, where a spreadsheet has them whole."""
    sections = [
        replace(
            section,
            rows=section.rows[:ON_PAPER],
            cut=section.cut + len(section.rows) - ON_PAPER,
        )
        if section.files and len(section.rows) > ON_PAPER
        else section
        for section in page.sections
    ]
    return replace(page, sections=tuple(sections))


def _draw_overview(
    folder: Path, contents: Contents, overview: Page, pages: Sequence[Page], pdf: Path | None
) -> None:
    put(
        folder / "index.html",
        draw(
            "handoff_index.html.j2",
            page=overview,
            pages=pages,
            pdf=pdf.name if pdf else "",
            purposes=PURPOSES,
            project=contents.project,
            made_at=moment(contents.made_at),
        ),
    )
