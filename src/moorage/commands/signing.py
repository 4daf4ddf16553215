"""The verb `signoff`: a person agrees to what stands in a destination, or waives the rehearsal."""

from __future__ import annotations

from dataclasses import dataclass

from moorage.commands.building import decisions_folder, plan_folder
from moorage.commands.checking import VERIFIED_FILE, last_run
from moorage.commands.opening import REHEARSAL, opened_ledger, opened_staging, typed
from moorage.commands.rehearsal import WAIVER_FILE, Rehearsal, rehearsal_of, signoff_path
from moorage.commands.result import Result
from moorage.commands.spotting import TICKS_FILE
from moorage.errors import RefusedError
from moorage.ledger import Ledger
from moorage.ledger.ledger import now_text
from moorage.mapping.confirm import require_confirmed
from moorage.plan.confirm import load_plan
from moorage.project import Project
from moorage.project.signing import SignOff, SpotCheck, Verified, Waiver, keep, kept
from moorage.reports.signoff import write_signoff


@dataclass(frozen=True, kw_only=True)
class SignOffResult(Result):
    """Where the rehearsal stands now; what was just signed or waived, if anything."""

    destination: str
    rehearsal: Rehearsal
    signed: SignOff | None = None
    waived: Waiver | None = None


def signoff_show(project: Project, *, to: str = REHEARSAL) -> SignOffResult:
    """Where the rehearsal stands; nothing is changed."""
    rehearsal = rehearsal_of(project)
    return SignOffResult(
        destination=to,
        rehearsal=rehearsal,
        signed=kept(signoff_path(project, to), SignOff),
        attention=0 if rehearsal.is_enough else 1,
        next_command="" if rehearsal.is_enough else _following(project, to),
    )


def signoff(
    project: Project, name: str, *, to: str = REHEARSAL, accept_differences: bool = False
) -> SignOffResult:
    """Sign for what stands in `to`; RefusedError with every reason against it."""
    with (
        project.lock("signoff"),
        opened_staging(project) as staging,
        opened_ledger(project) as ledger,
    ):
        settings = project.destination(to)
        digest = require_confirmed(project.mapping_path).digest
        run, is_whole = _last_load(ledger, to)
        verified = kept(plan_folder(project, to) / VERIFIED_FILE, Verified)
        ticks = kept(decisions_folder(project, to) / TICKS_FILE, SpotCheck)
        ticks = ticks if ticks is not None and ticks.run == run else None
        stale = verified is None or (verified.run, verified.mapping_digest, verified.snapshot) != (
            run, digest, staging.digest or "",
        )  # fmt: skip
        against = _against(verified, ticks, stale, is_whole, accept_differences)
        if against or verified is None:
            raise _refused(project, to, against)
        saved = load_plan(plan_folder(project, to))
        signed = SignOff(
            destination=to,
            name=_person(name),
            at=now_text(),
            url=settings.url,
            database=settings.database,
            run=run,
            mapping_digest=digest,
            plan_digest=saved.report.digest if saved else "",
            snapshot=verified.snapshot,
            verified=verified,
            spot_check=ticks,
            accepted_differences=not verified.agrees,
        )
        keep(signoff_path(project, to), signed)
        ledger.event(None, "signed off", destination=to, name=signed.name, mapping=digest, run=run)
    return SignOffResult(
        destination=to,
        rehearsal=rehearsal_of(project),
        signed=signed,
        notes=() if ticks else ("No spot check of this run was read back: the sign-off says so.",),
        reports=write_signoff(project.reports, project.name, signed),
        next_command="moorage prepare" if to == REHEARSAL else "",
    )


def _last_load(ledger: Ledger, to: str) -> tuple[int, bool]:
    """The number of the last run into `to` (0: none), and whether it is a load that ended."""
    row = ledger.connection.execute("SELECT id FROM destination WHERE name = ?", (to,)).fetchone()
    if row is None:
        return 0, False
    run = last_run(ledger, int(row["id"]))
    ended = {one["id"] for one in ledger.runs(int(row["id"])) if one["status"] == "done"}
    loads = {one["id"] for one in ledger.runs(int(row["id"])) if one["kind"] == "load"}
    return run, run in ended & loads


def _against(
    verified: Verified | None,
    ticks: SpotCheck | None,
    stale: bool,
    is_whole: bool,
    accept_differences: bool,
) -> list[str]:
    """Every reason not to sign."""
    against = []
    if not is_whole:
        against.append("nothing stands there by a run that came to its end")
    if verified is None:
        against.append("it was not verified")
    elif stale:
        against.append(
            "it was verified before the last run, the last extraction or a change of the mapping"
        )
    elif not verified.agrees and not accept_differences:
        against.append(
            f"verify found {verified.differences:,} differences (--accept-differences signs for"
            " them too)"
        )
    if ticks is not None and ticks.wrong:
        against.append(f"{len(ticks.wrong)} records of the spot check are ticked as wrong")
    return against


def _refused(project: Project, to: str, against: list[str]) -> RefusedError:
    return RefusedError(
        f"{to} cannot be signed off: {'; '.join(against)}",
        where=str(project.root),
        state="Nothing was signed.",
        todo=f"Go on with: {_following(project, to)}.",
    )


def _following(project: Project, to: str) -> str:
    """What comes before a sign-off of `to`."""
    with opened_ledger(project) as ledger:
        run, is_whole = _last_load(ledger, to)
    if not run:
        return typed("moorage prepare", to)
    if not is_whole:
        return typed("moorage plan", to)
    verified = kept(plan_folder(project, to) / VERIFIED_FILE, Verified)
    if verified is None or verified.run != run:
        return typed("moorage verify", to)
    ticks = kept(decisions_folder(project, to) / TICKS_FILE, SpotCheck)
    if ticks is None or ticks.run != run:
        return typed("moorage spotcheck", to)
    if ticks.wrong:
        # What is wrong is mended in the source or the mapping, then loaded.
        return typed("moorage plan", to)
    return typed('moorage signoff --name "Your Name"', to)


def signoff_waive(project: Project, name: str, why: str) -> SignOffResult:
    """Go to production without a sign-off, in the name of a person and for a reason."""
    if not why.strip():
        raise RefusedError(
            "a waiver needs a reason",
            state="Nothing was changed.",
            todo='Give it: --why "the copy of Odoo is not ready".',
        )
    with project.lock("signoff"), opened_ledger(project) as ledger:
        digest = require_confirmed(project.mapping_path).digest
        waived = Waiver(_person(name), why.strip(), now_text(), digest)
        keep(project.decisions / WAIVER_FILE, waived)
        ledger.event(None, "rehearsal waived", name=waived.name, why=waived.why, mapping=digest)
    return SignOffResult(
        destination=REHEARSAL,
        rehearsal=rehearsal_of(project),
        waived=waived,
        next_command="moorage prepare",
    )


def _person(name: str) -> str:
    if not name.strip():
        raise RefusedError(
            "a sign-off needs the name of a person",
            state="Nothing was changed.",
            todo='Give it: --name "Ann Admin".',
        )
    return name.strip()
