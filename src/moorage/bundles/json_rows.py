"""JSON and JSON lines: lists of records, or answers of an API with records inside.

Values stay the text they are in the file; what is nested stays JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moorage.bundles.places import refused
from moorage.bundles.sheets import number_text
from moorage.bundles.table import JsonPage
from moorage.errors import SettingsError

MOST_BYTES = 400_000_000

Record = tuple[int, dict[str, str]]


@dataclass
class JsonTable:
    """The records of one file; what is beside them is known when `records` was read to its end."""

    name: str
    pages: list[JsonPage] = field(default_factory=list)
    error_lines: list[int] = field(default_factory=list)

    def records(self, path: Path, encoding: str) -> Iterator[Record]:
        """Each record with its place: the line in a file of lines, else its number in the file."""
        if path.stat().st_size > MOST_BYTES:
            raise refused(self.name, "this JSON is too large to be read at once", "Split it.")
        text = path.read_text(encoding=encoding)
        try:
            whole = _load(text)
        except json.JSONDecodeError as error:
            yield from self._lines(text.rstrip(), error.lineno)
            return
        yield from enumerate(self._inside(whole, 1), start=1)

    def _lines(self, text: str, broken_line: int) -> Iterator[Record]:
        """Each line by itself; as one answer, the text breaks at `broken_line`."""
        lines = text.split("\n")
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                whole = _load(line)
            except ValueError:
                at = number if number > 1 else broken_line
                is_cut = at == len(lines) and not lines[-1].rstrip().endswith(("}", "]"))
                raise self._broken(at, is_cut=is_cut) from None
            for record in self._inside(whole, number):
                yield number, record

    def _broken(self, line: int, *, is_cut: bool) -> SettingsError:
        place = f"{self.name}:{line}"
        if not is_cut:
            return refused(place, "this is no JSON", "Mend or remove the line.")
        what = "the last line breaks off: the file was cut short, or is still being written"
        return refused(place, what, "Fetch it again; of JSON lines, the last may be removed.")

    def _inside(self, whole: Any, line: int) -> Iterator[dict[str, str]]:
        rows, facts = _rows_of(whole)
        if rows is None:
            self.error_lines.append(line)
            return
        if facts:
            self.pages.append(JsonPage(self.name, len(rows), facts))
        for row in rows:
            yield {name: _text(value) for name, value in row.items()}


def _load(text: str) -> Any:
    return json.loads(text, parse_float=_Number, parse_int=_Number, parse_constant=str)


class _Number(str):
    """A number as it stands in the file; nested, it is written without quotation marks again."""

    __slots__ = ()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, _Number):
        return number_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    # Half of a pair, which is no character and cannot be stored.
    plain = value if isinstance(value, str) else _json(value)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _json(value: Any) -> str:
    """Nested values as JSON, their numbers as they stood in the file."""
    if isinstance(value, dict):
        inner = ", ".join(f"{_json(str(name))}: {_json(one)}" for name, one in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_json, value))}]"
    return str(value) if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)


def _rows_of(whole: Any) -> tuple[list[dict[str, Any]] | None, Mapping[str, Any]]:
    """The records in an answer, and what stands beside them; None where it tells of an error."""
    if isinstance(whole, list):
        return _flat(whole), {}
    if not isinstance(whole, dict) or is_error(whole):
        return None, {}
    name = _rows_name(whole)
    if name is None:
        return [whole], {}
    facts = {other: value for other, value in whole.items() if other != name}
    if isinstance(whole[name], dict) and whole[name]:
        rows, more = _rows_of(whole[name])
        return rows, {**facts, **more}
    return _flat(whole[name] or []), facts


def _rows_name(whole: Mapping[str, Any]) -> str | None:
    """Where in an answer the records are; None if it is a record itself."""
    if isinstance(whole.get("data"), list):
        return "data"
    for name, value in whole.items():
        if (isinstance(value, list) or name == "data") and _is_envelope(whole, name):
            return name
    return None


#: What stands beside the rows in answers of APIs, and in no record of a CRM.
_ENVELOPE = {
    "success", "object", "meta", "message", "resultcode", "totalrecord", "page_info", "pageinfo",
    "current_page", "per_page", "total", "next_page_url", "cursor", "next_cursor", "nextcursor",
    "has_more", "count", "status", "pagination", "links",
}  # fmt: skip


def _is_envelope(whole: Mapping[str, Any], rows: str) -> bool:
    return all(name.lower() in _ENVELOPE or name.startswith("@") for name in whole if name != rows)


def is_error(answer: Mapping[str, Any]) -> bool:
    """Whether this is an answer that tells of an error: no record, though it was saved as one."""
    folded = {name.lower(): value for name, value in answer.items()}
    code = str(folded.get("resultcode") or "").upper().replace("_", "")
    if code or folded.get("success") is False or folded.get("object") == "error":
        return code != "CT200"
    if "id" in folded or isinstance(folded.get("data"), list | dict):
        return False
    return bool({"error", "errors"} & folded.keys()) or (
        {"code", "message"} <= folded.keys() and len(folded) <= 4
    )


def _flat(values: list[Any]) -> list[dict[str, Any]]:
    """The records in a list, also where lists stand in it."""
    rows: list[dict[str, Any]] = []
    for value in values:
        if isinstance(value, dict):
            rows.append(value)
        elif isinstance(value, list):
            rows += _flat(value)
    return rows
