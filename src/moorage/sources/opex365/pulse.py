"""Whether somebody works in the environment: each table's number of rows and latest change."""

from __future__ import annotations

from moorage.sources.base import TablePulse
from moorage.sources.opex365.api import COUNTS, Api, query
from moorage.sources.opex365.plan import Plan
from moorage.sources.opex365.reader import Wanted


def pulse(api: Api, plan: Plan, left_out: frozenset[str]) -> dict[str, TablePulse]:
    """One call for each table that is read; several at once."""
    asked = [one for one in plan.wanted if one.entity is not None and one.name not in left_out]
    return {one.name: beat for one, beat in api.web.each(lambda one: _beat(api, one), asked)}


def _beat(api: Api, wanted: Wanted) -> TablePulse:
    """Above 5000 rows the count stands still; then the latest change alone tells."""
    options = {"select": wanted.key, "count": "true"}
    if wanted.is_dated:
        options |= {
            "select": f"{wanted.key},modifiedon",
            "orderby": f"modifiedon desc,{wanted.key} asc",
        }
    if wanted.filter:
        options["filter"] = wanted.filter
    assert wanted.entity is not None
    page = api.page(query(wanted.entity.entity_set, **options), ["odata.maxpagesize=1", COUNTS])
    newest = page.rows[0].get("modifiedon") if page.rows else None
    return TablePulse(page.count or 0, None if newest is None else str(newest))
