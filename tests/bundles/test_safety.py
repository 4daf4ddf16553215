"""Bundles that would do harm, and workbooks and JSON as they come."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from moorage.bundles import Answers, Column
from moorage.errors import SettingsError

from .conftest import rows_of

NAME = Column("name")


def _zip(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", compression) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return path


def test_a_zip_is_a_folder(tmp_path, bundle) -> None:
    path = _zip(
        tmp_path / "all.zip",
        {"things.csv": b"Name,City\nA,B\n", "files/photo.jpg": b"x", "__MACOSX/._things.csv": b"?",
         "sub/things_2.csv": b"Name,City\nC,D\n"},
    )  # fmt: skip
    found = bundle(path=path)
    assert [table.name for table in found.tables] == ["sub/things_2.csv", "things.csv"]
    assert (found.folder / "files/photo.jpg").read_bytes() == b"x"
    folder = found.folder
    found.close()
    assert not folder.exists()


@pytest.mark.parametrize(
    "name", ["../out.csv", "/etc/out.csv", "a/../../out.csv", "a\\..\\out.csv"]
)
def test_paths_that_lead_out_are_refused(tmp_path, bundle, name: str) -> None:
    path = _zip(tmp_path / "all.zip", {name: b"Name,City\nA,B\n"})
    with pytest.raises(SettingsError, match="leads out"):
        _ = bundle(path=path).tables
    assert not (tmp_path / "out.csv").exists()


def test_bombs_links_and_passwords_are_refused(tmp_path, bundle) -> None:
    bomb = _zip(tmp_path / "bomb.zip", {"things.csv": b"a,b\n" + b"\0" * 20_000_000})
    with pytest.raises(SettingsError, match="times its size"):
        _ = bundle(path=bomb).tables
    link = zipfile.ZipInfo("things.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as opened:
        opened.writestr(link, "/etc/passwd")
    with pytest.raises(SettingsError, match="is a link"):
        _ = bundle(path=tmp_path / "link.zip").tables
    plain = _zip(tmp_path / "locked.zip", {"things.csv": b"a,b\n"}, zipfile.ZIP_STORED)
    content = bytearray(plain.read_bytes())
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(signature) + at] |= 1
    plain.write_bytes(content)
    with pytest.raises(SettingsError, match="password"):
        _ = bundle(path=plain).tables


def test_members_twice_and_no_zip_at_all(tmp_path, bundle) -> None:
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as opened:
        opened.writestr("things.csv", "a,b\n")
        opened.writestr("Things.csv", "a,b\n")
    with pytest.raises(SettingsError, match="twice"):
        _ = bundle(path=tmp_path / "twice.zip").tables
    (tmp_path / "none.zip").write_bytes(b"PK\3\4 nonsense")
    with pytest.raises(SettingsError, match="damaged"):
        _ = bundle(path=tmp_path / "none.zip").tables


def test_a_link_in_a_folder_is_refused(write, bundle, tmp_path) -> None:
    write("things.csv", "a,b\n1,2\n")
    (tmp_path / "bundle" / "other.csv").symlink_to("/etc/passwd")
    with pytest.raises(SettingsError, match="link"):
        _ = bundle().tables


def test_nothing_and_nowhere(tmp_path, bundle) -> None:
    with pytest.raises(SettingsError, match="no such folder"):
        bundle()
    (tmp_path / "bundle").mkdir()
    with pytest.raises(SettingsError, match="no table"):
        _ = bundle().tables


def _workbook() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        things, notes = book.add_worksheet("Things"), book.add_worksheet("Notes")
        things.write_row(1, 0, ["Report of things"])
        things.write_row(3, 0, ["Name", "Phone", "When", "Sum", "Open"])
        things.write_row(4, 0, ["Amy", 61412345678])
        day = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        things.write_datetime(4, 2, datetime(2026, 3, 12, 9, 30), day)
        things.write_number(4, 3, 1.234)
        things.write_boolean(4, 4, True)
        things.write_row(5, 0, ["Bo", 3000.0, "", "1.234,50"])
        notes.write_row(0, 0, ["Text", "By"])
        notes.write_row(1, 0, ["hello", "Amy"])
    return buffer.getvalue()


def test_workbooks(write, bundle) -> None:
    write("report.xlsx", _workbook())
    with pytest.raises(SettingsError, match="Notes is not recognised"):
        rows_of(bundle(), NAME)
    found = bundle(Answers(files={"report.xlsx#Notes": "-"}))
    assert [table.name for table in found.tables] == ["report.xlsx#Things", "report.xlsx#Notes"]
    first, second = rows_of(
        found, NAME, Column("phone", "code"), Column("when", "datetime"), Column("sum", "money"),
        Column("open", "boolean"),
    )  # fmt: skip
    assert (first["phone"], first["when"], first["sum"], first["open"]) == (
        "61412345678", "2026-03-12 09:30:00", "1.2340", "true",
    )  # fmt: skip
    assert (second["phone"], second["sum"]) == ("3000", "1234.50")
    assert (first["_file"], first["_line"]) == ("report.xlsx#Things", "5")


def _with_part(name: str, change: tuple[bytes, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_workbook())) as old, zipfile.ZipFile(buffer, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            new.writestr(member, content.replace(*change) if member.filename == name else content)
    return buffer.getvalue()


def test_workbooks_that_would_do_harm_are_refused(write, bundle) -> None:
    sheet = "xl/worksheets/sheet1.xml"
    entity = b'?>\n<!DOCTYPE w [<!ENTITY a "aaaa">]>\n<worksheet '
    write("report.xlsx", _with_part(sheet, (b"?>\n<worksheet ", entity)))
    with pytest.raises(SettingsError, match="entities"):
        _ = bundle().tables
    write("report.xlsx", _with_part(sheet, (b'r="A6"', b'r="XFD1048576"')))
    write("report.xlsx", _with_part(sheet, (b'<row r="6"', b'<row r="1048576"')))
    far = _with_part(sheet, (b'r="B6"', b'r="XFD6"'))
    write("report.xlsx", far)
    assert bundle().tables  # Wide, but not high.
    with zipfile.ZipFile(io.BytesIO(far)) as old:
        content = old.read(sheet).replace(b'<row r="6"', b'<row r="1048576"')
    assert b"1048576" in content
    write("report.xlsx", _with_part(sheet, (old_part(), content)))
    with pytest.raises(SettingsError, match="reaches over"):
        _ = bundle().tables


def old_part() -> bytes:
    with zipfile.ZipFile(io.BytesIO(_workbook())) as opened:
        return opened.read("xl/worksheets/sheet1.xml")


def test_a_file_that_is_no_workbook(write, bundle) -> None:
    write("report.xlsx", b"Name,City\n")
    with pytest.raises(SettingsError, match="no workbook"):
        _ = bundle().tables


@pytest.mark.parametrize(
    "page",
    [
        {"object": "success", "data": {"things": [{"name": "A"}], "page_info": {"next": "c"}},
         "meta": {"request_id": "r"}},
        {"success": True, "data": {"things": [{"name": "A"}]}},
        {"object": "success", "data": {"id": "1", "name": "A", "companies": ["c1"]}},
        {"ResultCode": "CT_200", "Message": "Success", "TotalRecord": 230, "data": [{"name": "A"}]},
        {"ResultCode": "CT_200", "data": [[{"name": "A"}]]},
        {"current_page": 1, "data": [{"name": "A"}], "per_page": 100, "last_page": 1, "total": 1},
        {"things": [{"name": "A"}], "next_cursor": None},
        [{"name": "A"}],
        {"id": "1", "name": "A", "error": "a field of their own", "items": [1]},
    ],
)  # fmt: skip
def test_envelopes(write, bundle, page) -> None:
    write("things.json", json.dumps(page))
    assert [row["name"] for row in rows_of(bundle(), NAME)] == ["A"]


@pytest.mark.parametrize(
    "page",
    [
        {"error": {"code": "rate_limited"}},
        {"object": "error", "code": "rate_limited", "message": "wait"},
        {"code": "rate_limited", "message": "wait", "details": []},
        {"success": False, "data": []},
        {"resultCode": "CT515", "Message": "No Record Found", "client_id": False},
    ],
)
def test_an_answer_that_tells_of_an_error_is_no_row(write, bundle, page) -> None:
    write("things.json", json.dumps(page))
    found = bundle()
    assert rows_of(found, NAME) == []
    assert found.tables[0].left_out[0].reason == "error"


@pytest.mark.parametrize("nothing", [False, None, {}, []])
def test_an_empty_answer(write, bundle, nothing) -> None:
    write("things.json", json.dumps({"ResultCode": "CT_200", "TotalRecord": 0, "data": nothing}))
    found = bundle()
    assert rows_of(found, NAME) == []
    assert found.tables[0].pages[0].facts["TotalRecord"] == "0"


def test_json_lines_and_nested_values(write, bundle) -> None:
    write(
        "things.jsonl",
        '{"name": "A", "inner": {"price": 1.50, "n": null}, "big": 12345678901234567890}\n\n'
        '{"data": [{"name": "B"}], "cursor": null}\n{"name": "C\\ud83d", "new": true}\n',
    )
    rows = rows_of(bundle(), NAME, Column("inner", "json"))
    assert [(row["name"], row["_line"]) for row in rows] == [
        ("A", "1"), ("B", "3"), ("C\ufffd", "4"),
    ]  # fmt: skip
    assert rows[0]["inner"] == '{"price": 1.50, "n": null}'
    assert rows[0]["custom.big"] == "12345678901234567890"


def test_a_broken_line_of_json_is_named(write, bundle) -> None:
    texts = {
        '{"name": "A"}\n{"name": }\n{"name": "B"}\n': ("things.json:2", "is no JSON"),
        '{"name": "A"}\n{"name": "B': ("things.json:2", "breaks off"),
        '{"data": [\n  {"name": "A"},\n  {"name"': ("things.json:3", "breaks off"),
        '{"data": [{"name": "A"},, {"name": "B"}]}': ("things.json:1", "is no JSON"),
    }
    for text, (where, what) in texts.items():
        write("things.json", text)
        with pytest.raises(SettingsError, match=what) as caught:
            _ = bundle().tables
        assert caught.value.where == where
