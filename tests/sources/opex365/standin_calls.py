"""Calls to the stand-in as any client would make them, with nothing of the source's own client."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from moorage.sources.opex365.demo.starter import RunningStandIn

API = "/api/data/v9.2/"


@dataclass
class Said:
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of a page."""
        found: list[dict[str, Any]] = self.json["value"]
        return found

    @property
    def error(self) -> tuple[int, str, str]:
        """Status, code and message of a refusal."""
        error = self.json["error"]
        assert set(error) >= {"code", "message"}
        return self.status, error["code"], error["message"]


@dataclass
class Calls:
    """A client of one connection that holds a token."""

    standin: RunningStandIn
    token: str = ""
    standard: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(self.standin.url).netloc, timeout=60)
        self.standard = {
            "Accept": "application/json",
            "OData-Version": "4.0",
            "OData-MaxVersion": "4.0",
        }
        if not self.token:
            self.token = self.sign_in().json["access_token"]

    def sign_in(self, **changed: str) -> Said:
        """Ask for a token, with some parameters of the form changed."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.standin.client_id,
            "client_secret": self.standin.secrets["client_secret"],
            "scope": f"{self.standin.url}/.default",
        } | changed
        path = urlsplit(self.standin.token_url).path
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, headers, urlencode(form).encode())

    def get(self, address: str, prefer: str = "", **headers: str) -> Said:
        """GET what stands under the API, or a whole address as a link gives it."""
        if address.startswith("http"):
            path = address.removeprefix(self.standin.url)
        else:
            path = API + quote(address, safe="/?&=$(),'@:;%*!~+-.[]\"")
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if prefer:
            given["Prefer"] = prefer
        return self.send("GET", path, self._signed(given))

    def post(self, address: str, body: Any, method: str = "POST") -> Said:
        """POST JSON, or another method."""
        return self.send(method, API + address, self._signed({}), json.dumps(body).encode())

    def pages(self, address: str, prefer: str = "") -> Iterator[Said]:
        """All pages, by next links."""
        following: str | None = address
        while following:
            said = self.get(following, prefer)
            assert said.status == 200, said.body
            yield said
            following = said.json.get("@odata.nextLink")

    def rows(self, address: str, prefer: str = "") -> list[dict[str, Any]]:
        """The rows of all pages."""
        return [row for page in self.pages(address, prefer) for row in page.rows]

    def truth(self, sql: str) -> Any:
        """The first value of a query over the store."""
        return self.standin.control("sql", {"sql": sql})[0][0]

    def send(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Said:
        """One request; the connection is opened anew after it was lost."""
        try:
            self._connection.request(method, path, body or None, headers)
            answer = self._connection.getresponse()
            return Said(answer.status, dict(answer.headers.items()), answer.read())
        except (http.client.HTTPException, OSError):
            self._connection.close()
            raise

    def _signed(self, given: dict[str, str]) -> dict[str, str]:
        headers = {**self.standard, "Authorization": f"Bearer {self.token}", **given}
        return {name: value for name, value in headers.items() if value}
