"""The stand-in as a process: `python -m moorage.sources.opex365.demo.server --port 0 --scale 4`.

Prints one line of JSON when it answers: the address, the tenant and the client id. It ends when its
standard input closes (`--with-parent`) or by a signal.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import duckdb

from moorage.sources.opex365.demo.app import Answer, App, Request, error_answer, json_answer
from moorage.sources.opex365.demo.control import Control
from moorage.sources.opex365.demo.errors import RefusedError
from moorage.sources.opex365.demo.faults import Faults
from moorage.sources.opex365.demo.generate import generate
from moorage.sources.opex365.demo.limits import Limits, too_many
from moorage.sources.opex365.demo.store import Store
from moorage.sources.opex365.demo.tokens import CLIENT_ID, TENANT, Tokens

LEAST_TO_ZIP = 2000
TOKEN_PATH = "/oauth2/v2.0/token"  # noqa: S105 - an address


class StandIn(ThreadingHTTPServer):
    """The server with the organisation it serves."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, store: Store, *, token_seconds: float, origin: str = "") -> None:
        super().__init__(("127.0.0.1", port), Connection)
        self.origin = origin or f"http://127.0.0.1:{self.server_address[1]}"
        self.app = App(store, Tokens(token_seconds), self.origin)
        self.limits = Limits()
        self.faults = Faults()
        self.control = Control(self.app, self.limits, self.faults)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is nothing to print."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Connection(BaseHTTPRequestHandler):
    """One connection, kept alive."""

    server: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_: Any) -> None:
        """Silent: the account says what came."""

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        path, _, query = self.path.partition("?")
        names = {name.lower() for name in self.headers}
        headers = {name: ",".join(self.headers.get_all(name, [])) for name in names}
        request = Request(self.command, path, query, headers, self.rfile.read(length))
        if path.startswith("/_control/"):
            return self._send(self.server.control.handle(path, request.body))
        if path.endswith(TOKEN_PATH):
            return self._send(self._token(request))
        limits = self.server.limits
        if self.command not in ("GET", "HEAD") and "Download" not in path:
            limits.note_write(f"{self.command} {path}")
        try:
            with limits.request():
                answer, cut = self._answer(request)
        except RefusedError as refused:
            answer, cut = error_answer(refused), False
        except Exception:  # A flaw of the stand-in must be seen, and not be taken for Dataverse.
            traceback.print_exc()
            flaw = RefusedError(500, "0x0", "The stand-in failed; see its standard error.")
            answer, cut = error_answer(flaw), False
        # Sent when the request no longer counts as being worked on: the next one may come at once.
        return self._send(answer, cut=cut) if answer else self._drop()

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815

    def _token(self, request: Request) -> Answer:
        if request.method != "POST":
            return json_answer(405, {"error": "invalid_request"})
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        tenant = request.path.removesuffix(TOKEN_PATH).strip("/")
        return json_answer(*self.server.app.tokens.give(tenant, form, self.server.origin))

    def _answer(self, request: Request) -> tuple[Answer | None, bool]:
        """The answer, None for a connection to be dropped, and whether to cut it off half-way."""
        fault = self.server.faults.hit(f"{request.path}?{request.query}")
        kind = fault["kind"] if fault else ""
        if fault is None:
            pass
        elif kind == "drop":
            return None, False
        elif kind == "slow":
            time.sleep(fault.get("seconds", 1.0))
        elif kind == "expire":
            self.server.app.tokens.revoke()
        elif kind == "throttle":
            pause = fault.get("retry_after", 1)
            self.server.limits.note_pause(pause)
            refused = too_many(fault.get("limit", "requests"), pause, self.server.limits.settings)
            return error_answer(refused), False
        elif kind == "page":
            page = b"<html><body><h1>Service Unavailable</h1></body></html>"
            return Answer(fault.get("status", 502), page, {"Content-Type": "text/html"}), False
        elif kind == "status":
            answer = error_answer(
                RefusedError(fault["status"], "0x80040216", "An unexpected error occurred.")
            )
            if "retry_after" in fault:
                answer.headers["Retry-After"] = str(fault["retry_after"])
            return answer, False
        return self.server.app.handle(request), kind == "cut"

    def _drop(self) -> None:
        self.close_connection = True

    def _send(self, answer: Answer, *, cut: bool = False) -> None:
        self.server.limits.note_status(answer.status)
        body = answer.body
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("x-ms-service-request-id", os.urandom(16).hex())
        accepts = "gzip" in self.headers.get("Accept-Encoding", "")
        if (
            accepts
            and len(body) >= LEAST_TO_ZIP
            and "json" in answer.headers.get("Content-Type", "")
        ):
            body = gzip.compress(body, 1)
            self.send_header("Content-Encoding", "gzip")
        if answer.status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if cut else body)
        self.wfile.flush()
        if cut:
            self._drop()


def open_store(path: Path | None, *, scale: float, seed: int, dirt: float) -> Store:
    """The store in `path`, made if there is none; in memory without a path."""
    is_made = path is not None and path.exists()
    connection = duckdb.connect(str(path) if path else ":memory:")
    connection.execute("SET threads = 2")
    # It would be drawn where the line with the address is waited for.
    connection.execute("SET enable_progress_bar = false")
    if not is_made:
        generate(connection, scale=scale, seed=seed, dirt=dirt)
    return Store(connection)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m moorage.sources.opex365.demo.server",
        description="Serve a generated organisation as Dataverse would, on 127.0.0.1.",
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--store", type=Path, help="a DuckDB file, made if it is not there")
    parser.add_argument("--scale", type=float, default=1.0, help="about 250 rows per unit")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dirt", type=float, default=1.0, help="multiplies the rates, 0 is clean")
    parser.add_argument("--token-seconds", type=float, default=3599.0, help="life of a token")
    parser.add_argument("--origin", default="", help="its address, where a relay stands before it")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Serve until ended."""
    given = _parser().parse_args(arguments)
    store = open_store(given.store, scale=given.scale, seed=given.seed, dirt=given.dirt)
    server = StandIn(given.port, store, token_seconds=given.token_seconds, origin=given.origin)
    if given.with_parent:
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    line = {"url": server.origin, "tenant": TENANT, "client_id": CLIENT_ID}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
