"""Whether production may be written to.

Where a project declares a destination `staging`, nothing is loaded into production before a person
signed for the rehearsal, or waived it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from moorage.commands.opening import PRODUCTION, REHEARSAL
from moorage.errors import MoorageError, RefusedError
from moorage.mapping.confirm import require_confirmed
from moorage.project import Project
from moorage.project.signing import SignOff, Waiver, kept

WAIVER_FILE = "waiver.json"


@dataclass(frozen=True)
class Rehearsal:
    """Where the rehearsal stands: in words, and whether production may go by it."""

    words: str
    is_enough: bool


def rehearsal_of(project: Project) -> Rehearsal:
    """Whether what will go to production was signed for, as the files in `decisions` say."""
    if REHEARSAL not in project.settings.destinations:
        return Rehearsal(f"no rehearsal: the project has no destination {REHEARSAL!r}", True)
    try:
        digest = require_confirmed(project.mapping_path).digest
    except MoorageError as error:
        return Rehearsal(error.what, False)
    signed = kept(signoff_path(project, REHEARSAL), SignOff)
    if signed is not None and signed.mapping_digest == digest:
        return Rehearsal(_in_words(signed), True)
    waived = kept(project.decisions / WAIVER_FILE, Waiver)
    if waived is not None and waived.mapping_digest == digest:
        words = f"waived by {waived.name}, {waived.at[:10]}: {waived.why}"
        return Rehearsal(words, True)
    if signed is not None:
        words = f"the sign-off of {signed.name}, {signed.at[:10]}, is for another mapping"
        return Rehearsal(words, False)
    return Rehearsal(f"{REHEARSAL} is not signed off yet", False)


def require_rehearsal(project: Project, to: str) -> Rehearsal:
    """Where the rehearsal stands; RefusedError if a run into `to` may not go by it."""
    require_confirmed(project.mapping_path)
    rehearsal = rehearsal_of(project)
    if to == PRODUCTION and not rehearsal.is_enough:
        raise RefusedError(
            f"production waits for a rehearsal: {rehearsal.words}",
            where=str(project.decisions),
            state="Nothing was changed.",
            todo=f'Rehearse, then sign: moorage signoff --to {REHEARSAL} --name "Your Name"; or'
            ' do without, by name: moorage signoff --waive --name "Your Name" --why "…".',
        )
    return rehearsal


def signoff_path(project: Project, to: str) -> Path:
    """The file of the sign-off of destination `to`."""
    return project.decisions / f"signoff-{to}.json"


def _in_words(signed: SignOff) -> str:
    found = signed.verified
    size = f", a sample of {found.sample}" if found.sample is not None else ""
    differ = f", {found.differences:,} differences accepted" if signed.accepted_differences else ""
    spots = str(signed.spot_check) if signed.spot_check else "no spot check"
    return (
        f"signed off by {signed.name}, {signed.at[:10]}: {found.values:,} values verified"
        f"{size}{differ}; {spots}"
    )
