"""The pages of a hand-off that tell what was done: runs, rows left, answers, ids, undoing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from moorage.handoff.contents import Contents
from moorage.load import LoadReport
from moorage.reports.loading import SILENT, moved_section, phases_section
from moorage.reports.page import Cell, Chip, Page, Section, Tile, chip, code, number, text
from moorage.reports.tables import SavedTable

Tables = Mapping[str, SavedTable]
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")
#: Answers as people read them, where the file has a word of its own.
_WORDS = {"create_inactive": "create, inactive"}


def runs_page(contents: Contents) -> Page:
    """Every run with its counts, phase by phase."""
    counted = [run for run in contents.loads if run.load is not None]
    loads = [run.load for run in counted if run.load is not None]
    agrees = all(phase.accounted == phase.rows for load in loads for phase in load.phases)
    loud = sum(count for load in loads for model, count in load.moved.items() if model in SILENT)
    sections = [_run_list(contents)]
    for run in reversed(counted):
        if run.load is None:
            continue
        if any(phase.rows for phase in run.load.phases):
            named = phases_section(run.load)
            sections.append(_named(named, f"Run {run.id}, {run.started_at[:10]}: by phase"))
            sections.append(_named(moved_section(run.load), f"Run {run.id}: what else moved"))
    return Page(
        name="reconciliation",
        title="Reconciliation",
        verdict=Chip("sums agree", "good") if agrees else Chip("sums differ", "bad"),
        lead=f"{len(counted)} {'run' if len(counted) == 1 else 'runs'} into"
        f" {contents.destination}. After each phase the rows that"
        " went in and what became of them were counted; the next began only when both agreed.",
        tiles=(
            Tile("Created", f"{_sum(loads, 'created'):,}"),
            Tile("Updated", f"{_sum(loads, 'updated'):,}"),
            Tile("Stand in Odoo now", f"{contents.record_count:,}", "rows of the source"),
            Tile("Mails and notifications sent", f"{loud:,}", "counted before and after each run",
                 tone="bad" if loud else "good"),
        ),
        sections=tuple(sections),
    )  # fmt: skip


def _sum(loads: Sequence[LoadReport], name: str) -> int:
    return sum(getattr(phase, name) for load in loads for phase in load.phases)


def _named(section: Section, title: str) -> Section:
    return Section(
        title, section.intro, section.columns, section.rows, section.totals, empty=section.empty
    )


def _run_list(contents: Contents) -> Section:
    words = {"prepare": "fields and settings", "load": "records", "rollback": "put back"}
    rows = tuple(
        (
            text(f"Run {run.id}", below=words.get(run.kind, run.kind)),
            text(run.started_at[:16].replace("T", " ")),
            text(run.ended_at[:16].replace("T", " ")),
            number(_sum([run.load], "created") if run.load else 0),
            number(_sum([run.load], "updated") if run.load else 0),
            number(_sum([run.load], "set_aside") if run.load else 0),
            chip(run.status.replace("_", " "), "good" if run.status == "done" else "warn"),
        )
        for run in contents.runs
    )
    heads = ("Run", "Began (UTC)", "Ended", "#Created", "#Updated", "#Set aside", "State")
    return Section("All runs", "", heads, rows, empty="Nothing was run yet.")


def aside_page(contents: Contents, tables: Tables) -> Page:
    """Rows that did not go, and values that were left out."""
    asides, left_out = tables["set-aside"], tables["left-out"]
    rows = tuple(
        (text(reason), code(key, below=str(place) if place != key else ""), code(entry))
        for entry, _, key, place, reason, _ in asides.first
    )
    lost = tuple(
        (text(message), code(f"{entry}.{name}", below=str(key)))
        for entry, _, key, name, message, _ in left_out.first
    )
    planned = tuple(
        (
            text(about.message, below=", ".join(about.keys[:3])),
            code(f"{about.entry}.{about.field}"),
            number(about.count),
        )
        for about in contents.warnings
    )
    values = sum(about.count for about in contents.warnings)
    return Page(
        name="set-aside",
        title="Set aside",
        verdict=Chip(f"{asides.count:,} rows set aside", "warn" if asides.count else "good"),
        lead="Rows that did not go, each with the reason and its place in the source; and values"
        " that were left out of rows that went. Nothing was dropped in silence."
        if asides.count or values or left_out.count
        else "Every row went, whole.",
        tiles=(
            Tile("Rows set aside", f"{asides.count:,}", tone="warn" if asides.count else "good"),
            Tile("Values left out by the plan", f"{values:,}"),
            Tile("Left out by a run", f"{left_out.count:,}"),
        ),
        sections=(
            Section(
                "Rows that did not go",
                "Mend the row in the source or the rule in the mapping; the next run takes it.",
                ("Reason", "Row", "Entry"), rows, cut=asides.cut, files=asides.files,
                empty="There is none.",
            ),
            Section(
                "Values left out",
                "These rows went, without the value named.",
                ("What", "Field", "#Rows"), planned, empty="There is none.",
            ),
            Section(
                "Left out in a run",
                "Links that led to nothing, values that Odoo refused, and what people had changed.",
                ("What", "Where"), lost, cut=left_out.cut, files=left_out.files,
                empty="There is nothing.",
            ),
        ),
    )  # fmt: skip


def answers_page(contents: Contents, tables: Tables) -> Page:
    """What people decided, question by question."""
    sections = tuple(
        Section(
            found.title,
            "",
            found.heads,
            tuple(tuple(_answer(value) for value in row) for row in tables[found.name].first),
            cut=tables[found.name].cut,
            files=tables[found.name].files,
            empty="There was nothing to decide.",
        )
        for found in contents.answers
    )
    count = sum(len(found.rows) for found in contents.answers)
    confirmed = f" The mapping was confirmed by {contents.confirmed_by}."
    return Page(
        name="decisions",
        title="Decisions",
        verdict=Chip(f"{count:,} decisions", "plain"),
        lead="What only a person could decide, who did, and when. Records are named by their key;"
        f" names stay in the project.{confirmed if contents.confirmed_by else ''}",
        sections=sections,
    )


def _answer(value: object) -> Cell:
    words = "" if value is None else str(value)
    words = _WORDS.get(words, words)
    if _MOMENT.fullmatch(words):
        return text(f"{words[:16].replace('T', ' ')} UTC")
    return code(words) if words.count(":") == 2 and " " not in words else text(words)


def ids_page(contents: Contents, tables: Tables) -> Page:
    """The id map: where each row of the source stands in Odoo."""
    found = tables["ids"]
    rows = tuple(
        (
            code(f"{source_object}:{source_id}"),
            code(model),
            Cell(str(odoo_id), href=str(link)),
            code(external_id),
            text(outcome),
        )
        for source_object, source_id, model, odoo_id, external_id, outcome, link in found.first
    )
    counts = tuple(
        (code(model), *(number(by.get(name, 0)) for name in ("created", "matched", "merged")))
        for model, by in contents.standing.items()
    )
    return Page(
        name="ids",
        title="Id map",
        verdict=Chip(f"{found.count:,} ids", "plain"),
        lead=f"Where every row of {contents.source} stands in Odoo. The External ID is kept by"
        " Odoo itself; the links open the records.",
        sections=(
            Section("By model", "Matched: Odoo had it already. Merged: one record of several rows.",
                    ("Model", "#Created", "#Matched", "#Merged"), counts,
                    empty="Nothing stands in Odoo."),
            Section("Every id", "", ("Source", "Model", "Odoo id", "External ID", "Outcome"),
                    rows, cut=found.cut, files=found.files, empty="There is none."),
        ),
    )  # fmt: skip


def undo_page(contents: Contents) -> Page:
    """How to take everything back."""
    created = sum(by.get("created", 0) for by in contents.standing.values())
    adopted = sum(
        by.get("matched", 0) + by.get("merged", 0) for by in contents.standing.values()
    )  # fmt: skip
    to = "" if contents.destination == "production" else f" --to {contents.destination}"
    rows = tuple(
        (code(model), number(by.get("created", 0)))
        for model, by in contents.standing.items()
        if by.get("created")
    )
    return Page(
        name="undo",
        title="How to undo",
        verdict=Chip("possible" if created or contents.prepared else "nothing to undo", "good"),
        lead="Everything that was written can be taken back from the project folder, as long as its"
        " ledger (.moorage/ledger.sqlite) is kept. Keep a backup of it.",
        tiles=(
            Tile("Records to delete", f"{created:,}"),
            Tile("Were there before", f"{adopted:,}", "they stay, their mark is taken off"),
            Tile("Fields and settings", f"{sum(contents.prepared.values()):,}"),
        ),
        sections=(
            Section("The way back", items=(
                f"moorage rollback --plan-only{to}: says what would go, what would stay, and why."
                " It changes nothing.",
                f"moorage rollback{to}: deletes what was created, newest first; puts changed"
                " fields back to what they were; takes custom fields and settings back last.",
                f"moorage rollback --run N{to}: only that run.",
                "What people changed since, and what other people's work hangs on, is kept and"
                " named. The source was only read: there is nothing to undo there.",
                "Odoo's sequences, its logs and the ids that were used do not go back.",
            )),
            Section("What a rollback would delete", "", ("Model", "#Records"), rows,
                    totals=(text("Sum"), number(created)), empty="Nothing."),
        ),
    )  # fmt: skip
