"""Bodies of notes, attachments and file columns, each fetched once and kept beside the staging.

A path is that of a row, `annotations/<id>` or `activitymimeattachments/<id>`, or of a column, with
what changes when its file does: `<entity set>/<id>/<column>/<mark>`, and `/full` for an image of
which more than the thumbnail is stored. A body costs a call of those that the licence allows, and
is needed twice (its SHA-1, then its content): the copy spares the second. It is made anew when the
row changed.
"""

from __future__ import annotations

import base64
import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from moorage.errors import SettingsError
from moorage.http import SignInError
from moorage.sources.base import FileAbout
from moorage.sources.opex365.api import MOST_ROWS, Api, Row, query

#: By entity set: its key, the column of the body, its table, what begins a download in blocks.
BODIES = {
    "annotations": (
        "annotationid",
        "documentbody",
        "annotation",
        "InitializeAnnotationBlocksDownload",
    ),
    "activitymimeattachments": (
        "activitymimeattachmentid",
        "body",
        "activitymimeattachment",
        "InitializeAttachmentBlocksDownload",
    ),
}
BLOCK_BYTES = 4 * 1024 * 1024
CHUNK = 3 * (1 << 18)


class Files:
    """The files of one environment. Safe to use from several threads."""

    def __init__(self, api: Api, folder: Path | None) -> None:
        self._api = api
        self._folder = folder
        self._known: dict[str, FileAbout] = {}
        self._listed: set[str] = set()

    def about(self, paths: Iterable[str]) -> Iterator[FileAbout]:
        """Size and time of change of each path, from the rows; bodies are not read for that."""
        for path in paths:
            entity_set, _, *column = path.split("/")
            if column:
                yield FileAbout(path, modified=column[1])
            else:
                self._list(entity_set)
                yield self._known.get(path) or FileAbout(path, problem="missing")

    def open(self, path: str) -> BinaryIO:
        """The content; OSError if it is not to be had."""
        (about,) = self.about([path])
        if about.problem:
            raise OSError(about.problem)
        try:
            return self._kept(about) if self._folder is not None else self._fetched(about, None)
        except SignInError:
            raise
        except SettingsError as error:
            raise OSError(error.what) from None
        except ValueError:
            raise OSError("its content is no base64") from None

    def _list(self, entity_set: str) -> None:
        """Sizes of all bodies, in a few calls."""
        if entity_set in self._listed:
            return
        key = BODIES[entity_set][0]
        options = {"select": f"{key},filesize,modifiedon,createdon"}
        if entity_set == "annotations":
            options["filter"] = "isdocument eq true"
        else:
            options["select"] = f"{key},filesize"
        prefer = [f"odata.maxpagesize={MOST_ROWS}"]
        for page in self._api.pages(query(entity_set, **options), prefer):
            for row in page.rows:
                path = f"{entity_set}/{str(row[key]).lower()}"
                self._known[path] = FileAbout(path, _size(row), str(row.get("modifiedon") or ""))
        self._listed.add(entity_set)

    def _kept(self, about: FileAbout) -> BinaryIO:
        folder = cast(Path, self._folder)
        mark = hashlib.sha256(f"{about.path}\n{about.size}\n{about.modified}".encode()).hexdigest()
        copy = folder / mark[:2] / mark
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            with self._fetched(about, copy.parent) as body:
                Path(body.name).replace(copy)
        return copy.open("rb")

    def _fetched(self, about: FileAbout, folder: Path | None) -> BinaryIO:
        """The body in a file of its own: without a name, or in `folder`, to be renamed."""
        made = (
            tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
            if folder is None
            else tempfile.NamedTemporaryFile(dir=folder, delete=False)  # noqa: SIM115
        )
        body = cast(BinaryIO, made)
        try:
            self._fetch(about, body)
            is_column = about.path.count("/") > 1
            if not body.tell() and (about.size or is_column):
                raise OSError("its content is missing")
            body.flush()
            body.seek(0)
        except BaseException:
            body.close()
            if folder is not None:
                Path(body.name).unlink(missing_ok=True)
            raise
        return body

    def _fetch(self, about: FileAbout, into: BinaryIO) -> None:
        entity_set, key, *column = about.path.split("/")
        if column:
            name, _, *full = column
            place = f"{entity_set}({key})/{name}/$value"
            # Of an image that is older than its column's setting there is the thumbnail only.
            if not (full and self._api.download(f"{place}?size=full", into)):
                self._api.download(place, into)
        elif about.size > BLOCK_BYTES:
            self._blocks(entity_set, key, into)
        else:
            with tempfile.TemporaryFile() as text:
                self._api.download(f"{entity_set}({key})/{BODIES[entity_set][1]}/$value", text)
                text.seek(0)
                _decode(text, into)

    def _blocks(self, entity_set: str, key: str, into: BinaryIO) -> None:
        id_name, _, table, action = BODIES[entity_set]
        target = {id_name: key, "@odata.type": f"Microsoft.Dynamics.CRM.{table}"}
        begun = self._api.post(action, {"Target": target})
        token, size = begun["FileContinuationToken"], int(begun["FileSizeInBytes"])
        for offset in range(0, size, BLOCK_BYTES):
            answer = self._api.post(
                "DownloadBlock",
                {
                    "Offset": offset,
                    "BlockLength": min(BLOCK_BYTES, size - offset),
                    "FileContinuationToken": token,
                },
            )
            into.write(base64.b64decode(answer["Data"], validate=True))


def _decode(text: BinaryIO, into: BinaryIO) -> None:
    """Base64 as text, some of it at a time; line breaks in it are no harm."""
    rest = b""
    while piece := text.read(CHUNK):
        letters = rest + b"".join(piece.split())
        whole = len(letters) - len(letters) % 4
        into.write(base64.b64decode(letters[:whole], validate=True))
        rest = letters[whole:]
    into.write(base64.b64decode(rest, validate=True))


def _size(row: Row) -> int:
    return int(row.get("filesize") or 0)
