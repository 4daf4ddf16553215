"""The one thread in which verbs run, so that the page answers while they do.

A verb has the project to itself, as on the command line; what only looks at staging asks the gate,
because one process cannot have a DuckDB file open for reading and for writing at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moorage.commands.result import ON_WAIT, OnProgress, Result
from moorage.errors import LockedError, MoorageError, StoppedError

#: How long a look at staging waits for another look.
LOOK_SECONDS = 10.0
#: Told of what is a fault of Moorage itself: the error and the verb; gives where it is written.
OnCrash = Callable[[Exception, str], str]
#: What a job does: it gets a way to say how far it is.
Action = Callable[[OnProgress], Result]


@dataclass
class Job:
    """One verb at work, or done. `back` is the page that shows what came of it."""

    number: int
    verb: str
    back: str
    state: str = "running"
    step: str = ""
    done: int = 0
    total: int | None = None
    waits: str = ""
    pausing: bool = False
    started_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    result: Result | None = None
    error: MoorageError | None = None

    def on_progress(self, what: str, done: int, total: int | None = None) -> None:
        """Note how far it is; StoppedError where a person asked to pause."""
        self.step, self.done, self.total, self.waits = what, done, total, ""
        if self.pausing:
            raise StoppedError(
                "paused on your word",
                state="What was done is written down; the calls under way came to their end.",
                todo="Go on with the same button.",
            )

    def as_json(self) -> dict[str, Any]:
        """How it stands, for scripts."""
        running = self.state == "running"
        return {
            "number": self.number,
            "verb": self.verb,
            "state": self.state,
            "step": self.step,
            "done": self.done,
            "total": self.total,
            "waits": self.waits,
            "pausing": self.pausing,
            "started_at": self.started_at,
            "seconds": round(time.monotonic() - self.began if running else self.seconds, 1),
            "error": error_json(self.error) if self.error else None,
            "notes": list(self.result.notes) if self.result else [],
        }


def error_json(error: MoorageError) -> dict[str, Any]:
    """An error as data: what, where, in what state things are, what to do."""
    return {
        "kind": type(error).__name__,
        "what": error.what,
        "where": error.where,
        "state": error.state,
        "todo": error.todo,
        "findings": [str(finding) for finding in getattr(error, "findings", ())],
    }


class Worker:
    """Runs one job at a time; remembers the last of each verb."""

    def __init__(self, on_crash: OnCrash) -> None:
        self.last: Job | None = None
        self.results: dict[str, Result] = {}
        self._on_crash = on_crash
        self._gate = threading.Lock()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._count = 0

    @property
    def running(self) -> Job | None:
        """The job at work now."""
        return self.last if self.last is not None and self.last.state == "running" else None

    def start(self, verb: str, back: str, action: Action) -> Job:
        """Begin a job; LockedError while another is at work."""
        with self._starting:
            running = self.running
            if running is not None:
                raise LockedError(
                    f"`{running.verb}` is at work",
                    where="this page",
                    state="Nothing was changed.",
                    todo="Wait until it has ended, or pause it.",
                )
            self._count += 1
            job = Job(self._count, verb, back)
            self.last = job
            self._thread = threading.Thread(
                target=self._work, args=(job, action), name=f"job {verb}"
            )
            self._thread.start()
        return job

    def wait(self, seconds: float) -> None:
        """Give the job a moment: most are done in one."""
        if self._thread is not None:
            self._thread.join(seconds)

    def pause(self) -> None:
        """Ask the job to stop after what is under way."""
        if self.running is not None:
            self.running.pausing = True

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Keep staging from being opened for writing; LockedError while a job has it."""
        seconds = 0.0 if self.running is not None else LOOK_SECONDS
        if not self._gate.acquire(timeout=seconds):
            raise LockedError(
                "staging is in use by the verb at work",
                state="Nothing was changed.",
                todo="It can be looked at when the verb has ended.",
            )
        try:
            yield
        finally:
            self._gate.release()

    def _work(self, job: Job, action: Action) -> None:
        ON_WAIT.set(lambda words: setattr(job, "waits", words))
        state = "failed"
        try:
            with self._gate:
                job.result = action(job.on_progress)
            self.results[job.verb] = job.result
            state = "done"
        except StoppedError as error:
            job.error, state = error, "stopped"
        except MoorageError as error:
            job.error = error
        except Exception as error:  # the last net: anything else is a fault of Moorage
            job.error = crashed(error, job.verb, self._on_crash)
        finally:
            job.seconds = time.monotonic() - job.began
            job.state = state


def crashed(error: Exception, verb: str, on_crash: OnCrash) -> MoorageError:
    """What a person is told when Moorage itself is wrong."""
    return MoorageError(
        f"Moorage itself failed here ({type(error).__name__})",
        where=verb,
        state="What was done before is written down.",
        todo=f"Report it with {on_crash(error, verb)} (it holds no values and no secrets).",
    )
