"""The stand-in of Klipy's API: `python -m moorage.sources.klipy.demo.server --scale 300`.

It is strict: a wrong key, body, limit or address is refused, and anything that would write. Prints
one line of JSON when it answers; ends when its standard input closes (`--with-parent`).
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from moorage.sources.klipy.demo.workspace import Row, Workspace, make

ROOT = "/api/v1/"
#: Not a real one.
KEY = "klipy_api_stand-in"
MOST_ROWS = 100
_SCOPES = ("people:read", "companies:read", "interactions:read")


class StandIn(ThreadingHTTPServer):
    """The server, the workspace it serves, its limits and the faults that stand."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, made: Workspace, per_minute: int) -> None:
        super().__init__(("127.0.0.1", port), Connection)
        self.url = f"http://127.0.0.1:{self.server_address[1]}{ROOT.rstrip('/')}"
        self.made = made
        self.per_minute = per_minute
        self.lock = threading.Lock()
        self.times: deque[float] = deque()
        self.reset()

    def reset(self) -> None:
        """As new: no faults, all rights, the newer envelope."""
        self.faults: list[Row] = []
        self.scopes: tuple[str, ...] = _SCOPES
        self.envelope = "new"
        self.calls = self.refusals = 0
        self.writes: list[str] = []

    def control(self, order: str, given: Any) -> Any:
        """An order of a test; nothing here is part of Klipy."""
        with self.lock:
            if order == "faults":
                self.faults = list(given)
            elif order == "scopes":
                self.scopes = tuple(given)
            elif order == "envelope":
                self.envelope = str(given)
            elif order == "limit":
                self.per_minute = int(given)
            elif order == "reset":
                self.reset()
            elif order == "person":
                _change(self.made.people, given)
            return {"calls": self.calls, "refusals": self.refusals, "writes": self.writes}

    def seconds_to_wait(self) -> int:
        """0 if another call is allowed now; else for how long none is."""
        now = time.monotonic()
        with self.lock:
            self.calls += 1
            while self.times and self.times[0] <= now - 60:
                self.times.popleft()
            if len(self.times) < self.per_minute:
                self.times.append(now)
                return 0
            self.refusals += 1
            return int(self.times[0] + 60 - now) + 1

    def hit(self, path: str) -> Row:
        """The fault ({kind, match, times}) that hits this call, or an empty one."""
        with self.lock:
            for order in self.faults:
                if order.get("match", "") in path and order.get("times", 1) > 0:
                    order["times"] = order.get("times", 1) - 1
                    return order
        return {}


def _change(rows: list[Row], given: Row) -> None:
    """Change a row, without its like add one; `delete` takes it away."""
    found = next((row for row in rows if row["id"] == given["id"]), None)
    if found is None:
        rows.append(given)
    elif given.get("delete"):
        rows.remove(found)
    else:
        found.update(given)


class Connection(BaseHTTPRequestHandler):
    """One connection, kept alive."""

    server: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_: Any) -> None:
        """Silent."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/_control/"):
            order = self.path.removeprefix("/_control/")
            return self._send(200, self.server.control(order, json.loads(body or b"null")))
        if not self.path.startswith(ROOT):
            return self._send(404, _error("not_found", "No such address"))
        fault = self.server.hit(self.path)
        if fault.get("kind") == "drop":
            self.close_connection = True
            return None
        if fault.get("kind") == "page":
            return self._send(502, b"<html><body>Bad gateway</body></html>")
        if fault.get("kind") == "slow":
            time.sleep(fault.get("seconds", 1.0))
        wait = fault.get("retry_after", 1) if fault.get("kind") == "throttle" else 0
        wait = wait or self.server.seconds_to_wait()
        if wait:
            return self._send(
                429, _error("rate_limited", "Too many requests"), {"Retry-After": str(wait)}
            )
        status, answer = self._answer(body, overlap=fault.get("kind") == "overlap")
        return self._send(status, answer, cut=fault.get("kind") == "cut")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def _answer(self, body: bytes, *, overlap: bool) -> tuple[int, Any]:
        if self.headers.get("X-Klipy-Api-Key") != KEY:
            return 401, _error("unauthorized", "The key is not valid")
        path = self.path.removeprefix(ROOT).strip("/")
        if self.command == "GET" and path == "authenticate":
            return 200, self._wrapped({"team_name": "Klipy demo"})
        kind, _, rest = path.partition("/")
        reads = self.command == "POST" and rest == "query"
        if not (reads or self.command == "GET"):
            self.server.writes.append(f"{self.command} {path}")
            return 405, _error("method_not_allowed", "This key only reads")
        if f"{kind}:read" not in self.server.scopes:
            return 403, _error("forbidden", f"The key lacks {kind}:read")
        made = self.server.made
        if reads and kind in ("people", "interactions"):
            return self._page(kind, getattr(made, kind), body, overlap)
        found = made.companies.get(rest) if kind == "companies" and not reads else None
        return (
            (200, self._wrapped(found)) if found else (404, _error("not_found", "No such record"))
        )

    def _page(self, kind: str, rows: list[Row], body: bytes, overlap: bool) -> tuple[int, Any]:
        try:
            asked = json.loads(body or b"{}")
            start = int(base64.b64decode(asked.pop("cursor", None) or b"MA=="))
            limit = int(asked.pop("limit", 20))
        except ValueError:
            return 400, _error("invalid", "The body is not valid")
        if asked.keys() - {"filter"} or not 1 <= limit <= MOST_ROWS:
            return 400, _error("invalid", "The body is not valid")
        start = max(start - 5, 0) if overlap else start
        end = start + limit
        following = base64.b64encode(str(end).encode()).decode() if end < len(rows) else None
        page = rows[start:end]
        if self.server.envelope == "old":
            return 200, {"success": True, "data": {kind: page, "cursor": following}}
        info = {"next_cursor": following, "has_more": following is not None}
        return 200, {"object": "success", "data": {kind: page}, "page_info": info,
                     "meta": {"request_id": "r", "api_version": "1"}}  # fmt: skip

    def _wrapped(self, row: Row) -> Row:
        if self.server.envelope == "old":
            return {"success": True, "data": row}
        return {"object": "success", "data": row, "meta": {"request_id": "r", "api_version": "1"}}

    def _send(
        self, status: int, answer: Any, headers: dict[str, str] | None = None, *, cut: bool = False
    ) -> None:
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        left = max(self.server.per_minute - len(self.server.times), 0)
        limits = {
            "X-RateLimit-Limit": str(self.server.per_minute),
            "X-RateLimit-Remaining": str(left),
        }
        for name, value in {**limits, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.wfile.flush()
        if cut:
            self.close_connection = True


def _error(code: str, message: str) -> Row:
    return {"object": "error", "error": {"code": code, "message": message}}


def main(arguments: list[str] | None = None) -> int:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description="Serve a made-up workspace as Klipy would.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--scale", type=int, default=300, help="about so many records")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-minute", type=int, default=100_000, help="calls that are allowed")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    given = parser.parse_args(arguments)
    server = StandIn(given.port, make(given.scale, given.seed), given.per_minute)
    if given.with_parent:
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    sys.stdout.write(json.dumps({"url": server.url}) + "\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
