"""Single values of rows: texts, files in columns, images, and downloads by blocks."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from moorage.sources.opex365.demo.errors import (
    RefusedError,
    bad_query,
    no_such_row,
    not_served,
    unknown_resource,
)
from moorage.sources.opex365.demo.schema import Table, tables
from moorage.sources.opex365.demo.store import Store

BLOCK_LIMIT = 4 * 1024 * 1024
Action = Callable[[Mapping[str, Any], Callable[[str], None]], dict[str, Any]]


def file_content(file_id: str) -> bytes:
    """The bytes behind a file column: 1 to 200 kB, always the same for an id."""
    seed = hashlib.sha256(file_id.encode()).digest()
    size = 1000 + int.from_bytes(seed[:4], "big") % 200_000
    return (b"%PDF-1.4\n" + seed * (size // len(seed) + 1))[:size]


def file_name(file_id: str) -> str:
    """The name of the file behind a file column."""
    return f"plan-{file_id[:8]}.pdf"


class Bodies:
    """Downloads from the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._contents: dict[str, tuple[str, str, str, bool]] = {}
        self.actions: dict[str, Action] = {
            "InitializeAnnotationBlocksDownload": self._begin_annotation,
            "InitializeAttachmentBlocksDownload": self._begin_attachment,
            "InitializeFileBlocksDownload": self._begin_file,
            "DownloadBlock": self._block,
        }

    def value(
        self,
        table: Table,
        row_id: str,
        path: list[str],
        headers: Mapping[str, str],
        options: Mapping[str, str],
    ) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers for `set(id)/<property>/$value`."""
        known = table.properties.get(path[0])
        if known is None and path[0] in table.navigations():
            raise not_served("navigation paths; use $expand")
        if known is None or path[1:] != ["$value"]:
            raise unknown_resource(path[-1])
        found = self.store.rows(
            f'SELECT "{known.property_name}" FROM "{table.name}" WHERE "{table.key}" = \'{row_id}\''
        )
        if not found:
            raise no_such_row(table.name, row_id)
        value = found[0][0]
        if value is None and known.type == "File":
            raise _no_file(known.name, row_id)
        if value is None:
            return 204, b"", {}
        if known.type == "File":
            return _ranged(file_content(str(value)), file_name(str(value)), headers.get("range"))
        if known.type == "Image":
            full = options.get("size") == "full"
            if full:
                return 204, b"", {}
            content = base64.b64decode(value)
            return (
                200,
                content,
                {"Content-Type": "application/octet-stream", "x-ms-file-size": str(len(content))},
            )
        return 200, str(value).encode(), {"Content-Type": "text/plain"}

    def _begin_annotation(
        self, given: Mapping[str, Any], check: Callable[[str], None]
    ) -> dict[str, Any]:
        return self._begin("annotation", "documentbody", given, check)

    def _begin_attachment(
        self, given: Mapping[str, Any], check: Callable[[str], None]
    ) -> dict[str, Any]:
        return self._begin("activitymimeattachment", "body", given, check)

    def _begin(
        self, name: str, column: str, given: Mapping[str, Any], check: Callable[[str], None]
    ) -> dict[str, Any]:
        table = tables()[name]
        row_id = _target(given, table)
        check(name)
        where = f"\"{table.key}\" = '{row_id}'"
        found = self.store.rows(
            f'SELECT filename, octet_length(from_base64("{column}")) FROM "{name}" WHERE {where}'
        )
        if not found:
            raise no_such_row(name, row_id)
        if found[0][1] is None:
            raise _no_file(column, row_id)
        token = secrets.token_urlsafe(24)
        self._contents[token] = (name, column, row_id, False)
        return {
            "FileContinuationToken": token, "FileSizeInBytes": found[0][1], "FileName": found[0][0],
            "IsChunkingSupported": True,
        }  # fmt: skip

    def _begin_file(self, given: Mapping[str, Any], check: Callable[[str], None]) -> dict[str, Any]:
        kind = str(given.get("Target", {}).get("@odata.type", "")).rpartition(".")[2]
        table = tables().get(kind)
        if table is None:
            raise bad_query("Target needs @odata.type.")
        known = table.properties.get(str(given.get("FileAttributeName")))
        if known is None or known.type != "File":
            raise bad_query(f"Attribute {given.get('FileAttributeName')} is not a file column.")
        row_id = _target(given, table)
        check(table.name)
        where = f"\"{table.key}\" = '{row_id}'"
        file_id = self.store.one(f'SELECT "{known.name}" FROM "{table.name}" WHERE {where}')
        if file_id is None:
            raise _no_file(known.name, row_id)
        token = secrets.token_urlsafe(24)
        self._contents[token] = ("", "", str(file_id), True)
        return {
            "FileContinuationToken": token, "FileSizeInBytes": len(file_content(str(file_id))),
            "FileName": file_name(str(file_id)), "IsChunkingSupported": True,
        }  # fmt: skip

    def _block(self, given: Mapping[str, Any], _: Callable[[str], None]) -> dict[str, Any]:
        known = self._contents.get(str(given.get("FileContinuationToken")))
        if known is None:
            raise RefusedError(400, "0x80048d06", "The FileContinuationToken is not valid.")
        offset, length = int(given.get("Offset", 0)), int(given.get("BlockLength", BLOCK_LIMIT))
        if length > BLOCK_LIMIT or length <= 0 or offset < 0:
            raise RefusedError(
                400, "0x80090017", f"BlockLength must be at most {BLOCK_LIMIT} bytes."
            )
        name, column, row_id, is_file = known
        if is_file:
            block = file_content(row_id)[offset : offset + length]
        else:
            key = tables()[name].key
            body = self.store.one(f'SELECT "{column}" FROM "{name}" WHERE "{key}" = \'{row_id}\'')
            block = base64.b64decode(body or "")[offset : offset + length]
        return {"Data": base64.b64encode(block).decode()}


def _no_file(column: str, row_id: str) -> RefusedError:
    message = f"No file attachment found for attribute: {column} EntityId: {row_id}."
    return RefusedError(404, "0x80040217", message)


def _target(given: Mapping[str, Any], table: Table) -> str:
    target = given.get("Target")
    if not isinstance(target, dict) or not re.fullmatch(
        r"[0-9a-fA-F-]{36}", str(target.get(table.key))
    ):
        raise bad_query(f"Target needs {table.key}.")
    if target.get("@odata.type") != f"Microsoft.Dynamics.CRM.{table.name}":
        raise bad_query(f"Target needs @odata.type Microsoft.Dynamics.CRM.{table.name}.")
    return str(target[table.key]).lower()


def _ranged(content: bytes, name: str, asked: str | None) -> tuple[int, bytes, dict[str, str]]:
    headers = {
        "Content-Type": "application/octet-stream", "x-ms-file-size": str(len(content)),
        "x-ms-file-name": name, "mimetype": "application/pdf",
    }  # fmt: skip
    found = re.fullmatch(r"bytes=(\d+)-(\d+)?", asked or "")
    if found is None:
        return 200, content, headers
    start = int(found[1])
    end = min(int(found[2]) if found[2] else len(content) - 1, len(content) - 1)
    if start >= len(content):
        return 416, b"", headers
    headers |= {
        "Content-Range": f"bytes {start}-{end}/{len(content)}", "x-ms-chunk-size": str(BLOCK_LIMIT),
    }  # fmt: skip
    return 206, content[start : end + 1], headers
