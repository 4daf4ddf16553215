"""Files on their way: batches by bytes, contents proved while they are read, base64 in place."""

from __future__ import annotations

import hashlib
import io
from base64 import b64decode, b64encode
from typing import Any, BinaryIO

import pyarrow as pa
import pytest

from moorage.load.batches import batches
from moorage.load.contents import BATCH_BYTES, FileError, contents_of, read_file
from moorage.odoo.bodies import add_base64


class Shelf:
    """A store of files in memory."""

    def __init__(self, **files: bytes) -> None:
        self.files = files

    def about(self, paths: Any) -> Any:
        raise NotImplementedError

    def open(self, path: str) -> BinaryIO:
        if path not in self.files:
            raise FileNotFoundError(path)
        return io.BytesIO(self.files[path])


def sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def test_a_file_is_read_from_any_path_that_still_holds_it() -> None:
    shelf = Shelf(changed=b"new", twin=b"old")
    assert read_file(shelf, ["gone", "changed", "twin"], sha1(b"old")) == b"old"


@pytest.mark.parametrize(
    ("store", "code"),
    [(Shelf(a=b"new"), "file_changed"), (Shelf(), "file_missing"), (None, "file_missing")],
)
def test_a_file_that_is_another_one_now_does_not_go(store: Shelf | None, code: str) -> None:
    with pytest.raises(FileError) as raised:
        read_file(store, ["a"], sha1(b"old"))
    assert raised.value.code == code


def test_batches_hold_few_bytes_or_one_file() -> None:
    sizes = [5_000_000, 5_000_000, 5_000_000, BATCH_BYTES * 3, 10, 10]
    kind = pa.list_(
        pa.struct(
            {
                "field": pa.string(),
                "sha1": pa.string(),
                "size": pa.int64(),
                "paths": pa.list_(pa.string()),
            }
        )
    )
    files = [[{"field": "datas", "sha1": "s", "size": size, "paths": ["p"]}] for size in sizes]
    texts = pa.array([str(n) for n in range(len(sizes))])
    group = pa.nulls(len(sizes), pa.int64())
    names = ["key", "values", "digest", "loaded", "group_id", "files"]
    columns = [texts, texts, texts, texts, group, pa.array(files, kind)]
    batch = pa.record_batch(columns, names=names)
    parts = list(batches(iter([batch]), 200, Shelf()))
    assert [[row.files.size for row in part] for part in parts] == [
        sizes[:2],
        sizes[2:3],
        sizes[3:4],
        sizes[4:],
    ]


def test_a_row_without_files_has_none() -> None:
    assert contents_of(None, None).readers == {}


@pytest.mark.parametrize("length", [0, 1, 2, 3, (3 << 18) - 1, 3 << 18, (3 << 18) + 1])
def test_base64_is_written_in_parts(length: int) -> None:
    content = bytes(range(256)) * (length // 256 + 1)
    body = bytearray(b"before")
    add_base64(body, content[:length])
    assert body[6:] == b64encode(content[:length])
    assert b64decode(body[6:]) == content[:length]
