"""The patient client against a real server on this machine, with a clock that is wound by hand."""

from __future__ import annotations

import io
import threading
from email.utils import formatdate
from typing import Any

import pytest

from moorage.errors import MoorageError, SettingsError, StoppedError, UnreachableError
from moorage.http import AnswerError, Clock, NotThereError, SignInError, WebClient, checked_url
from moorage.http.pace import QUIET_CALLS, Width, asked_pause

from .server import Server, Told, serving

SECRET = "17|s3cr3t-token"


class WoundClock(Clock):
    """Waiting takes no time, and is written down."""

    def __init__(self) -> None:
        self.time = 1_000.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.time

    def wait(self, seconds: float, stopping: threading.Event) -> None:
        self.waits.append(seconds)
        self.time += seconds


@pytest.fixture
def clock() -> WoundClock:
    return WoundClock()


def client(server: Server | str, clock: Clock, told: list[str] | None = None) -> WebClient:
    url = server if isinstance(server, str) else server.url
    made = WebClient(url, service="Acme", clock=clock, on_wait=(told or []).append)
    made.authorize("Bearer", SECRET)
    return made


def test_a_call_carries_token_and_query_and_brings_json(clock: WoundClock) -> None:
    with serving(Told(body={"data": [1]})) as server:
        assert client(server, clock).get("leads", {"page": 2}) == {"data": [1]}
    (method, path, headers) = server.seen[0]
    assert (method, path) == ("GET", "/leads?page=2")
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert headers["Accept"] == "application/json"


@pytest.mark.parametrize("header", ["7", "date"])
def test_too_many_calls_wait_as_long_as_the_server_says(clock: WoundClock, header: str) -> None:
    value = formatdate(clock.now() + 7, usegmt=True) if header == "date" else header
    told: list[str] = [""]
    with serving(Told(429, headers={"Retry-After": value}), Told(body=1)) as server:
        assert client(server, clock, told).get("x") == 1
    assert 5 < sum(clock.waits) < 9
    assert "allows no more calls" in told[-1]


def test_all_calls_wait_at_one_gate(clock: WoundClock) -> None:
    told: list[str] = [""]
    with serving(Told(429, headers={"Retry-After": "9"}), Told(body=1)) as server:
        found = list(client(server, clock, told).each(lambda n: n * 2, range(40)))
        assert found == [(n, n * 2) for n in range(40)]
        web = client(server, clock, told)
        assert [value for _, value in web.each(lambda _: web.get("x"), range(20))] == [1] * 20
    assert len([words for words in told if "allows no more" in words]) == 1


def test_a_pause_that_is_too_long_stops(clock: WoundClock) -> None:
    with (
        serving(Told(429, headers={"Retry-After": "7200"})) as server,
        pytest.raises(StoppedError, match="120 minutes"),
    ):
        client(server, clock).get("x")


def test_a_storm_of_refusals_ends(clock: WoundClock) -> None:
    with (
        serving(Told(429, headers={"Retry-After": "0"})) as server,
        pytest.raises(AnswerError, match="too many calls"),
    ):
        client(server, clock).get("x")


def test_a_server_that_is_away_is_waited_for(clock: WoundClock) -> None:
    with serving(Told(502), Told(503), Told(body=3)) as server:
        assert client(server, clock).get("x") == 3


def test_a_server_that_stays_away_is_given_up(clock: WoundClock) -> None:
    with serving(Told(body=1), Told(503)) as server:
        web = client(server, clock)
        web.get("x")
        with pytest.raises(UnreachableError):
            web.get("x")
    assert 150 < sum(clock.waits) <= 180


def test_nothing_there_is_given_up_soon(clock: WoundClock) -> None:
    with pytest.raises(UnreachableError):
        client("http://127.0.0.1:9", clock).get("x")
    assert sum(clock.waits) <= 15


def test_a_broken_answer_is_asked_for_again(clock: WoundClock) -> None:
    with serving(Told(body={"data": "long enough"}, cut=True), Told(body={"data": 1})) as server:
        assert client(server, clock).get("x") == {"data": 1}


@pytest.mark.parametrize("answer", [Told(500), Told(200, b"<html>Whoops</html>")])
def test_an_error_page_is_tried_again_and_then_told(clock: WoundClock, answer: Told) -> None:
    with serving(answer) as server, pytest.raises(AnswerError) as failure:
        client(server, clock).get("x", {"email": "ann@example.com"})
    assert len(server.seen) == 4
    assert "ann@example.com" not in str(failure.value)
    assert "Whoops" not in str(failure.value)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Told(401), SignInError),
        (Told(302, headers={"Location": "/admin/login"}), SignInError),
        (Told(404), NotThereError),
        (Told(422, {"message": f"no {SECRET} here"}), SettingsError),
    ],
)
def test_refusals_are_told_once_and_without_secrets(
    clock: WoundClock, answer: Told, kind: type[MoorageError]
) -> None:
    with serving(answer) as server, pytest.raises(kind) as failure:
        client(server, clock).get("x")
    assert len(server.seen) == 1
    assert SECRET not in str(failure.value)


def test_a_download_that_breaks_off_begins_again(clock: WoundClock) -> None:
    content = b"0123456789" * 10_000
    into = io.BytesIO()
    with serving(Told(body=content, cut=True), Told(body=content)) as server:
        assert client(server, clock).download("f", into, signed=False) == len(content)
    assert into.getvalue() == content
    assert "Authorization" not in server.seen[-1][2]


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://crm.example.com/x/", True),
        ("http://127.0.0.1:80", True),
        ("http://localhost", True),
        ("http://crm.example.com", False),
        ("https://ann:pw@crm.example.com", False),
        ("ftp://crm.example.com", False),
    ],
)
def test_where_a_password_may_go(url: str, allowed: bool) -> None:
    if allowed:
        assert checked_url(url) == url.rstrip("/")
    else:
        with pytest.raises(SettingsError):
            checked_url(url)


def test_http_may_be_allowed() -> None:
    assert checked_url("http://crm.lan", allow_http=True) == "http://crm.lan"


def test_what_retry_after_says() -> None:
    found: dict[Any, float] = {header: asked_pause(header, 0.0) for header in (None, "3", "x")}
    assert found == {None: 30.0, "3": 3.1, "x": 30.0}


def test_a_refused_token_is_renewed_once(clock: WoundClock) -> None:
    with serving(Told(401), Told(body=1)) as server:
        web = client(server, clock)
        web.renew_with(lambda: "second")
        assert web.get("x") == 1
        assert [headers["Authorization"] for *_, headers in server.seen] == [
            f"Bearer {SECRET}",
            "Bearer second",
        ]
    with serving(Told(401)) as server, pytest.raises(SignInError):
        web = client(server, clock)
        web.renew_with(lambda: "third")
        web.get("x")


def test_no_more_calls_than_allowed_within_a_time(clock: WoundClock) -> None:
    with serving(Told(body=1)) as server:
        web = WebClient(server.url, service="Acme", clock=clock, allowance=(3, 60.0))
        for _ in range(7):
            web.get("x")
    assert [round(seconds) for seconds in clock.waits] == [60, 60]


def test_fewer_calls_at_once_after_a_complaint() -> None:
    width = Width(4)
    width.narrow()
    width.narrow()
    width.narrow()
    assert width.allowed == 1
    for _ in range(QUIET_CALLS):
        width.widen()
    assert width.allowed == 2
