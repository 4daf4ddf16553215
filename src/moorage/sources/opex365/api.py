"""The Web API of Dataverse: pages of rows, counts, metadata, files. Everything only reads.

It is plain OData 4 but for the annotations, the counts of large tables and the delta links.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import quote, urljoin, urlsplit

from moorage.errors import StoppedError
from moorage.http import Clock, WebClient, checked_url
from moorage.sources.opex365.tokens import KeptToken, TokenSource

Row = Mapping[str, Any]

LABEL = "@OData.Community.Display.V1.FormattedValue"
TABLE = "@Microsoft.Dynamics.CRM.lookuplogicalname"
COUNT = "@Microsoft.Dynamics.CRM.totalrecordcount"
COUNT_IS_CUT = "@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"
ANNOTATIONS = f'odata.include-annotations="{LABEL[1:]},{TABLE[1:]}"'
COUNTS = f'odata.include-annotations="{COUNT[1:]},{COUNT_IS_CUT[1:]}"'
MOST_ROWS = 5000
MOST_CONNECTIONS = 52
#: 6000 calls in 300 seconds are allowed; some are left to the verb before (`discover` takes about
#: 400) and to whoever else uses this sign-in.
ALLOWANCE = (5_400, 300.0)
#: What may stand unquoted in a query: names, lists, strings, functions.
PLAIN = "$,()'=@:/.*;"


@dataclass(frozen=True)
class Page:
    """Rows, and where it goes on: the next page, or after the last the changes since now."""

    rows: Sequence[Row]
    next_link: str | None = None
    delta_link: str | None = None
    count: int | None = None


class Api:
    """One environment, called with a token that is always fresh."""

    def __init__(
        self,
        url: str,
        tokens: TokenSource,
        *,
        version: str = "v9.2",
        connections: int = 4,
        on_wait: Callable[[str], None] | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Nothing is sent yet; SettingsError if a token must not be sent to `url`."""
        self.root = checked_url(url)
        self.web = WebClient(
            f"{self.root}/api/data/{version}",
            service="Dataverse",
            connections=min(connections, MOST_CONNECTIONS),
            on_wait=on_wait,
            clock=clock,
            allowance=ALLOWANCE,
            headers={"OData-MaxVersion": "4.0", "OData-Version": "4.0", "If-None-Match": "null"},
        )
        self._token = KeptToken(tokens, f"{self.root}/.default")
        self.web.renew_with(self._token.renew)

    def close(self) -> None:
        """Close the connections. Safe to call twice."""
        self.web.close()

    def get(self, path: str, prefer: Sequence[str] = ()) -> dict[str, Any]:
        """The JSON object at `path`; numbers of rows come as text, exactly as they were sent."""
        self._sign()
        headers = {"Prefer": ",".join(prefer)} if prefer else None
        found = self.web.get(path, headers=headers, loads=_exact)
        if not isinstance(found, dict):
            raise self._strange("an answer that is no object")
        return found

    def page(self, path: str, prefer: Sequence[str] = ()) -> Page:
        """One page of rows; `path` is a query or a link of an earlier page."""
        found = self.get(path, prefer)
        rows = found.get("value")
        if not isinstance(rows, list):
            raise self._strange("an answer without rows")
        count = found.get("@odata.count")
        return Page(
            rows,
            self._link(path, found.get("@odata.nextLink")),
            self._link(path, found.get("@odata.deltaLink")),
            None if count is None else int(count),
        )

    def pages(self, path: str, prefer: Sequence[str] = ()) -> Iterator[Page]:
        """All pages from `path` on."""
        link: str | None = path
        while link is not None:
            page = self.page(link, prefer)
            link = page.next_link
            yield page

    def rows(self, entity_set: str, prefer: Sequence[str] = (), **options: str) -> list[Row]:
        """All rows of a small query; options as `select="name"`, `filter="type eq 1"`."""
        wanted = [ANNOTATIONS, *prefer]
        return [
            row for page in self.pages(query(entity_set, **options), wanted) for row in page.rows
        ]

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What a documented action that reads (the download of blocks) answers."""
        self._sign()
        return dict(self.web.post(path, body))

    def download(self, path: str, into: BinaryIO) -> int:
        """Write what stands at `path` into `into`; the bytes written."""
        self._sign()
        return self.web.download(path, into)

    def _sign(self) -> None:
        token = self._token.fresh()
        if token is not None:
            self.web.authorize("Bearer", token)

    def _link(self, path: str, link: Any) -> str | None:
        """A link as a path of this API: it must not lead the token elsewhere."""
        if not link:
            return None
        base = f"{self.web.url}/"
        whole = urljoin(urljoin(base, path), str(link))
        if not whole.startswith(base):
            host = urlsplit(whole).netloc
            raise self._strange(f"a link to another server ({host})")
        return whole.removeprefix(base)

    def _strange(self, what: str) -> StoppedError:
        return StoppedError(
            f"Dataverse gives {what}",
            where=self.web.url,
            state="Nothing was changed; the source was only read.",
            todo="Check that `url` is the environment's own address.",
        )


def query(entity_set: str, **options: str) -> str:
    """A path with its query; the options without their dollar sign."""
    if not options:
        return entity_set
    parts = "&".join(f"${name}={quote(value, safe=PLAIN)}" for name, value in options.items())
    return f"{entity_set}?{parts}"


def _exact(data: bytes) -> Any:
    """JSON with numbers as the text that was sent: amounts are never rounded on the way."""
    return json.loads(data, parse_int=str, parse_float=str)
