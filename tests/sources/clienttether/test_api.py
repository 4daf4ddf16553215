"""How the API is read: headers, pages, spellings, and what is refused, broken or short."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moorage.errors import SettingsError, StoppedError
from moorage.http import AnswerError, Clock, SignInError
from moorage.sources.base import Pulsing
from moorage.sources.clienttether.api import Api
from moorage.sources.clienttether.demo.franchise import make
from moorage.sources.clienttether.demo.server import TOKEN, WEB_KEY
from moorage.sources.clienttether.demo.starter import RunningStandIn, start
from moorage.sources.clienttether.harvest import harvest
from moorage.sources.clienttether.keys import WebKey, read_keys

from .reading import opened, served

KEY = WebKey("1003", WEB_KEY.format("1003"))
LIST = "read_client_list"


class Hurried(Clock):
    """A clock that never waits."""

    def wait(self, seconds: float, stopping: Any) -> None:
        """Not now."""


@pytest.fixture
def api(standin: RunningStandIn) -> Iterator[Api]:
    made = Api(TOKEN, url=standin.api_url, clock=Hurried())
    yield made
    made.close()


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [str(row["client_id"]) for row in rows]


def test_every_account_is_read_whole_and_nothing_is_written(
    api: Api, standin: RunningStandIn, tmp_path: Path
) -> None:
    keys = read_keys(standin.secrets["web_keys"])
    counts = harvest(api, keys, tmp_path / "api")
    made = make(300, 1)
    assert counts["clients"] == sum(len(one.clients) for one in made.accounts.values())
    assert counts["history_notes"] == sum(
        len(notes) for one in made.accounts.values() for notes in one.notes.values()
    )
    text = (tmp_path / "api" / "1003" / "clients.jsonl").read_text(encoding="utf-8")
    assert ids([json.loads(line) for line in text.splitlines()]) == ids(
        made.accounts["1003"].clients
    )
    assert standin.control("account")["writes"] == []


def test_a_nested_list_is_laid_flat(api: Api) -> None:
    names = [row["action_plan_name"] for row in api.all_rows(KEY, "read_action_plan_list")]
    assert names == [row["action_plan_name"] for row in make(300, 1).accounts["1003"].action_plans]


def test_no_record_is_an_empty_answer(api: Api) -> None:
    assert api.call(KEY, "read_client_history_notes/1").rows == []


def test_a_short_page_is_read_again(api: Api, standin: RunningStandIn) -> None:
    standin.control("faults", [{"kind": "short", "match": LIST}])
    assert len(api.all_rows(KEY, LIST)) == len(make(300, 1).accounts["1003"].clients)


def test_a_list_that_stays_short_is_an_error(api: Api, standin: RunningStandIn) -> None:
    standin.control("faults", [{"kind": "short", "match": LIST, "times": 99}])
    with pytest.raises(StoppedError, match="came out short: 29 different rows of 30"):
        api.all_rows(KEY, LIST)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop"},
        {"kind": "cut"},
        {"kind": "page", "times": 2},
        {"kind": "status", "status": 503, "times": 2},
        {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
        {"kind": "code", "code": "CT_500", "times": 2},
        {"kind": "slow", "seconds": 0.3},
    ],
    ids=lambda fault: f"{fault['kind']}-{fault.get('status', '')}",
)
def test_what_passes_is_outlasted(api: Api, standin: RunningStandIn, fault: dict[str, Any]) -> None:
    standin.control("faults", [{**fault, "match": LIST}])
    assert len(api.all_rows(KEY, LIST)) == 30


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "code", "code": "CT400"}, SettingsError),
        ({"kind": "code", "code": "CT_404"}, SettingsError),
        ({"kind": "code", "code": "CT500"}, StoppedError),
        ({"kind": "page"}, AnswerError),
    ],
)
def test_what_stays_is_told(
    api: Api, standin: RunningStandIn, fault: dict[str, Any], error: type[Exception]
) -> None:
    standin.control("faults", [{**fault, "match": LIST, "times": 99}])
    with pytest.raises(error) as told:
        api.all_rows(KEY, LIST)
    assert TOKEN not in str(told.value) and KEY.secret not in str(told.value)


def test_the_pulse_tells_who_works_there_and_in_which_list(tmp_path: Path) -> None:
    running = start(scale=60)
    at_rest = served(running)
    at_rest.discover()
    at_rest.raw_tables()
    assert isinstance(at_rest, Pulsing)
    extracted = at_rest.pulse()
    assert extracted["clients of 1003"].row_count == len(make(60, 1).accounts["1003"].clients)
    assert not [name for name in extracted if "history_notes" in name]
    later = served(running)
    assert isinstance(later, Pulsing)
    assert later.pulse() == extracted
    order = {"account": "1004", "list": "clients", "id": "50005", "values": {"city": "Provo"}}
    running.control("change", order)
    now = later.pulse()
    assert [name for name in now if now[name] != extracted[name]] == ["clients of 1004"]
    for source in (at_rest, later):
        source.close()
    running.stop()
    # Files alone cannot say so.
    (tmp_path / "clients.csv").write_text("Contact ID\n1\n")
    assert not isinstance(opened(api=False, bundle=str(tmp_path)), Pulsing)


def test_a_token_that_changes_under_way_is_told(standin: RunningStandIn) -> None:
    standin.control("faults", [{"kind": "token", "match": "read_opportunity_list"}])
    source = served(standin)
    with pytest.raises(SignInError, match=r"Settings > API: the access token becomes another"):
        source.discover()
    source.close()


@pytest.mark.parametrize(("token", "key"), [("wrong", KEY.secret), (TOKEN, "CT_wrong")])
def test_wrong_headers_are_refused(standin: RunningStandIn, token: str, key: str) -> None:
    api = Api(token, url=standin.api_url)
    with pytest.raises(SignInError):
        api.call(WebKey("", key), LIST)
    api.close()


@pytest.mark.parametrize(
    "query", ["limit=101", "limit=0", "offset=-1", "limit=ten", "modified_since=2024"]
)
def test_the_stand_in_refuses_what_the_api_does_not_know(
    standin: RunningStandIn, query: str
) -> None:
    assert asked(standin, f"{LIST}?{query}")["resultCode"] == "CT400"


def test_the_stand_in_knows_no_invented_endpoint(standin: RunningStandIn) -> None:
    assert asked(standin, "leads")["resultCode"] == "CT404"
    assert len(asked(standin, LIST)["data"]) == 30


def asked(standin: RunningStandIn, path: str) -> dict[str, Any]:
    headers = {"X-Access-Token": TOKEN, "X-Web-Key": KEY.secret}
    request = urllib.request.Request(f"{standin.api_url}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return dict(json.loads(answer.read()))


def test_web_keys_of_several_accounts_need_names() -> None:
    assert read_keys("CT_a") == (WebKey("", "CT_a"),)
    assert [key.account for key in read_keys("CT_a, north=CT_b\n7=CT_c")] == ["", "north", "7"]
    for text in ("CT_a CT_b", "a=CT_a a=CT_b", "abc", "a b=CT_c"):
        with pytest.raises(SettingsError) as told:
            read_keys(text)
        assert "CT_b" not in str(told.value)
