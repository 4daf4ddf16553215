"""The files that records name: looked at with every extraction, hashed where they changed.

`meta.files` (path, size, modified, sha1, problem) holds what was found. A file without `sha1`
cannot go; `problem` says why. Sizes are in bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

import duckdb
import pyarrow as pa

from moorage.sources.base import FileAbout, FileStore, SourceObject
from moorage.staging.staging import Staging, identifier

MEGABYTE = 1_000_000
EMPTY_SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
UNREADABLE = "cannot be read"
NOT_AT_HAND = "is not at hand: moorage.yaml does not say where the source's files are"
NOT_LOOKED_AT = "was not looked at yet: run `moorage extract`"
#: The fact that names what the last scan found, as the snapshot's digest names the rows.
FILES_DIGEST = "files_digest"
_CHUNK_BYTES = 1 << 20
_PART = 1000
#: A disk is quick; a bucket answers slowly, and several at once.
_READERS = 4

#: Called with (files done, files in all, bytes hashed).
OnFiles = Callable[[int, int, int], None]


@dataclass(frozen=True)
class FilesReport:
    """What a scan found: files that can go and their bytes, how many were hashed, and how many
    cannot go, by reason.
    """

    count: int = 0
    size: int = 0
    hashed_count: int = 0
    problems: dict[str, int] = field(default_factory=dict)


def prepare_files(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `meta.files` where there is none."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS meta.files (path VARCHAR, size BIGINT, modified VARCHAR,"
        " sha1 VARCHAR, problem VARCHAR)"
    )


def scan_files(
    staging: Staging,
    store: FileStore | None,
    objects: Sequence[SourceObject],
    limit_bytes: int,
    on_files: OnFiles | None = None,
) -> FilesReport:
    """Fill `meta.files` with every path in a tidy column of type `file`.

    A file that is as large and as old as at the last scan keeps its hash. Killed and called again
    it goes on where it was.
    """
    connection = staging.connection
    prepare_files(connection)
    paths = _paths(connection, objects)
    _look(connection, store, paths, limit_bytes)
    rows = connection.execute(
        "SELECT path FROM meta.files WHERE sha1 IS NULL AND problem IS NULL ORDER BY path"
    ).fetchall()
    waiting = [path for (path,) in rows]
    hashed_bytes, done = 0, len(paths) - len(waiting)
    if store is not None:
        for part in _hashed(store, waiting):
            _keep(connection, part)
            hashed_bytes += sum(size for _, size, _, _ in part)
            done += len(part)
            if on_files is not None:
                on_files(done, len(paths), hashed_bytes)
    staging.remember(FILES_DIGEST, _digest(connection))
    return _report(connection, len(waiting))


def _paths(connection: duckdb.DuckDBPyConnection, objects: Sequence[SourceObject]) -> list[str]:
    columns = [
        f"SELECT {identifier(column.name)} AS path FROM tidy.{identifier(found.name)}"
        for found in objects
        for column in found.fields
        if column.type == "file"
    ]
    if not columns:
        return []
    named = " UNION ".join(columns)
    rows = connection.execute(
        f"SELECT path FROM ({named}) WHERE nullif(path, '') IS NOT NULL ORDER BY path"
    ).fetchall()
    return [path for (path,) in rows]


def _look(
    connection: duckdb.DuckDBPyConnection,
    store: FileStore | None,
    paths: Sequence[str],
    limit_bytes: int,
) -> None:
    """Put what the store says of `paths` in place of `meta.files`; known hashes stay."""
    connection.execute("CREATE OR REPLACE TEMP TABLE seen_files AS FROM meta.files LIMIT 0")
    if store is None:
        answers: Iterable[FileAbout] = (FileAbout(path, problem=NOT_AT_HAND) for path in paths)
    else:
        answers = store.about(paths)
    too_large = f"is larger than the limit of {limit_bytes // MEGABYTE} MB"
    waiting = iter(answers)
    while part := list(islice(waiting, _PART)):
        problems = [one.problem or (too_large if one.size > limit_bytes else None) for one in part]
        table = {
            "path": pa.array([one.path for one in part], pa.string()),
            "size": pa.array([one.size for one in part], pa.int64()),
            "modified": pa.array([one.modified for one in part], pa.string()),
            "sha1": pa.nulls(len(part), pa.string()),
            "problem": pa.array(problems, pa.string()),
        }
        connection.register("incoming_files", pa.table(table))
        connection.execute("INSERT INTO seen_files FROM incoming_files")
        connection.unregister("incoming_files")
    connection.execute(
        "CREATE OR REPLACE TABLE meta.files AS SELECT seen.path, seen.size, seen.modified,"
        " CASE WHEN seen.problem IS NULL THEN known.sha1 END AS sha1, seen.problem"
        " FROM seen_files AS seen LEFT JOIN meta.files AS known ON known.path = seen.path"
        " AND known.size = seen.size AND known.modified = seen.modified AND seen.modified <> ''"
    )
    connection.execute("DROP TABLE seen_files")


#: path, size, sha1, problem
Hashed = tuple[str, int, str | None, str | None]


def _hashed(store: FileStore, paths: Sequence[str]) -> Iterator[list[Hashed]]:
    """The hashes of `paths`, a part at a time, several files being read at once."""

    def one(path: str) -> Hashed:
        digest, size = hashlib.sha1(usedforsecurity=False), 0
        try:
            with store.open(path) as file:
                while chunk := file.read(_CHUNK_BYTES):
                    digest.update(chunk)
                    size += len(chunk)
        except OSError:
            return path, 0, None, UNREADABLE
        return path, size, digest.hexdigest(), None

    with ThreadPoolExecutor(_READERS, thread_name_prefix="hash") as pool:
        for at in range(0, len(paths), _PART // 10):
            yield list(pool.map(one, paths[at : at + _PART // 10]))


def _keep(connection: duckdb.DuckDBPyConnection, rows: Sequence[Hashed]) -> None:
    paths, sizes, digests, problems = zip(*rows, strict=True)
    table = {
        "path": pa.array(paths, pa.string()),
        "size": pa.array(sizes, pa.int64()),
        "sha1": pa.array(digests, pa.string()),
        "problem": pa.array(problems, pa.string()),
    }
    connection.register("hashed_files", pa.table(table))
    connection.execute(
        "UPDATE meta.files AS f SET size = h.size, sha1 = h.sha1, problem = h.problem"
        " FROM hashed_files AS h WHERE h.path = f.path"
    )
    connection.unregister("hashed_files")


def _digest(connection: duckdb.DuckDBPyConnection) -> str:
    ((digest,),) = connection.execute(
        "SELECT count(*) || ' ' || coalesce(bit_xor(md5_number(concat_ws(chr(31), path,"
        " coalesce(sha1, ''), coalesce(problem, '')))), 0) FROM meta.files"
    ).fetchall()
    return str(digest)


def _report(connection: duckdb.DuckDBPyConnection, hashed_count: int) -> FilesReport:
    ((count, size),) = connection.execute(
        "SELECT count(*), coalesce(sum(size), 0) FROM meta.files WHERE sha1 IS NOT NULL"
    ).fetchall()
    problems = connection.execute(
        "SELECT problem, count(*) FROM meta.files WHERE problem IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return FilesReport(int(count), int(size), hashed_count, dict(problems))
