"""Files to take away: those of the hand-off and the reports, one by one, or the hand-off as a zip.

All are given to be saved: a browser shows none of them as part of the page.
"""

from __future__ import annotations

import os
import tempfile
from functools import partial
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse

from moorage.commands.opening import PRODUCTION
from moorage.web.desk import Desk, session_of

CHUNK_BYTES = 1 << 18


def handoff_folder(desk: Desk, to: str) -> Path:
    """Where the hand-off of a destination is written."""
    return desk.project.root / ("handoff" if to == PRODUCTION else f"handoff-{to}")


async def download(desk: Desk, request: Request) -> Response:
    """One file. Links are followed first, so nothing outside these folders can be had."""
    root = desk.project.root.resolve()
    path = (root / request.path_params["name"]).resolve()
    parts = path.relative_to(root).parts if path.is_relative_to(root) else ("",)
    is_ours = parts[0] == "reports" or parts[0].partition("-")[0] == "handoff"
    if not is_ours or not path.is_file():
        return _nothing()
    return FileResponse(path, filename=path.name, content_disposition_type="attachment")


async def zipped(desk: Desk, request: Request) -> Response:
    """The whole hand-off in one file."""
    folder = handoff_folder(desk, session_of(request).to)
    if not folder.is_dir():
        return _nothing()
    packed = await run_in_threadpool(_packed, folder)
    size = packed.seek(0, os.SEEK_END)
    packed.seek(0)
    headers = {
        "content-disposition": f'attachment; filename="{desk.project.name}-{folder.name}.zip"',
        "content-length": str(size),
    }
    parts = iter(partial(packed.read, CHUNK_BYTES), b"")
    return StreamingResponse(parts, media_type="application/zip", headers=headers)


def _packed(folder: Path) -> IO[bytes]:
    """A file that has no name, and is gone when nobody reads it any more."""
    packed = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever reads it
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                archive.write(path, path.relative_to(folder.parent))
    return packed


def _nothing() -> Response:
    return PlainTextResponse("There is no such file.", 404)
