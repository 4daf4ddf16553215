"""Invoices, payments and refunds of a dirty bundle, held to what is true, to the cent."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from moorage.sources.octopuspro.demo.generate import generate

from .octo_scene import SETTINGS, Scene, staged

SET_ASIDE = "SELECT source_key FROM tidy._findings WHERE object = '{}' AND severity = 'set_aside'"


def test_every_invoice_comes_to_what_is_true(scene: Scene) -> None:
    true = {
        number: (total, tax, balance)
        for number, total, tax, balance in scene.true(
            "SELECT number, total, tax, greatest(balance, 0) FROM t_invoices"
            " WHERE NOT is_off AND NOT has_no_lines"
        )
    }
    found = {
        number: (total, tax, residual if state == "posted" else 0)
        for number, total, tax, residual, state in scene.rows(
            "SELECT number, total, tax_total, residual, state FROM tidy.invoices WHERE id NOT IN"
            f" ({SET_ASIDE.format('invoices')}) AND kind = 'out_invoice'"
        )
    }
    assert len(found) > 150
    assert found == {number: true[number] for number in found}


def test_lines_make_up_each_total(scene: Scene) -> None:
    assert not scene.rows(
        "SELECT i.id, i.total, sum(l.total) FROM tidy.invoices i JOIN tidy.invoice_lines l"
        f" ON l.invoice_id = i.id WHERE i.id NOT IN ({SET_ASIDE.format('invoices')})"
        " GROUP BY ALL HAVING sum(l.total) <> i.total OR sum(l.tax_total) <> i.tax_total"
    )
    kinds = dict(scene.rows("SELECT id, line_count FROM tidy.taxes"))
    assert set(kinds) == {"15.0000-excluded", "15.0000-included"}


def test_states_are_decided_once(scene: Scene) -> None:
    states = dict(
        scene.rows(
            "SELECT t.status || '>' || i.state, count(*) FROM tidy.invoices i JOIN"
            " (SELECT id, lower(trim(status)) AS status FROM tidy.invoices) t USING (id)"
            f" WHERE id NOT IN ({SET_ASIDE.format('invoices')}) GROUP BY 1"
        )
    )
    assert set(states) == {"closed>posted", "open>posted", "overdue>posted", "draft>draft",
                           "void>cancel", "credited>posted"}  # fmt: skip
    merged = scene.rows("SELECT state, merged_into_id FROM tidy.invoices"
                        " WHERE merged_into_id IS NOT NULL")  # fmt: skip
    assert merged and {state for state, _ in merged} == {"cancel"}
    credited = scene.rows(
        "SELECT n.total, i.total, i.payment_state FROM tidy.invoices n"
        " JOIN tidy.invoices i ON i.id = n.credits_id WHERE n.kind = 'out_refund'"
    )
    assert credited and all(one == two and state == "reversed" for one, two, state in credited)


def test_what_does_not_add_up_waits_with_its_difference(scene: Scene) -> None:
    aside = scene.findings("invoices", "set_aside")
    broken = {number for (number,) in scene.true("SELECT number FROM t_invoices WHERE is_off")}
    assert broken and all("(difference 5.00)" in aside[number] for number in broken)
    empty = {n for (n,) in scene.true("SELECT number FROM t_invoices WHERE has_no_lines")}
    assert empty and all("no lines" in aside[number] for number in empty)
    cancelled = {n for (n,) in scene.true("SELECT number FROM t_invoices WHERE fate = 39")}
    assert cancelled and all("booking is cancelled" in aside[number] for number in cancelled)


def test_payments_are_posted_only_if_approved(scene: Scene) -> None:
    states = set(scene.rows("SELECT lower(status), state FROM tidy.payments"))
    assert states == {("approved", "posted"), ("pending", "draft"), ("unapproved", "cancel")}
    assert not scene.rows(
        "SELECT a.id FROM tidy.allocations a JOIN tidy.payments p ON 'payments:' || p.id = a.credit"
        " WHERE p.state <> 'posted'"
    )


def test_a_refund_counts_once_whichever_files_have_it(scene: Scene) -> None:
    twice = scene.true("SELECT id + 1, id FROM t_refunds WHERE fate = 32")
    found = dict(
        scene.rows("SELECT id, same_as_id FROM tidy.payments WHERE same_as_id IS NOT NULL")
    )
    assert found == {str(one): f"refund-{other}" for one, other in twice}
    (back,) = scene.rows(
        "SELECT sum(amount) FROM tidy.payments WHERE kind = 'refund' AND state = 'posted'"
        " AND same_as_id IS NULL"
    )
    # And 10.00 that give back a payment which is not in the bundle.
    assert back == scene.true("SELECT sum(amount) + 10 FROM t_refunds")[0]


def test_one_payment_over_two_invoices_pays_both(scene: Scene) -> None:
    together = scene.true("SELECT id FROM t_together")
    for (payment,) in together:
        paid = scene.rows(
            "SELECT count(*), sum(amount) FROM tidy.allocations"
            f" WHERE credit = 'payments:{payment}'"
        )
        amount = scene.rows(f"SELECT amount FROM tidy.payments WHERE id = '{payment}'")
        assert paid == [(2, amount[0][0])]


def test_overpayments_and_deposits(scene: Scene) -> None:
    over = scene.true("SELECT p.id FROM t_payments p WHERE fate = 33")
    left = dict(scene.rows("SELECT id, amount - allocated FROM tidy.payments"))
    assert over and {left[str(one)] for (one,) in over} == {20}
    deposits = scene.true(
        "SELECT p.id, i.number FROM t_payments p JOIN t_invoices i USING (n)"
        " WHERE p.fate = 34 AND p.k = 1"
    )
    paid = set(scene.rows("SELECT credit, debit FROM tidy.allocations"))
    assert deposits
    assert all((f"payments:{one}", f"invoices:{other}") in paid for one, other in deposits)


def test_settings_decide_what_waits(scene: Scene) -> None:
    settings = SETTINGS | {
        "invoice_differences": "line",
        "invoices_of_cancelled_bookings": "draft",
        "companies": {"11": "main", "12": "other"},
    }
    scene.staging.tidy_again(settings)
    try:
        aside = scene.findings("invoices", "set_aside")
        assert set(aside.values()) == {"names no customer who is in the bundle"}
        assert scene.rows("SELECT sum(total) FROM tidy.invoice_lines WHERE name LIKE 'Difference%'")
        for name in ("bookings", "appointments", "form_notes", "files"):
            assert scene.rows(f"SELECT DISTINCT is_elsewhere FROM tidy.{name} ORDER BY 1") == [
                (False,), (True,)
            ]  # fmt: skip
        ((elsewhere,),) = scene.rows("SELECT count(*) FROM tidy.invoices WHERE is_elsewhere")
        assert elsewhere == scene.true("SELECT count(*) FROM t_invoices WHERE company_id = 12"
                                       )[0][0] + _credits(scene)  # fmt: skip
    finally:
        scene.staging.tidy_again(json.loads(json.dumps(SETTINGS)))


def _credits(scene: Scene) -> int:
    sql = "SELECT count(*) FROM tidy.invoices WHERE is_elsewhere AND kind = 'out_refund'"
    return int(scene.rows(sql)[0][0])


def test_tax_may_be_rounded_once_for_an_invoice(tmp_path: Path) -> None:
    with duckdb.connect() as truth:
        generate(tmp_path / "bundle", customers=20, connection=truth, by_line=False)
        with staged(tmp_path / "bundle", tmp_path / "staging.duckdb") as staging:
            found = staging.connection.execute(
                "SELECT number, total, tax_total FROM tidy.invoices i ANTI JOIN tidy._findings f"
                " ON f.source_key = i.id AND f.severity = 'set_aside' WHERE kind = 'out_invoice'"
            ).fetchall()
        true = {row[0]: row for row in truth.execute(
            "SELECT number, total, tax FROM t_invoices").fetchall()}  # fmt: skip
    assert len(found) > 50 and all(row == true[row[0]] for row in found)


def test_what_is_paid_in_another_currency_waits(tmp_path: Path) -> None:
    with duckdb.connect() as truth:
        generate(tmp_path / "bundle", customers=20, connection=truth, by_line=False)
    path = tmp_path / "bundle" / "invoices.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    # The first is paid, of the sixteenth nothing is.
    euros = [
        row.replace(",USD,", ",EUR,") if row[:7] in ("INV-1,B", "INV-16,") else row for row in rows
    ]
    path.write_text("".join(euros), encoding="utf-8")
    with staged(tmp_path / "bundle", tmp_path / "staging.duckdb") as staging:
        found = staging.connection.execute(
            "SELECT object, source_key FROM tidy._findings WHERE message LIKE '%another currency%'"
        ).fetchall()
        there = staging.connection.execute(
            "SELECT currency, residual = total FROM tidy.invoices WHERE id = 'INV-16'"
        ).fetchall()
    assert set(found) == {("invoices", "INV-1"), ("payments", "11")}
    assert there == [("EUR", True)]
