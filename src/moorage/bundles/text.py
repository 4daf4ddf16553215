"""Files of text: which encoding, which delimiter, and their lines cut into cells."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path

from moorage.bundles.places import refused
from moorage.errors import SettingsError

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_LINES = 200
_CHUNK_BYTES = 1 << 20
#: A note of a person may be long; beyond this a quotation mark was never closed.
LONGEST_CELL = 4_000_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Tried in this order where a file says nothing of itself.
_GUESSES = ("utf-8", "cp1252", "latin-1")

Row = tuple[int, list[str]]


def encoding_of(path: Path, name: str, told: str = "") -> str:
    """The encoding of the file: as told, by its mark, or the first that all of it fits."""
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if told:
        return _told(told, name)
    if head.count(0) > len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    return next(encoding for encoding in _GUESSES if _fits(path, encoding))


def _told(told: str, name: str) -> str:
    try:
        return codecs.lookup(told).name
    except LookupError:
        raise refused(
            name, f"there is no encoding {told!r}", "Write it like cp1250 under source.formats."
        ) from None


def _fits(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(path: Path, encoding: str) -> str:
    """What stands between the cells: what cuts most lines into the same number of them."""
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        first = file.readline()
        told = first.strip().lower()
        if told.startswith("sep=") and len(told) == 5:
            return first.strip()[4]
        sample = first + "".join(line for line, _ in zip(file, range(SAMPLE_LINES), strict=False))
    return max(DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(sample: str, delimiter: str) -> tuple[int, int]:
    try:
        rows = list(csv.reader(io.StringIO(sample), delimiter=delimiter))
    except csv.Error:
        return (0, 0)
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return max(((count, width) for width, count in widths.items()), default=(0, 0))


def text_rows(path: Path, name: str, encoding: str, delimiter: str) -> Iterator[Row]:
    """Each record with the number of the line it begins on, the first being 1.

    SettingsError names the line where the text cannot be read or a quotation mark stays open:
    all that stands behind such a mark would be one cell, and its rows lost.
    """
    csv.field_size_limit(LONGEST_CELL)
    begins, height = 1, 0
    with path.open(encoding=encoding, newline="") as file:
        rows = csv.reader(file, delimiter=delimiter)
        try:
            for row in rows:
                yield begins, row
                height = rows.line_num + 1 - begins
                begins = rows.line_num + 1
        except UnicodeDecodeError:
            raise refused(
                f"{name}:{begins}",
                f"this is not {encoding}",
                "Save the file as UTF-8, or name its encoding under source.formats.",
            ) from None
        except csv.Error:
            raise _without_end(name, begins) from None
    if height > 1 and _ends_open(path, encoding, delimiter):
        raise _without_end(name, begins - height)


def _ends_open(path: Path, encoding: str, delimiter: str) -> bool:
    with path.open(encoding=encoding, newline="") as file:
        try:
            deque(csv.reader(file, delimiter=delimiter, strict=True), maxlen=0)
        except csv.Error as error:
            return "unexpected end of data" in str(error)
    return False


def _without_end(name: str, line: int) -> SettingsError:
    return refused(f"{name}:{line}", "a quotation begins here and never ends", "Close it.")
