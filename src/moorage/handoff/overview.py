"""The first page of a hand-off: where the migration stands, in a few facts."""

from __future__ import annotations

from collections.abc import Sequence

from moorage.handoff.contents import Contents
from moorage.reports.page import Chip, Page, Section, Tile, Tone

#: What each page is for, in a line.
PURPOSES = {
    "scope": "What the source held, how demanding the migration is, and how long it takes.",
    "compatibility": "How each kind of record fits Odoo, and what does not arrive.",
    "destination": "Which Odoo it is: version, hosting, modules, companies, rules.",
    "mapping": "Where every field went, and what stayed behind, with the reason.",
    "reconciliation": "Every run, phase by phase: what went in and what became of it.",
    "verification": "Every field read back from Odoo and compared with the source.",
    "set-aside": "Rows and values that did not go, each with its reason and place.",
    "decisions": "What people decided: owners, duplicates, matches, conflicts.",
    "signoff": "Who agreed to what was seen, and the spot check behind it.",
    "automations": "What is rebuilt in Odoo: triggers, conditions, actions, effort.",
    "roles": "Roles and rights that an administrator gives anew.",
    "ids": "Where each row of the source stands in Odoo, with a link.",
    "undo": "How everything is taken back, and what would stay.",
}


def overview_page(contents: Contents, pages: Sequence[Page]) -> Page:
    """The state of the whole, from the verdicts of `pages`."""
    verdicts = {page.name: page.verdict for page in pages}
    verified, sums = verdicts["verification"], verdicts["reconciliation"]
    aside = verdicts["set-aside"]
    if not contents.record_count:
        state = Chip("nothing was loaded yet", "quiet")
    elif verified.tone == "good" and sums.tone == "good":
        state = Chip("loaded and verified", "good")
    elif verified.tone == "quiet":
        state = Chip("loaded, not verified yet", "warn")
    else:
        state = Chip("loaded, with differences", "bad")
    discovery, identity = contents.assessment.discovery, contents.assessment.identity
    into = f"Odoo {identity.version.partition('.')[0]}" if identity else "Odoo"
    where = f" at {identity.url}" if identity else ""
    return Page(
        name="index",
        title=f"{contents.source} to {into}",
        verdict=state,
        lead=f"The record of one migration: from {contents.source} {discovery.release} into the"
        f" {contents.destination} database{where}. Keep this folder: everything in it works without"
        " a network.",
        tiles=(
            Tile("Rows that stand in Odoo", f"{contents.record_count:,}"),
            Tile("Verification", verified.words, tone=_told(verified)),
            Tile("Left aside", aside.words.removesuffix(" rows set aside") + " rows",
                 tone=_told(aside)),
            Tile("Grade", contents.assessment.grade.letter, contents.assessment.grade.meaning),
        ),
        sections=_left_to_do(contents, pages),
    )  # fmt: skip


def _told(verdict: Chip) -> Tone | None:
    return verdict.tone if verdict.tone in ("good", "warn", "bad") else None


def _left_to_do(contents: Contents, pages: Sequence[Page]) -> tuple[Section, ...]:
    """What a reader has to do, in the order of its weight."""
    verdicts = {page.name: page.verdict for page in pages}
    steps = []
    if verdicts["verification"].tone != "good":
        steps.append("Verify: read every field back (verification).")
    if verdicts["set-aside"].tone == "warn":
        steps.append("Go through the rows that were set aside: mend them, or agree (set aside).")
    if verdicts["automations"].tone == "warn":
        steps.append("Rebuild the automations that are wanted in Odoo (automations).")
    if contents.assessment.discovery.questions:
        steps.append("See that the mapping answers what was asked about the source (scope).")
    steps.append("Give users their rights in Odoo: they arrive without any (roles and rights).")
    steps.append("Keep the project folder with its ledger as long as undoing must be possible.")
    return (Section("Left to do", items=tuple(steps)),)
