"""What all pages share: the project, the worker, and what was looked up in Odoo a moment ago."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from starlette.requests import Request

from moorage.commands import looking, standing
from moorage.commands.result import Result
from moorage.destination import ModelField
from moorage.errors import LockedError
from moorage.project import Project
from moorage.web.shield import Session
from moorage.web.worker import Action, Job, OnCrash, Worker

#: How long fields and models of Odoo are believed.
FRESH_SECONDS = 300.0
#: How long a form waits for its verb before the page shows it at work.
MOMENT_SECONDS = 1.2

Found = TypeVar("Found")


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
        self.on_crash = on_crash
        self.worker = Worker(on_crash)
        self._known: dict[tuple[Any, ...], tuple[float, Any]] = {}
        self._status: standing.StatusResult | None = None

    @property
    def project(self) -> Project:
        """The project as its settings stand now."""
        return Project(self.root)

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

    def fields(self, models: tuple[str, ...], to: str) -> dict[str, dict[str, ModelField]]:
        """Odoo's fields of `models`; a MoorageError where Odoo cannot be asked."""
        return self.known(
            ("fields", models, to), lambda: looking.odoo_fields(self.project, models, to=to)
        )

    def models(self, to: str) -> dict[str, str]:
        """Odoo's models; a MoorageError where Odoo cannot be asked."""
        return self.known(("models", to), lambda: looking.odoo_models(self.project, to=to))

    def samples(self, source_object: str) -> dict[str, looking.Seen]:
        """Real values of an object's fields; {} where staging cannot be looked at."""

        def look() -> dict[str, looking.Seen]:
            with self.worker.looking():
                return looking.samples(self.project, source_object)

        return self.known(("samples", source_object), look)

    def known(self, key: tuple[Any, ...], look: Callable[[], Found]) -> Found:
        """What `look` gave a while ago, or gives now."""
        at, found = self._known.get(key, (0.0, None))
        if found is None or time.monotonic() - at > FRESH_SECONDS:
            found = look()
            self._known[key] = (time.monotonic(), found)
        return found  # type: ignore[no-any-return]


def session_of(request: Request) -> Session:
    """Who asks. The shield lets nobody else get here."""
    session: Session = request.state.session
    return session


def form_of(request: Request) -> Form:
    """What was sent."""
    return Form(request.state.form)
