"""The source that docs/add-a-source.md makes is found, read and mapped as the page says."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import moorage.sources
from moorage.commands.beginning import extract
from moorage.commands.opening import known_discovery
from moorage.destination import ModelField
from moorage.errors import SettingsError
from moorage.mapping import compile_mapping, load_mapping, materialise
from moorage.mapping.check import check
from moorage.project import Project
from moorage.sources.base import source_kind
from moorage.staging import Staging

from .pages import ROOT, files

CSV = """number,full_name,mail,shoe_size
7,  Ann   Admin ,ANN@example.com,38
8,"Ünal, Bob",not an address,huge
"""
PARTNER = {
    field.name: field
    for field in (
        ModelField("name", "char", "Name", required=True),
        ModelField("email", "char", "Email"),
        ModelField("ref", "char", "Reference"),
    )
}


@pytest.fixture
def address_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The page's files, in a folder that counts as one of `moorage.sources`; a CSV beside them."""
    folder = tmp_path / "sources" / "address_book"
    folder.mkdir(parents=True)
    for name, text in files(ROOT / "docs" / "add-a-source.md").items():
        (folder / name).write_text(text, encoding="utf-8")
    # Copied, so that the package's own list stays as it is.
    paths = [*moorage.sources.__path__, str(folder.parent)]
    monkeypatch.setattr(moorage.sources, "__path__", paths)
    book = tmp_path / "book.csv"
    book.write_text(CSV, encoding="utf-8")
    yield book
    sys.modules.pop("moorage.sources.address_book", None)


def _project(tmp_path: Path, book: Path) -> Project:
    kind = source_kind("address_book")
    return Project.create(tmp_path / "acme", "acme", kind, given={"path": str(book)})


def test_it_is_found_by_its_folder_alone(address_book: Path) -> None:
    assert source_kind("address_book").label == "Address book"


def test_it_is_read_and_read_again(tmp_path: Path, address_book: Path) -> None:
    project = _project(tmp_path, address_book)
    first = extract(project)
    assert first.raw_counts == {"people": 2}
    assert first.object_counts == {"people": 2}
    assert extract(project).is_unchanged


def test_its_mapping_fits_and_fills_the_target(tmp_path: Path, address_book: Path) -> None:
    project = _project(tmp_path, address_book)
    extract(project)
    file = load_mapping(project.mapping_path)
    fields = {"res.partner": PARTNER}
    assert check(file, known_discovery(project), fields) == []
    with Staging(project.staging_path) as staging:
        compiled = compile_mapping(file, known_discovery(project), fields)
        report = materialise(staging, compiled, "address_book")
        rows = staging.connection.execute(
            "SELECT key, name, email, ref FROM target.people ORDER BY key"
        ).fetchall()
    assert rows[0] == ("address_book:people:7", "Ann Admin", "ANN@example.com", "7")
    assert rows[1][:2] == ("address_book:people:8", "Ünal, Bob")
    assert report.warning_counts == {"people": 1}


def test_an_empty_book_is_an_empty_table(tmp_path: Path, address_book: Path) -> None:
    address_book.write_text("number,full_name,mail,shoe_size\n", encoding="utf-8")
    assert extract(_project(tmp_path, address_book)).raw_counts == {"people": 0}


def test_a_missing_file_is_told(tmp_path: Path, address_book: Path) -> None:
    address_book.unlink()
    with pytest.raises(SettingsError, match="no such file"):
        extract(_project(tmp_path, address_book))
