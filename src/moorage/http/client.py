"""One server, called patiently: JSON and files, with retries, several calls at once."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, BinaryIO, TypeVar
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError

from moorage.http.address import checked_url
from moorage.http.answers import AWAY, AgainError, broken, no_use, refusal
from moorage.http.pace import Clock, Pace, Width

CONNECT_TIMEOUT_SECONDS = 10.0
READ_TIMEOUT_SECONDS = 120.0
#: How long a server may be away; and before the first answer of all, when rather the address is
#: wrong.
PATIENCE_SECONDS = 180.0
FIRST_PATIENCE_SECONDS = 15.0
#: How often a call is answered with an error page before that counts as the answer.
TRIES = 4
#: How often in a row one call is put off by a server that allows no more of them.
MOST_HOLDS = 60
CHUNK_BYTES = 1 << 18

Item = TypeVar("Item")
Value = TypeVar("Value")


class WebClient:
    """Calls to one server. Safe to use from several threads; at most `connections` at once.

    `service` is what the server is called in messages. `on_wait` is told, in a sentence, of every
    pause. Errors are those of `answers`, never urllib3's.
    """

    def __init__(
        self,
        url: str,
        *,
        service: str,
        connections: int = 4,
        allow_http: bool = False,
        patience_seconds: float = PATIENCE_SECONDS,
        on_wait: Callable[[str], None] | None = None,
        clock: Clock | None = None,
        allowance: tuple[int, float] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Nothing is sent yet; SettingsError if `url` is none that may be called.

        `allowance`: at most so many calls within so many seconds; `headers` go with every call.
        """
        self.url = checked_url(url, allow_http=allow_http)
        self.service = service
        self.connections = connections
        self.call_count = 0
        self._headers = {"Accept": "application/json", "User-Agent": "moorage", **(headers or {})}
        self._patience_seconds = patience_seconds
        self._on_wait = on_wait or (lambda _: None)
        self._clock = clock or Clock()
        self._has_answered = False
        self._secrets: set[str] = set()
        self._stopping = threading.Event()
        self._renewing = threading.Lock()
        self._renew: Callable[[], str] | None = None
        self._pace = Pace(self._clock, self._stopping, allowance)
        self._width = Width(connections)
        self._pool = urllib3.PoolManager(maxsize=connections, block=True, retries=False)

    def close(self) -> None:
        """End waiting calls and close the connections. Safe to call twice."""
        self._stopping.set()
        self._pool.clear()

    def keep_secret(self, *secrets: str) -> None:
        """Never show these in a message."""
        self._secrets |= {secret for secret in secrets if secret}

    def authorize(self, kind: str, token: str) -> None:
        """Send `Authorization: <kind> <token>` from now on; it is kept in memory only."""
        self.keep_secret(token)
        self._headers["Authorization"] = f"{kind} {token}"

    def renew_with(self, renew: Callable[[], str]) -> None:
        """Ask `renew` for another bearer token, and try once more, when one is refused (401)."""
        self._renew = renew

    def get(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        loads: Callable[[bytes], Any] = json.loads,
    ) -> Any:
        """The JSON at `path`; asked for again while the server is away, busy or out of order.

        `path` may bring a query of its own. `headers` come on top, `loads` reads the JSON.
        """
        return self._patiently(lambda: self._json("GET", path, query, headers=headers, loads=loads))

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON that a call with a JSON body brings. It may be sent more than once."""
        return self._patiently(lambda: self._json("POST", path, None, body))

    def download(self, path: str, into: BinaryIO, *, signed: bool = True) -> int:
        """Write the file at `path` into `into`, which is emptied first; its size in bytes."""
        return int(self._patiently(lambda: self._file(path, into, signed)))

    def each(
        self, call: Callable[[Item], Value], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Value]]:
        """`call` on every item, several at once; results in the order of the items."""
        waiting: deque[tuple[Item, Future[Value]]] = deque()
        with ThreadPoolExecutor(self.connections, thread_name_prefix="moorage-web") as workers:
            try:
                for item in items:
                    waiting.append((item, workers.submit(call, item)))
                    if len(waiting) > 4 * self.connections:
                        first, future = waiting.popleft()
                        yield first, future.result()
                while waiting:
                    first, future = waiting.popleft()
                    yield first, future.result()
            finally:
                for _, future in waiting:
                    future.cancel()

    def _json(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Any | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        loads: Callable[[bytes], Any] = json.loads,
    ) -> Any:
        answer = self._send(method, path, query, body, headers=headers)
        try:
            return loads(answer.data)
        except ValueError:
            where = self._address(path).split("?", maxsplit=1)[0]
            raise AgainError(no_use("what is no JSON", self.service, where)) from None

    def _file(self, path: str, into: BinaryIO, signed: bool) -> int:
        answer = self._send("GET", path, None, None, signed=signed, preload=False)
        try:
            into.seek(0)
            into.truncate()
            for chunk in answer.stream(CHUNK_BYTES):
                into.write(chunk)
        except HTTPError as error:
            raise broken(error, self.service, self._address(path)) from None
        finally:
            answer.release_conn()
        return into.tell()

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Any | None,
        *,
        headers: Mapping[str, str] | None = None,
        signed: bool = True,
        preload: bool = True,
    ) -> urllib3.BaseHTTPResponse:
        address = f"{self._address(path)}?{urlencode(query)}" if query else self._address(path)
        where = address.split("?", maxsplit=1)[0]
        token = self._headers.get("Authorization")
        with self._width:
            answer = self._ask(method, address, body, headers, signed=signed, preload=preload)
            if answer.status == 401 and signed and self._renew is not None:
                _give_back(answer)
                self._renewed(token, self._renew)
                answer = self._ask(method, address, body, headers, signed=signed, preload=preload)
            self._has_answered = self._has_answered or answer.status not in AWAY
            if answer.status >= 300:
                raise self._refused(answer, where)
        self._width.widen()
        return answer

    def _refused(self, answer: urllib3.BaseHTTPResponse, where: str) -> Exception:
        """What a refusal means. A pause that it asks for begins here, for all threads, before the
        place of this call is free for another one.
        """
        try:
            error = refusal(answer, self.service, where, self._secrets, self._clock.now())
            if isinstance(error, AgainError) and error.pause_seconds is not None:
                self._hold(error.pause_seconds)
            return error
        finally:
            _give_back(answer)

    def _ask(
        self,
        method: str,
        address: str,
        body: Any | None,
        extra: Mapping[str, str] | None,
        *,
        signed: bool,
        preload: bool,
    ) -> urllib3.BaseHTTPResponse:
        self._pace.pass_gate()
        where = address.split("?", maxsplit=1)[0]
        headers = {k: v for k, v in self._headers.items() if signed or k != "Authorization"}
        self.call_count += 1
        try:
            return self._pool.request(
                method,
                address,
                json=body,
                headers={**headers, **(extra or {})},
                timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=READ_TIMEOUT_SECONDS),
                redirect=False,
                preload_content=preload,
            )
        except (HTTPError, OSError) as error:
            raise broken(error, self.service, where) from None

    def _renewed(self, refused: str | None, renew: Callable[[], str]) -> None:
        """Get another token, unless another thread did so since `refused` was sent."""
        with self._renewing:
            if self._headers.get("Authorization") == refused:
                self.authorize("Bearer", renew())

    def _address(self, path: str) -> str:
        return f"{self.url}/{path.lstrip('/')}"

    def _patiently(self, call: Callable[[], Any]) -> Any:
        since: float | None = None
        pause, failures, holds = 0.5, 0, 0
        while True:
            try:
                return call()
            except AgainError as again:
                if self._stopping.is_set():
                    raise again.error from None
                if again.pause_seconds is not None and holds < MOST_HOLDS:
                    holds += 1
                    continue
                failures += 1
                now = self._clock.monotonic()
                since = now if since is None else since
                if self._is_over(again, failures, now + pause - since):
                    raise again.error from None
                self._on_wait(f"{again.error.what}; trying again in {pause:.0f} s")
                self._clock.wait(pause, self._stopping)
                pause = min(pause * 1.7, 10.0)

    def _is_over(self, again: AgainError, failures: int, seconds: float) -> bool:
        if again.pause_seconds is not None:
            return True
        if not again.is_away:
            return failures >= TRIES
        first = self._patience_seconds if self._has_answered else FIRST_PATIENCE_SECONDS
        return seconds > min(first, self._patience_seconds)

    def _hold(self, seconds: float) -> None:
        def tell() -> None:
            self._width.narrow()
            self._on_wait(
                f"{self.service} allows no more calls for the moment: going on in {seconds:.0f} s"
                f" ({self.call_count:,} calls so far)"
            )

        self._pace.hold(seconds, tell)


def _give_back(answer: urllib3.BaseHTTPResponse) -> None:
    answer.drain_conn()
    answer.release_conn()
