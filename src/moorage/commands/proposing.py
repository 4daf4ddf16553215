"""Proposals for any list of fields, without a project: `map --propose --table`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moorage.commands.result import Result
from moorage.errors import SettingsError
from moorage.mapping.proposed_field import field_name, proposed_field
from moorage.mapping.ways import way
from moorage.proposals import (
    CONVENTIONS,
    Memory,
    Proposal,
    built_in,
    known_models,
    propose_fields,
)
from moorage.proposals.advice import AboutTable, Advise, Asked
from moorage.proposals.column import Advice
from moorage.proposals.memory import default_place
from moorage.proposals.profiles import profile
from moorage.proposals.reading import read_columns
from moorage.sources.base import FIELD_TYPES, SourceField


@dataclass(frozen=True)
class Choice:
    """One of the places a field may go; `target` None: no field of Odoo's own."""

    target: str | None
    why: str


@dataclass(frozen=True)
class ProposedPlace:
    """Where one field should go.

    `target` is a field of the model, or None for a reason (`fate`: `home`, `drop` or `id`);
    `confidence` is the probability that this is right, `band` how to ask: `accept`, `ask` or
    `unsure`. `rule` is what the mapping would say, with `create` where a field must be made;
    `advice` what a language model said, if one was asked.
    """

    name: str
    target: str | None
    fate: str | None
    confidence: float
    band: str
    why: str
    candidates: tuple[Choice, ...]
    rule: dict[str, Any]
    advice: Advice | None = None


@dataclass(frozen=True, kw_only=True)
class TableResult(Result):
    """Proposals for one table; `asked` is what asking a language model came to, if one was."""

    model: str
    fields: tuple[ProposedPlace, ...]
    asked: Asked | None = None


def map_table(
    path: Path,
    model: str,
    *,
    conventions: Sequence[str] = (),
    memory: Path | None = None,
    advise: Advise | None = None,
) -> TableResult:
    """Propose where the fields listed in `path` go on `model`, by the fields of Odoo 19.

    `conventions` are `name=answer` (CONVENTIONS), `memory` the file of decisions, by default this
    machine's. No server is asked, nothing is written; `advise` may ask a language model.
    """
    if model not in known_models():
        raise SettingsError(
            f"the fields of {model or 'no model'} are not known without an Odoo",
            where="--model",
            state="Nothing was proposed.",
            todo=f"Use one of: {', '.join(known_models())}.",
        )
    found = propose_fields(
        read_columns(path),
        model,
        table=path.stem,
        memory=Memory(memory or default_place()),
        conventions=agreed(conventions),
    )
    if advise is not None:
        names = frozenset(one.column.name for one in found)
        found = advise(found, AboutTable(path.stem, model, built_in(model), names))
    return TableResult(model=model, fields=tuple(_place(one, model) for one in found))


def agreed(given: Sequence[str]) -> Mapping[str, str]:
    """What was said of conventions, as in `totals=custom`; SettingsError for others."""
    answers = {}
    for text in given:
        name, _, answer = text.partition("=")
        if name not in CONVENTIONS or f"`{answer}`" not in CONVENTIONS[name][1]:
            raise SettingsError(
                f"there is no convention {text!r}",
                where="--convention",
                state="Nothing was proposed.",
                todo=" ".join(f"{key}: {words}" for key, (_, words) in CONVENTIONS.items()),
            )
        answers[name] = answer
    return answers


def _place(proposal: Proposal, model: str) -> ProposedPlace:
    return ProposedPlace(
        name=proposal.column.name,
        target=proposal.target,
        fate=proposal.fate,
        confidence=proposal.confidence,
        band=proposal.band,
        why=proposal.why,
        candidates=tuple(Choice(one.target, one.why) for one in proposal.candidates),
        rule=_rule(proposal, model),
        advice=proposal.advice,
    )


def _rule(proposal: Proposal, model: str) -> dict[str, Any]:
    """What the mapping would say: a rule, a custom field to make, or a reason to drop."""
    column = proposal.column
    seen = profile(column).type
    kind = next((one for one in (column.type, seen) if one in FIELD_TYPES), "text")
    source = SourceField(column.name, kind, column.label, options=column.options)
    if proposal.fate in ("drop", "id"):
        return {"drop": proposal.why}
    if proposal.target is not None:
        found = way(source, proposal, built_in(model)[proposal.target])
        if found is not None:
            return found
    made = proposed_field(source, ()).rule(column.name)
    name = field_name("source", column.name, built_in(model))
    return {key: made[key] for key in ("from", "do", "create") if key in made} | {"field": name}
