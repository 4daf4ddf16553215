"""The sign-off as a page: who agreed, to what, and on what grounds."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from moorage.project.signing import SignOff
from moorage.reports.page import Cell, Chip, Page, Section, Tile, chip, code, text
from moorage.reports.writing import write_report


def write_signoff(folder: Path, project: str, signed: SignOff) -> tuple[Path, ...]:
    """Write signoff.html and signoff.json of a destination."""
    found, ticks = signed.verified, signed.spot_check
    size = "all of it" if found.sample is None else f"a sample of {found.sample:,} of each kind"
    page = Page(
        name="signoff",
        title="Sign-off",
        verdict=Chip(f"signed by {signed.name}", "good"),
        lead=f"{signed.name} agrees to what stands in {signed.destination} after run {signed.run}: "
        f"{size}, loaded by the mapping named below.",
        tiles=(
            Tile("Values verified", f"{found.values:,}", f"{found.records:,} records"),
            Tile(
                "Differences",
                f"{found.differences:,}",
                "accepted by name" if signed.accepted_differences else "",
                tone="good" if found.agrees else "warn",
            ),
            Tile("Spot check, right", f"{ticks.right} of {ticks.count}" if ticks else "none"),
        ),
        sections=(_grounds(signed), _names(signed)),
    )
    return write_report(folder, project, page, asdict(signed), destination=signed.destination)


def unsigned_page(words: str) -> Page:
    """The page where production could go without a sign-off; `words` say why."""
    return Page(
        name="signoff",
        title="Sign-off",
        verdict=Chip("nobody had to sign", "quiet"),
        lead=f"{words[:1].upper()}{words[1:]}. What was compared after the run stands under"
        " Verification.",
    )


def _grounds(signed: SignOff) -> Section:
    found, ticks = signed.verified, signed.spot_check
    spots: tuple[Cell, ...] = (text("Spot check"), text("no sheet was read back"), text(""))
    if ticks is not None:
        by = " ".join(part for part in (ticks.name, ticks.date) if part)
        tone = chip("all ticked right", "good") if ticks.right == ticks.count else chip("", "quiet")
        if ticks.unticked:
            tone = chip(f"{len(ticks.unticked)} not ticked", "warn")
        spots = (text("Spot check", below=by), text(str(ticks)), tone)
    verdict = chip("equal", "good") if found.agrees else chip("accepted", "warn")
    words = f"{found.values:,} values of {found.records:,} records"
    rows = ((text("Verification", below=_moment(found.at)), text(words), verdict), spots)
    return Section("On these grounds", "", ("What", "Found", ""), rows)


def _names(signed: SignOff) -> Section:
    rows = tuple(
        (text(name), code(value))
        for name, value in (
            ("Signed", _moment(signed.at)),
            ("Odoo", f"{signed.url} ({signed.database})"),
            ("Mapping", signed.mapping_digest),
            ("Plan", signed.plan_digest),
            ("Snapshot of the source", signed.snapshot),
        )
    )
    return Section("For exactly this", "Digests: another mapping needs another sign-off.",
                   ("", ""), rows)  # fmt: skip


def _moment(at: str) -> str:
    return f"{at[:16].replace('T', ' ')} UTC"
