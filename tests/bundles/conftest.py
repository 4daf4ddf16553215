"""Bundles written on the spot, and their rows as a source gets them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from moorage.bundles import Answers, Bundle, Column, Expected, open_bundle

Rows = list[dict[str, Any]]
Read = Callable[..., Rows]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file of the bundle; its path."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / "bundle" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def bundle(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., Bundle]:
    """Open what was written."""

    def opened(answers: Answers | None = None, path: Path | None = None) -> Bundle:
        found = open_bundle(path or tmp_path / "bundle", answers)
        request.addfinalizer(found.close)
        return found

    return opened


def rows_of(bundle: Bundle, *columns: Column, name: str = "things") -> Rows:
    """The rows of the one expected table with these columns."""
    match = bundle.match([Expected(name, tuple(columns))])
    match.check()
    return [row for batch in match.batches(name) for row in batch.to_pylist()]


def csv_of(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as CSV; nothing in them needs quoting."""
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    return "\n".join(lines) + "\n"
