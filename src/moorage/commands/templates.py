"""`moorage template` and `export-request`: what people must bring, or ask a CRM's support for."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from moorage.bundles.template import write_template
from moorage.commands.result import Result
from moorage.errors import RefusedError, SettingsError
from moorage.sources.base import load_source_kinds, source_kind


@dataclass(frozen=True, kw_only=True)
class TemplateResult(Result):
    """The files that were written into `folder`, for a source called `source`."""

    source: str
    folder: Path
    files: tuple[str, ...]


def template(source: str, folder: Path) -> TemplateResult:
    """Write empty, explained files into `folder`; RefusedError if something is there already."""
    kind = source_kind(source)
    if kind.expected is None:
        known = sorted(name for name, one in load_source_kinds().items() if one.expected)
        raise SettingsError(
            f"{kind.label} is read without files",
            state="Nothing was written.",
            todo=f"Templates are there for: {', '.join(known)}.",
        )
    try:
        files = write_template(kind.expected(), folder, kind.label)
    except FileExistsError:
        raise RefusedError(
            "the folder is not empty",
            where=str(folder),
            state="Nothing was written.",
            todo="Name another folder with --into.",
        ) from None
    return TemplateResult(
        source=kind.label,
        folder=folder,
        files=tuple(file.name for file in files),
        next_words="Fill them, then name the folder in moorage.yaml: source.bundle. Then:",
        next_command="moorage discover",
    )


LETTER = "letter.md"
FILES = "files"


def export_request(source: str, folder: Path) -> TemplateResult:
    """Write the letter to a CRM's support into `folder`, with the files that it asks to be filled.

    RefusedError if something is there already.
    """
    kind = source_kind(source)
    if kind.letter is None:
        known = sorted(name for name, one in load_source_kinds().items() if one.letter)
        raise SettingsError(
            f"{kind.label} needs no export by its support",
            state="Nothing was written.",
            todo=f"Letters are there for: {', '.join(known)}.",
        )
    written = template(source, folder / FILES)
    shutil.copyfile(kind.letter, folder / LETTER)
    return TemplateResult(
        source=kind.label,
        folder=folder,
        files=(LETTER, *(f"{FILES}/{name}" for name in written.files)),
        next_words="Fill in the letter, send it with the files; when the answer is there:",
        next_command=f"moorage new PROJECT --from {source}",
    )
