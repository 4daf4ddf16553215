"""The spot-check sheet as a workbook: written for a person to tick, read back by `read_ticks`.

Cells that hold values from the CRM are written as text: none is ever taken for a formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moorage.errors import SettingsError
from moorage.reports.sheet import Sheet, kind_of
from moorage.verify.spots import Spot

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

RECORDS, ABOUT = "Spot check", "About"
ANSWERS = ("right", "wrong")
#: Heads of the columns; what names a record stands in the first, so that rows may be sorted.
_NAMED, _ANSWER, _REMARK = "Key", "Right or wrong?", "Remark"
_HEADS = (_NAMED, "No.", "Record or field", "Mapped", "Odoo", _ANSWER, _REMARK)
_WIDTHS = (24, 5, 34, 40, 40, 40, 15, 40)
_SIGNED = ("Name", "Date", "Signature")
_HOW = "Choose right or wrong for each record on the first page, then fill in the lines below."
_SHEET = "Sheet (do not change)"
#: What a cell of a workbook can hold.
_LONGEST = 32_000


@dataclass(frozen=True)
class Ticks:
    """What a person wrote into a workbook: by entry and key (`leads/krayin:leads:7`), and who
    signed. Remarks and names are people's data: never log.
    """

    sheet: str
    answers: dict[str, str]
    remarks: dict[str, str] = field(repr=False)
    name: str = field(repr=False)
    date: str = field(repr=False)


def write_workbook(path: Path, sheet: Sheet) -> Path:
    """Write the workbook; one that holds ticks already is left as it is."""
    if path.exists() and any(read_ticks(path).answers.values()):
        return path
    import xlsxwriter  # noqa: PLC0415 - slow to load, and only this needs it

    draft = path.with_name(f".{path.name}.new")
    with xlsxwriter.Workbook(str(draft), {"in_memory": True}) as book:
        writer = _Writer(book, sheet)
        writer.write_records()
        writer.write_about()
    draft.replace(path)
    return path


class _Writer:
    def __init__(self, book: Workbook, sheet: Sheet) -> None:
        self.book = book
        self.sheet = sheet
        self.formats: dict[str, Format] = {}

    def _format(self, **about: Any) -> Format:
        name = repr(sorted(about.items()))
        if name not in self.formats:
            about = {"valign": "top", "text_wrap": True, **about}
            self.formats[name] = self.book.add_format(about)
        return self.formats[name]

    def write_records(self) -> None:
        """The first page: a line for each record, to be ticked, and below it its fields."""
        page = self.book.add_worksheet(RECORDS)
        for at, width in enumerate(_WIDTHS):
            page.set_column(at, at, width)
        for at, words in enumerate((*_HEADS[:3], self.sheet.source, *_HEADS[3:])):
            page.write_string(0, at, words, self._format(bold=True, bottom=1))
        page.freeze_panes(1, 3)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        row = 1
        for spot in self.sheet.spots:
            self._write_record(page, row, spot)
            row = self._write_values(page, row + 1, spot)

    def _write_record(self, page: Worksheet, row: int, spot: Spot) -> None:
        grey = {"bold": True, "bg_color": "#eeece7"}
        bold, answer = self._format(**grey), self._format(bold=True, bg_color="#fbf0d6", border=1)
        page.write_string(row, 0, spot.place, self._format(bg_color="#eeece7"))
        page.write_number(row, 1, spot.number, bold)
        page.write_string(row, 2, _cut(spot.title), bold)
        page.write_string(row, 3, kind_of(spot), bold)
        page.write_blank(row, 4, None, bold)
        words = f"Open {spot.model} {spot.odoo_id}"
        link = self._format(**grey, font_color="#0b5c6b", underline=1)
        page.write_url(row, 5, self.sheet.link(spot), link, words)
        page.write_blank(row, 6, None, answer)
        page.write_blank(row, 7, None, answer)
        page.data_validation(row, 6, row, 6, {"validate": "list", "source": list(ANSWERS)})

    def _write_values(self, page: Worksheet, row: int, spot: Spot) -> int:
        """The fields of a record from `row` on; the row after them."""
        for value in spot.values:
            page.write_string(row, 2, value.label, self._format())
            given = "\n".join(text for _, text in value.source)
            for at, words in enumerate((given, value.mapped, value.odoo), start=3):
                page.write_string(row, at, _cut(words), self._format())
            if not value.is_equal:
                differs = self._format(bg_color="#fbe6e3")
                page.write_string(row, 5, _cut(value.odoo), differs)
                page.write_string(row, 6, "differs", differs)
            row += 1
        return row

    def write_about(self) -> None:
        """The second page: what the sheet is about, and the lines to sign on."""
        page = self.book.add_worksheet(ABOUT)
        page.set_column(0, 0, 26)
        page.set_column(1, 1, 70)
        page.write_string(0, 0, _HOW, self._format(text_wrap=False))
        facts = [fact for fact in self.sheet.facts if fact[0] != "Sheet"]
        facts.append((_SHEET, self.sheet.id))
        for row, (name, value) in enumerate(facts, start=2):
            page.write_string(row, 0, name, self._format(font_color="#5d686f"))
            page.write_string(row, 1, value, self._format())
        for row, name in enumerate(_SIGNED, start=3 + len(facts)):
            page.set_row(row, 26)
            page.write_string(row, 0, name, self._format(font_color="#5d686f"))
            page.write_blank(row, 1, None, self._format(bottom=1, bg_color="#fbf0d6"))


def _cut(words: str) -> str:
    return words[:_LONGEST]


def read_ticks(path: Path) -> Ticks:
    """What was ticked in the workbook at `path`; SettingsError if it is none of ours.

    Every row with a key is in `answers`, with 'right', 'wrong' or '' for no tick.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - seldom needed

    try:
        book = CalamineWorkbook.from_path(str(path))
        rows = book.get_sheet_by_name(RECORDS).to_python(skip_empty_area=False)
        about = book.get_sheet_by_name(ABOUT).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise _no_sheet(path, f"it cannot be read ({type(error).__name__})") from None
    facts = {str(line[0]).strip(): _text(line[1]) for line in about if len(line) > 1 and line[0]}
    if not rows or not facts.get(_SHEET):
        raise _no_sheet(path, "it does not say which sheet it is")
    columns = {str(name).strip(): at for at, name in enumerate(rows[0])}
    if not {_NAMED, _ANSWER, _REMARK} <= columns.keys():
        raise _no_sheet(path, "columns are missing")
    answers, remarks = _answers(path, rows, columns)
    signed = (facts.get(name, "") for name in _SIGNED[:2])
    return Ticks(facts[_SHEET], answers, remarks, *signed)


