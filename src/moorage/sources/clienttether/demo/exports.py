"""What people export of the made-up franchise, as files: a folder for each account."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter

from moorage.sources.clienttether.demo import words
from moorage.sources.clienttether.demo.franchise import START, Account, Franchise, Row

#: Brand, owner, unit, and a crew below the unit: one level more than expected.
ACCOUNTS = (
    ("1001", "", "Brand", "Bright Coat Franchising", "Dana Brooks"),
    ("1002", "1001", "Owner", "Front Range Painting LLC", "Rae Holt"),
    ("1003", "1002", "Unit", "Bright Coat Denver", "Eli Marsh"),
    ("1004", "1002", "Unit", "Bright Coat Boulder", "Fay Stone"),
    ("1005", "1004", "Crew", "Bright Coat Longmont Crew", "Gus Stone"),
)
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def write(made: Franchise, folder: Path) -> None:
    """Write all files of the bundle into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    _csv(folder / "accounts.csv", [
        {"account_id": a, "parent_account_id": b, "level": c, "company_name": d,
         "account_owner": e, "email": f"office{a}@brightcoat.example", "phone": "8015550100",
         "time_zone": "America/Denver", "royalty_rate": "6%"}
        for a, b, c, d, e in ACCOUNTS
    ])  # fmt: skip
    _automations(folder)
    for name, account in made.accounts.items():
        place = folder / name
        place.mkdir(exist_ok=True)
        _extras(place, account)
        _sales(place, account, int(name))
        _calls(place, account)
        _attached(place, account, folder)


def _day(number: int) -> datetime:
    return START + timedelta(hours=5 * number % 21000)


def _extras(place: Path, account: Account) -> None:
    """What the contact list shows and the API does not: in a spreadsheet, as people save it."""
    rows = [
        {
            "Contact ID": one["client_id"],
            "First Name": one["firstName"],
            "Last Name": one["lastName"],
            "Tags": ("VIP; Repeat Customer", "hoa", "vip|repeat-customer", "")[n % 4],
            "Main Contact": account.clients[n - 1]["client_id"] if n % 25 == 9 else "",
            "Archived": "Yes" if n % 33 == 13 else "No",
            "Campaign": "Spring 2024" if n % 10 == 0 else "",
            "Score": str(n % 90),
        }
        for n, one in enumerate(account.clients)
    ]
    _xlsx(place / "clients.xlsx", rows)
    deals = [
        {
            "Opportunity ID": one["opportunity_id"],
            "Opportunity Name": f"Repaint {n}" if n % 5 else "",
            "Close Date": f"{_day(n + 900):%m/%d/%Y}",
            "Likelihood": ("40%", "75%", "")[n % 3],
        }
        for n, one in enumerate(account.opportunities)
    ]
    _csv(place / "opportunities.csv", deals)


