"""Demo data as a source: a bundle in a folder, and what a person who knows it would decide."""

from __future__ import annotations

import duckdb

from moorage.sources.base import DemoData, DemoServers
from moorage.sources.octopuspro.demo.generate import generate

#: About so many rows come with one customer: three bookings with all that hangs on them.
ROWS_PER_CUSTOMER = 20
ANSWERS = {
    "companies": {"11": "main", "12": "main"},
    "credited_invoices": "credit_note",
}


def offer(servers: DemoServers, scale: int, seed: int) -> DemoData:
    """Make a bundle of about `scale` rows; the same seed gives the same rows."""
    folder = servers.home / "demo" / "octopuspro"
    with duckdb.connect() as connection:
        # The sandbox's chart of accounts has no tax that is held in prices, and rounds once.
        generate(
            folder,
            customers=scale // ROWS_PER_CUSTOMER,
            connection=connection,
            seed=seed,
            included=False,
            by_line=False,
        )
    options = {"bundle": str(folder), "timezone": "Australia/Sydney", "currency": "USD"}
    return DemoData(options, {}, ANSWERS)
