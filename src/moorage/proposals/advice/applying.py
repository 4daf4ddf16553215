"""Proposals with the advice that was given on them: data beside ours, decided by nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from moorage.proposals.advice.kept import Verdict
from moorage.proposals.advice.question import AboutTable
from moorage.proposals.column import ASK, Advice, Candidate, Proposal
from moorage.proposals.propose import SHOWN
from moorage.proposals.table import SHARED_TYPES


def applied(
    proposals: Sequence[Proposal], verdicts: Mapping[str, Verdict], about: AboutTable
) -> list[Proposal]:
    """`proposals` with `verdicts` (by column) laid over them.

    Advice is as sure as what a person is asked about, never surer: it was not measured. A field
    that another column fills already is not given twice.
    """
    taken = {one.target or "" for one in proposals if one.column.name not in verdicts}
    result = []
    for one in proposals:
        verdict = verdicts.get(one.column.name)
        made = one if verdict is None else _with(one, verdict, taken, about)
        if made.target:
            taken.add(made.target)
        result.append(made)
    return result


def _with(ours: Proposal, verdict: Verdict, taken: set[str], about: AboutTable) -> Proposal:
    if verdict.is_split:
        return replace(ours, why=f"{ours.why}; {verdict.by} said one thing and another")
    advice = Advice(verdict.by, verdict.at, verdict.question, verdict.target)
    if verdict.target == ours.target:
        sure = max(ours.confidence, ASK) if ours.target else ours.confidence
        why = f"{ours.why}; {verdict.by} says so too"
        return replace(ours, confidence=sure, why=why, advice=advice)
    field = about.fields.get(verdict.target or "")
    if field is not None and verdict.target in taken and field.type not in SHARED_TYPES:
        why = f"{ours.why}; {verdict.by} says {verdict.target}, which another column fills"
        return replace(ours, why=why)
    said = verdict.why or "no reason was given"
    why = f"{said} (says {verdict.by}; else {ours.target or 'no field of its own'})"
    known = next((one for one in ours.candidates if one.target == verdict.target), None)
    top = known or Candidate(verdict.target, 0.0, why, fate=None if verdict.target else "home")
    others = [one for one in ours.candidates if one.target != verdict.target]
    return replace(
        ours,
        target=verdict.target,
        fate=None if verdict.target else top.fate or "home",
        confidence=ASK,
        why=why,
        candidates=(top, *others)[:SHOWN],
        advice=advice,
    )