def _sales(place: Path, account: Account, number: int) -> None:
    proposals: list[Row] = []
    lines: list[Row] = []
    orders: list[Row] = []
    for n, one in enumerate(account.clients[::3]):
        code = f"P{number}-{n:05}"
        picked = words.LINES[: 1 + n % 3]
        subtotal = sum(round(float(price) * (1 + n % 2), 2) for _, price in picked)
        tax = round(subtotal * 0.04, 2) if n % 4 == 0 else 0.0
        wrong = 50.0 if n % 60 == 21 else 0.0
        proposals.append({
            "proposal_number": code, "client_id": one["client_id"],
            "status": ("Draft", "Sent", "Signed", "Declined")[n % 4], "type": "Residential",
            "estimator": "Eli Marsh", "created": f"{_day(n):%m/%d/%Y %I:%M %p}",
            "job_start_date": f"{_day(n + 300):%m/%d/%Y}", "subtotal": f"${subtotal:,.2f}",
            "material_tax": f"{tax:.2f}", "total": f"${subtotal + tax + wrong:,.2f}",
            "template": "Two-Coat Standard", "url": f"https://app.clienttether.example/p/{code}",
        })  # fmt: skip
        for line, (description, price) in enumerate(picked, start=1):
            lines.append({
                "proposal_number": code, "line": line, "description": description,
                "quantity": 1 + n % 2, "unit_price": price, "taxable": "yes" if tax else "no",
                "amount": f"{float(price) * (1 + n % 2):.2f}",
            })  # fmt: skip
        if n % 2 == 0:
            orders.append({
                "work_order_id": f"W{number}-{n:05}", "proposal_number": code,
                "client_id": one["client_id"], "title": "", "type": words.WORK[n // 2 % 4],
                "status": ("Scheduled", "Completed", "Cancelled")[n // 2 % 3],
                "start": f"{_day(n + 300):%m/%d/%Y %I:%M %p}",
                "end": f"{_day(n + 300) + timedelta(hours=8):%m/%d/%Y %I:%M %p}",
                "assigned_user": "Gus Stone", "notes": "Ladder needed" if n % 8 == 0 else "",
            })  # fmt: skip
    _csv(place / "proposals.csv", proposals)
    _csv(place / "proposal_lines.csv", lines)
    _csv(place / "work_orders.csv", orders)


def _calls(place: Path, account: Account) -> None:
    rows = []
    for n, one in enumerate(account.clients):
        for again in range(1 + n % 2):
            direction, duration, disposition = words.CALLS[(n + again) % 4]
            rows.append({
                "call_id": f"{one['client_id']}{again}", "client_id": one["client_id"],
                "date": f"{_day(n + again):%m/%d/%Y %I:%M %p}", "direction": direction,
                "duration": duration, "disposition": disposition, "user": "Fay Stone",
                "recording_url": f"https://calls.example/r/{n}.mp3" if n % 3 == 0 else "",
            })  # fmt: skip
    _csv(place / "call_logs.csv", rows)
    events = [
        {
            "event_id": f"E{one['client_id']}", "client_id": one["client_id"],
            "title": "Estimate visit" if n % 20 else "", "event_type": "appt",
            "from_date": f"{_day(n):%Y-%m-%d %H:%M:%S}",
            "end_date": f"{_day(n) + timedelta(hours=2):%Y-%m-%d %H:%M:%S}" if n % 30 else "",
            "location": one["address"], "assigned_user": "Eli Marsh" if n % 40 else "",
        }
        for n, one in enumerate(account.clients)
        if n % 10 == 0
    ]  # fmt: skip
    _csv(place / "events.csv", events)


def _attached(place: Path, account: Account, folder: Path) -> None:
    """Files beside the tables; one that is named and not there."""
    rows = []
    (place / "files").mkdir(exist_ok=True)
    for n, one in enumerate(account.clients[::20]):
        path = f"{place.name}/files/{one['client_id']}.png"
        if n != 3:
            (folder / path).write_bytes(PICTURE + str(n).encode())
        rows.append({
            "file_id": str(n + 1), "client_id": one["client_id"],
            "file_name": f"house {n}.png", "path": path, "size": len(PICTURE),
        })  # fmt: skip
    _csv(place / "files.csv", rows)


def _automations(folder: Path) -> None:
    steps = [
        {"action_plan": plan, "step": n, "type": kind, "delay": f"{n - 1} days", "template": name}
        for plan, count in zip(words.PLANS, (5, 3, 1), strict=True)
        for n, (kind, name) in enumerate(
            (("Email", "Welcome"), ("Text", "Checking In"), ("Automated Call", ""),
             ("Assign User", ""), ("Email", "Last Chance"))[:count], start=1,
        )
    ]  # fmt: skip
    triggers = [
        {"trigger_id": "1", "name": "Big deal", "notification": "Proposal Signed",
         "contact_type": "Prospect", "condition": "Deal Size > 10000",
         "action_plan": words.PLANS[2]},
        {"trigger_id": "2", "name": "Thanks", "notification": "Payment Received",
         "contact_type": "Prospect", "template": "Welcome"},
    ]  # fmt: skip
    templates = [
        {"template_id": "1", "name": "Welcome", "type": "Email", "subject": "Hello {first_name}",
         "body": "<p>Hello {first_name} {last_name},</p><p>thank you.</p>"},
        {"template_id": "2", "name": "Last Chance", "type": "Email", "subject": "Your estimate",
         "body": "<p>{first_name}, prices change on {month_end}.</p>"},
        {"template_id": "3", "name": "Checking In", "type": "Text", "subject": "",
         "body": "Hi {first_name}, still thinking it over?"},
    ]  # fmt: skip
    sequences = [
        {"sequence": "New homeowner drip", "step": n, "delay": f"{7 * n} days", "template": name}
        for n, name in enumerate(("Welcome", "Checking In", "Last Chance", "Welcome"))
    ]
    _csv(folder / "action_plan_steps.csv", steps)
    _csv(folder / "triggers.csv", triggers)
    (folder / "templates.json").write_text(json.dumps(templates), encoding="utf-8")
    _csv(folder / "sequences.csv", sequences)
    _csv(folder / "tags.csv", [{"name": tag} for tag in words.TAGS])


def _csv(path: Path, rows: Sequence[Row]) -> None:
    if not rows:
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


def _xlsx(path: Path, rows: Sequence[Row]) -> None:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    sheet = book.add_worksheet("Contacts")
    sheet.write_row(0, 0, list(rows[0]))
    for n, row in enumerate(rows, start=1):
        sheet.write_row(n, 0, list(row.values()))
    book.close()
