"""Invoices and payments in a real Odoo with a chart of accounts: to the cent or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from moorage.companions import companions
from moorage.load.rows import UNFINISHED
from moorage.odoo.models.undo import GO_ALONG, UNDO, drop_keys
from moorage.rollback import plan_rollback, roll_back
from moorage.sandbox import OdooServer
from moorage.verify import trial_balance

from .ledger_scene import Books

NewBooks = Callable[[str], Books]


@pytest.fixture
def new_books(module_odoo: OdooServer, tmp_path: Path) -> Iterator[NewBooks]:
    made: list[Books] = []

    def make(source: str) -> Books:
        made.append(Books(tmp_path, module_odoo, source))
        return made[-1]

    yield make
    for books in made:
        books.staging.close()
        books.ledger.close()
        books.client.close()


def test_states_residuals_and_numbers_are_the_sources(new_books: NewBooks) -> None:
    books = new_books("money")
    books.customer("1")
    books.invoice("INV-1", 100, 50.5, tax=True, total=173.08, residual=0)
    books.invoice("INV-2", 80, total=80, residual=30)
    books.invoice("INV-3", 10, total=10, residual=10, state="draft")
    books.invoice("INV-4", 20, total=20, residual=0, state="cancel")
    books.invoice("INV-5", 60, total=60, residual=0)
    books.invoice("CN-1", 60, total=60, residual=0, kind="out_refund")
    books.invoice("CN-2", 100, tax=True, total=115, residual=115, kind="out_refund")
    books.payment("1", 223.08)
    books.payment("2", 40, state="draft")
    books.payment("3", 25)
    books.payment("refund-1", 15, direction="outbound")
    books.allocate("invoices:INV-1", "payments:1", 173.08)
    books.allocate("invoices:INV-2", "payments:1", 50)
    books.allocate("payments:refund-1", "payments:3", 15)
    books.allocate("invoices:INV-5", "invoices:CN-1", 60)
    books.plan_creations()
    before = books.client.counters()

    report = books.run()

    assert {phase.entry: (phase.created, phase.set_aside) for phase in report.phases} == {
        "customers": (1, 0), "invoices": (7, 0), "invoice_lines": (8, 0), "payments": (4, 0),
        "allocations": (4, 0),
    }  # fmt: skip
    assert books.invoice_in_odoo("INV-1") == ("posted", 173.08, 0.0, "paid")
    assert books.invoice_in_odoo("INV-2") == ("posted", 80.0, 30.0, "partial")
    assert books.invoice_in_odoo("INV-3")[0::3] == ("draft", "not_paid")
    assert books.invoice_in_odoo("INV-4")[0] == "cancel"
    assert books.invoice_in_odoo("INV-5") == ("posted", 60.0, 0.0, "reversed")
    assert books.invoice_in_odoo("CN-2") == ("posted", 115.0, 115.0, "not_paid")
    named = books.read("account.move", "INV-1", "name", "invoice_date_due", entry="invoices")
    assert (named["name"], named["invoice_date_due"]) == ("INV-1", "2024-04-30")
    pending = books.read("account.payment", "2", "state", "move_id", entry="payments")
    assert (pending["state"], pending["move_id"]) == ("draft", False)
    # Odoo makes a payment paid with its invoices: it counts as what was written.
    assert books.read("account.payment", "1", "state", entry="payments")["state"] == "in_process"
    assert books.client.counters() == before


def test_amounts_that_differ_are_never_posted(new_books: NewBooks) -> None:
    books = new_books("differ")
    books.customer("1")
    books.invoice("A-1", 100, tax=True, total=114.99, residual=114.99)
    books.invoice("A-2", 100, tax=True, total=115, residual=0)
    books.payment("1", 115)
    books.allocate("invoices:A-1", "payments:1", 10)
    books.allocate("invoices:A-2", "payments:1", 105)
    books.plan_creations()

    books.run()

    aside = {row["key"]: row["reason"] for row in books.ledger.set_aside_rows(1)}
    assert aside == {
        "differ:invoices:A-1": "not what the source says:"
        " amount_total is 115.0 in Odoo, 114.99 in the source",
        "differ:invoice_lines:A-1-0": "move_id points to differ:invoices:A-1, which was set aside",
        "differ:allocations:invoices_A-1=payments_1":
        "debit_move_id points to differ:invoices:A-1, which was not loaded",
    }  # fmt: skip
    assert books.invoice_in_odoo("A-1") == ()
    assert books.invoice_in_odoo("A-2") == ("posted", 115.0, 10.0, "partial")
    assert books.count("account.move.line") == 1


def test_an_invoice_in_another_currency_keeps_its_amounts(new_books: NewBooks) -> None:
    books = new_books("euros")
    (euro,) = books.client.read(
        "res.currency", "search", domain=[("name", "=", "EUR"), ("active", "in", [True, False])]
    )
    books.client.write("res.currency", [euro], {"active": True})
    books.customer("1")
    books.invoice("E-1", 100, tax=True, total=115, residual=115)
    books.sql(f"UPDATE target.invoices SET currency_id = {euro}")
    books.plan_creations()

    books.run()

    assert books.invoice_in_odoo("E-1") == ("posted", 115.0, 115.0, "not_paid")
    items = books.read("account.move", "E-1", "currency_id", entry="invoices")
    assert items["currency_id"] == euro


def test_a_number_taken_already_stands_alone(new_books: NewBooks) -> None:
    books = new_books("twice")
    books.customer("1")
    for number in range(3):
        books.invoice(f"T-{number}", 10, total=10, residual=10)
    books.sql("UPDATE target.invoices SET name = 'T-0' WHERE key = 'twice:invoices:T-2'")
    books.plan_creations()

    report = books.run()

    phase = next(phase for phase in report.phases if phase.entry == "invoices")
    assert (phase.created, phase.set_aside) == (2, 1)
    codes = {row["code"] for row in books.ledger.set_aside_rows(1)}
    assert codes == {"validation_error", "link_missing"}


def test_a_rollback_leaves_the_ledger_as_it_was(
    new_books: NewBooks, module_odoo: OdooServer
) -> None:
    books = new_books("back")
    before = _ledger_of(module_odoo)
    balance = trial_balance(books.client, "back")
    books.customer("1")
    for number in range(4):
        books.invoice(f"B-{number}", 30, 70, tax=True, total=115, residual=0)
    books.invoice("B-9", 5, total=5, residual=5, state="draft")
    books.invoice("C-1", 15, total=15, residual=0, kind="out_refund")
    books.payment("1", 500)
    for number in range(4):
        amount = 100 if number == 3 else 115
        books.allocate(f"invoices:B-{number}", "payments:1", amount)
    books.allocate("invoices:B-3", "invoices:C-1", 15)
    books.plan_creations()
    books.run()
    assert books.invoice_in_odoo("B-3") == ("posted", 115.0, 0.0, "paid")
    loaded = trial_balance(books.client, "back")
    assert balance is not None and loaded is not None
    by_account = {line.name: (line.balance, line.lines) for line in loaded.imported}
    assert by_account == {
        "121000 Account Receivable": (-55.0, 6), "101403 Outstanding Receipts": (500.0, 1),
        "251000 Tax Received": (-60.0, 4), "400000 Product Sales": (-385.0, 9),
    }  # fmt: skip
    assert [(line.name, line.lines) for line in loaded.parts["State"]] == [
        ("draft", 2), ("posted", 20),
    ]  # fmt: skip

    _back(books)

    assert _ledger_of(module_odoo) == before
    now = trial_balance(books.client, "back")
    assert now is not None and now.accounts == balance.accounts and now.imported == ()


def test_a_customer_who_was_there_is_none_again(new_books: NewBooks) -> None:
    books = new_books("rank")
    values = {"name": "Of before"}
    (before,) = books.client.call("res.partner", "create", vals_list=[values])
    books.customer("1")
    books.invoice("R-1", 50, total=50, residual=0)
    books.payment("1", 50)
    books.allocate("invoices:R-1", "payments:1", 50)
    books.plan_creations()
    books.sql(
        f"UPDATE meta.plan SET operation = 'match', odoo_id = {before} WHERE entry = 'customers'"
    )
    books.run()
    assert _rank(books, before) == 2

    _back(books)

    assert _rank(books, before) == 0


@pytest.mark.parametrize("entry", ["invoices", "payments", "allocations"])
def test_a_lost_receipt_says_no_more_than_was_done(
    new_books: NewBooks, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    books = new_books(f"lost_{entry}")
    books.customer("1")
    books.invoice(f"{entry}-1", 50, total=50, residual=0)
    books.payment("1", 50)
    books.allocate(f"invoices:{entry}-1", "payments:1", 50)
    books.plan_creations()
    model = next(table.model for table in books.tables if table.entry == entry)
    create, write = books.client.create, books.client.write

    def create_and_die(made: str, *arguments: Any) -> list[int]:
        ids = create(made, *arguments)
        if made == model:
            raise KeyboardInterrupt
        return ids

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(books.client, "create", create_and_die)
    with pytest.raises(KeyboardInterrupt):
        books.run()
    monkeypatch.setattr(books.client, "create", create)
    # Killed once more, before a state is reached.
    monkeypatch.setattr(books.client, "write", die)
    if entry != "allocations":
        with pytest.raises(KeyboardInterrupt):
            books.run("planned anew")
        digests = {row["entry"]: row["digest"] for row in _records(books)}
        assert digests[entry] == UNFINISHED
    monkeypatch.setattr(books.client, "write", write)

    books.run("planned once more")

    assert books.invoice_in_odoo(f"{entry}-1") == ("posted", 50.0, 0.0, "paid")
    assert UNFINISHED not in {row["digest"] for row in _records(books)}


def test_a_run_stopped_while_posting_goes_on(
    new_books: NewBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = new_books("stopped")
    books.customer("1")
    for number in (1, 2):
        books.invoice(f"S-{number}", 50, total=50, residual=0)
        books.payment(f"{number}", 50)
        books.allocate(f"invoices:S-{number}", f"payments:{number}", 50)
    books.invoice("S-3", 50, total=49, residual=49)
    books.plan_creations()
    write = books.client.write

    def post_and_die(model: str, ids: Sequence[int], values: Mapping[str, Any]) -> None:
        write(model, ids, values)
        if values.get("state") == "posted":
            raise KeyboardInterrupt

    monkeypatch.setattr(books.client, "write", post_and_die)
    with pytest.raises(KeyboardInterrupt):
        books.run()
    assert books.invoice_in_odoo("S-1") == ("posted", 50.0, 50.0, "not_paid")
    monkeypatch.setattr(books.client, "write", write)

    report = books.run()

    counted = {phase.entry: (phase.created, phase.set_aside) for phase in report.phases}
    assert counted["invoices"] == (2, 1)
    assert counted["allocations"] == (2, 0)
    for number in (1, 2):
        assert books.invoice_in_odoo(f"S-{number}") == ("posted", 50.0, 0.0, "paid")
    assert books.invoice_in_odoo("S-3") == ()
    assert not books.ledger.open_batches(books.destination_id)


def test_a_draft_is_posted_later_if_it_adds_up(new_books: NewBooks) -> None:
    books = new_books("later")
    books.customer("1")
    books.invoice("L-1", 50, total=50, residual=50, state="draft")
    books.invoice("L-2", 50, total=50, residual=50, state="draft")
    books.plan_creations()
    books.run()
    books.sql("UPDATE target.invoices SET state = 'posted'")
    books.sql("UPDATE target.invoices SET x_total = 51 WHERE name = 'L-2'")
    books.plan_creations()
    books.sql(
        "UPDATE meta.plan SET operation = CASE entry WHEN 'invoices' THEN 'update' ELSE 'unchanged'"
        " END, changed = CASE entry WHEN 'invoices' THEN ['state', 'x_total'] ELSE [] END"
    )

    books.run("delta")

    assert books.invoice_in_odoo("L-1")[0] == "posted"
    assert books.invoice_in_odoo("L-2")[0] == "draft"
    (warning,) = books.ledger.warnings(books.destination_id)
    assert warning["code"] == "update_refused"
    assert "amount_total is 50.0 in Odoo, 51.0 in the source" in warning["message"]


@pytest.mark.soak
def test_what_people_matched_since_is_kept(new_books: NewBooks) -> None:
    books = new_books("matched")
    books.customer("1")
    for number in (1, 2):
        books.invoice(f"M-{number}", 50, total=50, residual=50)
        books.payment(f"{number}", 50)
    books.plan_creations()
    books.run()
    # What our own user writes after the run counts as a person's.
    time.sleep(1.1)
    items = [
        next(
            other
            for page in companions(books.client, model, "account.move.line", [row["id"]])
            for _, other in page
        )
        for model, name, entry in (
            ("account.move", "M-1", "invoices"), ("account.payment", "1", "payments"),
        )
        for row in (books.read(model, name, "id", entry=entry),)
    ]  # fmt: skip
    books.client.call("account.move.line", "reconcile", ids=items)

    plan = plan_rollback(books.ledger, books.client, books.destination_id)

    kept = {one.key.removeprefix("matched:") for one in plan.kept}
    assert {"invoices:M-1", "payments:1"} <= kept
    assert not {"invoices:M-2", "payments:2"} & kept


def _ledger_of(server: OdooServer) -> tuple[dict[str, int], list[tuple[object, ...]]]:
    """The rows of the tables concerned, and the trial balance."""
    counts = {
        name: count
        for name, count in server.row_counts().items()
        if name.startswith(("account_", "mail_", "res_partner"))
    }
    balance = server.psql(
        "SELECT account_id, sum(debit), sum(credit), sum(amount_residual), count(*)"
        " FROM account_move_line GROUP BY 1 ORDER BY 1"
    )
    return counts, balance


def _records(books: Books) -> list[Any]:
    return [row for page in books.ledger.records(books.destination_id) for row in page]


def _rank(books: Books, partner: int) -> int:
    domain = [("id", "=", partner)]
    (page,) = books.client.pages("res.partner", domain, ["customer_rank"])
    return int(page[0]["customer_rank"])


def _back(books: Books) -> None:
    report = roll_back(
        books.ledger, books.client, books.destination_id,
        drop_keys=partial(drop_keys, books.client), undo=UNDO, go_along=GO_ALONG,
    )  # fmt: skip
    assert report.complete, [str(one) for one in [*report.kept, *report.archived]]
