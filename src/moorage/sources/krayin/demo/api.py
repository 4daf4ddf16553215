"""A stand-in for Krayin's REST API, over a Krayin database: a process of its own.

    python -m moorage.sources.krayin.demo.api --database demo --port 8080

It prints its address and serves until it is stopped. As strict as Krayin: a login needs a device
name and ends earlier tokens, a call without `Accept: application/json` and a token is sent to the
login page, an unknown parameter is an SQL error, ten records are a page, and 60 calls a minute are
enough. `POST /_stand-in` takes faults to come (`Faults`). The password of every user stands in
MOORAGE_DEMO_API_PASSWORD, the database's in MOORAGE_DEMO_PASSWORD.
"""

from __future__ import annotations

import argparse
import hmac
import json
import os
import secrets
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pymysql

from moorage.sources.krayin.demo.api_lists import Lists, SqlError
from moorage.sources.krayin.demo.load import Server, connected

BASE = "/api/v1/"


@dataclass
class Faults:
    """What goes wrong next: every `every`-th of the coming `left` calls.

    `kind`: storm (429), error (500), html (an error page with status 200), drop (the connection
    ends half-way), slow (`seconds`), or sql (`sql` runs before the call that holds `path`).
    """

    kind: str = ""
    left: int = 0
    every: int = 1
    seconds: float = 0.0
    path: str = ""
    sql: str = ""


