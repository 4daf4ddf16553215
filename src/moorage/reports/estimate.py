"""How long a migration takes: rows by model over the speed that was measured, sums shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moorage.ledger import Ledger
from moorage.reports.compatibility import Fate

#: Records a second on two cores, as in docs/measured.md: what is used before anything was loaded.
BENCHMARK = {
    "res.partner": 982,
    "crm.lead": 908,
    "mail.message": 2_910,
    "calendar.event": 870,
    "mail.activity": 730,
    "ir.attachment": 590,
    "sale.order.line": 270,
    "sale.order": 225,
}
#: Models that nobody measured are taken at this speed.
SLOWEST = min(BENCHMARK.values())
#: A slower or busier server than the one measured: how many times as long.
SPREAD_OF_BENCHMARK, SPREAD_OF_RUNS = 4.0, 1.5
#: A span shorter than this, in seconds, says little: the ledger's times are whole seconds.
SHORTEST_SPAN = 5


@dataclass(frozen=True)
class Line:
    """One model: how many rows, at how many records a second, and who says so."""

    model: str
    rows: int
    rate: float
    measured_by: str

    @property
    def seconds(self) -> float:
        """How long these rows take at that speed."""
        return self.rows / self.rate


@dataclass(frozen=True)
class Estimate:
    """The time of loading, in seconds: at the speed measured, and on a slower server."""

    lines: tuple[Line, ...]
    spread: float

    @property
    def least(self) -> float:
        """At the speed that was measured."""
        return sum(line.seconds for line in self.lines)

    @property
    def most(self) -> float:
        """On a server that is slower or busier, by `spread`."""
        return self.least * self.spread

    @property
    def words(self) -> str:
        """The span in words."""
        return span_words(self.least, self.most)

    @property
    def basis(self) -> str:
        """What the speed was taken from, in a sentence."""
        if any(line.measured_by == "own runs" for line in self.lines):
            return (
                "The speed is that of this project's own runs; models it has not loaded yet are"
                f" taken at the benchmark's. The upper end is {self.spread:g} times as long."
            )
        return (
            "The speed is that of Moorage's benchmark: an Odoo on two cores. The upper end is"
            f" {self.spread:g} times as long, for a slower or busier server; a first run tells"
            " the speed of yours."
        )


def estimate(fates: Sequence[Fate], rates: Mapping[str, float] | None = None) -> Estimate:
    """The time of loading all rows that go; a row that may go to several models counts for the
    slowest. `rates` are records a second by model, from runs of this project.
    """
    own = rates or {}
    rows: dict[str, int] = {}
    for fate in fates:
        if fate.models and fate.rows:
            slowest = min(fate.models, key=lambda model: _rate(model, own)[0])
            rows[slowest] = rows.get(slowest, 0) + fate.rows
    lines = tuple(Line(model, count, *_rate(model, own)) for model, count in rows.items())
    return Estimate(lines, SPREAD_OF_RUNS if own else SPREAD_OF_BENCHMARK)


def _rate(model: str, own: Mapping[str, float]) -> tuple[float, str]:
    if model in own:
        return own[model], "own runs"
    if model in BENCHMARK:
        return BENCHMARK[model], "benchmark"
    return SLOWEST, "benchmark, slowest model"


def measured_rates(ledger: Ledger, destination_id: int) -> dict[str, float]:
    """Records a second by model, from the calls of runs that took long enough to say something."""
    rows = ledger.connection.execute(
        "SELECT model, sum(records) AS records, sum(seconds) AS seconds FROM ("
        " SELECT batch.model, sum(json_array_length(batch.keys)) AS records,"
        " (julianday(max(batch.done_at)) - julianday(min(batch.intended_at))) * 86400 AS seconds"
        " FROM batch JOIN run ON run.id = batch.run_id"
        " WHERE run.destination_id = ? AND batch.operation = 'create' AND batch.status = 'done'"
        " GROUP BY batch.run_id, batch.entry, batch.model)"
        " GROUP BY model HAVING sum(seconds) >= ?",
        (destination_id, SHORTEST_SPAN),
    ).fetchall()
    return {row["model"]: row["records"] / row["seconds"] for row in rows}


def span_words(least: float, most: float) -> str:
    """Two numbers of seconds in words: minutes, or hours where it is many."""
    if most <= 60:
        return "about a minute"
    if most > 3 * 3600:
        return f"{max(round(least / 3600), 1)} to {-(-int(most) // 3600)} hours"
    low, high = max(round(least / 60), 1), -(-int(most) // 60)
    return f"{low} to {high} minutes" if low < high else f"about {high} minutes"
