"""What tests look for in a hand-off's folder."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote


class Page(HTMLParser):
    """The links, ids, headings and words of one page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.headings: list[int] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if given.get("id"):
            self.ids.add(str(given["id"]))
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))


def broken_links(folder: Path) -> list[str]:
    """Links between the files of `folder` that lead nowhere."""
    broken = []
    for path in folder.glob("*.html"):
        for link in Page(path).links:
            if link.startswith("http"):
                continue
            name, _, anchor = link.partition("#")
            target = folder / unquote(name) if name else path
            if not target.is_file() or (anchor and anchor not in Page(target).ids):
                broken.append(f"{path.name}: {link}")
    return broken


def outside(folder: Path) -> list[str]:
    """Anything that a page would load from elsewhere."""
    found = []
    for path in folder.glob("*.html"):
        for tag, given in Page(path).tags:
            if tag in ("script", "iframe", "object", "img") or given.get("src"):
                found.append(f"{path.name}: {tag}")
            if tag == "link":
                found.append(f"{path.name}: link")
    return found


def holding(folder: Path, words: bytes) -> list[str]:
    """The files of `folder` in which `words` stand as they are."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if words in path.read_bytes()]
