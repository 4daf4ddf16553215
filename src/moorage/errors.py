"""The errors of Moorage, grouped by what the reader does next.

    MoorageError
    ├── SettingsError   something you wrote or set is wrong: mend it, run again     (exit 2)
    │   └── MappingError    the mapping file: every finding at once, with its place
    ├── RefusedError    a guard said no; nothing was changed                       (exit 3)
    │   └── LockedError     another moorage works on this project
    └── StoppedError    the work stopped part-way and can go on: run it again       (exit 4)
        ├── UnreachableError    a server does not answer
        └── LostAnswerError     a call was sent and its answer never came

    RowError            Odoo refused one call; the rows are set aside, the rest goes on
    └── AlreadyThereError   the rows' External IDs exist: the call had succeeded before

A message says *what* went wrong, *where* (file, line, table, key), what *state* things are in and
what *to do*. It names records by key and never shows a person's data.
"""

from __future__ import annotations

from dataclasses import dataclass


class MoorageError(Exception):
    """The root of all errors that a user is meant to read.

    `exit_code` is what the command line ends with. `what`, `where`, `state` and `todo` are whole
    sentences or short phrases, ready for a screen.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", state: str = "", todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.state = state
        self.todo = todo

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.what}" if self.where else self.what, self.state, self.todo]
        return " ".join(part for part in parts if part)


class SettingsError(MoorageError):
    """Something the user wrote or set is wrong. Nothing was changed anywhere."""

    exit_code = 2


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong in a file a person wrote: what, and the place (1-based line)."""

    message: str
    file: str = ""
    line: int | None = None
    path: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        subject = f"{self.path}: " if self.path else ""
        return f"{place}: {subject}{self.message}" if place else f"{subject}{self.message}"


class MappingError(SettingsError):
    """The mapping file cannot be used; `findings` holds every reason, with file and line."""

    def __init__(self, findings: list[Finding], *, todo: str = "Mend the lines named.") -> None:
        count = len(findings)
        what = f"the mapping has {count} {'error' if count == 1 else 'errors'}"
        super().__init__(what, state="Nothing was changed.", todo=todo)
        self.findings = findings


class RefusedError(MoorageError):
    """A guard said no. Nothing was changed."""

    exit_code = 3


class LockedError(RefusedError):
    """Another moorage works on this project; `where` says which, on which machine, since when."""


class StoppedError(MoorageError):
    """The work stopped part-way. What is done is recorded; the same command goes on from there."""

    exit_code = 4


class UnreachableError(StoppedError):
    """A server does not answer, or its answer is not one (connection refused, 502, 503)."""


class LostAnswerError(StoppedError):
    """A call was sent and its answer never came: it may or may not have taken effect."""


class RowError(MoorageError):
    """Odoo refused a call because of the rows in it; the call had no effect.

    `reason` is Odoo's own words, cleaned of markup and of server internals.
    """

    def __init__(self, reason: str, *, code: str = "refused", where: str = "") -> None:
        super().__init__(reason, where=where, state="Odoo wrote nothing of this call.")
        self.reason = reason
        self.code = code


class AlreadyThereError(RowError):
    """The rows' External IDs exist in Odoo: an earlier call whose answer was lost did succeed."""
