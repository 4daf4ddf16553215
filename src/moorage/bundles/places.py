"""The files of a bundle: found in a folder, or unpacked from a zip that does no harm."""

from __future__ import annotations

import re
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from moorage.errors import SettingsError

MOST_MEMBERS = 200_000
MOST_UNPACKED_BYTES = 20_000_000_000
#: What is packed tighter than this unpacks to nothing that people wrote; small files may be.
MOST_RATIO = 200
SMALL_BYTES = 10_000_000
#: Files that computers leave about.
LITTER = re.compile(r"^(\.|~\$|__MACOSX$|Thumbs\.db$|desktop\.ini$)")
_CHUNK_BYTES = 1 << 20


def refused(where: str, what: str, todo: str) -> SettingsError:
    """What is said of a bundle that cannot be read; where is a name within it."""
    return SettingsError(
        what, where=where, state="Nothing of the bundle was taken over.", todo=todo
    )


def files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file below `folder` by its path within, in order; SettingsError for links."""
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if any(LITTER.match(part) for part in inner.parts):
            continue
        if path.is_symlink():
            raise refused(
                inner.as_posix(), "this is a link, not a file", "Put the file itself there."
            )
        if path.is_file():
            yield inner.as_posix(), path


def unpack(archive: Path, into: Path) -> None:
    """Unpack the zip at `archive` into the empty folder `into`; SettingsError if it is not safe."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = checked_members(opened, archive.name)
            free_bytes = shutil.disk_usage(into).free
            total = sum(member.file_size for member in members)
            if total > free_bytes:
                raise refused(
                    archive.name,
                    f"unpacked it takes {total:,} bytes, and {free_bytes:,} are free",
                    "Make room on the disk, or unpack it elsewhere and give the folder.",
                )
            for member in members:
                _write(opened, member, into / PurePosixPath(member.filename))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise refused(
            archive.name,
            f"this zip is damaged or of a kind that is not read ({type(error).__name__})",
            "Pack the files again, or give the folder.",
        ) from None


def checked_members(opened: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    """The files within; SettingsError for too many, too much, links, passwords, odd paths."""
    members = [member for member in opened.infolist() if not member.is_dir()]
    members = [one for one in members if not _is_litter(one.filename)]
    total = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or total > MOST_UNPACKED_BYTES:
        raise refused(
            name,
            f"it holds {len(members):,} files of {total:,} bytes unpacked: more than is read",
            "Unpack it yourself if you trust it, and give the folder.",
        )
    seen: set[str] = set()
    for member in members:
        problem = _problem(member)
        if member.filename.casefold() in seen:
            problem = "is in the zip twice"
        if problem:
            raise refused(f"{name}: {member.filename[:120]!r}", f"this member {problem}", _TODO)
        seen.add(member.filename.casefold())
    return members


_TODO = "Ask who made the zip; pack the plain files anew."


def _problem(member: zipfile.ZipInfo) -> str:
    path = PurePosixPath(member.filename)
    if member.flag_bits & 0x1:
        return "is locked with a password"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a link"
    if path.is_absolute() or ".." in path.parts or re.search(r"[\\\0:]", member.filename):
        return "has a path that leads out of the bundle"
    packed = max(member.compress_size, 1)
    if member.file_size > SMALL_BYTES and member.file_size / packed > MOST_RATIO:
        return f"unpacks to {member.file_size // packed:,} times its size"
    return ""


def _is_litter(name: str) -> bool:
    return any(LITTER.match(part) and part != ".." for part in PurePosixPath(name).parts)


def _write(opened: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    """Unpack one member; what it says of its size is not trusted."""
    path.parent.mkdir(parents=True, exist_ok=True)
    left = member.file_size
    with opened.open(member) as packed, path.open("xb") as file:
        while chunk := packed.read(_CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise refused(member.filename, "this member is larger than it says", _TODO)
            file.write(chunk)
