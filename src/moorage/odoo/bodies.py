"""The bodies of calls that create records: written in place, for files make them large."""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from typing import Any

import orjson

from moorage.destination import NewRecord

#: Divisible by three, so that no part needs padding but the last.
_BASE64_PART = 3 << 18


def add_record(body: bytearray, record: NewRecord, own: Mapping[str, Any]) -> None:
    """Append the JSON object of one record: its values, its files in base64, and `own` fields."""
    values = record.values.strip()
    body += b"{" if values == "{}" else values[:-1].encode() + b","
    for name, content in record.files.items():
        body += orjson.dumps(name) + b':"'
        add_base64(body, content())
        body += b'",'
    body += orjson.dumps(own)[1:]


def add_base64(body: bytearray, content: bytes) -> None:
    """Append `content` in base64, a part at a time: no second copy of a large file."""
    view = memoryview(content)
    for start in range(0, len(view), _BASE64_PART):
        body += binascii.b2a_base64(view[start : start + _BASE64_PART], newline=False)
