"""The verification report: what was compared, what differs. Values stay out of it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from moorage.reports.page import Cell, Chip, Page, Section, Tile, chip, code, number, text
from moorage.reports.writing import write_report
from moorage.verify import VerifyReport
from moorage.verify.report import KINDS

FIRST = 200


def write_verification(
    folder: Path,
    project: str,
    destination: str,
    found: VerifyReport,
    *,
    sample: int | None = None,
) -> tuple[Path, ...]:
    """Write verification.html and verification.json; `sample` is what was loaded, None for all."""
    page = _page(destination, found, sample)
    data = {**plain_verification(found), "sample": sample}
    return write_report(folder, project, page, data, destination=destination)


def plain_verification(found: VerifyReport) -> dict[str, Any]:
    """`found` without people's data: the values that differ stay in staging."""
    plain = asdict(found)
    for difference in plain["differences"]:
        del difference["expected"], difference["found"]
    return {**plain, "verdict": found.verdict, "values": found.values}


def _page(destination: str, found: VerifyReport, sample: int | None) -> Page:
    records = sum(entry.own for entry in found.entries)
    verdict = Chip("differs", "bad")
    if found.agrees:
        verdict = Chip("equal but for people's work" if found.by_people else "equal", "good")
    lead = (
        f"{found.values:,} values of {records:,} records in {destination} were read back and "
        "compared with the source, each after the declared transform."
    )
    if sample is not None:
        lead += f" Only a sample was loaded: {sample:,} of each kind, and what they hang on."
    return Page(
        name="verification",
        title="Verification",
        verdict=verdict,
        lead=lead,
        tiles=(
            Tile("Records read back", f"{records:,}"),
            Tile("Values compared", f"{found.values:,}"),
            Tile(
                "Wrong",
                f"{found.wrong_count:,}",
                tone="bad" if found.wrong_count else "good",
            ),
            Tile("Changed by people", f"{found.by_people:,}", "in Odoo, since it was loaded"),
            Tile("Took", f"{found.duration_seconds:.0f} s", f"Odoo {found.odoo_seconds:.0f} s"),
        ),
        sections=(
            _entries(found),
            _differences(found),
            *_by_people(found),
            _sums(found),
            *_parted(found),
            _counts(found),
            _extras(found),
        ),
    )


def _entries(found: VerifyReport) -> Section:
    rows = tuple(
        (
            text(entry.entry, below=entry.model),
            number(entry.rows),
            number(entry.own),
            number(entry.shared),
            number(entry.held_back),
            number(entry.fields),
            number(entry.values),
            number(entry.by_people),
            chip("equal", "good") if not entry.wrong else chip(f"{entry.wrong:,} wrong", "bad"),
        )
        for entry in found.entries
    )
    heads = (
        "Entry", "#Rows", "#Own record", "#Shared", "#Held back", "#Fields", "#Values",
        "#By people", "",
    )  # fmt: skip
    intro = "Shared rows were matched or merged; held back ones were not to go and are not there."
    if found.gone:
        intro += f" {found.gone:,} records whose row was deleted in the source are left out."
    return Section("By entry", intro, heads, rows)


def _differences(found: VerifyReport) -> Section:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            code(f"{about.entry}.{about.field}" if about.field else about.entry, below=about.key),
            text(KINDS.get(about.kind, about.kind)),
            text(f"{about.model} {about.odoo_id or ''}"),
        )
        for about in [one for one in found.differences if not one.changed_by][:FIRST]
    )
    return Section(
        "Wrong",
        "",
        ("Where", "What", "In Odoo"),
        rows,
        cut=max(0, found.wrong_count - FIRST),
        empty="Nothing is.",
    )


def _by_people(found: VerifyReport) -> tuple[Section, ...]:
    """What somebody changed in Odoo since it was loaded: it is theirs, and nothing to mend."""
    told = [one for one in found.differences if one.changed_by][:FIRST]
    rows = tuple(
        (
            code(f"{one.entry}.{one.field}", below=one.key),
            text(f"{one.model} {one.odoo_id or ''}"),
            text(one.changed_by or "", below=one.changed_at or ""),
        )
        for one in told
    )
    if not found.by_people:
        return ()
    intro = "Written in Odoo by others than Moorage's user since it was loaded. Times are UTC."
    heads = ("Where", "In Odoo", "By")
    cut = max(0, found.by_people - len(rows))
    return (Section("Changed by people", intro, heads, rows, cut=cut),)


def _sums(found: VerifyReport) -> Section:
    rows = tuple(
        (
            code(f"{about.model}.{about.field}"),
            text(about.currency),
            Cell(f"{about.expected:,}", is_figure=True),
            Cell(f"{about.found:,}", is_figure=True),
            chip("by people", "plain") if about.by_people else _agrees(about.agrees),
        )
        for about in found.sums
    )
    heads = ("Amount", "Currency", "#Source", "#Odoo", "")
    return Section("Money", "", heads, rows, empty="There are no amounts.")


def _parted(found: VerifyReport) -> tuple[Section, ...]:
    rows = tuple(
        (
            code(f"{about.model}.{about.field}"),
            code(about.by),
            number(about.groups),
            number(about.differing),
            Cell(f"{about.largest:,.2f}", is_figure=True),
            _agrees(about.agrees),
        )
        for about in found.parted
    )
    intro = "The same amounts, added up on both sides for each customer, month, state and the like."
    heads = ("Amount", "By", "#Groups", "#Differing", "#Furthest off", "")
    return (Section("Money, parted", intro, heads, rows),) if rows else ()


def _counts(found: VerifyReport) -> Section:
    rows = tuple(
        (code(about.model), number(about.expected), number(about.found), _agrees(about.agrees))
        for about in found.counts
    )
    intro = "Records with this project's mark, as Odoo itself counts them."
    return Section("Counts", intro, ("Model", "#Expected", "#Odoo", ""), rows)


def _agrees(agrees: bool) -> Cell:
    return chip("agrees", "good") if agrees else chip("differs", "bad")


def _extras(found: VerifyReport) -> Section:
    rows = tuple(
        (code(model), text(kind), number(count))
        for model, kinds in found.extras.items()
        for kind, count in kinds.items()
    )
    return Section(
        "Added by Odoo",
        "What stands on the records and no source row asked for. Told, not judged.",
        ("Model", "Kind", "#Count"),
        rows,
        empty="Odoo added nothing.",
    )