def _answers(
    path: Path, rows: Sequence[Sequence[Any]], columns: Mapping[str, int]
) -> tuple[dict[str, str], dict[str, str]]:
    answers: dict[str, str] = {}
    remarks: dict[str, str] = {}
    for number, row in enumerate(rows[1:], start=2):
        key = _text(row[columns[_NAMED]])
        if not key:
            continue
        answer = _text(row[columns[_ANSWER]]).casefold()
        if answer not in ("", *ANSWERS):
            raise SettingsError(
                "the answer must be right or wrong, or empty",
                where=f"{path.name}: {RECORDS}, row {number}",
                state="Nothing was stored.",
                todo="Mend the row, save, and read it again.",
            )
        if answers.get(key) not in (None, answer):
            raise SettingsError(
                "one record has two answers",
                where=f"{path.name}: {RECORDS}, row {number}",
                state="Nothing was stored.",
                todo="Leave one of the rows, save, and read it again.",
            )
        answers[key] = answer
        if remark := _text(row[columns[_REMARK]]):
            remarks[key] = remark
    return answers, remarks


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _no_sheet(path: Path, why: str) -> SettingsError:
    return SettingsError(
        f"this is no spot-check sheet of Moorage: {why}",
        where=path.name,
        state="Nothing was stored.",
        todo="Give the workbook that `moorage spotcheck` wrote, saved as .xlsx.",
    )
