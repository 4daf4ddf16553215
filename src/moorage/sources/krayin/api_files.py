"""Files of a Krayin without access to its disk: downloaded once, kept by their content.

Activity files and attachments come from the API, all others from Krayin's public storage folder
(`<APP_URL>/storage/<path>`), which needs no sign-in.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from urllib.parse import quote

from moorage.http import AnswerError, NotThereError, SignInError
from moorage.sources.base import FileAbout
from moorage.sources.krayin.api import KrayinApi
from moorage.sources.krayin.api_spool import Spool

#: Tables that name files, and the call that brings one.
CALLS = {
    "activity_files": "activities/file-download/{id}",
    "email_attachments": "mails/attachment-download/{id}",
}
SAVE_EVERY = 100


class ApiFiles:
    """A file store in the project's folder, filled when it is asked about a path."""

    def __init__(self, api: KrayinApi, folder: Path) -> None:
        self._api = api
        self._folder = folder
        self._index_path = folder / "index.json"
        self._index: dict[str, dict[str, Any]] = self._read_index()

    def know(self, spool: Spool) -> None:
        """Note by which call each file of this extraction comes, and since when it is as it is."""
        for table, call in CALLS.items():
            for batch in spool.batches(table):
                for row in batch.to_pylist():
                    if row["path"]:
                        about = self._index.setdefault(row["path"], {})
                        about["call"] = call.format(id=row["id"])
                        about["stamp"] = row["updated_at"] or row["created_at"] or ""
        self._save()

    def about(self, paths: Iterable[str]) -> Iterator[FileAbout]:
        """Size and moment of each file; those that are not here yet are downloaded."""
        wanted = list(dict.fromkeys(paths))
        for number, (path, found) in enumerate(self._api.client.each(self._fetched, wanted), 1):
            if isinstance(found, str):
                yield FileAbout(path, problem=found)
                continue
            self._index[path] = found
            if number % SAVE_EVERY == 0:
                self._save()
            yield FileAbout(path, int(found["size"]), str(found["stamp"]))
        self._save()

    def open(self, path: str) -> BinaryIO:
        """The file as it was downloaded; OSError if it was not."""
        sha1 = self._index.get(path, {}).get("sha1")
        if sha1 is None:
            raise FileNotFoundError("not downloaded: extract again")
        return self._place(sha1).open("rb")

    def _fetched(self, path: str) -> dict[str, Any] | str:
        """What the index is to say of a file, or why it cannot be had."""
        about = self._index.get(path, {})
        stamp = about.get("stamp", "")
        is_here = about.get("sha1") and self._place(about["sha1"]).is_file()
        if is_here and about.get("fetched_as") == stamp:
            return about
        if ".." in PurePosixPath(path).parts or path.startswith(("/", "\\")):
            return "not a path in Krayin's storage"
        try:
            sha1, size = self._download(path, about.get("call"))
        except NotThereError:
            return "missing"
        except AnswerError:
            return "cannot be read"
        except SignInError:
            if about.get("call"):
                raise
            return "cannot be read"
        return {**about, "stamp": stamp, "fetched_as": stamp, "sha1": sha1, "size": size}

    def _download(self, path: str, call: str | None) -> tuple[str, int]:
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f"{secrets.token_hex(8)}.draft"
        try:
            with draft.open("w+b") as file:
                if call:
                    size = self._api.download(call, file)
                else:
                    size = self._api.client.download(f"storage/{quote(path)}", file, signed=False)
                file.seek(0)
                sha1 = hashlib.file_digest(file, "sha1").hexdigest()
        except BaseException:
            draft.unlink()
            raise
        place = self._place(sha1)
        place.parent.mkdir(exist_ok=True)
        draft.replace(place)
        return sha1, size

    def _place(self, sha1: str) -> Path:
        return self._folder / sha1[:2] / sha1

    def _read_index(self) -> dict[str, dict[str, Any]]:
        try:
            return dict(json.loads(self._index_path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    def _save(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._index_path.with_suffix(".new")
        draft.write_text(json.dumps(self._index), encoding="utf-8")
        draft.replace(self._index_path)
