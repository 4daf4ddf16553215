"""How fast a server may be called: what it asks for, and the clock that it is measured by."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from email.utils import parsedate_to_datetime

DEFAULT_PAUSE_SECONDS = 30.0
#: So many calls that were taken without complaint allow one more at once.
QUIET_CALLS = 50


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
    """A gate that all calls of a client pass: closed while the server wants no more of them.

    `allowance`: no more than so many calls within so many seconds, however soon they are answered.
    """

    def __init__(
        self, clock: Clock, stopping: threading.Event, allowance: tuple[int, float] | None = None
    ) -> None:
        self._clock = clock
        self._stopping = stopping
        self._lock = threading.Lock()
        self._opens_at = 0.0
        self._calls, self._seconds = allowance or (0, 0.0)
        self._sent_at: deque[float] = deque()

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
            seconds = self._wait_seconds()
            if seconds <= 0:
                return
            self._clock.wait(seconds, self._stopping)

    def _wait_seconds(self) -> float:
        """How long until the gate opens; a call that may go at once is counted."""
        with self._lock:
            now = self._clock.monotonic()
            if self._opens_at > now:
                return self._opens_at - now
            if not self._calls:
                return 0.0
            while self._sent_at and self._sent_at[0] <= now - self._seconds:
                self._sent_at.popleft()
            if len(self._sent_at) >= self._calls:
                return self._sent_at[0] + self._seconds - now
            self._sent_at.append(now)
            return 0.0


class Width:
    """How many calls may be under way at once: half after a complaint, one more after a quiet time.

    Held for the length of a call: `with width:`.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.allowed = most
        self._busy = 0
        self._quiet = 0
        self._free = threading.Condition()

    def __enter__(self) -> None:
        with self._free:
            self._free.wait_for(lambda: self._busy < self.allowed)
            self._busy += 1

    def __exit__(self, *_error: object) -> None:
        with self._free:
            self._busy -= 1
            self._free.notify_all()

    def narrow(self) -> None:
        """The server complained of too many calls."""
        with self._free:
            self.allowed = max(1, self.allowed // 2)
            self._quiet = 0

    def widen(self) -> None:
        """A call was taken without complaint."""
        with self._free:
            self._quiet += 1
            if self._quiet >= QUIET_CALLS and self.allowed < self._most:
                self.allowed += 1
                self._quiet = 0
                self._free.notify_all()


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
