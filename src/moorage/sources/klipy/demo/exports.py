"""The files of a made-up workspace, as dirty as people hand them over."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from moorage.sources.klipy.demo import words
from moorage.sources.klipy.demo.workspace import BEGIN, Workspace

Row = Mapping[str, Any]

_DEALS = (
    "Deal ID|Deal Name*|Pipeline|Stage|Estimated Value|Currency|Created|Estimated Close Date|Owner|"
    "Company|Company Domain|Contact Email|Stakeholders|Private|Won|Next Step|Tags|Line of Business"
)


def write(made: Workspace, folder: Path) -> None:
    """Write the bundle of `made` into `folder`."""
    (folder / "attachments").mkdir(parents=True)
    _write_deals(made, folder / "Deals export 2026-01-05.csv")
    with (folder / "webhooks.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(event) + "\n" for event in made.events)
    _write_book(folder / "notes and drafts.xlsx", {"Notes": made.notes, "Drafts": made.drafts})
    _write_csv(folder / "tags.csv", made.record_tags)
    _write_csv(folder / "attachments.csv", made.attachments)
    _write_contacts(made, folder / "contacts.csv")
    members = [
        dict(zip(("Name", "Email", "Role", "Active"), one, strict=True)) for one in words.MEMBERS
    ]
    _write_csv(folder / "users.csv", members)
    _write_csv(folder / "pipelines.csv", [
        {"pipeline_id": f"pl_{n}", "pipeline": name, "stage": stage, "position": place,
         "won": "yes" if stage == "Closed Won" else "",
         "lost": "yes" if stage == "Closed Lost" else ""}
        for n, name in enumerate(words.PIPELINES)
        for place, stage in enumerate(words.STAGES, start=1)
    ])  # fmt: skip
    _write_csv(folder / "workflows.csv", [
        {"name": "Quiet thread", "kind": "sequence", "trigger": "no answer for 5 days",
         "conditions": "deal is open", "step": step, "action": action, "delay": f"{step} days"}
        for step, action in enumerate(("draft", "remind owner", "draft", "close"), start=1)
    ])  # fmt: skip
    for one in made.attachments:
        if one["path_or_url"]:
            (folder / one["path_or_url"]).write_text(f"The offer, {one['id']}.\n", encoding="utf-8")


def _write_csv(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        sheet = csv.DictWriter(file, list(rows[0]))
        sheet.writeheader()
        sheet.writerows(rows)


def _write_deals(made: Workspace, path: Path) -> None:
    """By hand, from Excel in the German way: half of the deals the log knows as well."""
    with path.open("w", newline="", encoding="cp1252", errors="replace") as file:
        sheet = csv.writer(file, delimiter=";")
        sheet.writerow(["Deals of the Klipy demo"])
        sheet.writerow(["Made on", "05/01/2026"])
        sheet.writerow([])
        sheet.writerow(_DEALS.split("|"))
        for n, deal in enumerate(made.deals):
            if deal["in_log"] and n % 2:
                continue
            day = BEGIN.toordinal() + deal["created"]
            stage = (
                words.SPELLINGS.get(deal["road"][-1], deal["road"][-1])
                if n % 5
                else deal["road"][-1]
            )
            sheet.writerow([
                deal["deal_id"], deal["deal_name"], deal["pipeline"], stage,
                deal["estimated_value"],
                "USD" if n % 6 else "", _day(day), _day(day + 60), deal["owner_name"],
                deal["company"]["name"], deal["company"]["domain"], deal["person"]["email"],
                made.people[n % len(made.people)]["email"], "yes" if deal["is_private"] else "no",
                "yes" if deal["won"] else "", "Call back\nnext week" if n % 8 == 0 else "",
                "; ".join(words.TAGS[n % 7 : n % 7 + 2]), deal["line_of_business"],
            ])  # fmt: skip
        sheet.writerow(["Total", "", "", "", "123.456,00"])


def _day(ordinal: int) -> str:
    day = BEGIN.fromordinal(ordinal)
    return f"{day.day:02}/{day.month:02}/{day.year}"


def _write_contacts(made: Workspace, path: Path) -> None:
    """In the shape of Klipy's own import file: some are in the API too, some are not."""
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file)
        sheet.writerow(["First Name*", "Last Name*", "Email*", "Company", "Title", "Phone",
                        "LinkedIn URL", "Notes", "Email"])  # fmt: skip
        for n, person in enumerate(made.people[10:60]):
            name = (person["firstName"], person["lastName"], person["email"].upper())
            sheet.writerow([*name, "", "", "", "", f"Met at the fair, no. {n}", ""])
        for n in range(max(len(made.people) // 20, 5)):
            sheet.writerow([words.FIRST[n % 25], f"Walkin{n}", f"walkin{n}@fair.example",
                            f"Walk-in Company {n // 2}", "", f"0664 {1_000_000 + n}", "", "",
                            f"private{n}@gmail.com"])  # fmt: skip
        sheet.writerow([""] * 9)


def _write_book(path: Path, sheets: Mapping[str, Iterable[Row]]) -> None:
    with xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for line, row in enumerate(rows, start=1):
                page.write_row(0, 0, list(row))
                page.write_row(line, 0, list(row.values()))
