"""What a proposal is made for, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
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
    values as text; they are looked at for their form and never leave this machine. `link` names the
    table it points to, if that is known.
    """

    name: str
    label: str = ""
    type: str = ""
    samples: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    link: str = ""
    custom: bool = False


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
    convention: str = ""
    exact: bool = False
    fuzzy: bool = False
    language: str = "en"


@dataclass(frozen=True)
class Proposal:
    """What is proposed for one column.

    `target` is a field of the model, or None for the reason `fate`. `confidence` is the probability
    (0 to 1) that this is right. `candidates` are the places to choose from, this one first, up to
    three. `remembered` tells that somebody confirmed the same before.
    """

    column: Column
    model: str
    target: str | None
    fate: Fate | None
    confidence: float
    why: str
    candidates: tuple[Candidate, ...] = ()
    remembered: bool = False

    @property
    def band(self) -> Band:
        """How a person should be asked."""
        if self.confidence >= ACCEPT:
            return "accept"
        return "ask" if self.confidence >= ASK else "unsure"
