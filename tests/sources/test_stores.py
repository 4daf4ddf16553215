"""A file store over a folder and over an address: what it gives, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import fsspec
import pytest

from moorage.errors import SettingsError
from moorage.sources.stores import MISSING, NO_FILE, OUTSIDE, folder_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "public"
    (root / "activities" / "1").mkdir(parents=True)
    (root / "activities" / "1" / "a.txt").write_text("hello", "utf-8")
    (root / "activities" / "1" / "Übersicht 1.txt").write_text("x", "utf-8")
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "inside.txt").symlink_to(root / "activities" / "1" / "a.txt")
    return root


def test_a_folder_gives_sizes_and_content(folder: Path) -> None:
    store = folder_store(str(folder), where="source.files")
    paths = ["activities/1/a.txt", "activities/1/Übersicht 1.txt", "inside.txt"]
    found = {about.path: about for about in store.about(paths)}
    assert [(found[p].size, found[p].problem) for p in paths] == [(5, None), (1, None), (5, None)]
    assert all(found[path].modified for path in paths)
    with store.open("activities/1/a.txt") as content:
        assert content.read() == b"hello"


@pytest.mark.parametrize(
    "path",
    ["../secret.txt", "activities/../../secret.txt", "/etc/passwd", "C:\\x", "..\\secret.txt",
     "link.txt", "a\x00b", "file:///etc/passwd"],
)  # fmt: skip
def test_a_path_that_leads_out_is_a_problem_of_its_file(folder: Path, path: str) -> None:
    store = folder_store(str(folder), where="source.files")
    (about,) = store.about([path])
    assert about.problem == OUTSIDE
    with pytest.raises(OSError, match="leads out"):
        store.open(path)


def test_what_is_missing_or_no_file_is_a_problem(folder: Path) -> None:
    store = folder_store(str(folder), where="source.files")
    found = {a.path: a.problem for a in store.about(["activities/9/x", "activities/1", ""])}
    assert found == {"activities/9/x": MISSING, "activities/1": NO_FILE, "": "has no path"}


def test_an_address_is_listed_once_for_each_folder() -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe("/bucket/public/emails/1/offer.pdf", b"%PDF-")
    store = folder_store("memory://bucket/public", where="source.files")
    asked = ["emails/1/offer.pdf", "emails/2/none.pdf", "../x"]
    found = {about.path: about for about in store.about(asked)}
    assert found["emails/1/offer.pdf"].size == 5
    assert found["emails/2/none.pdf"].problem == MISSING
    assert found["../x"].problem == OUTSIDE
    with store.open("emails/1/offer.pdf") as content:
        assert content.read() == b"%PDF-"


def test_a_place_that_is_not_there_is_a_matter_of_settings(tmp_path: Path) -> None:
    for address in (str(tmp_path / "nowhere"), "s3://bucket/x", "nonsense://x"):
        with pytest.raises(SettingsError) as error:
            folder_store(address, where="source.files")
        assert error.value.where == "source.files"
