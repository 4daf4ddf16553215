"""A made-up bundle in staging, beside what is true of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from moorage.sources.octopuspro.source import open_source
from moorage.staging.staging import Staging

OPTIONS = {"timezone": "Australia/Sydney", "currency": "USD"}
SETTINGS: Mapping[str, Any] = {
    "companies": {"11": "main", "12": "main"},
    "credited_invoices": "credit_note",
    "phone_country": "AU",
}


@dataclass
class Scene:
    """A bundle in staging, beside what is true of it."""

    bundle: Path
    staging: Staging
    truth: duckdb.DuckDBPyConnection

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer of staging."""
        return self.staging.connection.execute(sql).fetchall()

    def true(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer of the truth."""
        return self.truth.execute(sql).fetchall()

    def findings(self, object_name: str, severity: str) -> dict[str, str]:
        """Key to message; of several the last."""
        sql = "SELECT source_key, message FROM tidy._findings WHERE object = ? AND severity = ?"
        found = self.staging.connection.execute(sql, [object_name, severity]).fetchall()
        return dict(found)


def staged(bundle: Path, database: Path, settings: Mapping[str, Any] = SETTINGS) -> Staging:
    """Extract and tidy a bundle; the caller closes."""
    source = open_source({"bundle": str(bundle), **OPTIONS})
    staging = Staging(database)
    try:
        staging.extract(source.raw_tables())
        staging.tidy(source.tidy_sql(), settings)
    finally:
        source.close()
    return staging
