"""A file store over a folder or any place that fsspec reaches: a bucket, a server, an archive.

Paths come from the source's data and are not trusted: one that leads out of the folder, by its own
words or by a link on the disk, is a problem of that file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

import fsspec

from moorage.errors import SettingsError, UnreachableError
from moorage.sources.base import FileAbout

#: Why a file cannot be had; messages put "the file" before it.
MISSING = "is missing"
OUTSIDE = "has a path that leads out of the folder of files"
NO_FILE = "is no ordinary file"
UNREADABLE = "cannot be read"
NO_PATH = "has no path"


class FolderStore:
    """The files below one folder or address. Only reads; safe to use from several threads."""

    def __init__(self, filesystem: Any, root: str, where: str) -> None:
        self._files = filesystem
        self._root = root.rstrip("/")
        self._where = where
        self._real_root = os.path.realpath(root) if _is_local(filesystem) else None

    def about(self, paths: Iterable[str]) -> Iterator[FileAbout]:
        """One answer for each of `paths`; in a bucket the folders are listed, not asked one by one.

        UnreachableError if the place does not answer.
        """
        if self._real_root is not None:
            yield from (self._about_local(path) for path in paths)
            return
        asked: dict[str, list[str]] = {}
        for path in paths:
            problem = path_problem(path)
            if problem:
                yield FileAbout(path, problem=problem)
            else:
                asked.setdefault(PurePosixPath(path).parts[0], []).append(path)
        for folder, inside in asked.items():
            found = self._listed(folder)
            yield from (_about(path, found.get(self._full(path))) for path in inside)

    def open(self, path: str) -> BinaryIO:
        """The file, from its beginning; OSError if it cannot be read or leads out of the folder."""
        problem = path_problem(path) or self._escape(path)
        if problem:
            raise OSError(problem)
        return cast(BinaryIO, self._files.open(self._full(path), "rb"))

    def _full(self, path: str) -> str:
        return f"{self._root}/{PurePosixPath(path)}"

    def _escape(self, path: str) -> str | None:
        """Whether a link on the disk leads out of the folder."""
        if self._real_root is None:
            return None
        real = os.path.realpath(self._full(path))
        return None if real.startswith(self._real_root + os.sep) else OUTSIDE

    def _about_local(self, path: str) -> FileAbout:
        problem = path_problem(path) or self._escape(path)
        if problem:
            return FileAbout(path, problem=problem)
        try:
            found = Path(self._full(path)).stat()
        except (FileNotFoundError, NotADirectoryError):
            return FileAbout(path, problem=MISSING)
        except OSError:
            return FileAbout(path, problem=UNREADABLE)
        if not stat.S_ISREG(found.st_mode):
            return FileAbout(path, problem=NO_FILE)
        if not os.access(self._full(path), os.R_OK):
            return FileAbout(path, problem=UNREADABLE)
        return FileAbout(path, found.st_size, str(found.st_mtime_ns))

    def _listed(self, folder: str) -> dict[str, dict[str, Any]]:
        try:
            return dict(self._files.find(f"{self._root}/{folder}", detail=True))
        except FileNotFoundError:
            return {}
        except Exception as error:
            # Each kind of place has errors of its own; their text may hold keys to it.
            raise _silent(self._where, error) from None


def folder_store(address: str, *, where: str) -> FolderStore:
    """The store at `address`: a folder, or a URL as `s3://bucket/storage/app/public`.

    `where` names the setting that it was given in. SettingsError if there is no such folder or the
    kind of address needs a package that is not installed; UnreachableError if it does not answer.
    """
    try:
        files, root = fsspec.core.url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise SettingsError(
            f"this kind of address cannot be read here ({type(error).__name__})",
            where=where,
            state="Nothing was read.",
            todo="Install the package that fsspec needs for it (s3fs for s3://, gcsfs for gs://),"
            " or give a folder.",
        ) from None
    try:
        there = files.isdir(root)
    except Exception as error:
        raise _silent(where, error) from None
    if not there:
        raise SettingsError(
            "there is no such folder",
            where=where,
            state="Nothing was read.",
            todo="Give the folder that holds the files, or take the setting out.",
        )
    return FolderStore(files, root, where)


def path_problem(path: str) -> str | None:
    """Why `path` cannot be one below a folder, or None: said by its words alone."""
    if not path or not path.strip():
        return NO_PATH
    parts = PurePosixPath(path.replace("\\", "/")).parts
    hidden = any(ord(sign) < 32 for sign in path)
    if hidden or not parts or parts[0] == "/" or ".." in parts or ":" in parts[0]:
        return OUTSIDE
    return None


def _about(path: str, found: dict[str, Any] | None) -> FileAbout:
    if found is None:
        return FileAbout(path, problem=MISSING)
    if found.get("type", "file") != "file":
        return FileAbout(path, problem=NO_FILE)
    return FileAbout(path, int(found.get("size") or 0), _changed(found))


def _changed(found: dict[str, Any]) -> str:
    """What each kind of place calls the time of the last change, or the content's tag."""
    for name in ("ETag", "etag", "LastModified", "mtime", "last_modified", "modified", "created"):
        value = found.get(name)
        if value:
            return value.isoformat() if isinstance(value, datetime) else str(value)
    return ""


def _is_local(filesystem: Any) -> bool:
    protocol = filesystem.protocol
    return "file" in ((protocol,) if isinstance(protocol, str) else tuple(protocol))


def _silent(where: str, error: Exception) -> UnreachableError:
    return UnreachableError(
        f"the place of the files does not answer ({type(error).__name__})",
        where=where,
        state="It was only read.",
        todo="Look at the address and at the rights to read it, then run the same command again.",
    )
