"""JSON-2, Odoo's external API since 19: one POST per call, one call one transaction.

`POST /json/2/<model>/<method>` with `Authorization: bearer <key>` and named arguments as a JSON
object (https://www.odoo.com/documentation/19.0/developer/reference/external_api.html).
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, cast
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
)

from moorage.errors import LostAnswerError, MoorageError, SettingsError, UnreachableError
from moorage.odoo.answers import RaceError, decode

#: Far above Odoo's own limit (120 s of CPU, 240 s of time by default): the server gives up first.
ANSWER_TIMEOUT_SECONDS = 900.0
CONNECT_TIMEOUT_SECONDS = 10.0
#: How long a server may be away before the run stops; a restart of PostgreSQL takes less.
PATIENCE_SECONDS = 180.0
#: The same before the first answer of all: then it is rather the address that is wrong.
FIRST_PATIENCE_SECONDS = 15.0


class Transport:
    """Calls to one Odoo database. Safe to use from several threads."""

    def __init__(
        self,
        url: str,
        database: str,
        api_key: str,
        *,
        connections: int = 4,
        patience_seconds: float = PATIENCE_SECONDS,
        on_wait: Callable[[str], None] | None = None,
    ) -> None:
        parts = urlsplit(url if "//" in url else f"https://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingsError(
                f"{url!r} is not the address of a server",
                todo="Write it like https://odoo.example.com in moorage.yaml.",
            )
        self.url = f"{parts.scheme}://{parts.netloc}"
        self.patience_seconds = patience_seconds
        self._on_wait = on_wait or (lambda _: None)
        self._has_answered = False
        self._has_served = False
        self._stopping = threading.Event()
        self._headers = {
            "Authorization": f"bearer {api_key}",
            "Content-Type": "application/json",
            "X-Odoo-Database": database,
            "User-Agent": "moorage",
        }
        self._pool = urllib3.PoolManager(maxsize=connections, block=True, retries=False)

    def close(self) -> None:
        """End waiting calls and close the connections."""
        self._stopping.set()
        self._pool.clear()

    def post(self, path: str, body: bytes | bytearray, *, writing: bool) -> Any:
        """One call, sent once; errors as `answers.decode` gives them."""
        timeout = urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=ANSWER_TIMEOUT_SECONDS)
        try:
            # urllib3 takes all that has a buffer; its types do not say so.
            answer = self._pool.request(
                "POST",
                self.url + path,
                body=cast(bytes, body),
                headers=self._headers,
                timeout=timeout,
            )
        except (HTTPError, OSError) as error:
            raise self._translated(error, path, writing) from None
        self._has_answered = self._has_answered or answer.status < 500
        where = f"{self.url}{path}"
        if answer.status == 404 and self._has_served and not answer.data.startswith(b"{"):
            # While PostgreSQL is away Odoo knows no database, and without one not this address.
            raise UnreachableError("Odoo does not find its database", where=where)
        value = decode(answer.status, answer.data, where=where, writing=writing)
        self._has_served = True
        return value

    def server_time(self) -> str:
        """The server's clock now, UTC, as `YYYY-MM-DD HH:MM:SS`; waits while Odoo is away."""
        moment = parsedate_to_datetime(self.patiently(self._date))
        return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")

    def _date(self) -> str:
        path = "/web/health"
        timeout = urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=60)
        try:
            headers = self._pool.request("GET", self.url + path, timeout=timeout).headers
        except (HTTPError, OSError) as error:
            raise self._translated(error, path, writing=False) from None
        if "Date" not in headers:
            raise UnreachableError("the answer has no date", where=f"{self.url}{path}")
        return headers["Date"]

    def _translated(self, error: Exception, path: str, writing: bool) -> MoorageError:
        cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
        where = f"{self.url}{path}"
        if isinstance(cause, NameResolutionError):
            return SettingsError(
                "this host name is not known",
                where=self.url,
                state="Nothing was changed by this call.",
                todo="Check the address in moorage.yaml and the network.",
            )
        if isinstance(cause, urllib3.exceptions.SSLError | ssl.SSLError):
            return SettingsError(
                f"the server's certificate is not accepted ({cause})",
                where=self.url,
                todo="Use the name the certificate is for, or add its authority to this machine.",
            )
        if isinstance(cause, NewConnectionError | ConnectTimeoutError):
            return UnreachableError(
                "nothing answers there",
                where=self.url,
                state="The call was not sent.",
                todo="Check the address and that Odoo runs, then run the same command again.",
            )
        kind = LostAnswerError if writing else UnreachableError
        return kind(f"the connection broke off ({type(cause).__name__})", where=where)

    def patiently(self, call: Callable[[], Any], *, patience_seconds: float | None = None) -> Any:
        """`call()`, again and again while Odoo is away or a race was lost, then its last error.

        An Odoo that never answered yet is given up sooner. `on_wait` is told of each wait.
        """
        patience = self.patience_seconds if patience_seconds is None else patience_seconds
        if not self._has_answered:
            patience = min(patience, FIRST_PATIENCE_SECONDS)
        deadline = time.monotonic() + patience
        pause = 0.2
        while True:
            try:
                return call()
            except (UnreachableError, RaceError) as error:
                if time.monotonic() + pause > deadline or self._stopping.is_set():
                    raise self._given_up(error, patience) from error
                if isinstance(error, UnreachableError):
                    rest = max(deadline - time.monotonic(), 1)
                    self._on_wait(
                        f"Odoo does not answer ({error.what}); trying again for up to {rest:.0f} s"
                    )
                self._stopping.wait(pause)
                pause = min(pause * 1.7, 10.0)

    def _given_up(self, error: MoorageError, patience: float) -> UnreachableError:
        what = f"{error.what} (tried for {patience:.0f} seconds)"
        if not self._has_answered:
            return UnreachableError(
                what,
                where=error.where,
                state="This command changed nothing.",
                todo="Check the address in moorage.yaml and that Odoo runs, then run it again.",
            )
        return UnreachableError(
            what,
            where=error.where,
            state="What was done is recorded in the ledger.",
            todo="When Odoo answers again, run the same command: it goes on from there.",
        )
