"""The files that demo rows name: small, true to their kind, and the same for the same seed.

Some are missing, one is over the usual limit, and one is a link that leads out of the folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import duckdb

#: More than Moorage moves by default, in bytes; the file has holes and takes no room on the disk.
LARGE_BYTES = 26_000_000
MISSING_SHARE = 0.02
#: What becomes of the last paths in alphabetical order, so that every kind is there.
FATES = ("kept", "missing", "link out", "too large", "empty")

_PATHS = """
SELECT path FROM activity_files UNION SELECT path FROM email_attachments
UNION SELECT v.text_value FROM attribute_values v JOIN attributes a ON a.id = v.attribute_id
WHERE a.type IN ('file', 'image') AND v.text_value IS NOT NULL
"""


def write_files(engine: duckdb.DuckDBPyConnection, folder: Path, *, seed: int, dirty: bool) -> int:
    """Make `folder` anew with a file for each path that the rows name; how many were written."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows = engine.execute(f"SELECT path FROM ({_PATHS}) ORDER BY path DESC").fetchall()
    paths = [path for (path,) in rows if path and ".." not in path]
    written = 0
    for place, path in enumerate(paths):
        fate = _fate(place, path, seed) if dirty else "kept"
        if fate != "missing":
            _write(folder / path, fate, hashlib.sha256(f"{seed}:{path}".encode()).digest())
            written += 1
    return written


def _fate(place: int, path: str, seed: int) -> str:
    if place < len(FATES):
        return FATES[place]
    chance = int.from_bytes(hashlib.sha256(f"fate:{seed}:{path}".encode()).digest()[:4], "big")
    return "missing" if chance / 2**32 < MISSING_SHARE else "kept"


def _write(place: Path, fate: str, chance: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if fate == "link out":
        place.symlink_to(os.devnull)
    elif fate == "empty":
        place.touch()
    elif fate == "too large":
        with place.open("wb") as file:
            file.truncate(LARGE_BYTES)
    else:
        place.write_bytes(content(place.suffix, chance))


def content(suffix: str, chance: bytes) -> bytes:
    """A small file of the kind that `suffix` names; another one for every 32 bytes of chance."""
    text = chance.hex()
    # A few are large enough to be sent in several parts.
    lines = 2 + chance[0] ** 2 // (20 if chance[1] < 16 else 400)
    story = "\n".join(f"{n:05d} {text} Größe, prix, 价格" for n in range(lines))
    kinds = {".pdf": _pdf, ".png": _png, ".docx": _zip, ".xlsx": _zip, ".svg": _svg}
    return kinds.get(suffix.lower(), str.encode)(story)


def _pdf(story: str) -> bytes:
    words = story[6:40]
    drawn = f"BT /F1 12 Tf 20 100 Td ({words}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    made = b"%PDF-1.4\n" + b"".join(b"%% %s\n" % line.encode() for line in story.splitlines())
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(made)
    return made + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def _png(story: str) -> bytes:
    side = 8 + len(story) % 24
    points = (hashlib.sha256(story.encode()).digest() * (side * side * 3 // 32 + 1))[: side**2 * 3]
    rows = b"".join(b"\0" + points[n * side * 3 : (n + 1) * side * 3] for n in range(side))

    def part(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows))
        + part(b"IEND", b"")
    )  # fmt: skip


def _zip(story: str) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("document.xml", (2024, 1, 1, 0, 0, 0)), story)
    return made.getvalue()


def _svg(story: str) -> bytes:
    words = story[6:70]
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg'><script>alert('{words}')</script></svg>".encode()
    )
