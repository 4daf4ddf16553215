"""Krayin's REST API (the package krayin/rest-api): signing in, and lists read whole.

Paging is by offset, so a list can move while it is read: a record that is deleted on the way hides
another one. A list of more than one page is therefore checked at its end, with the API's own
filter by ids: all ids read must still stand, and no others. If not, the list is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from moorage.errors import SettingsError, StoppedError
from moorage.http import AnswerError, Clock, NotThereError, SignInError, WebClient

#: Where the API stands: in the package's code, and on its page of documentation.
BASES = ("api/v1", "api/admin")
DEVICE = "moorage"
#: How often a list is read again because it moved.
READS = 4
#: Ids in one address, which servers limit to 8,000 characters.
IDS_PER_CALL = 600
CONNECTIONS = 4

Item = dict[str, Any]


class _MovedError(Exception):
    """The list changed while it was read."""


class KrayinApi:
    """A signed-in session. Safe to use from several threads."""

    def __init__(self, client: WebClient, base: str) -> None:
        self.client = client
        self._base = base

    @property
    def identity(self) -> str:
        """Which Krayin this is."""
        return f"{self.client.url}/{self._base}"

    def close(self) -> None:
        """Close the connections. Safe to call twice."""
        self.client.close()

    def total(self, path: str) -> int | None:
        """How many records a list has; None if this Krayin has no such list."""
        try:
            return int(self._page(path, {"limit": 1})[1])
        except NotThereError:
            return None

    def first(self, path: str) -> Item | None:
        """The first record of a list, to see which fields it has; None if there is none."""
        items, _ = self._page(path, {"limit": 1, "sort": "id", "order": "asc"})
        return items[0] if items else None

    def listed(self, path: str, limit: int, begin: Callable[[], None]) -> Iterator[list[Item]]:
        """A whole list in pages, each record once, by ascending id.

        `begin` is called before the first page, and again each time that the list is read anew:
        what was given until then does not count. StoppedError if it keeps moving.
        """
        for _ in range(READS):
            begin()
            try:
                yield from self._pages(path, limit)
            except _MovedError:
                continue
            return
        raise StoppedError(
            f"the list {path} changes faster than it can be read ({READS} attempts)",
            where=self.identity,
            state="The former extraction stands unchanged; the source was only read.",
            todo="Extract while nobody works in Krayin.",
        )

    def small(self, path: str) -> list[Item]:
        """A whole list that is known to be short."""
        found: list[Item] = []
        for page in self.listed(path, 200, found.clear):
            found += page
        return found

    def each(self, path: str, ids: Iterable[str]) -> Iterator[tuple[str, list[Item]]]:
        """The unpaged list that hangs on each of the records; `path` holds `{id}`."""

        def hanging(key: str) -> list[Item]:
            answer = self.client.get(f"{self._base}/{path.format(id=key)}")
            return self._items(answer, path)

        return self.client.each(hanging, ids)

    def download(self, path: str, into: BinaryIO) -> int:
        """Fetch a file that the API gives; its size in bytes."""
        return self.client.download(f"{self._base}/{path}", into)

    def _pages(self, path: str, limit: int) -> Iterator[list[Item]]:
        seen: dict[str, None] = {}
        number, total = 1, 0
        while True:
            query = {"page": number, "limit": limit, "sort": "id", "order": "asc"}
            items, counted = self._page(path, query)
            if counted < total:
                raise _MovedError
            total = counted
            fresh = [item for item in items if str(item["id"]) not in seen]
            seen.update((str(item["id"]), None) for item in fresh)
            yield fresh
            if number * limit >= total or not items:
                break
            number += 1
        if len(seen) != total or (number > 1 and not self._stands(path, list(seen))):
            raise _MovedError

    def _stands(self, path: str, ids: Sequence[str]) -> bool:
        """Whether the list is made of just these records now."""
        still = 0
        for start in range(0, len(ids), IDS_PER_CALL):
            some = ",".join(ids[start : start + IDS_PER_CALL])
            still += self._page(path, {"id": some, "limit": 1})[1]
        return still == len(ids) == self._page(path, {"limit": 1})[1]

    def _page(self, path: str, query: dict[str, Any]) -> tuple[list[Item], int]:
        answer = self.client.get(f"{self._base}/{path}", query)
        items = self._items(answer, path)
        meta = answer.get("meta")
        total = meta.get("total") if isinstance(meta, dict) else None
        if not isinstance(total, int) or not all("id" in item for item in items):
            raise self._odd(path)
        return items, total

    def _items(self, answer: Any, path: str) -> list[Item]:
        items = answer.get("data") if isinstance(answer, dict) else None
        if isinstance(items, dict):
            # A list that was sorted keeps its old places as keys.
            items = list(items.values())
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise self._odd(path)
        return items

    def _odd(self, path: str) -> AnswerError:
        return AnswerError(
            f"the answer to {path} is no list of records as Krayin gives it",
            where=self.identity,
            state="The former extraction stands unchanged; the source was only read.",
            todo="Look which release of krayin/rest-api is installed: 1.0 to 2.1 are known.",
        )


def sign_in(
    url: str,
    *,
    email: str,
    password: str,
    token: str,
    allow_http: bool = False,
    connections: int = CONNECTIONS,
    on_wait: Callable[[str], None] | None = None,
    clock: Clock | None = None,
) -> KrayinApi:
    """A session by `token`, or by a login, which ends all other sessions of that user.

    SettingsError if there is no API, or it takes neither.
    """
    for base in BASES:
        url = url.rstrip("/").removesuffix(f"/{base}")
    client = WebClient(
        url, service="Krayin", connections=connections, allow_http=allow_http, on_wait=on_wait,
        clock=clock,
    )  # fmt: skip
    try:
        base = _found_base(client)
        client.authorize("Bearer", token or _login(client, base, email, password))
        api = KrayinApi(client, base)
        # A token that is no longer good is told now.
        client.get(f"{base}/get")
    except BaseException:
        client.close()
        raise
    return api


def _found_base(client: WebClient) -> str:
    for base in BASES:
        try:
            client.get(f"{base}/get")
        except SignInError:
            return base
        except (NotThereError, AnswerError):
            continue
        return base
    raise SettingsError(
        "there is no REST API here",
        where=client.url,
        state="Nothing was read.",
        todo="Give the address that Krayin is opened with (APP_URL), and let its administrator"
        " install the package krayin/rest-api; or read the database: `via: database`.",
    )


def _login(client: WebClient, base: str, email: str, password: str) -> str:
    client.keep_secret(password)
    body = {"email": email, "password": password, "device_name": DEVICE}
    try:
        answer = client.post(f"{base}/login", body)
    except (SettingsError, AnswerError) as error:
        if isinstance(error, AnswerError):
            raise
        raise SignInError(
            "Krayin does not take this e-mail and password",
            where=client.url,
            state="Nothing was read.",
            todo="Mend `email`, and the secret source/api_password.",
        ) from None
    inner = answer.get("data") if isinstance(answer, dict) else None
    token = answer.get("token") if isinstance(answer, dict) else None
    token = token or (inner.get("token") if isinstance(inner, dict) else None)
    if not isinstance(token, str) or not token:
        raise SettingsError(
            "the login brought no token", where=client.url, state="Nothing was read.",
            todo="Look which release of krayin/rest-api is installed.",
        )  # fmt: skip
    return token
