"""The client against the stand-in: tokens that end, storms of 429, broken connections, limits."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from moorage.errors import SettingsError, StoppedError
from moorage.http import SignInError
from moorage.sources.opex365.api import ANNOTATIONS, LABEL, TABLE, Api, query
from moorage.sources.opex365.demo.starter import RunningStandIn
from moorage.sources.opex365.look import Look
from moorage.sources.opex365.tokens import FormTokens, KeptToken, Token

from .reading import opened


def api_of(running: RunningStandIn) -> Api:
    tokens = FormTokens(running.token_url, running.client_id, running.secrets["client_secret"])
    return Api(running.url, tokens, on_wait=lambda _: None)


def contacts(api: Api, size: int = 10) -> list[Any]:
    path = query("contacts", select="fullname,statecode,_ownerid_value,annualincome")
    prefer = [f"odata.maxpagesize={size}", ANNOTATIONS]
    return [row for page in api.pages(path, prefer) for row in page.rows]


def test_pages_bring_every_row_once_with_labels_and_tables(standin: RunningStandIn) -> None:
    api = api_of(standin)
    found = contacts(api)
    (count,) = standin.control("sql", {"sql": "SELECT count(*) FROM contact"})
    assert len({row["contactid"] for row in found}) == len(found) == count[0]
    assert {row["_ownerid_value" + TABLE] for row in found} <= {"systemuser", "team"}
    assert {row["statecode" + LABEL] for row in found} == {"Active", "Inactive"}
    assert {row["statecode"] for row in found} == {"0", "1"}
    assert standin.control("account")["writes"] == []


def test_a_token_that_ends_in_between_is_renewed(standin: RunningStandIn) -> None:
    standin.control("faults", [{"kind": "expire", "match": "contacts", "after": 2}])
    api = api_of(standin)
    assert (
        len(contacts(api)) == standin.control("sql", {"sql": "SELECT count(*) FROM contact"})[0][0]
    )
    assert standin.control("account")["tokens"] == 2


def test_a_token_is_renewed_before_it_ends() -> None:
    now, given = [0.0], []

    class Tokens:
        def get_token(self, scope: str) -> Token:
            given.append(scope)
            return Token(f"token {len(given)}", 3600)

    kept = KeptToken(Tokens(), "scope", lambda: now[0])
    assert kept.fresh() == "token 1"
    now[0] = 3299
    assert kept.fresh() is None
    now[0] = 3301
    assert kept.fresh() == "token 2"


def test_a_storm_of_429_is_sat_out(standin: RunningStandIn) -> None:
    told: list[str] = []
    storm = {"kind": "throttle", "match": "/contacts", "after": 1, "times": 3, "retry_after": 1}
    standin.control("faults", [storm])
    source = opened(standin, told)
    assert contacts(source._api)
    account = standin.control("account")
    assert account["during_pause"] == 0
    assert account["statuses"]["429"] == 3
    assert any("allows no more calls" in words for words in told)


def test_no_thread_calls_during_a_pause(standin: RunningStandIn) -> None:
    storm = {"kind": "throttle", "match": "WhoAmI", "after": 20, "times": 3, "retry_after": 2}
    standin.control("faults", [storm])
    web = api_of(standin)
    assert len(list(web.web.each(lambda _: web.get("WhoAmI"), range(200)))) == 200
    account = standin.control("account")
    assert account["statuses"]["429"] == 3
    assert account["during_pause"] == 0 and account["most_concurrent"] <= 4


@pytest.mark.parametrize("kind", ["drop", "cut", "page", "status"])
def test_what_breaks_off_is_asked_for_again(standin: RunningStandIn, kind: str) -> None:
    standin.control("faults", [{"kind": kind, "match": "contacts", "after": 1, "status": 503}])
    whole = contacts(api_of(standin))
    assert len(whole) == len({row["contactid"] for row in whole}) > 40


def test_what_teams_own_is_counted_where_all_rows_are_too_many(standin: RunningStandIn) -> None:
    too_many = {"kind": "status", "status": 400, "match": "=groupby((_ownerid_value)", "times": 9}
    source = opened(standin)
    look = Look(source._api, source.plan)
    whole, teams = look.owners(), look.teams()
    standin.control("faults", [too_many])
    assert look.owners() == {team: count for team, count in whole.items() if team in teams} != {}


def test_a_wrong_secret_is_said_without_it(standin: RunningStandIn) -> None:
    tokens = FormTokens(standin.token_url, standin.client_id, "not-the-secret")
    with pytest.raises(SignInError) as refused:
        Api(standin.url, tokens).get("WhoAmI")
    assert "not-the-secret" not in str(refused.value)
    assert "invalid_client" in str(refused.value)


def test_what_dataverse_refuses_is_said_in_its_words(standin: RunningStandIn) -> None:
    with pytest.raises(SettingsError, match="status 400") as refused:
        api_of(standin).get("contacts?$select=no_such_column")
    assert "no_such_column" in str(refused.value)


def test_a_secret_is_sent_over_https_only() -> None:
    with pytest.raises(SettingsError, match="plain http"):
        FormTokens("http://login.example.com/token", "id", "secret")
    with pytest.raises(SettingsError, match="plain http"):
        Api("http://crm.example.com", FormTokens("https://login.example.com", "id", "secret"))


def test_a_link_to_another_server_is_not_followed(standin: RunningStandIn) -> None:
    api = api_of(standin)
    with pytest.raises(StoppedError, match="another server"):
        api._link("contacts", "https://evil.example.com/api/data/v9.2/contacts?$skiptoken=1")
    assert api._link("contacts?x=1", "contacts?$skiptoken=2") == "contacts?$skiptoken=2"


def test_files_come_whole_small_and_in_blocks(standin: RunningStandIn, tmp_path: Path) -> None:
    source = opened(standin, state_folder=tmp_path)
    files = source.files()
    assert files is not None
    truth = standin.control(
        "sql",
        {
            "sql": "SELECT annotationid, filesize, documentbody IS NULL,"
            " sha1(from_base64(documentbody)) FROM annotation WHERE isdocument ORDER BY filesize"
        },
    )
    assert truth[-1][1] > 4 * 1024 * 1024
    paths = [f"annotations/{row[0]}" for row in truth] + ["annotations/no-such-row"]
    problems = {about.path: about.problem for about in files.about(paths)}
    assert problems.pop("annotations/no-such-row") == "missing"
    assert set(problems.values()) == {None}
    for row_id, size, is_missing, sha1 in truth:
        if is_missing:
            with pytest.raises(OSError, match="missing"):
                files.open(f"annotations/{row_id}")
            continue
        with files.open(f"annotations/{row_id}") as body:
            content = body.read()
        assert hashlib.sha1(content).hexdigest() == sha1, size
    calls = standin.control("account")["requests"]
    with files.open(f"annotations/{truth[-1][0]}") as again:
        assert len(again.read()) == truth[-1][1]
    assert standin.control("account")["requests"] == calls
