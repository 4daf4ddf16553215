"""What a proposal is made for, and what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

#: Why a field of the source gets no field of Odoo. `home`: Odoo has none, it becomes a custom
#: field. `drop`: nothing is lost by leaving it. `id`: the source's own id, the record's key.
Fate = Literal["home", "drop", "id"]
#: accept: sure enough to be ticked for a person. ask: shown with its candidates. unsure: nothing
#: was recognised, a custom field is proposed.
Band = Literal["accept", "ask", "unsure"]

ACCEPT = 0.95
ASK = 0.5


@dataclass(frozen=True)
class Column:
    """One field of a table that is to be mapped.

    `type` is one of `moorage.sources.base.FIELD_TYPES`, or empty where nobody knows. `samples` are
    values as text; they are looked at for their form and never leave this machine. `declared` tells
    that a person or the CRM itself listed the `options`: others may be values. `link` names the
    table it points to, if that is known; `is_key` that its values are those of the record's key.
    """

    name: str
    label: str = ""
    type: str = ""
    samples: tuple[str, ...] = field(default=(), repr=False)
    options: tuple[str, ...] = ()
    declared: bool = False
    link: str = ""
    custom: bool = False
    is_key: bool = False


@dataclass(frozen=True)
class Candidate:
    """One place a column may go: an Odoo field, or (`target` None) none, for a reason.

    `score` ranks the candidates of one column and is no probability.
    """

    target: str | None
    score: float
    why: str
    concept: str = ""
    fate: Fate | None = None
    part: int = 0
    inverted: bool = False
    computed: bool = False
    spare: bool = False
    yields: bool = False
    convention: str = ""
    exact: bool = False
    fuzzy: bool = False
    language: str = "en"


@dataclass(frozen=True)
class Advice:
    """What a language model said of a field, and where that came from.

    `by` names the model, `at` says when (ISO 8601, UTC), `question` is the digest of what was sent.
    `target` None: no field of Odoo's.
    """

    by: str
    at: str
    question: str
    target: str | None

    def __str__(self) -> str:
        return f"{self.by}, {self.at}, question {self.question}"


@dataclass(frozen=True)
class Proposal:
    """What is proposed for one column.

    `target` is a field of the model, or None for the reason `fate`. `confidence` is the probability
    (0 to 1) that this is right. `candidates` are the places to choose from, this one first, up to
    three. `remembered` tells that somebody confirmed the same before; `advice` is what a language
    model said of it, where people let one be asked.
    """

    column: Column
    model: str
    target: str | None
    fate: Fate | None
    confidence: float
    why: str
    candidates: tuple[Candidate, ...] = ()
    remembered: bool = False
    advice: Advice | None = None

    @property
    def band(self) -> Band:
        """How a person should be asked."""
        if self.confidence >= ACCEPT:
            return "accept"
        return "ask" if self.confidence >= ASK else "unsure"
