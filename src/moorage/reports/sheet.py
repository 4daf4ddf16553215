"""What a spot-check sheet is, on paper and as a workbook alike."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from moorage.verify.spots import Spot


@dataclass(frozen=True)
class Sheet:
    """A spot-check sheet: what it is about, and its records.

    `id` is over all of it but the values: two sheets with one id ask about the same records of the
    same run.
    """

    id: str
    project: str
    source: str
    destination: str
    url: str
    database: str
    run: int
    sample: int | None
    seed: int
    made_at: str
    spots: tuple[Spot, ...]

    def link(self, spot: Spot) -> str:
        """Where the record opens in Odoo."""
        model = spot.model if "." in spot.model else f"m-{spot.model}"
        return f"{self.url}/odoo/{model}/{spot.odoo_id}?db={quote(self.database)}"

    @property
    def file_name(self) -> str:
        """The workbook's name: each sheet has its own, so that no ticks are written over."""
        return f"spotcheck-{self.destination}-{self.id[:8]}.xlsx"

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What the sheet is about, in words."""
        return (
            ("Project", self.project),
            ("Source", self.source),
            ("Odoo", f"{self.url} ({self.database})"),
            ("Destination", self.destination),
            ("Run", f"{self.run}{f', a sample of {self.sample}' if self.sample else ''}"),
            ("Chosen by chance, seed", str(self.seed)),
            ("Made", self.made_at),
            ("Sheet", self.id[:16]),
        )


def kind_of(spot: Spot) -> str:
    """What kind of record it is, as the mapping calls it."""
    return spot.entry.replace("_", " ").capitalize()
