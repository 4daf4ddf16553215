"""Long lists a part at a time, chosen by the address: `?q=words&only=open&page=2`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

Row = TypeVar("Row")
#: So many rows stand on one page.
SIZE = 100


@dataclass(frozen=True)
class Part(Generic[Row]):
    """The rows of page `number` of `pages`; `total` rows fit what was asked for, of `all` rows."""

    rows: tuple[Row, ...]
    number: int
    pages: int
    total: int
    all: int
    q: str
    only: str

    @property
    def about(self) -> dict[str, int | str]:
        """What the twin says beside the rows."""
        names = ("number", "pages", "total", "all", "q", "only")
        return {name: getattr(self, name) for name in names}

    def query(self, **changed: str | int) -> str:
        """The address's part after the path that asks for the same with something changed."""
        asked = {"q": self.q, "only": self.only, "page": self.number} | changed
        given = {name: value for name, value in asked.items() if value not in ("", 1)}
        return f"?{urlencode(given)}" if given else ""


def query_of(given: str) -> str:
    """A query that a form sends back, written anew: nothing but names and values is in it."""
    pairs = parse_qsl(given.removeprefix("?"))
    return f"?{urlencode(pairs)}" if pairs else ""


def part_of(
    request: Request,
    rows: Sequence[Row],
    words: Callable[[Row], str],
    *,
    only: Callable[[Row, str], bool] | None = None,
    size: int = SIZE,
) -> Part[Row]:
    """The part of `rows` that the address asks for.

    `q` is looked for in the `words` of a row, without case; `only` says whether a row is of the
    kind that the address names. A page past the end is the last one.
    """
    given = request.query_params
    q, kind = given.get("q", "").strip(), given.get("only", "")
    found = [row for row in rows if not (kind and only) or only(row, kind)]
    if q:
        wanted = q.casefold()
        found = [row for row in found if wanted in words(row).casefold()]
    pages = max(1, -(-len(found) // size))
    asked = given.get("page", "")
    number = min(max(1, int(asked)), pages) if asked.isdecimal() and len(asked) < 9 else 1
    shown = found[(number - 1) * size : number * size]
    return Part(tuple(shown), number, pages, len(found), len(rows), q, kind)
