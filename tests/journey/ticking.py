"""A person with a spreadsheet: reads a spot-check workbook, and saves it with ticks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook


def tick(
    workbook: Path, answers: Mapping[int, str], *, rest: str = "", name: str = "", sheet: str = ""
) -> None:
    """Write `answers` (record number: word), `rest` for the others, and who signed.

    The workbook is written anew, as a spreadsheet does when it saves; `sheet` replaces its id.
    """
    book = CalamineWorkbook.from_path(str(workbook))
    pages = {page: book.get_sheet_by_name(page).to_python() for page in book.sheet_names}
    heads = pages["Spot check"][0]
    for row in pages["Spot check"][1:]:
        if row[0]:
            row[heads.index("Right or wrong?")] = answers.get(int(float(str(row[1]))), rest)
    for row in pages["About"]:
        if row[0] == "Name":
            row[1] = name
        if sheet and str(row[0]).startswith("Sheet"):
            row[1] = sheet
    with xlsxwriter.Workbook(str(workbook)) as saved:
        for page, rows in pages.items():
            written = saved.add_worksheet(page)
            for at, row in enumerate(rows):
                for place, value in enumerate(row):
                    if isinstance(value, float):
                        written.write_number(at, place, value)
                    elif value:
                        written.write_string(at, place, str(value))
