"""A proxy between Moorage and Odoo that loses answers and requests, when a test asks for it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import urllib3

#: hold_request: Odoo never sees it; hold_answer: Odoo did it, nobody hears of it;
#: drop_answer: the same, and the connection breaks off at once.
Trouble = Literal["hold_request", "hold_answer", "drop_answer"]
_KEPT = ("authorization", "content-type", "x-odoo-database", "user-agent")


@dataclass
class Rule:
    """Makes trouble at the n-th call of a method on a model, once."""

    model: str
    method: str
    trouble: Trouble
    calls: int = 1
    struck: threading.Event = field(default_factory=threading.Event)


class Proxy(ThreadingHTTPServer):
    """Passes calls on to Odoo, but for those that a rule is for."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target = target
        self.pool = urllib3.PoolManager(maxsize=16, retries=False)
        self.rules: list[Rule] = []
        self.released = threading.Event()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def trouble(self, model: str, method: str, trouble: Trouble, calls: int = 1) -> Rule:
        """Make trouble at the `calls`-th of these calls from now on."""
        self.rules.append(Rule(model, method, trouble, calls))
        return self.rules[-1]

    def release(self) -> None:
        """Let go of what is held, which ends without an answer, and forget all rules."""
        self.rules = []
        self.released.set()
        self.released = threading.Event()

    def struck(self, path: str) -> Rule | None:
        """The rule, if this is the call it waits for."""
        with self._lock:
            for rule in self.rules:
                if path == f"/json/2/{rule.model}/{rule.method}":
                    rule.calls -= 1
                    if rule.calls == 0:
                        return rule
            return None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who was killed in mid-call breaks the connection; that is what this is for."""


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Proxy

    def do_GET(self) -> None:
        self._answer(self._asked("GET", b""))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        rule, released = self.server.struck(self.path), self.server.released
        if rule is not None and rule.trouble == "hold_request":
            rule.struck.set()
            released.wait(300)
            return self._break_off()
        answer = self._asked("POST", body)
        if rule is not None:
            rule.struck.set()
            if rule.trouble == "hold_answer":
                released.wait(300)
            return self._break_off()
        return self._answer(answer)

    def _asked(self, method: str, body: bytes) -> urllib3.BaseHTTPResponse | None:
        headers = {name: self.headers[name] for name in _KEPT if name in self.headers}
        try:
            return self.server.pool.request(
                method, self.server.target + self.path, body=body, headers=headers
            )
        except urllib3.exceptions.HTTPError:
            return None

    def _answer(self, answer: urllib3.BaseHTTPResponse | None) -> None:
        if answer is None:
            return self._break_off()
        # Odoo's own Date: Moorage tells the time by it.
        self.send_response_only(answer.status)
        for name in ("Date", "Content-Type"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(answer.data)))
        self.end_headers()
        self.wfile.write(answer.data)
        return None

    def _break_off(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def proxied(target: str) -> Iterator[Proxy]:
    """A proxy for the block."""
    proxy = Proxy(target)
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.release()
        proxy.shutdown()
        proxy.server_close()
        thread.join()
