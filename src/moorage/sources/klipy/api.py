"""Klipy's REST API v1: people and interactions page by page, companies one by one. Only reads.

Answers come in two envelopes, keys in two spellings; both are taken. What an answer does not
document, such as where the cursor stands, is looked for in all the places that were seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moorage.errors import StoppedError
from moorage.http import Clock, NotThereError, SignInError, WebClient

PAGE_ROWS = 100
#: Pages that bring nothing new before a cursor is taken to go in circles.
MOST_OLD_PAGES = 3
NOTHING_CHANGED = "Nothing was changed; the source was only read."
_CURSORS = ("next_cursor", "nextCursor", "end_cursor", "endCursor", "cursor", "next")

Row = dict[str, Any]


@dataclass(frozen=True)
class Reach:
    """What a key may read: `organisation` as it calls itself, and what was refused."""

    organisation: str
    refused: tuple[str, ...]


class Api:
    """One workspace, by one key."""

    def __init__(
        self,
        key: str,
        *,
        url: str,
        connections: int = 4,
        calls_per_minute: int = 190,
        on_wait: Callable[[str], None] | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Nothing is sent yet; SettingsError if the key must not be sent to `url`."""
        self.web = WebClient(
            url,
            service="Klipy",
            connections=connections,
            allowance=(calls_per_minute, 60.0),
            on_wait=on_wait,
            clock=clock,
            headers={"X-Klipy-Api-Key": key},
        )
        self.web.keep_secret(key)

    def close(self) -> None:
        """Close the connections. Safe to call twice."""
        self.web.close()

    def reach(self) -> Reach:
        """Who the key is for and which lists it may read; SettingsError if it is none at all."""
        about = self._about()
        name = next((str(value) for key, value in about.items() if "name" in key.lower()), "Klipy")
        refused = []
        for kind in ("people", "interactions"):
            try:
                self.web.post(f"{kind}/query", {"limit": 1})
            except (SignInError, NotThereError):
                refused.append(kind)
        try:
            self.web.get("companies/none")
        except NotThereError:
            pass
        except SignInError:
            refused.append("companies")
        return Reach(name, tuple(refused))

    def _about(self) -> Row:
        try:
            return _inside(self.web.get("authenticate"))
        except NotThereError as error:
            raise NotThereError(
                "this is not the address of Klipy's API",
                where=f"source.url: {error.where}",
                state=NOTHING_CHANGED,
                todo="Write it as Klipy's documentation has it, like https://api.klipy.ai/api/v1.",
            ) from None
        except SignInError as error:
            raise SignInError(
                "Klipy does not take this key",
                where=f"source.api_key, at {error.where}",
                state=NOTHING_CHANGED,
                todo="Make one in Settings > API, then run `moorage secret set source/api_key`.",
            ) from None

    def rows(self, kind: str) -> Iterator[Row]:
        """All people or interactions; pages that overlap bring a row once.

        StoppedError where the cursor goes in circles.
        """
        seen: set[str] = set()
        cursor: Any = None
        old_pages = 0
        while True:
            asked = {"limit": PAGE_ROWS} | ({"cursor": cursor} if cursor else {})
            answer = self.web.post(f"{kind}/query", asked)
            found = [row for row in _rows(answer) if str(row.get("id")) not in seen]
            seen |= {str(row.get("id")) for row in found}
            yield from found
            following = _cursor(answer)
            old_pages = 0 if found else old_pages + 1
            if not following:
                return
            if following == cursor or old_pages > MOST_OLD_PAGES:
                raise StoppedError(
                    f"the list goes in circles after {len(seen):,} rows",
                    where=f"{kind}/query",
                    state=NOTHING_CHANGED,
                    todo="Run the same command again; tell Klipy's support if it stays so.",
                )
            cursor = following

    def company(self, company_id: str) -> Row | None:
        """One company, or None where it was deleted."""
        try:
            return _inside(self.web.get(f"companies/{company_id}"))
        except NotThereError:
            return None


def harvest(api: Api, folder: Path, skip: tuple[str, ...]) -> None:
    """Write what the API gives into `folder`, a file of JSON lines for each table.

    Companies have no list: those are asked for that people and interactions name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    companies: dict[str, None] = {}
    for kind in ("people", "interactions"):
        if kind not in skip:
            with (folder / f"{kind}.jsonl").open("w", encoding="utf-8") as file:
                for row in api.rows(kind):
                    companies.update(dict.fromkeys(_companies(row)))
                    file.write(json.dumps(row) + "\n")
    if "companies" not in skip:
        with (folder / "companies.jsonl").open("w", encoding="utf-8") as file:
            for _, company in api.web.each(api.company, companies):
                if company is not None:
                    file.write(json.dumps(company) + "\n")


def _companies(row: Row) -> Iterator[str]:
    """The ids of the companies that a row names, bare or as records."""
    for name, value in row.items():
        if name.lower().replace("_", "") in ("companyid", "companies", "company"):
            for one in value if isinstance(value, list) else [value]:
                found = one.get("id") if isinstance(one, dict) else one
                if found and (name.lower() != "company" or isinstance(one, dict)):
                    yield str(found)


def _inside(answer: Any) -> Row:
    """The record within an envelope, or the answer itself."""
    data = answer.get("data") if isinstance(answer, dict) else None
    if isinstance(data, dict):
        nested = [value for value in data.values() if isinstance(value, dict)]
        return nested[0] if len(data) == 1 and nested else data
    return answer if isinstance(answer, dict) else {}


def _rows(answer: Any) -> list[Row]:
    """The records of a page, wherever its envelope has them."""
    data = answer.get("data", answer) if isinstance(answer, dict) else answer
    if isinstance(data, dict):
        data = next((value for value in data.values() if isinstance(value, list)), [])
    return [row for row in data or [] if isinstance(row, dict)]


def _cursor(answer: Any) -> Any:
    """What to ask for next; None on the last page."""
    if not isinstance(answer, Mapping):
        return None
    data = answer.get("data")
    for place in (
        answer.get("page_info"),
        answer.get("pageInfo"),
        answer.get("meta"),
        data,
        answer,
    ):
        if isinstance(place, Mapping):
            inner = place.get("page_info") or place.get("pageInfo")
            for where in (inner, place):
                if isinstance(where, Mapping):
                    found = next((where[name] for name in _CURSORS if where.get(name)), None)
                    if found and where.get("has_more", where.get("has_next_page", True)):
                        return found
    return None
