"""Transforms that need a Python library; they run once per distinct value."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Literal

import nh3
from email_validator import EmailNotValidError, validate_email

from moorage.mapping.transforms.base import ArgumentError, Outcome, python_transform

_BLOCKS = {
    "address", "article", "blockquote", "dd", "div", "dl", "dt", "fieldset", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section",
    "table", "tr", "ul",
}  # fmt: skip
_HIDDEN = frozenset({"script", "style", "head", "title", "template"})


def _plain_email(value: str) -> str:
    """SQL of an address made of ordinary ASCII atoms only, which needs no library to judge."""
    plain = (
        "^[A-Za-z0-9_+-]+([.][A-Za-z0-9_+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]?[A-Za-z0-9])*[.])+"
        "[A-Za-z]{2,18}$"
    )
    # "xn--" and other labels with two hyphens are names in another alphabet: for the library.
    fits = (
        f"length({value}) <= 100 AND strpos({value}, '@') <= 60 AND NOT contains({value}, '--')"
        f" AND regexp_full_match({value}, '{plain}')"
    )
    domain = f"lower(split_part({value}, '@', 2))"
    return f"CASE WHEN {fits} THEN split_part({value}, '@', 1) || '@' || {domain} END"


@python_transform("is not an e-mail address; kept as it stands", warns=True, quick=_plain_email)
def email(value: str) -> Outcome:
    """Writes an e-mail address in its usual form (blanks off, domain in small letters).

    Only the form is judged, nothing is looked up. What is no address is kept, with a warning:
    Odoo takes any text here, and a person can mend it.
    """
    text = re.sub(r"^mailto:|[\s<>]+|[;,]+$", "", value.strip(), flags=re.IGNORECASE)
    try:
        found = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return Outcome(value, True)
    return Outcome(found.normalized)


@python_transform("is not a phone number; kept as it stands", takes=("text", "many"), warns=True)
def phone(
    value: str,
    country: str = "",
    format: Literal["international", "e164"] = "international",
) -> Outcome:
    """Writes a phone number in international form, as in `+44 20 7946 0000`.

    A number without `+` is read as one of `country` (two letters); with `from: [phone, country]`
    the second field says the country row by row. What is no number is kept, with a warning.
    """
    import phonenumbers  # noqa: PLC0415 - slow to load, and needed where there are phones only

    text, _, own_country = value.partition("\x1f")
    region = own_country.strip().upper() or country.upper() or None
    if country and country.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ArgumentError(f"phone: unknown country {country!r}; use two letters, as in US")
    style = phonenumbers.PhoneNumberFormat
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return Outcome(text, True)
    if not phonenumbers.is_possible_number(number):
        return Outcome(text, True)
    wanted = style.E164 if format == "e164" else style.INTERNATIONAL
    return Outcome(phonenumbers.format_number(number, wanted))


@python_transform("no name could be read from it")
def split_name(value: str, part: Literal["first", "last"]) -> Outcome:
    """Takes the `first` (with middle names) or `last` name out of a full name.

    A single word is a first name. Titles such as Dr. are left out, endings such as Jr. stay with
    the last name.
    """
    from nameparser import HumanName  # noqa: PLC0415 - slow to load, and seldom needed

    name = HumanName(value)
    given = " ".join(word for word in (name.first, name.middle) if word)
    family = " ".join(word for word in (name.last, name.suffix) if word)
    if not given and not family:
        return Outcome(None, bool(value.strip()))
    return Outcome((given if part == "first" else family) or None)


@python_transform("is HTML without any text")
def html_to_text(value: str) -> Outcome:
    """Turns HTML into plain text: paragraphs and line breaks kept, scripts and styles left out."""
    reader = _TextReader()
    reader.feed(value)
    reader.close()
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(reader.parts).split("\n")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return Outcome(text or None)


@python_transform("is HTML of which nothing is safe")
def sanitize_html(value: str) -> Outcome:
    """Takes scripts, event handlers and everything else that could act out of HTML."""
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", value)
    return Outcome(nh3.clean(text, link_rel=None).strip() or None)


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in _HIDDEN
        if tag == "br" or tag in _BLOCKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("- ")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in _HIDDEN and self.hidden > 0
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(re.sub(r"\s+", " ", data))
