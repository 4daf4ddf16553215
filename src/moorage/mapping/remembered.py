"""What a mapping file was read as, kept beside the project's state.

Reading YAML with its comments and places takes seconds for a long mapping, and every verb begins
with it. The typed mapping is kept as JSON under the digest of the file's text and of the code that
reads it; the document itself is read when a finding needs its lines.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

STATE_FOLDER = ".moorage"


def recall(path: Path) -> str | None:
    """The JSON that was kept for exactly what stands in `path` now; None if there is none."""
    place = _place(path)
    try:
        kept = json.loads(place.read_text(encoding="utf-8"))
        same = kept["digest"] == _digest(path)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(kept["mapping"]) if same else None


def remember(path: Path, text: str) -> None:
    """Keep `text`, the JSON of the mapping in `path`, where the project keeps its state."""
    place = _place(path)
    if not place.parent.is_dir():
        return
    fresh = place.with_suffix(".new")
    try:
        fresh.write_text(json.dumps({"digest": _digest(path), "mapping": text}), encoding="utf-8")
        fresh.replace(place)
    except OSError:
        # A full disk or a read-only folder: it is only read again the next time.
        fresh.unlink(missing_ok=True)


def _place(path: Path) -> Path:
    return path.parent / STATE_FOLDER / f"{path.stem}.json"


def _digest(path: Path) -> str:
    return hashlib.sha256(_readers() + path.read_bytes()).hexdigest()


@cache
def _readers() -> bytes:
    """The digest of the code that reads a mapping: another Moorage may read it otherwise."""
    here = Path(__file__)
    parts = [here.with_name(name).read_bytes() for name in ("spec.py", "document.py")]
    return hashlib.sha256(b"\x00".join(parts)).digest()
