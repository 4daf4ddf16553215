"""Every `moorage ...` that a page shows is a command line that Moorage understands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.exceptions import TyperException

from moorage.cli.app import app

from .pages import ROOT, blocks, pages

_INLINE = re.compile(r"`(moorage(?: [^`]+)?)`")
_LANGUAGES = ("", "sh", "console", "bash")


def _lines(page: Path) -> Iterator[str]:
    for block in blocks(page):
        if block.language in _LANGUAGES:
            for line in block.text.splitlines():
                bare = line.strip().removeprefix("$ ")
                # A line of a transcript may be cut by the screen: it is not typed like that.
                if bare.startswith("moorage ") and "…" not in bare:
                    yield bare
    yield from (found[1] for found in _INLINE.finditer(page.read_text(encoding="utf-8")))


def _shown() -> list[tuple[str, str]]:
    found = {
        (str(page.relative_to(ROOT)), line)
        for page in pages()
        for line in _lines(page)
        if "<" not in line
    }
    return sorted(found)


@pytest.mark.parametrize(("page", "line"), _shown())
def test_commands_in_pages_exist(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    words = words[: words.index("&&")] if "&&" in words else words
    try:
        _understand(words)
    except TyperException as error:
        pytest.fail(f"{page}: {line}: {error}")


def _understand(words: list[str]) -> None:
    """Read the command line down to its last verb, without running it."""
    command, context = typer.main.get_command(app), None
    while True:
        name = command.name or "moorage"
        context = command.make_context(name, list(words), parent=context)
        if not hasattr(command, "commands"):
            return
        rest = [*context._protected_args, *context.args]
        if not rest:
            return
        _, following, words = command.resolve_command(context, rest)
        command = following


def test_a_wrong_command_would_be_found() -> None:
    for words in (["nonsense"], ["run", "--nonsense"], ["sandbox", "nonsense"]):
        with pytest.raises(TyperException):
            _understand(words)
