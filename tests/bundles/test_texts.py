"""Files of text: encodings, delimiters, headers, and lines that are no rows."""

from __future__ import annotations

import pytest

from moorage.bundles import Answers, Column
from moorage.errors import SettingsError

from .conftest import rows_of

NAME, CITY = Column("name"), Column("city")


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252"), ("utf-16", "utf-16"),
     ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")],
)  # fmt: skip
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(write, bundle, encoding: str, told: str, delimiter: str) -> None:
    text = f"Name{delimiter}City\nZo\u00eb \u201cZ\u201d{delimiter}K\u00f6ln\nBo{delimiter}Oslo\n"
    write("things.csv", text.encode(encoding))
    found = bundle()
    (table,) = found.tables
    assert (table.encoding, table.delimiter, table.row_count) == (told, delimiter, 2)
    rows = rows_of(found, NAME, CITY)
    assert [(row["name"], row["city"]) for row in rows] == [
        ("Zo\u00eb \u201cZ\u201d", "K\u00f6ln"), ("Bo", "Oslo"),
    ]  # fmt: skip


def test_an_encoding_can_be_said(write, bundle) -> None:
    write("things.csv", "Name,City\n\u0141ukasz,\u0141\u00f3d\u017a\n".encode("cp1250"))
    found = bundle(Answers(formats={"things.csv": "cp1250"}))
    assert rows_of(found, NAME, CITY)[0]["city"] == "\u0141\u00f3d\u017a"
    with pytest.raises(SettingsError, match="no encoding 'klingon'"):
        _ = bundle(Answers(formats={"things.csv": "klingon"})).tables


def test_a_first_line_may_name_the_delimiter(write, bundle) -> None:
    write("things.csv", "sep=;\nName;City\nA,B;C,D\n")
    assert rows_of(bundle(), NAME, CITY)[0]["name"] == "A,B"


def test_what_stands_around_the_table_is_counted_and_no_row(write, bundle) -> None:
    write(
        "things.csv",
        "Things of Acme,,,\n"
        "Generated at,01/02/2026 09:00,,\n"
        "\n"
        "Name,City,Price,Count\n"
        "Total Care Ltd,Oslo,12.50,3\n"
        "Sub Total,,12.50,3\n"
        ",,,\n"
        "Name,City,Price,Count\n"
        "Subtotal: Oslo,,$12.50,3\n"
        "Totally Fine,,,\n"
        "Total,,25.00,6\n"
        "GRAND TOTAL:,,,6\n"
        "Page 1 of 3,,,\n",
    )
    found = bundle()
    (table,) = found.tables
    assert [row["name"] for row in rows_of(found, NAME)] == ["Total Care Ltd", "Totally Fine"]
    assert {left.reason: (left.count, left.lines) for left in table.left_out} == {
        "preamble": (2, (1, 2)), "blank": (2, (3, 7)), "total": (4, (6, 9, 11, 12)),
        "header": (1, (8,)), "page": (1, (13,)),
    }  # fmt: skip
    notes = found.match([]).questions()
    assert "things.csv is not recognised (its rows: 2)" in notes[0]


def test_headers_are_cleaned_and_told_apart(write, bundle) -> None:
    write("things.csv", '\ufeff"First\nName *",E-mail,E-mail,,\nAmy,a@x.io,b@x.io,,\n')
    found = bundle()
    (table,) = found.tables
    assert [header.name for header in table.columns] == ["First Name", "E-mail", "E-mail (2)"]
    (row,) = rows_of(found, Column("first_name"), Column("email"), Column("email2"))
    assert (row["first_name"], row["email"], row["email2"]) == ("Amy", "a@x.io", "b@x.io")


def test_cells_beyond_the_headers_are_kept_and_said(write, bundle) -> None:
    write("things.csv", "Name,City\n" + "A,B\n" * 60 + "Smith, John,Oslo,x\n")
    found = bundle()
    rows = rows_of(found, NAME, CITY)
    assert rows[-1]["custom.cells_beyond_the_header"] == "Oslo\nx"
    notes = bundle().tables[0].notes
    assert "some rows have more cells" in notes[0]


def test_a_late_cell_under_an_empty_header_is_kept(write, bundle) -> None:
    write("things.csv", "Name,,City\n" + "A,,B\n" * 60 + "C,late,D\n")
    rows = rows_of(bundle(), NAME, CITY)
    assert (rows[-1]["city"], rows[-1]["custom.cells_beyond_the_header"]) == ("D", "late")


def test_lines_are_those_of_the_file(write, bundle) -> None:
    write("things.csv", 'Name,City\nA,"one\ntwo\r\nthree"\nB,x\n')
    rows = rows_of(bundle(), NAME, CITY)
    assert [(row["_file"], row["_line"]) for row in rows] == [
        ("things.csv", "2"), ("things.csv", "5"),
    ]  # fmt: skip
    assert rows[0]["city"] == "one\ntwo\r\nthree"


def test_a_quotation_that_never_ends_is_refused_with_its_line(write, bundle) -> None:
    write("things.csv", 'Name,City\nA,x\nB,"open\nC,y\n')
    with pytest.raises(SettingsError, match="never ends") as caught:
        _ = bundle().tables
    assert caught.value.where == "things.csv:3"


def test_a_quotation_mark_within_a_cell_is_a_mark(write, bundle) -> None:
    write("things.csv", 'Name,City\nA,5" pipe\n"B ""x""",y\n')
    assert [row["name"] for row in rows_of(bundle(), NAME)] == ["A", 'B "x"']


def test_passwords_are_never_taken(write, bundle, tmp_path) -> None:
    write("things.csv", "Name,Password*,User_Passwd\nA,geheim1,geheim2\n")
    write("more.json", '[{"name": "B", "password": "geheim3"}]')
    found = bundle()
    assert [header.name for table in found.tables for header in table.columns] == ["name", "Name"]
    found.store.connection.execute("CHECKPOINT")
    assert b"geheim" not in (found.store.folder / "bundle.duckdb").read_bytes()
    match = found.match([])
    assert found.tables[1].dropped == ("Password*", "User_Passwd")
    assert not any("geheim" in text for text in [*match.notes(), *match.questions()])


def test_a_file_without_headers_is_read_and_said(write, bundle) -> None:
    write("things.csv", "27/03/2025,750.00\n28/03/2025,20.00\n")
    (table,) = bundle().tables
    assert (table.row_count, table.header_line) == (2, 0)
    assert [header.name for header in table.columns] == ["Column 1", "Column 2"]


def test_an_empty_file_and_one_with_headers_alone(write, bundle) -> None:
    write("things.csv", "Name,City\n")
    write("void.csv", "")
    found = bundle()
    assert [(table.name, table.row_count) for table in found.tables] == [
        ("things.csv", 0), ("void.csv", 0),
    ]  # fmt: skip
    assert rows_of(found, NAME) == []


def test_characters_no_database_takes(write, bundle) -> None:
    write("things.csv", "Name,City\nA\0B,\u00a0\n")
    (row,) = rows_of(bundle(), NAME, CITY)
    assert (row["name"], row["city"]) == ("AB", None)
