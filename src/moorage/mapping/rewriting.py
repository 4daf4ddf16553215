"""Writing a mapping file that was changed in memory, whole and read back, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from moorage.errors import StoppedError
from moorage.mapping.document import Document, plain, written
from moorage.mapping.remembered import remember
from moorage.mapping.spec import Mapping, load_mapping_to_edit, typed

#: Trees as they were written last, by path and state of the file: reading one anew takes a second
#: for a long mapping, and whoever decides rule by rule would wait for it each time.
_written: dict[Path, tuple[tuple[int, int, int], Any]] = {}


def tree_to_edit(path: Path) -> Any:
    """The tree of the mapping in `path`, with its comments, for one caller to change."""
    state, tree = _written.pop(path, ((0, 0, 0), None))
    if tree is not None and path.exists() and state == _state(path):
        return tree
    return load_mapping_to_edit(path).document.tree


def rewrite(path: Path, tree: Any) -> Mapping:
    """Write `tree` to `path`; MappingError if it is no mapping, and then nothing is written."""
    meant = plain(tree)
    mapping = typed(Document(path, lambda: tree)).mapping
    text = written(tree)
    if plain(YAML(typ="safe", pure=True).load(text)) != meant:
        raise StoppedError(
            "the changed mapping cannot be written so that it reads the same",
            where=path.name,
            state="The file stands as it was.",
            todo="Make this change in the file with an editor.",
        )
    replace_text(path, text)
    remember(path, mapping.model_dump_json(by_alias=True, exclude_unset=True))
    _written[path] = (_state(path), tree)
    return mapping


def replace_text(path: Path, text: str) -> None:
    """Write a whole file; a killed write leaves the former one."""
    draft = path.with_suffix(f"{path.suffix}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _state(path: Path) -> tuple[int, int, int]:
    about = path.stat()
    return about.st_mtime_ns, about.st_size, about.st_ino
