"""Quotes: totals computed anew, lines that add up to the cent."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.mariadb


def _quote(krayin: Any, grand_total: str, items: str, adjustment: str = "0") -> None:
    krayin.run(f"""
        INSERT INTO {{p}}persons (id, name, emails) VALUES (1, 'Eve', '[]');
        INSERT INTO {{p}}products (id, sku, name) VALUES (8, 'S-1', 'Chair');
        INSERT INTO {{p}}quotes (id, subject, person_id, user_id, grand_total, adjustment_amount,
            expired_at, billing_address) VALUES (1, 'Offer', 1, 1, {grand_total}, {adjustment},
            '2024-07-01 00:00:00', '{{"address": "1 Main St", "country": "US", "city": "LA"}}');
    """)
    if items:
        krayin.run(
            "INSERT INTO {p}quote_items (id, name, quantity, price, discount_amount, tax_amount,"
            f" total, product_id, quote_id) VALUES {items}"
        )


TOTAL = """
    SELECT CAST(coalesce(sum(amount), 0) AS VARCHAR) FROM (
        SELECT amount FROM tidy.quote_items UNION ALL SELECT amount FROM tidy.quote_extras)
"""


def test_discount_tax_and_adjustment_become_lines(krayin: Any) -> None:
    _quote(krayin, "121.5", "(1, 'Chair', 2, 50, 10, 19.5, 100, 8, 1)", adjustment="12")
    with krayin.stage() as staging:
        extras = staging.connection.execute(
            "SELECT id, CAST(amount AS VARCHAR) FROM tidy.quote_extras ORDER BY position"
        ).fetchall()
        quote = staging.connection.execute(
            "SELECT totals_agree, CAST(expired_on AS VARCHAR), billing_address FROM tidy.quotes"
        ).fetchone()
        products = staging.connection.execute("SELECT id FROM tidy.line_products ORDER BY id")
        used = products.fetchall()
        assert staging.connection.execute(TOTAL).fetchone() == ("121.5000",)
    assert extras == [("1-discount", "-10.0000"), ("1-tax", "19.5000"), ("1-adjustment", "12.0000")]
    assert quote == (True, "2024-07-01", "1 Main St, LA, US")
    assert used == [("adjustment",), ("discount",), ("tax",)]


@pytest.mark.parametrize(
    ("total", "items", "expected"),
    [
        ("30.9999", "(1, 'A', 3, 10.3333, 0, 0, 30.9999, 8, 1)", "31.0000"),
        ("0.0099", "(1, 'A', 3, 0.0033, 0, 0, 0.0099, 8, 1)", "0.0100"),
        ("100.0050", "(1, 'A', 1, 100.0049, 0, 0, 100.0049, 8, 1)", "100.0100"),
        ("-5", "(1, 'A', 1, 10, 15, 0, 10, 8, 1)", "-5.0000"),
        ("66.6667", "(1, 'A', 1, 33.3333, 0, 0, 0, 8, 1), (2, 'B', 1, 33.3334, 0, 0, 0, 8, 1)",
         "66.6700"),
    ],
)  # fmt: skip
def test_the_lines_add_up_to_the_cent(krayin: Any, total: str, items: str, expected: str) -> None:
    _quote(krayin, total, items)
    assert krayin.one(TOTAL) == expected


def test_a_total_that_does_not_agree_is_set_aside_or_decided(krayin: Any) -> None:
    _quote(krayin, "150", "(1, 'Chair', 2, 50, 0, 0, 100, 8, 1)")
    assert krayin.findings() == [("quotes", "1", "grand_total", "set_aside")]
    assert krayin.one(TOTAL) == "100.0000"
    krayin.settings["quote_differences"] = '"line"'
    assert krayin.findings() == [("quotes", "1", "grand_total", "warning")]
    assert krayin.one(TOTAL) == "150.0000"
    krayin.settings["quote_differences"] = '"computed"'
    assert krayin.findings() == [("quotes", "1", "grand_total", "warning")]
    assert krayin.one(TOTAL) == "100.0000"


def test_a_product_that_is_gone_leaves_its_line(krayin: Any) -> None:
    _quote(krayin, "100", "(1, 'Old chair', 2, 50, 0, 0, 100, 77, 1)")
    sql = "SELECT name, product_id, product_missing, line_product_id FROM tidy.quote_items"
    assert krayin.rows(sql) == [("Old chair", None, True, "missing")]
    assert krayin.findings() == [("quote_items", "1", "product_id", "warning")]


def test_a_quote_without_items_and_one_on_two_leads(krayin: Any) -> None:
    _quote(krayin, "0", "")
    krayin.run("""
        INSERT INTO {p}leads (id, title, lead_pipeline_id) VALUES (9, 'A', 1), (10, 'B', 1);
        INSERT INTO {p}lead_quotes (quote_id, lead_id) VALUES (1, 10), (1, 9), (1, 9), (1, 99);
    """)
    assert krayin.rows("SELECT lead_id, len(lead_ids), item_count FROM tidy.quotes") == [
        ("9", 2, 0)
    ]
    fields = [row[2] for row in krayin.findings() if row[0] == "quotes"]
    assert fields == ["items", "lead_id"]
