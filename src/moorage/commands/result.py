"""What every command gives back: a plain dataclass that says how it went and what to type next."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

#: Called as work goes on: what, how much is done, how much there is (None: not known).
OnProgress = Callable[[str, int, int | None], None]


def unheard(words: str) -> None:
    """A wait that nobody is told of."""


#: Told in a sentence, again and again, while a server is waited for. Whoever runs commands sets it.
ON_WAIT: ContextVar[Callable[[str], None]] = ContextVar("on_wait", default=unheard)


def silent(what: str, done: int, total: int | None = None) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """The end of a command. `attention` is how many things were set aside or differ.

    `next_command` is what to type next and `next_words`, if it needs any, what for; `notes` are
    whole sentences, `reports` are files written.
    """

    attention: int = 0
    next_command: str = ""
    next_words: str = ""
    notes: tuple[str, ...] = ()
    reports: tuple[Path, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 when all is well, 1 when something was set aside or differs."""
        return 1 if self.attention else 0

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return {about.name: to_json(getattr(self, about.name)) for about in fields(self)}


def to_json(value: Any) -> Any:
    """`value` as what JSON knows: dataclasses by field, paths and times as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            about.name: to_json(getattr(value, about.name)) for about in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {_name(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_json(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _name(key: Any) -> str:
    return ".".join(map(str, key)) if isinstance(key, tuple) else str(key)
