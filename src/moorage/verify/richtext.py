"""One form for HTML that says the same.

Odoo rewrites what it stores: it drops scripts, styles, forms, comments and event handlers, wraps
bare text, adds attributes of its own. Two texts are equal here when their words, line structure
aside, and their links and images, in order, are the same.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

import nh3

#: Parts between which words do not run together; kept by the cleaning, then made blanks.
_PARTING = frozenset(
    [
        *("address", "article", "blockquote", "br", "caption", "center", "dd", "div", "dl", "dt"),
        *("footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p"),
        *("pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    ]
)
_DROPPED = frozenset(["script", "style", "head", "title", "iframe", "object", "embed", "noscript"])
_PART = re.compile(rf"</?(?:{'|'.join(sorted(_PARTING))})(?:\s[^>]*)?>")
_BLANKS = re.compile(r"(?:\s|&nbsp;)+")
_EMPTY_LINK = re.compile(r'<a(?: href="\s*")?>(.*?)</a>', re.DOTALL)
_EMPTY_IMAGE = re.compile(r'<img(?: src="\s*")?>')
_ADDRESS = re.compile(r'(?<=(?:href|.src)=")[^"]*')


def canonical(html: str | None) -> str:
    """The words, links and images of `html`; '' for none."""
    if not html:
        return ""
    cleaned = nh3.clean(
        html,
        tags=set(_PARTING) | {"a", "img"},
        clean_content_tags=set(_DROPPED),
        attributes={"a": {"href"}, "img": {"src"}},
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel", "sms", "ftp", "cid", "data"},
    )
    text = _EMPTY_LINK.sub(r"\1", _EMPTY_IMAGE.sub("", cleaned))
    # Odoo writes addresses percent-encoded.
    text = _ADDRESS.sub(lambda address: unquote(address[0]), text)
    return _BLANKS.sub(" ", _PART.sub(" ", text)).strip()


def say_the_same(one: str | None, other: str | None) -> bool:
    """Whether two HTML texts have the same words, links and images."""
    return (one or "") == (other or "") or canonical(one) == canonical(other)
