"""The reports around a run: the plan before it, the reconciliation after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from moorage.load import LoadReport
from moorage.plan.report import OPERATIONS, PlanReport
from moorage.reports.page import Cell, Chip, Page, Section, Tile, chip, code, number, text
from moorage.reports.writing import write_report

WORDS = {
    "create": "created",
    "update": "updated",
    "match": "matched",
    "merge": "merged",
    "unchanged": "unchanged",
    "conflict": "conflicts",
    "archive": "archived",
    "gone": "gone from the source",
    "set_aside": "set aside",
    "waive": "waived",
    "open": "open",
    "not_in_sample": "not in sample",
    "not_selected": "not selected",
}
#: Counters of Odoo that a migration must not move at all.
SILENT = ("mail.mail", "sms.sms", "mail.notification")


@dataclass(frozen=True)
class AsideGroup:
    """Rows set aside for one reason: how many, and the first keys."""

    entry: str
    reason: str
    count: int
    keys: tuple[str, ...]


# -- the plan --------------------------------------------------------------------------------


def write_plan(
    folder: Path, project: str, destination: str, plan: PlanReport, confirmed_by: str
) -> tuple[Path, ...]:
    """Write plan.html and plan.json."""
    data = {"destination": destination, "confirmed_by": confirmed_by, **plan.as_json()}
    page = _plan_page(destination, plan, confirmed_by)
    return write_report(folder, project, page, data, destination=destination)


def _plan_page(destination: str, plan: PlanReport, confirmed_by: str) -> Page:
    totals = plan.totals
    asks = len(plan.open_owners) + len(plan.open_duplicates) + len(plan.open_matches)
    verdict = Chip("to be confirmed", "plain")
    if confirmed_by:
        verdict = Chip(f"confirmed by {confirmed_by}", "good")
    elif asks:
        verdict = Chip(f"{asks} questions open", "warn")
    elif plan.changes_nothing:
        verdict = Chip("nothing to do", "good")
    writes = plan.write_count
    sample = f", a sample of {plan.sample} of each kind" if plan.sample else ""
    aside = totals.get("set_aside", 0)
    return Page(
        name="plan",
        title="Plan",
        verdict=verdict,
        lead=f"{writes:,} rows would change something in {destination}{sample}. "
        "A plan itself writes nothing."
        if writes
        else f"{destination.capitalize()} holds all of it: a run would change nothing.",
        tiles=(
            Tile("Created", f"{totals.get('create', 0):,}"),
            Tile("Updated", f"{totals.get('update', 0):,}"),
            Tile("Matched or merged", f"{totals.get('match', 0) + totals.get('merge', 0):,}"),
            Tile("Set aside", f"{aside:,}", tone="warn" if aside else None),
        ),
        sections=(
            *_said("Unusual", plan.guards),
            *_said("To be known", plan.notes),
            _operations(plan),
            _sources(plan.objects),
            _warnings(plan),
            _not_selected(plan),
        ),
        foot=f"Digest {plan.digest}.",
    )


def _said(title: str, items: Sequence[str]) -> tuple[Section, ...]:
    return (Section(title, items=tuple(items)),) if items else ()


def _operations(plan: PlanReport) -> Section:
    used = [name for name in OPERATIONS if name in plan.totals]
    rows = tuple(
        (
            text(entry),
            *(number(counts.get(name, 0)) for name in used),
            number(sum(counts.values())),
        )
        for entry, counts in plan.counts.items()
    )
    totals = (text("Sum"), *(number(plan.totals[name]) for name in used))
    total = number(sum(plan.totals.values()))
    heads = ("Entry", *(f"#{WORDS[name].capitalize()}" for name in used), "#Sum")
    intro = "In the order of loading: what hangs on something comes after it."
    return Section("What would happen", intro, heads, rows, totals=(*totals, total))


def _sources(objects: Mapping[str, Mapping[str, int]]) -> Section:
    names = [*OPERATIONS, "not_selected"]
    used = [name for name in names if any(name in counts for counts in objects.values())]
    rows = tuple(
        (
            text(found),
            *(number(counts.get(name, 0)) for name in used),
            number(sum(counts.values())),
        )
        for found, counts in objects.items()
    )
    sums = tuple(number(sum(c.get(name, 0) for c in objects.values())) for name in used)
    total = number(sum(sum(counts.values()) for counts in objects.values()))
    return Section(
        "Every source row",
        "Each row of the source ends in exactly one of these; the sums equal the source's counts.",
        ("Source", *(f"#{WORDS[name].capitalize()}" for name in used), "#Rows"),
        rows,
        totals=(text("Sum"), *sums, total),
    )


def _warnings(plan: PlanReport) -> Section:
    rows = tuple(
        (
            text(about.message, below=", ".join(about.keys[:3])),
            code(f"{about.entry}.{about.field}"),
            number(about.count),
        )
        for about in plan.warnings
    )
    return Section(
        "Goes with something left out",
        "These rows go, without the value named.",
        ("What", "Field", "#Rows"),
        rows,
        empty="Nothing is left out.",
    )


def _not_selected(plan: PlanReport) -> Section:
    rows = tuple(
        (text(about.reason), code(about.object), number(about.count)) for about in plan.not_selected
    )
    heads = ("Reason", "Source", "#Rows")
    return Section("Not selected", "", heads, rows, empty="Every row is taken by the mapping.")


# -- the reconciliation ----------------------------------------------------------------------


def write_reconciliation(
    folder: Path,
    project: str,
    destination: str,
    load: LoadReport,
    *,
    objects: Mapping[str, Mapping[str, int]],
    asides: Sequence[AsideGroup],
    rehearsal: str = "",
) -> tuple[Path, ...]:
    """Write reconciliation.html and reconciliation.json; `rehearsal` says who signed for it."""
    page = _reconciliation_page(destination, load, objects, asides, rehearsal)
    data = {
        "destination": destination,
        "load": asdict(load),
        "objects": objects,
        "rehearsal": rehearsal,
        "set_aside": [asdict(group) for group in asides],
    }
    return write_report(folder, project, page, data, destination=destination)


def _reconciliation_page(
    destination: str,
    load: LoadReport,
    objects: Mapping[str, Mapping[str, int]],
    asides: Sequence[AsideGroup],
    rehearsal: str,
) -> Page:
    rows = sum(phase.rows for phase in load.phases)
    aside = sum(phase.set_aside for phase in load.phases)
    conflicts = sum(phase.conflicts for phase in load.phases)
    agrees = all(phase.accounted == phase.rows for phase in load.phases)
    loud = {model: count for model, count in load.moved.items() if model in SILENT}
    sample = f", a sample of {load.sample:,} of each kind" if load.sample else ""
    verdict = Chip("sums agree", "good") if agrees else Chip("sums differ", "bad")
    return Page(
        name="reconciliation",
        title="Reconciliation",
        verdict=verdict,
        lead=f"Run {load.run_id} into {destination}{sample}: {rows:,} rows, each with exactly one "
        f"outcome; {aside:,} set aside.",
        tiles=(
            Tile("Created", f"{sum(phase.created for phase in load.phases):,}"),
            Tile("Updated", f"{sum(phase.updated for phase in load.phases):,}"),
            Tile("Set aside", f"{aside:,}", tone="warn" if aside else None),
            Tile(
                "Mails and notifications sent",
                f"{sum(loud.values()):,}",
                "counted in Odoo before and after",
                tone="bad" if loud else "good",
            ),
        ),
        sections=(
            phases_section(load),
            _sources(objects),
            _asides(asides, conflicts),
            moved_section(load),
            *_said("Rehearsal", [f"{rehearsal[0].upper()}{rehearsal[1:]}."] if rehearsal else []),
        ),
    )


def phases_section(load: LoadReport) -> Section:
    """What became of the rows of each entry, and whether the sums agree."""
    names = (
        "created", "updated", "unchanged", "matched", "merged", "waived", "set_aside", "conflicts",
        "archived", "gone",
    )  # fmt: skip
    used = [name for name in names if any(getattr(phase, name) for phase in load.phases)]
    rows = tuple(
        (
            text(phase.entry, below=f"phase {phase.phase}, {phase.model}"),
            number(phase.rows),
            *(number(getattr(phase, name)) for name in used),
            number(phase.accounted),
            chip("agrees", "good") if phase.accounted == phase.rows else chip("differs", "bad"),
        )
        for phase in load.phases
    )
    sums = tuple(number(sum(getattr(phase, name) for phase in load.phases)) for name in used)
    total = number(sum(phase.rows for phase in load.phases))
    accounted = number(sum(phase.accounted for phase in load.phases))
    heads = tuple(f"#{name.replace('_', ' ').capitalize()}" for name in used)
    return Section(
        "By phase",
        "A phase begins only when the sums of the one before it agree.",
        ("Entry", "#Rows", *heads, "#Sum", "Sums"),
        rows,
        totals=(text("Sum"), total, *sums, accounted, text("")),
    )


def _asides(asides: Sequence[AsideGroup], conflicts: int) -> Section:
    rows = tuple(
        (text(group.reason, below=", ".join(group.keys)), code(group.entry), number(group.count))
        for group in asides
    )
    intro = "These rows did not go. Mend the source or the mapping and run again: they go then."
    if conflicts:
        intro += f" {conflicts:,} rows were changed by people in Odoo and were left as they are."
    heads = ("Reason", "Entry", "#Rows")
    return Section("Set aside", intro, heads, rows, empty="Nothing was set aside.")


def moved_section(load: LoadReport) -> Section:
    """How Odoo's own counters moved in a run, and what that means."""
    rows = tuple(
        (
            code(model),
            number(load.counters_before.get(model, 0)),
            number(after),
            number(after - load.counters_before.get(model, 0)),
            _judged(load, model, after - load.counters_before.get(model, 0)),
        )
        for model, after in load.counters_after.items()
    )
    return Section(
        "What else moved in Odoo",
        "Counted before and after the run. A migration sends nothing.",
        ("Model", "#Before", "#After", "#Moved", ""),
        rows,
        empty="Nothing was counted.",
    )


def _judged(load: LoadReport, model: str, moved: int) -> Cell:
    """What moved without being a record of this run; a run that goes on may have made more."""
    if model in SILENT:
        return chip("silent", "good") if not moved else chip("not silent", "bad")
    if not moved:
        return chip("unmoved", "quiet")
    created = load.created
    if moved <= created.get(model, 0):
        return chip("records of this run", "quiet")
    if model == "mail.followers" and moved <= created.get("mail.activity", 0):
        return chip("who is to do an activity follows its record", "plain")
    return chip(f"{moved - created.get(model, 0):,} added by Odoo", "plain")
