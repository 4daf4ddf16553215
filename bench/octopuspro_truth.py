"""What is true of a made-up bundle of OctopusPro: what Odoo holds is set beside it, and a later
export is written of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from moorage.sources.octopuspro.demo.generate import TEXTS, generate
from moorage.sources.octopuspro.demo.write import Style, write_csv

#: Every invoice of this project; its amounts as text, to the cent.
IN_ODOO = """
SELECT m.x_octo_invoice_id, p.x_octo_customer_id, m.state, to_char(m.invoice_date, 'YYYY-MM'),
    m.amount_total::text, m.amount_tax::text,
    (CASE WHEN m.state = 'posted' THEN m.amount_residual ELSE 0 END)::text
FROM account_move m JOIN res_partner p ON p.id = m.partner_id
WHERE m.move_type = 'out_invoice' AND m.x_octo_invoice_id IS NOT NULL
"""
_COLUMNS = ("number", "customer", "state", "month", "total", "tax", "open")
_DUE = """
CREATE OR REPLACE TEMP TABLE due AS
SELECT i.number, CAST(coalesce(c.id, b.bill_payer_id) AS VARCHAR) AS customer,
    CASE upper(status) WHEN 'DRAFT' THEN 'draft' WHEN 'VOID' THEN 'cancel' ELSE 'posted' END
        AS state,
    strftime(issue_date, '%Y-%m') AS month, total, tax, greatest(balance, 0) AS open
FROM (SELECT * EXCLUDE (status), trim(status) AS status FROM t_invoices) i
JOIN (SELECT id, bill_payer_id FROM t_bookings) b ON b.id = i.booking_id
LEFT JOIN t_customers c ON c.id = i.customer_id
WHERE i.number NOT IN (FROM aside)
"""
_SUMS = """
SELECT {by}, count(*) AS invoices, sum(CAST(total AS DECIMAL(18, 2))) AS total,
    sum(CAST(tax AS DECIMAL(18, 2))) AS tax, sum(CAST(open AS DECIMAL(18, 2))) AS open
FROM {table} GROUP BY {by}
"""
#: An export made later: invoices that were paid since, and new ones.
_LATER = """
CREATE TABLE t_later AS SELECT n, n % 80 = 16 AS is_paid FROM t_invoices WHERE fate = 16;
UPDATE t_invoices SET status = 'Closed', paid = total, balance = 0
WHERE n IN (SELECT n FROM t_later WHERE is_paid);
INSERT INTO t_payments BY NAME
SELECT n * 10 + 1 AS id, n, number AS invoice_number, booking_number, company_id, fate, 1 AS k,
    total AS amount, 'Approved' AS status, 'Cash' AS method,
    TIMESTAMP '2026-01-20 10:00:00' AS paid_local
FROM t_invoices WHERE n IN (SELECT n FROM t_later WHERE is_paid);
INSERT INTO t_lines BY NAME
SELECT * REPLACE (id + 100000000 AS id, n + 200000 AS n, 'INV-' || (n + 200000) AS invoice_number)
FROM t_lines WHERE n IN (SELECT n FROM t_later WHERE NOT is_paid);
INSERT INTO t_invoices BY NAME
SELECT * REPLACE (n + 200000 AS n, 'INV-' || (n + 200000) AS number,
    DATE '2026-01-15' AS issue_date, DATE '2026-01-29' AS due_date)
FROM t_invoices WHERE n IN (SELECT n FROM t_later WHERE NOT is_paid);
CREATE VIEW later_invoices AS SELECT * FROM f_invoices WHERE "Invoice Number" IN (
    SELECT number FROM t_invoices WHERE n > 200000 OR n IN (SELECT n FROM t_later WHERE is_paid));
CREATE VIEW later_lines AS SELECT * FROM f_invoice_lines WHERE "Invoice Number" LIKE 'INV-2_____';
CREATE VIEW later_payments AS SELECT * FROM f_payments WHERE "Date" LIKE '20/01/2026%';
"""
_LATER_FILES = {
    "later_invoices": "invoices_later.csv",
    "later_lines": "invoice_lines_later.csv",
    "later_payments": "payments_later.csv",
}


class Truth:
    """A bundle in `folder` and what is true of it."""

    def __init__(self, folder: Path, customers: int) -> None:
        self.folder = folder
        self._connection = duckdb.connect()
        # As the sandbox's accounting is: no tax that prices hold, and rounded once for each rate.
        counts = generate(
            folder, customers=customers, connection=self._connection, included=False, by_line=False
        )
        self.row_count = sum(counts.values())

    def hold(self, there: Sequence[tuple[Any, ...]], aside: Sequence[str]) -> str:
        """Set the rows of `IN_ODOO` beside the truth without the invoices `aside`; in words.

        Counts, totals, taxes and what is open must be equal to the cent, by customer, month and
        state, and invoice by invoice.
        """
        columns = zip(*there, strict=True)
        self._bring("there", dict(zip(_COLUMNS, map(list, columns), strict=True)))
        self._bring("aside", {"number": list(aside)})
        self._connection.execute(_DUE)
        groups = 0
        for by in ("customer", "month", "state", "number"):
            due, found = (_SUMS.format(by=by, table=table) for table in ("due", "there"))
            wrong = self._all(f"({due} EXCEPT {found}) UNION ALL ({found} EXCEPT {due})")
            assert not wrong, (by, wrong[:4])
            groups += self._all(f"SELECT count(DISTINCT {by}) FROM due")[0][0]
        ((count, total, is_open),) = self._all(
            "SELECT count(*), sum(total), sum(CASE state WHEN 'posted' THEN open END) FROM due"
        )
        return f"{count:,} invoices of {total:,.2f}, {is_open:,.2f} open: {groups:,} sums are true"

    def edit(self, condition: str) -> None:
        """Customers with `condition` move to another town; and a later export beside the first."""
        self._connection.execute(f"UPDATE t_customers SET suburb = 'Newtown' WHERE {condition}")
        for view in ("f_customers", "f_customers_old"):
            name, style = TEXTS[view]
            write_csv(self._connection, view, self.folder / name, style)
        self._connection.execute(_LATER)
        for view, name in _LATER_FILES.items():
            write_csv(self._connection, view, self.folder / name, Style())

    def close(self) -> None:
        """Forget it; the bundle stays."""
        self._connection.close()

    def _bring(self, name: str, columns: dict[str, list[Any]]) -> None:
        brought = pa.table({name: pa.array(rows, pa.string()) for name, rows in columns.items()})
        self._connection.register("brought", brought)
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM brought")
        self._connection.unregister("brought")

    def _all(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query).fetchall()
