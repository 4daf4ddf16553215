"""Attachments: below the bundle's folder, or at an https address of a host that a person named."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import BinaryIO, cast
from urllib.parse import urlsplit

from moorage.errors import MoorageError
from moorage.http import WebClient
from moorage.sources.base import FileAbout, FileStore

NO_FOLDER = "stands in a folder, but no bundle is given"
NOT_NAMED = "is on a host that source.file_hosts does not name"


class WebAndFolder:
    """Both places in one store. Safe to use from several threads.

    Addresses come from the data and are not trusted: a host must have been named by a person, and
    neither token nor key goes there.
    """

    def __init__(
        self,
        folder: FileStore | None,
        hosts: Collection[str],
        on_wait: Callable[[str], None] | None = None,
    ) -> None:
        self._folder = folder
        self._hosts = {host.casefold() for host in hosts}
        self._on_wait = on_wait

    def about(self, paths: Iterable[str]) -> Iterator[FileAbout]:
        """One answer for each of `paths`; those on the web are asked for when they are opened."""
        near = []
        for path in paths:
            if "://" in path:
                yield FileAbout(path, problem=self._problem(path))
            elif self._folder is None:
                yield FileAbout(path, problem=NO_FOLDER)
            else:
                near.append(path)
        if self._folder is not None:
            yield from self._folder.about(near)

    def open(self, path: str) -> BinaryIO:
        """The file, from its beginning; OSError if it cannot be had."""
        if "://" not in path:
            if self._folder is None:
                raise OSError(NO_FOLDER)
            return self._folder.open(path)
        problem = self._problem(path)
        if problem:
            raise OSError(problem)
        return self._downloaded(path)

    def _problem(self, path: str) -> str | None:
        host = (urlsplit(path).hostname or "").casefold()
        return None if host in self._hosts else NOT_NAMED

    def _downloaded(self, url: str) -> BinaryIO:
        parts = urlsplit(url)
        body = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
        rest = f"{parts.path}?{parts.query}" if parts.query else parts.path
        try:
            web = WebClient(
                f"{parts.scheme}://{parts.netloc}",
                service=parts.hostname or "",
                on_wait=self._on_wait,
                headers={"Accept": "*/*"},
            )
            try:
                web.download(rest, body, signed=False)
            finally:
                web.close()
        except MoorageError as error:
            body.close()
            raise OSError(error.what) from None
        body.seek(0)
        return body
