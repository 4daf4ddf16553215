"""The client against an OData 4 server of another maker: what SAP's CAP answered it, played back.

No server of OData 4 is to be had from PyPI or Debian. So one from npm was served with contacts and
accounts of our own, the client ran against it, and a relay wrote down each answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from moorage.errors import SettingsError
from moorage.http import NotThereError
from moorage.sources.opex365.api import ANNOTATIONS, Api, query
from moorage.sources.opex365.tokens import Token

ANSWERS = json.loads((Path(__file__).parent / "data" / "sap_cap.json").read_text("utf-8"))[
    "answers"
]


class Played(BaseHTTPRequestHandler):
    """Gives the answer that was recorded for exactly this address, or 410."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        found = ANSWERS.get(self.path, {"status": 410, "headers": {}, "body": self.path})
        body = found["body"].encode()
        self.send_response(found["status"])
        for name, value in {**found["headers"], "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class AnyToken:
    """Whoever asks gets one."""

    def get_token(self, scope: str) -> Token:
        return Token(f"token for {scope}", 3600)


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Played)
    Thread(target=server.serve_forever, daemon=True).start()
    made = Api(f"http://127.0.0.1:{server.server_port}", AnyToken())
    yield made
    made.close()
    server.shutdown()


def test_pages_follow_links_that_are_relative(api: Api) -> None:
    names = "contactid,fullname,birthdate,modifiedon,creditlimit,seats,active,note,parent_accountid"
    path = query("contacts", select=names)
    pages = list(api.pages(path, ["odata.maxpagesize=5", ANNOTATIONS]))
    rows = [row for page in pages for row in page.rows]
    assert [len(page.rows) for page in pages] == [7, 7, 7, 4]
    assert len({row["contactid"] for row in rows}) == 25
    assert rows[3]["note"] == "line one\nline <two>"
    assert (rows[3]["creditlimit"], rows[3]["active"]) == ("1234567890.1234", False)
    assert pages[-1].delta_link is None


def test_changes_since_a_time_are_counted_and_grouped(api: Api) -> None:
    page = api.page(
        query(
            "contacts",
            select="contactid",
            filter="modifiedon ge 2026-01-01T00:00:20Z",
            count="true",
        )
    )
    assert page.count == len(page.rows) == 5
    grouped = api.page("contacts?$apply=groupby((active),aggregate($count%20as%20rows))").rows
    assert {(row["active"], row["rows"]) for row in grouped} == {(True, "13"), (False, "12")}


def test_rows_come_with_those_that_belong_to_them(api: Api) -> None:
    accounts = api.rows("accounts", select="name", expand="contacts($select=fullname)")
    assert [len(one["contacts"]) for one in accounts] == [0, 8, 8]
    assert accounts[1]["name"] == 'Company 1 & "Söhne"'


def test_what_it_refuses_is_said(api: Api) -> None:
    with pytest.raises(SettingsError, match="nothing_here") as refused:
        api.get("contacts?$select=nothing_here")
    assert "status 400" in str(refused.value)
    for path in ("nothings", "contacts(00000000-0000-4000-8000-000000009999)"):
        with pytest.raises(NotThereError):
            api.get(path)
