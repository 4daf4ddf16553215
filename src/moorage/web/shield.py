"""What stands before every page: the right host, a session, a token on each form, strict headers.

- Only requests to the addresses the page is served at are answered: a name that somebody points at
  this machine (DNS rebinding) is not one of them.
- The session begins with the token that `moorage serve` printed, and lives in a cookie that no
  script reads and no other site sends.
- Every POST carries the session's form token, and comes from the page itself.
- No answer lets a browser run or load anything that is not a file of Moorage.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_FORM_BYTES = 1_000_000
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: the browser would not say where a form comes from either.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
#: What answers without a session.
OPEN_PATHS = ("/login", "/static/")


@dataclass
class Session:
    """Somebody at the page: their name, their forms' token, the last job they were told of."""

    name: str
    form_token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    to: str = "production"
    told: int = 0


class Shield:
    """The whole application behind its checks."""

    def __init__(self, app: ASGIApp, *, token: str, hosts: Collection[str]) -> None:
        """`hosts` are the values of the Host header that are answered; one at least has a port."""
        self._app = app
        self._token = token
        self._hosts = frozenset(host.lower() for host in hosts)
        self._sessions: dict[str, Session] = {}
        port = next(host.rpartition(":")[2] for host in sorted(self._hosts) if ":" in host)
        # Cookies know no ports: two projects served here must not take each other's.
        self._cookie = f"moorage_{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        answer = await self._refusal(scope, receive)
        app = self._app if answer is None else answer
        await app(scope, receive, _strict(send))

    async def _refusal(self, scope: Scope, receive: Receive) -> Response | None:
        """What is answered in place of the page; None where it may be seen."""
        request = Request(scope, receive)
        if request.headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse("This page is not served under that name.", 421)
        if request.method == "POST":
            return await self._posted(request)
        if request.method not in ("GET", "HEAD"):
            return PlainTextResponse("There is nothing to do that with here.", 405)
        path = request.url.path
        is_open = path.startswith(OPEN_PATHS)
        return None if self._known(request, {}) or is_open else _no_session(path)

    async def _posted(self, request: Request) -> Response | None:
        if not self._is_from_here(request):
            return PlainTextResponse("This form comes from another site.", 403)
        form = await _body(request)
        if form is None:
            return PlainTextResponse("That is no form of this page.", 415)
        if request.url.path == "/login":
            is_encrypted = request.headers.get("origin", "").startswith("https://")
            return self._login(form, is_encrypted)
        session = self._known(request, form)
        if session is None:
            return _no_session(request.url.path)
        if not _same(_first(form, "csrf"), session.form_token):
            return PlainTextResponse("The form is an old one: load the page again.", 403)
        return self._leave(request) if request.url.path == "/leave" else None

    def _known(self, request: Request, form: Mapping[str, list[str]]) -> Session | None:
        """Who asks, laid beside the request with what they sent."""
        session = self._sessions.get(request.cookies.get(self._cookie, ""))
        request.scope.setdefault("state", {}).update({"session": session, "form": form})
        return session

    def _is_from_here(self, request: Request) -> bool:
        origin = request.headers.get("origin")
        return origin is None or urlsplit(origin).netloc.lower() in self._hosts

    def _login(self, form: Mapping[str, list[str]], is_encrypted: bool) -> Response:
        name = " ".join(_first(form, "name").split())[:80]
        if not _same(_first(form, "token"), self._token):
            return RedirectResponse("/login?wrong=token", 303)
        if not name:
            return RedirectResponse("/login?wrong=name", 303)
        key = secrets.token_urlsafe(32)
        self._sessions[key] = Session(name)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            self._cookie, key, httponly=True, samesite="strict", path="/", secure=is_encrypted
        )
        return answer

    def _leave(self, request: Request) -> Response:
        """End the session, here and in the browser."""
        self._sessions.pop(request.cookies.get(self._cookie, ""), None)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(self._cookie, httponly=True, samesite="strict", path="/")
        return answer


def _no_session(path: str) -> Response:
    if path.endswith(".json"):
        return PlainTextResponse("Log in first.", 401)
    return RedirectResponse("/login", 303)


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())


def _first(form: Mapping[str, list[str]], name: str) -> str:
    return form.get(name, [""])[0]


async def _body(request: Request) -> dict[str, list[str]] | None:
    """The fields of an ordinary form; None if it is none, or too large."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        return None
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_FORM_BYTES:
            return None
    found: dict[str, list[str]] = {}
    try:
        for name, value in parse_qsl(content.decode("ascii"), keep_blank_values=True):
            found.setdefault(name, []).append(value)
    except (UnicodeDecodeError, ValueError):
        return None
    return found


def _strict(send: Send) -> Send:
    """`send`, with the strict headers on every answer."""

    async def strictly(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message.get("headers", ())}
            extra = [
                (name.encode(), value.encode())
                for name, value in HEADERS.items()
                if name.encode() not in given
            ]
            message = {**message, "headers": [*message.get("headers", ()), *extra]}
        await send(message)

    return strictly