@dataclass
class StandIn:
    """One stand-in: its data, its sessions, its limit and its faults."""

    lists: Lists
    database: Server
    database_name: str
    password: str
    storage: Path | None = None
    per_window: int = 60
    window_seconds: float = 60.0
    faults: list[Faults] = field(default_factory=list)
    calls: int = 0
    _tokens: dict[str, str] = field(default_factory=dict)
    _window: tuple[float, int] = (0.0, 0)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def login(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """A token for a user; the tokens that this user had are gone."""
        missing = [name for name in ("email", "password", "device_name") if not body.get(name)]
        if missing:
            errors = {name: [f"The {name} field is required."] for name in missing}
            return 422, {"message": f"The {missing[0]} field is required.", "errors": errors}
        user = self.lists.user(str(body["email"]))
        if user is None or not hmac.compare_digest(str(body["password"]), self.password):
            words = "The provided credentials are incorrect."
            return 422, {"message": words, "errors": {"email": [words]}}
        token = f"{secrets.randbelow(1000)}|{secrets.token_urlsafe(30)}"
        self._tokens[str(user["id"])] = token
        return 200, {"data": user, "message": "Logged in successfully.", "token": token}

    def is_signed_in(self, header: str) -> bool:
        """Whether the header holds a token that counts now."""
        return header.removeprefix("Bearer ") in self._tokens.values()

    def allowed(self) -> tuple[int, float]:
        """Calls left in this minute after this one (negative: refused), seconds until the next."""
        with self._lock:
            self.calls += 1
            began, used = self._window
            now = time.monotonic()
            if now - began >= self.window_seconds:
                began, used = now, 0
            self._window = began, used + 1
            return self.per_window - used - 1, began + self.window_seconds - now

    def fault(self, path: str) -> Faults | None:
        """The fault that this call meets."""
        with self._lock:
            for about in self.faults:
                if about.left <= 0 or about.path not in path:
                    continue
                about.left -= 1
                if about.left % about.every == 0:
                    return about
        return None


def handler_of(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    """The request handler of a stand-in."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if self.path == "/_stand-in":
                stand_in.faults = [Faults(**about) for about in json.loads(body or b"[]")]
                self._json(200, {"calls": stand_in.calls})
                return
            left, until = stand_in.allowed()
            fault = stand_in.fault(self.path)
            if left < 0 or (fault and fault.kind == "storm"):
                seconds = 1 if left >= 0 else max(1, int(until) + 1)
                self._json(429, {"message": "Too Many Attempts."}, {"Retry-After": str(seconds)})
            elif fault is None or not self._spoiled(fault):
                self._answer(body)

        do_POST = do_GET  # noqa: N815 - the name that the standard library calls

        def _spoiled(self, fault: Faults) -> bool:
            """Whether the fault was the answer."""
            if fault.kind == "slow":
                time.sleep(fault.seconds)
            elif fault.kind == "sql":
                with connected(stand_in.database) as connection:
                    connection.select_db(stand_in.database_name)
                    with connection.cursor() as cursor:
                        cursor.execute(fault.sql)
                    connection.commit()
            elif fault.kind == "error":
                self._page(500, "<html><h1>500 | Server Error</h1></html>")
            elif fault.kind == "html":
                self._page(200, "<html><h1>Whoops, looks like something went wrong.</h1></html>")
            elif fault.kind == "drop":
                self.send_response(200)
                self.send_header("Content-Length", "5000")
                self.end_headers()
                self.wfile.write(b'{"data": [{"id": 1')
                self.close_connection = True
            return fault.kind in ("error", "html", "drop")

        def _answer(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            if parts.path.startswith("/storage/"):
                self._file(unquote(parts.path.removeprefix("/storage/")), missing=404)
            elif not parts.path.startswith(BASE):
                self._page(404, "<html><h1>404 | Not Found</h1></html>")
            elif (path := parts.path.removeprefix(BASE)) == "login":
                self._json(*stand_in.login(json.loads(body or b"{}")))
            elif not stand_in.is_signed_in(self.headers.get("Authorization", "")):
                if "json" in self.headers.get("Accept", ""):
                    self._json(401, {"message": "Unauthenticated."})
                else:
                    self._page(302, "<html>Redirecting</html>", {"Location": "/admin/login"})
            else:
                self._signed_in(path, parse_qsl(parts.query, keep_blank_values=True))

        def _signed_in(self, path: str, query: list[tuple[str, str]]) -> None:
            try:
                found = stand_in.lists.answer(path, dict(query), self.headers.get("Host", ""))
            except (SqlError, pymysql.Error) as error:
                self._json(500, {"message": f"SQLSTATE[42S22]: {error}"})
                return
            if found is None:
                self._json(404, {"message": "Not Found."})
            elif isinstance(found, str):
                # A file that is gone is an exception in Krayin.
                self._file(found, missing=500)
            else:
                self._json(200, found)

        def _file(self, path: str, *, missing: int) -> None:
            file = (stand_in.storage / path) if stand_in.storage and ".." not in path else None
            if file is None or not file.is_file():
                self._page(missing, f"<html><h1>{missing}</h1></html>")
                return
            self._send(200, file.read_bytes(), "application/octet-stream", {})

        def _json(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
            self._send(status, json.dumps(value).encode(), "application/json", headers or {})

        def _page(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
            self._send(status, text.encode(), "text/html", headers or {})

        def _send(self, status: int, data: bytes, kind: str, headers: dict[str, str]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Quiet: queries hold people's data."""

    return Handler


def main(arguments: list[str] | None = None) -> int:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(prog="python -m moorage.sources.krayin.demo.api")
    parser.add_argument("--database", required=True)
    parser.add_argument("--database-host", default="127.0.0.1")
    parser.add_argument("--database-port", type=int, default=3306)
    parser.add_argument("--database-user", default="root")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--timezone", default="Asia/Kolkata")
    parser.add_argument("--storage", type=Path, help="the folder with Krayin's public files")
    parser.add_argument("--per-window", type=int, default=60, help="calls allowed in a window")
    parser.add_argument("--window-seconds", type=float, default=60.0)
    parser.add_argument("--newer", action="store_true", help="as the branch of July 2026")
    given = parser.parse_args(arguments)
    server = Server(
        given.database_host,
        given.database_port,
        given.database_user,
        os.environ.get("MOORAGE_DEMO_PASSWORD", ""),
    )
    stand_in = StandIn(
        Lists(server, given.database, given.timezone, newer=given.newer),
        server,
        given.database,
        os.environ.get("MOORAGE_DEMO_API_PASSWORD", "moorage-demo"),
        storage=given.storage,
        per_window=given.per_window,
        window_seconds=given.window_seconds,
    )
    listening = ThreadingHTTPServer(("127.0.0.1", given.port), handler_of(stand_in))
    sys.stdout.write(f"http://127.0.0.1:{listening.server_port}\n")
    sys.stdout.flush()
    listening.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
