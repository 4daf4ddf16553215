"""Staging: a lossless copy of the source in one DuckDB file, and the tidy tables over it."""

from moorage.staging.staging import ExtractReport, Staging

__all__ = ["ExtractReport", "Staging"]
