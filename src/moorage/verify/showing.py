"""Values as a person reads them: words instead of markup, names instead of ids and keys."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import nh3

from moorage.destination import Destination
from moorage.mapping.target import TargetTable
from moorage.staging.staging import identifier

#: More of a text than this proves nothing more to a person who compares.
LONGEST = 1500
_BREAKS = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6])>", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\s*\n\s*")


def shown(value: Any, *, is_html: bool = False) -> str:
    """`value` as words; '' for none. Times are UTC."""
    if isinstance(value, list | tuple):
        return ", ".join(text for one in value if (text := shown(one)))
    words = _plain(value)
    if is_html:
        words = _words(words)
    return words if len(words) <= LONGEST else f"{words[:LONGEST]} … ({len(words):,} characters)"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        text = f"{value:,.4f}"
        return text.rstrip("0").rstrip(".")
    return "" if value is None else str(value)


def _words(markup: str) -> str:
    """The words of HTML, a line for each part."""
    plain = nh3.clean(_BREAKS.sub("\n", markup), tags=set())
    return _BLANK_LINES.sub("\n", html.unescape(plain)).strip()


class Names:
    """What records are called: those of Odoo by id, those of the source by key."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        destination: Destination,
        titled: Sequence[tuple[TargetTable, str]],
    ) -> None:
        """`titled` are the target tables that have a title, and the field it stands in."""
        self._destination = destination
        self._known: dict[tuple[str, int], str] = {}
        selects = [
            f"SELECT key, CAST({identifier(name)} AS VARCHAR) AS title FROM {table.table}"
            for table, name in titled
        ]
        self._connection = connection
        self._titles = " UNION ALL ".join(selects)

    def of(self, model: str | None, ids: Sequence[int]) -> dict[int, str]:
        """The names that Odoo gives to `ids`; nothing for those that are gone."""
        if model is None:
            return {}
        missing = [one for one in ids if (model, one) not in self._known]
        if missing:
            for page in self._destination.pages(model, [("id", "in", missing)], ["display_name"]):
                for row in page:
                    self._known[model, row["id"]] = str(row["display_name"] or "")
        return {one: self._known[model, one] for one in ids if (model, one) in self._known}

    def of_key(self, key: str) -> str:
        """The title that the mapping gives to the row of `key`; the key itself if it has none."""
        if not self._titles:
            return key
        rows = self._connection.execute(
            f"SELECT title FROM ({self._titles}) WHERE key = ? AND title IS NOT NULL LIMIT 1", [key]
        ).fetchall()
        return str(rows[0][0]) if rows else key
