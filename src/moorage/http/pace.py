"""How fast a server may be called: what it asks for, and the clock that it is measured by."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

DEFAULT_PAUSE_SECONDS = 30.0


class Clock:
    """The time as a client sees it; tests bring one of their own."""

    def monotonic(self) -> float:
        """Seconds that only go forward."""
        return time.monotonic()

    def now(self) -> float:
        """Seconds since 1970, for dates that a server names."""
        return time.time()

    def wait(self, seconds: float, stopping: threading.Event) -> None:
        """Let time pass, or return at once when `stopping` is set."""
        stopping.wait(seconds)


class Pace:
    """A gate that all calls of a client pass: closed while the server wants no more of them."""

    def __init__(self, clock: Clock, stopping: threading.Event) -> None:
        self._clock = clock
        self._stopping = stopping
        self._lock = threading.Lock()
        self._opens_at = 0.0

    def hold(self, seconds: float, tell: Callable[[], None]) -> None:
        """Close the gate for so long; `tell` is called if it was not to be closed so long yet."""
        with self._lock:
            until = self._clock.monotonic() + seconds
            is_news = until > self._opens_at + 1
            self._opens_at = max(self._opens_at, until)
        if is_news:
            tell()

    def pass_gate(self) -> None:
        """Wait until calls are wanted again."""
        while not self._stopping.is_set():
            seconds = self._opens_at - self._clock.monotonic()
            if seconds <= 0:
                return
            self._clock.wait(seconds, self._stopping)


def asked_pause(header: str | None, now: float) -> float:
    """The seconds that a Retry-After (seconds or an HTTP date) asks for; 30 where it says none."""
    if header is None:
        return DEFAULT_PAUSE_SECONDS
    try:
        # A little more, for clocks that do not run alike.
        return max(float(header), 0.0) + 0.1
    except ValueError:
        pass
    try:
        return max(parsedate_to_datetime(header).timestamp() - now, 0.0) + 1.0
    except (ValueError, TypeError):
        return DEFAULT_PAUSE_SECONDS
