"""The API: pages, envelopes, limits, rights and faults, against the stand-in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from moorage.errors import SettingsError, StoppedError
from moorage.http import SignInError
from moorage.sources.klipy import SOURCE
from moorage.sources.klipy.api import Api, harvest
from moorage.sources.klipy.demo.server import KEY
from moorage.sources.klipy.demo.starter import RunningStandIn


def _api(standin: RunningStandIn, key: str = KEY, **more: Any) -> Api:
    return Api(key, url=standin.url, calls_per_minute=50_000, **more)


def _harvested(standin: RunningStandIn, folder: Path) -> dict[str, list[dict[str, Any]]]:
    api = _api(standin)
    try:
        harvest(api, folder, ())
    finally:
        api.close()
    return {
        path.stem: [json.loads(line) for line in path.read_text().splitlines()]
        for path in folder.iterdir()
    }


@pytest.mark.parametrize("envelope", ["new", "old"])
def test_everything_comes_once(standin: RunningStandIn, tmp_path: Path, envelope: str) -> None:
    standin.control("envelope", envelope)
    standin.control("faults", [
        {"kind": "overlap", "match": "interactions/query", "times": 1},
        {"kind": "throttle", "match": "people/query", "retry_after": 1},
        {"kind": "page", "match": "companies/"}, {"kind": "drop", "match": "companies/"},
        {"kind": "cut", "match": "interactions/query"},
    ])  # fmt: skip
    found = _harvested(standin, tmp_path / "api")
    assert {name: len(rows) for name, rows in found.items()} == {
        "people": 72, "interactions": 96, "companies": 25,
    }  # fmt: skip
    for rows in found.values():
        assert len({row["id"] for row in rows}) == len(rows)
    assert standin.control("limit", 100_000)["writes"] == []


def test_the_key_tells_what_it_may_read(standin: RunningStandIn) -> None:
    standin.control("scopes", ["people:read"])
    api = _api(standin)
    try:
        reach = api.reach()
        assert (reach.organisation, reach.refused) == ("Klipy demo", ("interactions", "companies"))
    finally:
        api.close()


def test_a_key_that_is_none_is_refused_and_never_shown(standin: RunningStandIn) -> None:
    api = _api(standin, "klipy_api_canary-4711")
    try:
        with pytest.raises(SignInError) as caught:
            api.reach()
        assert "canary" not in str(caught.value) and "source/api_key" in caught.value.todo
    finally:
        api.close()


def test_another_address_is_told(standin: RunningStandIn) -> None:
    api = Api(KEY, url=standin.url.replace("/v1", "/v2"))
    try:
        with pytest.raises(SettingsError, match="not the address") as caught:
            api.reach()
        assert caught.value.where.startswith("source.url")
    finally:
        api.close()


def test_a_key_without_rights_and_no_files_is_refused(standin: RunningStandIn) -> None:
    standin.control("scopes", [])
    given = {name: default for name, (default, _) in SOURCE.options.items()}
    given |= {"timezone": "UTC", "url": standin.url, "api_key": KEY}
    source = SOURCE.open(given)
    try:
        with pytest.raises(SettingsError, match="may read neither"):
            source.discover()
    finally:
        source.close()


def test_a_deleted_company_is_none(standin: RunningStandIn) -> None:
    api = _api(standin)
    try:
        assert api.company("co_gone") is None
    finally:
        api.close()


def test_it_waits_where_the_limit_is_reached(standin: RunningStandIn) -> None:
    standin.control(
        "faults", [{"kind": "throttle", "match": "people", "retry_after": 1, "times": 2}]
    )
    told: list[str] = []
    api = _api(standin, on_wait=told.append)
    try:
        assert len(list(api.rows("people"))) == 72
        assert told and "allows no more calls" in told[0]
    finally:
        api.close()


def test_a_cursor_in_circles_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    page = {"success": True, "data": {"people": [{"id": "p1"}], "cursor": "same"}}
    api = Api(KEY, url="http://127.0.0.1:1")
    monkeypatch.setattr(api.web, "post", lambda *_: page)
    with pytest.raises(StoppedError, match="circles"):
        list(api.rows("people"))


def test_settings_are_checked(tmp_path: Path) -> None:
    given = {name: default for name, (default, _) in SOURCE.options.items()}
    for wrong in (
        {"timezone": "Mars/Base"},
        {"timezone": "UTC", "api": False},
        {"timezone": "UTC"},
        {"timezone": "UTC", "api_key": "k", "calls_per_minute": 0},
    ):
        with pytest.raises(SettingsError):
            SOURCE.open({**given, **wrong})
