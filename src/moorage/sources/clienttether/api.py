"""ClientTether's API v2: lists in pages, each call with two headers. Everything only reads.

A list is read by limit and offset until `TotalRecord` rows were seen. Answers come in two
spellings (`ResultCode: CT_200`, `resultCode: CT200`), with their rows as a list, a list in a list,
one object, or `false` where there are none.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from moorage.errors import SettingsError, StoppedError
from moorage.http import Clock, SignInError, WebClient
from moorage.sources.clienttether.keys import WebKey

Row = dict[str, Any]

URL = "https://api.clienttether.com/v2/api"
MOST_ROWS = 100
#: An unknown error of the server is met with patience: so many seconds before each new try.
PAUSES = (1.0, 2.0, 4.0)
FINE, NO_RECORD, UNKNOWN = "CT200", "CT515", "CT500"
NOTHING_CHANGED = "Nothing was changed; the source was only read."


@dataclass(frozen=True)
class Answer:
    """The rows of one call; `total` is how many the whole list has, where the answer says so."""

    rows: list[Row]
    total: int | None


class Api:
    """All accounts of one access token, each by its web key."""

    def __init__(
        self,
        access_token: str,
        *,
        url: str = URL,
        connections: int = 4,
        on_wait: Callable[[str], None] | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Nothing is sent yet; SettingsError if the token must not be sent to `url`."""
        self.web = WebClient(
            url,
            service="ClientTether",
            connections=connections,
            on_wait=on_wait,
            clock=clock,
            headers={"X-Access-Token": access_token},
        )
        self.web.keep_secret(access_token)
        self._clock = clock or Clock()

    def close(self) -> None:
        """Close the connections. Safe to call twice."""
        self.web.close()

    def call(self, key: WebKey, endpoint: str, query: Mapping[str, Any] | None = None) -> Answer:
        """One call; SettingsError where the API refuses it, StoppedError where it cannot answer."""
        self.web.keep_secret(key.secret)
        for pause in (*PAUSES, None):
            try:
                found = self.web.get(
                    endpoint, query, headers={"X-Web-Key": key.secret}, loads=_exact
                )
            except SignInError as error:
                raise _not_signed(key, error.where) from None
            code = _code(found)
            if code != UNKNOWN or pause is None:
                break
            self._clock.wait(pause, threading.Event())
        if code == NO_RECORD:
            return Answer([], 0)
        if code != FINE:
            raise _refused(code, endpoint, key)
        return Answer(_rows(found), _total(found))

    def all_rows(self, key: WebKey, endpoint: str) -> list[Row]:
        """The whole list, each row as often as it came.

        When it comes out shorter than it says, it is read once more, for people may have worked
        meanwhile; StoppedError when it is short again.
        """
        for _ in range(2):
            rows, total = self._pages(key, endpoint)
            count = len({_identity(endpoint, row) for row in rows})
            if total is None or count >= total:
                return rows
        raise StoppedError(
            f"the list came out short: {count:,} different rows of {total:,}",
            where=f"{endpoint}, account {key.account or 'without a name'}",
            state=NOTHING_CHANGED,
            todo="Run the same command again while nobody works in this account.",
        )

    def _pages(self, key: WebKey, endpoint: str) -> tuple[list[Row], int | None]:
        """Page after page until all were seen or one is empty; a short page is no end."""
        rows: list[Row] = []
        seen: set[str] = set()
        while True:
            answer = self.call(key, endpoint, {"limit": MOST_ROWS, "offset": len(rows)})
            rows += answer.rows
            new = {_identity(endpoint, row) for row in answer.rows} - seen
            seen |= new
            if not answer.rows or (answer.total is not None and len(rows) >= answer.total):
                return rows, answer.total
            # A list that tells no number ends when nothing new comes.
            if answer.total is None and not new:
                return rows, None


def _exact(data: bytes) -> Any:
    """JSON with numbers as the text that was sent."""
    return json.loads(data, parse_int=str, parse_float=str)


def _of(found: Any, name: str) -> Any:
    """A key of the envelope, however it is written."""
    if not isinstance(found, dict):
        return None
    return next((value for key, value in found.items() if key.casefold() == name), None)


def _code(found: Any) -> str:
    """The result code in one spelling; an answer without an envelope is fine."""
    code = _of(found, "resultcode")
    return FINE if code is None else str(code).upper().replace("_", "")


def _total(found: Any) -> int | None:
    total = str(_of(found, "totalrecord") or "")
    return int(total) if total.isdigit() else None


def _rows(found: Any) -> list[Row]:
    data = _of(found, "data") if isinstance(found, dict) else found
    return _flat(data)


def _flat(data: Any) -> list[Row]:
    """Objects of a list, of lists in it, or the one object that stands in its place."""
    if isinstance(data, list):
        return [row for item in data for row in _flat(item)]
    return [data] if isinstance(data, dict) and data else []


def _identity(endpoint: str, row: Row) -> str:
    """What tells a row from others: its id, or all of it where it has none."""
    name = f"{endpoint.removeprefix('read_').removesuffix('_list')}_id"
    return str(row.get(name) or row.get("id") or json.dumps(row, sort_keys=True))


def _not_signed(key: WebKey, where: str) -> SignInError:
    return SignInError(
        "ClientTether does not take the access token together with this web key",
        where=f"{where}, account {key.account or 'without a name'}",
        state=NOTHING_CHANGED,
        todo="Look at Settings > API: the access token becomes another one each time the enterprise"
        " account's information is edited, and each account has a web key of its own. Set them"
        " anew, then run the same command again.",
    )


def _refused(code: str, endpoint: str, key: WebKey) -> SettingsError | StoppedError:
    where = f"{endpoint}, account {key.account or 'without a name'}"
    if code == UNKNOWN:
        return StoppedError(
            "ClientTether answers with an error of its own (CT500), again and again",
            where=where,
            state=NOTHING_CHANGED,
            todo="Run the same command again later.",
        )
    return SettingsError(
        f"ClientTether refuses the call ({code})",
        where=where,
        state=NOTHING_CHANGED,
        todo="If this reading is not offered to your account, leave it out: source.skip.",
    )
