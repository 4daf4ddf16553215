"""Makes a bundle: `python -m moorage.sources.octopuspro.demo FOLDER --customers 100`."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from moorage.sources.octopuspro.demo.write import (
    Style,
    write_csv,
    write_pages,
    write_photo,
    write_xlsx,
)

SQL = Path(__file__).with_name("sql")
LEAST_CUSTOMERS = 20
TEXTS = {
    "f_customers": ("customers.csv", Style("utf-8-sig")),
    "f_customers_old": ("customers_old.csv", Style("cp1252", ";")),
    "f_properties": ("customer_properties.csv", Style()),
    "f_services": ("services.csv", Style()),
    "f_bookings_2025": ("bookings_2025.csv", Style(report=True)),
    "f_appointments": ("appointments.txt", Style("utf-16", "\t")),
    "f_quotes": ("quotes.csv", Style("utf-8", ";")),
    "f_quote_lines": ("quote_lines.csv", Style("utf-8", ";")),
    "f_invoices": ("invoices.csv", Style(report=True)),
    "f_invoice_lines": ("invoice_lines.csv", Style("utf-8-sig")),
    "f_payments": ("payments.csv", Style(report=True)),
    "f_refunds": ("refunds.csv", Style()),
    "f_answers": ("form_answers.csv", Style()),
    "f_files": ("attachments.csv", Style()),
    "f_inquiries": ("inquiries.csv", Style()),
    "f_automations": ("automations.csv", Style()),
    "f_custom_fields": ("custom_fields.csv", Style()),
}
WORKERS = """
SELECT to_json({'user_id': id, 'username': email, 'display_name': display_name,
    'first_name': first_name, 'last_name': last_name, 'email1': email,
    'mobile1': '04' || lpad(CAST(30000000 + id AS VARCHAR), 8, '0'),
    'active': CASE WHEN active THEN 1 ELSE 0 END, 'is_deleted': 0, 'created': 1700000000 + id,
    'company_id': company_id, 'pay_rate': pay_rate, 'tracking': tracking,
    'last_login': 1760000000, 'password': 'correct-horse-' || id}) FROM t_workers ORDER BY id
"""


def generate(
    folder: Path,
    *,
    customers: int,
    connection: duckdb.DuckDBPyConnection,
    seed: int = 1,
    included: bool = True,
    by_line: bool = True,
) -> dict[str, int]:
    """Make `folder` anew with a bundle of `customers` customers and three bookings each.

    `included`: the prices of one of the two companies hold their tax. `by_line`: tax is rounded for
    each line, else once for each rate of an invoice. Gives the rows of each file. What is true
    stands in `connection` afterwards (tables `t_…`).
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    size = max(customers, LEAST_CUSTOMERS)
    connection.execute(
        f"CREATE MACRO scale() AS {size}; CREATE MACRO seed() AS {seed};"
        f" CREATE MACRO included() AS {included}; CREATE MACRO by_line() AS {by_line}"
    )
    for script in sorted(SQL.glob("*.sql")):
        connection.execute(script.read_text(encoding="utf-8"))
    counts = {
        name: write_csv(connection, view, folder / name, style)
        for view, (name, style) in TEXTS.items()
    }
    book = folder / "bookings_2024.xlsx"
    counts[book.name] = write_xlsx(connection, "f_bookings_2024", book, "Bookings")
    counts["fieldworkers"] = write_pages(connection, WORKERS, folder, "fieldworkers")
    pages = "SELECT to_json(row) FROM f_invoice_pages"
    counts["invoices (pages)"] = write_pages(connection, pages, folder, "invoices_page")
    for number, path in connection.execute('SELECT "File ID", "File" FROM f_files').fetchall():
        write_photo(folder / path, int(number))
    return counts
