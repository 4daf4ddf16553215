"""Service protection limits as Dataverse documents them, and an honest account of what came."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from moorage.sources.opex365.demo.errors import RefusedError

#: What comes so soon after a pause was asked for was on its way already.
ON_THE_WAY_SECONDS = 0.5


@dataclass
class LimitSettings:
    """What one user may do on one web server. The defaults are the documented ones.

    `cost_seconds` is execution time added to each request without spending it.
    """

    requests: int = 6000
    execution_seconds: float = 1200.0
    concurrent: int = 52
    window_seconds: float = 300.0
    cost_seconds: float = 0.0


class Limits:
    """Counts requests in a sliding window. Safe to use from several threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.settings = LimitSettings()
        self._now = now
        self._lock = threading.Lock()
        self._came: deque[float] = deque()
        self._spent: deque[tuple[float, float]] = deque()
        self._spent_seconds = 0.0
        self._inside = 0
        self._pause_since = self._pause_until = 0.0
        self._forget()

    def _forget(self) -> None:
        self._request_count = self._early = self._most_inside = self._most_in_window = 0
        self._most_spent = 0.0
        self._refused: Counter[str] = Counter()
        self._statuses: Counter[int] = Counter()
        self._writes: list[str] = []

    def reset(self) -> None:
        """Begin all counts anew, the windows too."""
        with self._lock:
            self._came.clear()
            self._spent.clear()
            self._spent_seconds = 0.0
            self._pause_until = 0.0
            self._forget()

    @contextmanager
    def request(self) -> Iterator[None]:
        """Around the work of one request; refuses with 429 when a limit is reached."""
        began = self._enter()
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                ended = self._now()
                seconds = ended - began + self.settings.cost_seconds
                self._spent.append((ended, seconds))
                self._spent_seconds += seconds

    def note_pause(self, seconds: float) -> None:
        """A pause that was asked of the client by other means: a fault of a test."""
        with self._lock:
            self._pause(seconds)

    def note_status(self, status: int) -> None:
        """An answer went out."""
        with self._lock:
            self._statuses[status] += 1

    def note_write(self, what: str) -> None:
        """Somebody tried to write."""
        with self._lock:
            self._writes.append(what)

    def account(self) -> dict[str, Any]:
        """What came since the start or the last reset."""
        with self._lock:
            return {
                "requests": self._request_count,
                "most_in_window": self._most_in_window,
                "most_concurrent": self._most_inside,
                "most_execution_seconds": round(self._most_spent, 3),
                "refused": dict(self._refused),
                "during_pause": self._early,
                "statuses": {str(status): n for status, n in self._statuses.items()},
                "writes": list(self._writes),
            }

    def _enter(self) -> float:
        with self._lock:
            now, set_ = self._now(), self.settings
            self._request_count += 1
            is_late = now > self._pause_since + ON_THE_WAY_SECONDS
            self._early += is_late and now < self._pause_until - 0.05
            while self._came and self._came[0] <= now - set_.window_seconds:
                self._came.popleft()
            while self._spent and self._spent[0][0] <= now - set_.window_seconds:
                self._spent_seconds -= self._spent.popleft()[1]
            if self._inside >= set_.concurrent:
                raise self._refusal("concurrent", 0.0)
            if len(self._came) >= set_.requests:
                raise self._refusal("requests", self._came[0] + set_.window_seconds - now)
            if self._spent_seconds >= set_.execution_seconds:
                raise self._refusal("execution", self._spent[0][0] + set_.window_seconds - now)
            self._came.append(now)
            self._inside += 1
            self._most_inside = max(self._most_inside, self._inside)
            self._most_in_window = max(self._most_in_window, len(self._came))
            self._most_spent = max(self._most_spent, self._spent_seconds)
            return now

    def _refusal(self, kind: str, wait_seconds: float) -> RefusedError:
        self._refused[kind] += 1
        wait = max(1, math.ceil(wait_seconds))
        self._pause(wait)
        return too_many(kind, wait, self.settings)

    def _pause(self, seconds: float) -> None:
        now = self._now()
        if now >= self._pause_until:
            self._pause_since = now
        self._pause_until = max(self._pause_until, now + seconds)


def too_many(kind: str, wait_seconds: float, settings: LimitSettings) -> RefusedError:
    """The 429 of one kind of limit: requests, execution or concurrent."""
    window = f"over time window of {settings.window_seconds:.0f} seconds."
    code, message = {
        "requests": (
            "0x80072322",
            f"Number of requests exceeded the limit of {settings.requests} {window}",
        ),
        "execution": (
            "0x80072321",
            "Combined execution time of incoming requests exceeded limit of "
            f"{settings.execution_seconds * 1000:,.0f} milliseconds {window} Decrease number of "
            "concurrent requests or reduce the duration of requests and try again later.",
        ),
        "concurrent": (
            "0x80072326",
            f"Number of concurrent requests exceeded the limit of {settings.concurrent}.",
        ),
    }[kind]
    return RefusedError(429, code, message, {"Retry-After": f"{wait_seconds:g}"})
