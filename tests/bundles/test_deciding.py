"""Dates and numbers decided by file and column; asked where nothing tells; refused on a clash."""

from __future__ import annotations

import pytest

from moorage.bundles import Answers, Column, Expected
from moorage.errors import SettingsError

from .conftest import rows_of

WHEN, SUM = Column("when", "date"), Column("sum", "money")


def test_the_order_of_dates_is_decided_by_file(write, bundle) -> None:
    write("things_1.csv", "When,Sum\n01/02/2026,1\n13/02/2026,1\n")
    write("things_2.csv", "When,Sum\n01/02/2026,1\n02/13/2026,1\n")
    rows = rows_of(bundle(), WHEN, SUM)
    assert [row["when"] for row in rows] == ["2026-02-01", "2026-02-13", "2026-01-02", "2026-02-13"]


def test_an_open_order_is_asked_for_without_the_dates(write, bundle) -> None:
    write("things.csv", "When,Sum\n01/02/2026,1\n")
    match = bundle().match([Expected("things", (WHEN, SUM))])
    (question,) = match.questions()
    assert "99/99/9999" in question and "01/02" not in question and "things.csv: When" in question
    with pytest.raises(SettingsError, match="questions about its files"):
        match.check()


@pytest.mark.parametrize("place", ["things.csv: When", "When", "*"])
def test_an_answer_decides(write, bundle, place: str) -> None:
    write("things.csv", "When,Sum\n01/02/2026,1\n")
    assert rows_of(bundle(Answers(formats={place: "mdy"})), WHEN)[0]["when"] == "2026-01-02"


def test_figures_that_are_the_same_ask_nothing(write, bundle) -> None:
    write("things.csv", "When,Sum\n02/02/2026,1\n2026-01-05,1\n01.02.2026,1\n")
    rows = rows_of(bundle(), WHEN)
    assert [row["when"] for row in rows] == ["2026-02-02", "2026-01-05", "2026-02-01"]


@pytest.mark.parametrize("formats", [{}, {"*": "dmy"}])
def test_a_contradiction_is_refused_with_two_lines(write, bundle, formats) -> None:
    write("things.csv", "When,Sum\n01/02/2026,1\n13/02/2026,1\n02/14/2026,1\n")
    match = bundle(Answers(formats=formats)).match([Expected("things", (WHEN,))])
    with pytest.raises(SettingsError, match=r"contradict.*lines 3 and 4"):
        match.check()


def test_an_answer_against_the_evidence_is_refused(write, bundle) -> None:
    write("things.csv", "When,Sum\n13/02/2026,1\n")
    match = bundle(Answers(formats={"*": "mdy"})).match([Expected("things", (WHEN,))])
    with pytest.raises(SettingsError, match="contradict"):
        match.check()


def test_decimal_marks_are_decided_by_column(write, bundle) -> None:
    write("things.csv", "When;Sum;Other\n;1.234;1,234\n;12,50;9.50\n")
    rows = rows_of(bundle(), SUM, Column("other", "number"))
    assert [(row["sum"], row["other"]) for row in rows] == [("1234", "1234"), ("12.50", "9.50")]


def test_numbers_that_tell_by_themselves_may_be_mixed(write, bundle) -> None:
    write("things.csv", 'When;Sum\n;12000\n;"12,000.00"\n;$12k\n;12.000,00 €\nx;\n;N/A\n;abc\n')
    rows = rows_of(bundle(), SUM)
    assert [row["sum"] for row in rows] == [
        "12000",
        "12000.00",
        "12000",
        "12000.00",
        None,
        None,
        None,
    ]
    assert [row["sum.currency"] for row in rows[2:4]] == ["$", "EUR"]
    assert [row["_problems"] for row in rows] == [None] * 6 + ['["sum"]']
    assert rows[6]["sum.given"] == "abc"


def test_an_open_mark_is_asked_for(write, bundle) -> None:
    write("things.csv", "When;Sum\n;1.234\n")
    match = bundle().match([Expected("things", (SUM,))])
    assert "point or comma" in match.questions()[0]
    assert rows_of(bundle(Answers(formats={"*": "comma"})), SUM)[0]["sum"] == "1234"


def test_numbers_of_json_and_workbooks_ask_nothing(write, bundle) -> None:
    write("things.json", '[{"sum": 1.234}, {"sum": 2}, {"sum": "1.234,50"}]')
    assert [row["sum"] for row in rows_of(bundle(), SUM)] == ["1.2340", "2", "1234.50"]


