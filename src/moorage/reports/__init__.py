"""Reports: pages that a person reads and prints, and the same as JSON for a script."""

from moorage.reports.page import Cell, Chip, Page, Section, Tile, number, percent, text
from moorage.reports.writing import write_report

__all__ = [
    "Cell",
    "Chip",
    "Page",
    "Section",
    "Tile",
    "number",
    "percent",
    "text",
    "write_report",
]
