"""The stand-in of ClientTether's API: `python -m moorage.sources.clienttether.demo.server`.

It is strict: a wrong header, limit, parameter or endpoint is refused, and all that would write.
Prints one line of JSON when it answers; ends when its standard input closes (`--with-parent`).
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote

from moorage.sources.clienttether.demo.franchise import Account, Franchise, Row, make

ROOT = "/v2/api/"
#: Not a real one.
TOKEN = "stand-in-access-token"  # noqa: S105
WEB_KEY = "CT_stand-in-{}"
MOST_ROWS = 100
LISTS = {
    "read_client_list": "clients",
    "read_opportunity_list": "opportunities",
    "read_sales_cycle_list": "sales_cycles",
    "read_lead_source_list": "lead_sources",
    "read_user_list": "users",
    "read_action_plan_list": "action_plans",
}
#: Endpoints that write: called by mistake, they are noted.
PARAMETERS = frozenset(("limit", "offset"))


class StandIn(ThreadingHTTPServer):
    """The server, the franchise it serves, and the faults that stand."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, made: Franchise) -> None:
        super().__init__(("127.0.0.1", port), Connection)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.made = made
        self.token = TOKEN
        self.faults: list[dict[str, Any]] = []
        self.calls = 0
        self.writes: list[str] = []
        self.lock = threading.Lock()

    def hit(self, path: str) -> dict[str, Any]:
        """The fault that hits this call, or an empty one.

        An order is {kind, match, after, times}: `after` calls whose path holds `match` pass, the
        next `times` are hit.
        """
        with self.lock:
            self.calls += 1
            for order in self.faults:
                if order.get("match", "") not in path or order.get("times", 1) <= 0:
                    continue
                if order.get("after", 0) > 0:
                    order["after"] -= 1
                    continue
                order["times"] = order.get("times", 1) - 1
                return order
        return {}

    def control(self, order: str, given: Any) -> Any:
        """An order of a test; nothing here is part of ClientTether."""
        with self.lock:
            if order == "faults":
                self.faults = list(given)
            elif order == "token":
                self.token = str(given)
            elif order == "reset":
                self.faults, self.token, self.calls, self.writes = [], TOKEN, 0, []
            elif order == "change":
                self._change(given)
            return {"calls": self.calls, "writes": self.writes}

    def _change(self, given: dict[str, Any]) -> None:
        """{account, list, id, values} changes a row, adds one without id; `delete` removes it."""
        rows: list[Row] = getattr(self.made.accounts[given["account"]], given["list"])
        name = next(iter(rows[0]))
        found = [row for row in rows if row[name] == given.get("id")]
        if given.get("delete"):
            rows.remove(found[0])
        elif found:
            found[0].update(given["values"])
        else:
            rows.append({**dict.fromkeys(rows[0], ""), **given["values"]})


class Connection(BaseHTTPRequestHandler):
    """One connection, kept alive."""

    server: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_: Any) -> None:
        """Silent."""

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        path, _, query = self.path.partition("?")
        if path.startswith("/_control/"):
            order = path.removeprefix("/_control/")
            self._send(200, self.server.control(order, json.loads(body or b"null")))
        elif self.command != "GET":
            self.server.writes.append(f"{self.command} {path}")
            self._send(405, {"resultCode": "CT404", "Message": "Request Not Found"})
        else:
            self._read(path, query)

    def _read(self, path: str, query: str) -> None:
        fault = self.server.hit(path)
        kind = fault.get("kind")
        if kind == "drop":
            self.close_connection = True
            return
        if kind == "slow":
            time.sleep(fault.get("seconds", 1.0))
        if kind == "token":
            self.server.token = secrets.token_hex()
        status, answer = self._faulty(fault) or self._answer(
            path, dict(parse_qsl(query, keep_blank_values=True))
        )
        if kind == "short":
            answer = {**answer, "data": answer["data"][:-1]}
        self._send(status, answer, fault.get("headers", {}), cut=kind == "cut")

    def _faulty(self, fault: dict[str, Any]) -> tuple[int, Any] | None:
        """The answer that a fault puts in place of the true one."""
        if fault.get("kind") == "status":
            return fault["status"], {}
        if fault.get("kind") == "page":
            return 200, b"<html><body>Down for maintenance</body></html>"
        if fault.get("kind") == "code":
            return 200, {"resultCode": fault["code"], "Message": "No"}
        return None

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def _answer(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        account = self._account()
        if account is None:
            return 401, {"message": "Unauthorized"}
        endpoint, _, rest = path.removeprefix(ROOT).partition("/")
        if not path.startswith(ROOT):
            return 404, {"message": "Not Found"}
        if endpoint == "read_client_history_notes" and rest and not query:
            notes = account.notes.get(unquote(rest))
            if not notes:
                return 200, {
                    "resultCode": "CT515",
                    "Message": "No Record Found",
                    "client_id": False,
                }
            return 200, {"resultCode": "CT200", "Message": "Success", "data": notes}
        if endpoint not in LISTS or rest:
            return 200, {"resultCode": "CT404", "Message": "Request Not Found"}
        return 200, _page(getattr(account, LISTS[endpoint]), endpoint, query)

    def _account(self) -> Account | None:
        """The account of both headers, or None."""
        key = self.headers.get("X-Web-Key") or ""
        if self.headers.get("X-Access-Token") != self.server.token:
            return None
        name = next((n for n in self.server.made.accounts if key == WEB_KEY.format(n)), None)
        return self.server.made.accounts[name] if name else None

    def _send(
        self, status: int, answer: Any, headers: dict[str, str] | None = None, *, cut: bool = False
    ) -> None:
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.wfile.flush()
        if cut:
            self.close_connection = True


def _page(rows: list[Row], endpoint: str, query: dict[str, str]) -> dict[str, Any]:
    """A page in one of the spellings that were seen; the first hundred rows unless asked else."""
    numbers = {name: query.get(name, "") for name in PARAMETERS}
    if set(query) - PARAMETERS or any(v and not v.isdigit() for v in numbers.values()):
        return {"resultCode": "CT400", "Message": "Bad Request"}
    limit, offset = int(numbers["limit"] or MOST_ROWS), int(numbers["offset"] or 0)
    if not 1 <= limit <= MOST_ROWS:
        return {"resultCode": "CT400", "Message": "Bad Request"}
    page: Any = rows[offset : offset + limit]
    if endpoint == "read_action_plan_list":
        page = [page]
    if not page:
        page = False
    return {"ResultCode": "CT_200", "Message": "Success", "TotalRecord": len(rows), "data": page}


def main(arguments: list[str] | None = None) -> int:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description="Serve a made-up franchise on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--scale", type=int, default=300, help="records, about")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    given = parser.parse_args(arguments)
    server = StandIn(given.port, make(given.scale, given.seed))
    if given.with_parent:
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    sys.stdout.write(json.dumps({"url": server.url}) + "\n")
    sys.stdout.flush()
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