def test_commas_in_names_divide_only_where_nothing_else_does(write, bundle) -> None:
    write("things_1.csv", 'Workers\tN\n"Lee, Ann"\t1\n"Ng, Bo; Lee, Ann"\t2\n')
    write("things_2.csv", "Workers\tN\nAnn Lee, Bo Ng\t1\n")
    rows = rows_of(bundle(), Column("workers", "list", names=True))
    assert [row["workers"] for row in rows] == [
        '["Lee, Ann"]', '["Ng, Bo", "Lee, Ann"]', '["Ann Lee", "Bo Ng"]',
    ]  # fmt: skip


def test_unknown_columns_are_custom_fields_with_types(write, bundle) -> None:
    lines = ["Name,Roof Type,Age,Since,Price,Open Day,Likes,roof type"]
    for n in range(12):
        roof = ("Tiles", "Tin")[n % 2]
        lines.append(f"P{n},{roof},{n},2026-01-{n + 1:02},${n}.50,01/02/2026,tea;jam,x{n} y")
    write("things.csv", "\n".join(lines))
    match = bundle().match([Expected("things", (Column("name"),))])
    custom = {one.name: (one.type, one.options) for one in match.tables["things"].custom}
    assert custom == {
        "custom.roof_type": ("select", ("Tiles", "Tin")),
        "custom.age": ("integer", ()),
        "custom.since": ("date", ()),
        "custom.price": ("money", ()),
        "custom.open_day": ("text", ()),
        "custom.likes": ("multiselect", ("jam", "tea")),
        "custom.roof_type_2": ("text", ()),
    }
    match.check()
    (row, *_) = (row for batch in match.batches("things") for row in batch.to_pylist())
    assert (row["custom.since"], row["custom.price"]) == ("2026-01-01", "0.50")


def test_headers_and_files_are_mapped_as_a_person_says(write, bundle) -> None:
    write("Klienten 2026.csv", "Wer,Wo\nA,B\n")
    write("junk.csv", "x,y\n1,2\n")
    answers = Answers(
        files={"Klienten 2026.csv": "things", "junk.csv": "-"},
        headers={"things.Wer": "name", "things.Wo": "-"},
    )
    found = bundle(answers)
    (row,) = rows_of(found, Column("name"))
    assert row["name"] == "A" and "custom.wo" not in row
    assert found.match([Expected("things", (Column("name"),))]).notes() == [
        "junk.csv is left out, as was said"
    ]
    for wrong in (Answers(files={"junk.csv": "nothing"}), Answers(headers={"things.x": "nothing"})):
        with pytest.raises(SettingsError):
            bundle(wrong).match([Expected("things", (Column("name"),))])


def test_a_column_that_must_be_there_is_asked_for(write, bundle) -> None:
    write("things.csv", "Nr,Bemerkung\n1,A\n")
    write("things_2.csv", "Nr,Body\n")
    wanted = Column("body", required=True)
    match = bundle().match([Expected("things", (wanted,))])
    (asked,) = match.questions()
    assert "things.csv" in asked and "Nr, Bemerkung" in asked
    with pytest.raises(SettingsError, match="has no column"):
        match.check()
    (row,) = rows_of(bundle(Answers(headers={"things.Bemerkung": "body"})), wanted)
    assert row["body"] == "A"
    (row,) = rows_of(bundle(Answers(headers={"things.body": "-"})), wanted)
    assert row["body"] is None and row["custom.bemerkung"] == "A"


@pytest.mark.parametrize(
    "name", ["things.csv", "Things (2026-01-05).csv", "THINGS_page_2.csv", "thing-export.csv"]
)
def test_files_are_known_by_name(write, bundle, name: str) -> None:
    write(name, "x,y\n1,2\n")
    match = bundle().match([Expected("things", (), files=("thing",))])
    assert match.tables["things"].row_count == 1 and not match.unknown


def test_files_are_known_by_their_headers(write, bundle) -> None:
    write("Sheet1.csv", "Name,City,Extra\nA,B,C\n")
    expected = Expected("things", (Column("name", required=True), Column("city")))
    assert bundle().match([expected]).tables["things"].row_count == 1


def test_the_longer_name_wins(write, bundle) -> None:
    write("invoice_lines.csv", "a,b\n1,2\n")
    match = bundle().match([Expected("invoices", (), ("invoice*",)), Expected("invoice_lines", ())])
    assert match.tables["invoice_lines"].row_count == 1
