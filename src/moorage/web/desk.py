"""What all pages share: the project, the worker, and what was looked up in Odoo a moment ago."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from starlette.requests import Request

from moorage.commands import looking, standing
from moorage.commands.deciding import EntriesResult, map_entries
from moorage.commands.result import Result
from moorage.destination import ModelField
from moorage.errors import LockedError, MoorageError
from moorage.mapping.confirm import confirmed_path
from moorage.project import Project
from moorage.web.shield import Session
from moorage.web.worker import Action, Job, OnCrash, Worker

#: How long fields and models of Odoo are believed.
FRESH_SECONDS = 300.0
#: How long a form waits for its verb before the page shows it at work.
MOMENT_SECONDS = 1.2

Found = TypeVar("Found")
Stamps = tuple[tuple[int, int], ...]


class Form:
    """The fields of a form that was sent."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self.fields = fields

    def one(self, name: str) -> str:
        """The first value of a field, trimmed; '' if it was not sent."""
        return self.fields.get(name, [""])[0].strip()

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a field."""
        return tuple(self.fields.get(name, ()))

    def answers(self, prefix: str) -> dict[str, str]:
        """The fields `<prefix>:<key>` that have a value, by key."""
        return {
            name.partition(":")[2]: values[0].strip()
            for name, values in self.fields.items()
            if name.startswith(f"{prefix}:") and values[0].strip()
        }


class Desk:
    """One project, served to one or a few people."""

    def __init__(self, root: Path, on_crash: OnCrash) -> None:
        self.root = root
        self._settings = Project(root).settings_path
        self.on_crash = on_crash
        self.worker = Worker(on_crash)
        self._known: dict[tuple[Any, ...], tuple[float, Stamps, Any]] = {}
        self._status: standing.StatusResult | None = None

    @property
    def project(self) -> Project:
        """The project as its settings stand now."""
        return self.known(("project",), lambda: Project(self.root), of=(self._settings,))

    def status(self) -> standing.StatusResult:
        """Where the project stands; as it stood, while a verb is at work."""
        try:
            with self.worker.looking():
                self._status = standing.status(self.project)
        except LockedError:
            if self._status is None:
                raise
        return self._status

    def begin(self, verb: str, back: str, action: Action) -> Job:
        """Start a verb and give it a moment."""
        # What a verb changes (fields made, rows extracted) is looked up anew.
        self._known.clear()
        job = self.worker.start(verb, back, action)
        self.worker.wait(MOMENT_SECONDS)
        return job

    def result(self, verb: str, kind: type[Found]) -> Found | None:
        """What `verb` gave when it ran here last."""
        found: Result | None = self.worker.results.get(verb)
        return found if isinstance(found, kind) else None

    def entries(self) -> EntriesResult:
        """The mapping entry by entry, read again when its file or its confirmation changed."""
        project = self.project
        files = (project.mapping_path, confirmed_path(project.mapping_path))
        return self.known(("entries",), lambda: map_entries(project), of=files)

    def fields(self, models: tuple[str, ...], to: str) -> dict[str, dict[str, ModelField]]:
        """Odoo's fields of `models`; a MoorageError where Odoo cannot be asked."""
        return self.known(
            ("fields", models, to), lambda: looking.odoo_fields(self.project, models, to=to)
        )

    def models(self, to: str) -> dict[str, str]:
        """Odoo's models; a MoorageError where Odoo cannot be asked."""
        return self.known(("models", to), lambda: looking.odoo_models(self.project, to=to))

    def samples(self, source_object: str, names: Iterable[str]) -> dict[str, looking.Seen]:
        """Real values of fields of an object; LockedError while a verb writes to staging.

        What one page looked up, the next one has: rules are looked at one after the other.
        """
        place = self.project.staging_path
        held: dict[str, looking.Seen | None] = self.known(
            ("samples", source_object), dict, of=(place,)
        )
        wanted = list(names)
        missing = [name for name in wanted if name not in held]
        if missing:
            with self.worker.looking():
                found = looking.samples(self.project, source_object, missing)
            held.update({name: found.get(name) for name in missing})
        return {name: seen for name in wanted if (seen := held[name])}

    def known(
        self, key: tuple[Any, ...], look: Callable[[], Found], *, of: Iterable[Path] = ()
    ) -> Found:
        """What `look` gave a while ago, or gives now; anew where one of the files `of` changed."""
        stamps = tuple(_stamp(path) for path in of)
        at, seen, found = self._known.get(key, (0.0, (), None))
        if found is None or seen != stamps or time.monotonic() - at > FRESH_SECONDS:
            found = look()
            self._known[key] = (time.monotonic(), stamps, found)
        return found  # type: ignore[no-any-return]


def _stamp(path: Path) -> tuple[int, int]:
    """What changes when a file does; an empty file is as good as none."""
    try:
        about = path.stat()
    except OSError:
        return (0, 0)
    return (about.st_mtime_ns, about.st_size) if about.st_size else (0, 0)


def session_of(request: Request) -> Session:
    """Who asks. The shield lets nobody else get here."""
    session: Session = request.state.session
    return session


def form_of(request: Request) -> Form:
    """What was sent."""
    return Form(request.state.form)


def agreed(desk: Desk) -> dict[str, Any] | None:
    """Who confirmed the mapping as it stands, when, and its digest; None if nobody did."""
    with suppress(MoorageError):
        found = desk.entries().confirmed
        return asdict(found) if found else None
    return None


def own_path(given: str) -> str:
    """`given` if it is an address of this page, else the overview: no form leads elsewhere."""
    is_own = given.startswith("/") and not given.startswith(("//", "/\\"))
    return given if is_own else "/"
