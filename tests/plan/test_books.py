"""What stands in the way of invoices is told before a plan: locks, currencies, hashed journals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from moorage.commands.books import look_at_books
from moorage.commands.building import Ground
from moorage.destination import BooksFacts
from moorage.errors import RefusedError
from moorage.mapping.target import TargetField, TargetTable
from moorage.staging.staging import Staging

READY = BooksFacts(
    company_id=1, company="Acme", currency_id=1, currency="USD", chart="generic_coa",
    rounding="Round per Tax", is_rounded_per_line=False, default_tax="15%", taxes=(), journals=(),
    locks={}, problems=(),
)  # fmt: skip
INVOICES = TargetTable(
    "invoices", "invoices", "account.move",
    (TargetField("date", "date"), TargetField("currency_id", "many2one", "id", "res.currency")),
)  # fmt: skip


@pytest.fixture
def staging(tmp_path: Path) -> Iterator[Staging]:
    made = Staging(tmp_path / "staging.duckdb")
    made.connection.execute(
        "CREATE TABLE target.invoices AS FROM (VALUES ('a', DATE '2024-01-31', 1),"
        " ('b', DATE '2024-02-01', 2)) AS v(key, date, currency_id)"
    )
    yield made
    made.close()


def test_ready_books_have_nothing_to_say(staging: Staging) -> None:
    assert look_at_books(_ground(staging, READY), [INVOICES]) == ()
    # Without invoices nobody asks.
    assert look_at_books(_ground(staging), []) == ()


def test_all_that_is_wrong_is_told_at_once(staging: Staging) -> None:
    facts = replace(READY, locks={"hard_lock_date": "2024-01-31"}, problems=("it has no journal",))
    with pytest.raises(RefusedError) as caught:
        look_at_books(_ground(staging, facts, inactive=["AUD"]), [INVOICES])
    assert caught.value.what == (
        "the accounting of this company is not ready: it has no journal; 1 rows of invoices are"
        " dated up to 2024-01-31, when hard_lock_date locks: Odoo would enter them at another date;"
        " currency AUD is not active"
    )


def test_payments_in_another_currency_are_refused(staging: Staging) -> None:
    links = [TargetField(f"{side}_move_id", "many2one", "link") for side in ("debit", "credit")]
    paying = TargetTable("paying", "paying", "account.partial.reconcile", tuple(links))
    staging.connection.execute(
        "CREATE TABLE target.paying AS FROM (VALUES ('x', 'a', 'p'), ('y', 'b', 'q'))"
        " AS v(key, debit_move_id, credit_move_id)"
    )
    with pytest.raises(RefusedError, match=r"1 rows of paying .* than the company's \(USD\)"):
        look_at_books(_ground(staging, READY), [INVOICES, paying])


def test_an_odoo_without_invoicing_is_refused(staging: Staging) -> None:
    with pytest.raises(RefusedError, match="Invoicing is not installed"):
        look_at_books(_ground(staging), [INVOICES])


def _ground(staging: Staging, *facts: BooksFacts, inactive: list[str] | None = None) -> Ground:
    def pages(model: str, domain: Any, fields: Any) -> Iterator[list[dict[str, Any]]]:
        assert (model, domain[0][2]) == ("res.currency", [1, 2])
        yield [{"id": number, "name": name} for number, name in enumerate(inactive or ())]

    destination = SimpleNamespace(
        identity=SimpleNamespace(company_id=1, url="http://odoo.example"),
        survey=lambda models: SimpleNamespace(books=facts),
        pages=pages,
    )
    return cast(Ground, SimpleNamespace(destination=destination, staging=staging))
