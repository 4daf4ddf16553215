"""What a hand-off tells: facts gathered by who may ask for them, and nothing that is secret."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from moorage.load import LoadReport
from moorage.plan.report import PlanWarning
from moorage.reports.assessment import Assessment
from moorage.reports.kept import KeptPage
from moorage.reports.tables import Row

#: What a row of the id map says, in its order.
ID_HEADS = ("Object", "Source id", "Model", "Odoo id", "External ID", "Outcome", "Link")
ASIDE_HEADS = ("Entry", "Model", "Key", "Place in the source", "Reason", "Run")
LEFT_OUT_HEADS = ("Entry", "Model", "Key", "Field", "What", "Run")


@dataclass(frozen=True)
class RunFacts:
    """One run into the destination; `load` are its counts, None if it ended before it had any."""

    id: int
    kind: str
    status: str
    started_at: str
    ended_at: str
    load: LoadReport | None


@dataclass(frozen=True)
class Answers:
    """The answers of people to one kind of question, without names and addresses."""

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Draft:
    """An inactive automation rule that stands in Odoo as a beginning; `link` opens it."""

    name: str
    model: str
    odoo_id: int
    link: str


@dataclass(frozen=True)
class Contents:
    """All of a hand-off.

    What may be long comes as a function that gives its rows one by one: `ids` under `ID_HEADS`,
    `asides` under `ASIDE_HEADS`, `left_out` under `LEFT_OUT_HEADS`. `standing` counts what stands
    in Odoo, by model and outcome; `prepared` the fields and settings that were made. `pages` are
    those of earlier reports, by name.
    """

    project: str
    destination: str
    made_at: datetime
    assessment: Assessment
    confirmed_by: str = ""
    runs: tuple[RunFacts, ...] = ()
    standing: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    prepared: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[PlanWarning, ...] = ()
    answers: tuple[Answers, ...] = ()
    pages: Mapping[str, KeptPage] = field(default_factory=dict)
    drafts: tuple[Draft, ...] = ()
    drafts_note: str = ""
    ids: Callable[[], Iterable[Row]] = tuple
    asides: Callable[[], Iterable[Row]] = tuple
    left_out: Callable[[], Iterable[Row]] = tuple

    @property
    def loads(self) -> tuple[RunFacts, ...]:
        """The runs that loaded, oldest first."""
        return tuple(run for run in self.runs if run.kind == "load")

    @property
    def record_count(self) -> int:
        """How many rows of the source stand in Odoo."""
        return sum(sum(counts.values()) for counts in self.standing.values())

    @property
    def source(self) -> str:
        """What the source is called."""
        return self.assessment.discovery.label
