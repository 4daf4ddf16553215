"""Bundles: what people export from a CRM, as files in a folder or a zip."""

from moorage.bundles.bundle import Bundle, open_bundle
from moorage.bundles.expected import FORMATS, Answers, Column, Expected, Kind
from moorage.bundles.match import Match, Matched
from moorage.bundles.table import Decision, Header, Inferred, JsonPage, LeftOut, Table

__all__ = [
    "FORMATS",
    "Answers",
    "Bundle",
    "Column",
    "Decision",
    "Expected",
    "Header",
    "Inferred",
    "JsonPage",
    "Kind",
    "LeftOut",
    "Match",
    "Matched",
    "Table",
    "open_bundle",
]
