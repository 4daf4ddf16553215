"""Numbers and money as people write them, read into plain decimal texts."""

from __future__ import annotations

import re
from decimal import Decimal

#: SQL (RE2) patterns over a cell's figures, points and commas alone. What a mark means is certain
#: of the first two kinds and not of the third: `1,234` is a thousand or one and a bit.
COMMA_IS_DECIMAL = (
    r"^(?:\d+,\d{1,2}|\d+,\d{4,}|0+,\d{3}|\d{4,},\d{3}|\d{1,3}(?:\.\d{3})+,\d+"
    r"|\d{1,3}(?:\.\d{3}){2,})$"
)
POINT_IS_DECIMAL = (
    r"^(?:\d+\.\d{1,2}|\d+\.\d{4,}|0+\.\d{3}|\d{4,}\.\d{3}|\d{1,3}(?:,\d{3})+\.\d+"
    r"|\d{1,3}(?:,\d{3}){2,})$"
)
EITHER = r"^[1-9]\d{0,2}[.,]\d{3}$"

_COMMA, _POINT, _EITHER = map(re.compile, (COMMA_IS_DECIMAL, POINT_IS_DECIMAL, EITHER))
_MINUS = "\u2212\u2013"
_SIGNS = {
    "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "C$": "CAD", "CA$": "CAD", "US$": "USD",
    "R$": "BRL", "HK$": "HKD", "S$": "SGD", "€": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY",
    "₺": "TRY", "₴": "UAH", "₽": "RUB", "zł": "PLN", "kč": "CZK",
}  # fmt: skip
_MONEY = re.compile(
    r"(?P<open>\()?\s*(?P<minus>-)?\s*(?P<before>[^\d\s().,+-]{0,5})\s*(?P<inner>[-+])?\s*"
    r"(?P<figures>\d[\d.,' ]*?|[.,]\d+)\s*(?P<times>[kKmM](?![A-Za-z]))?\s*(?P<percent>%)?\s*"
    r"(?P<after>(?!(?:CR|DR)\b)[^\d\s().,+-]{0,5}?)\s*(?P<last>-)?\s*(?P<close>\))?"
    r"\s*(?P<side>CR|DR)?",
    re.IGNORECASE,
)


def read_number(text: str, mark: str) -> tuple[str, str] | None:
    """The number in `text` as a plain decimal, and the currency that stands with it, or None.

    `mark` (`point`, `comma`) is what counts where the figures themselves allow both. Brackets, a
    minus on either side and `CR` are negative; `k` and `m` are a thousand and a million; the
    currency is a code, or the sign where that names none (`$`).
    """
    plain = text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2019", "'").strip()
    found = _MONEY.fullmatch(re.sub(f"[{_MINUS}]", "-", plain))
    if not found or bool(found["open"]) != bool(found["close"]):
        return None
    figures = _plain(re.sub(r"[' ]", "", found["figures"]), mark)
    if figures is None:
        return None
    number = Decimal(figures) * {"k": 1000, "m": 1_000_000}.get((found["times"] or "").lower(), 1)
    negative = (found["open"], found["minus"], found["last"], found["inner"] == "-")
    if any(negative) or (found["side"] or "").upper() == "CR":
        number = -number
    sign = found["before"] or found["after"] or ""
    if sign and not _is_currency(sign):
        return None
    return f"{number:f}", _SIGNS.get(sign, _SIGNS.get(sign.lower(), _code(sign)))


def _is_currency(sign: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z]{3}|[A-Za-z]{0,2}\$|kr\.?|Fr\.?|zł|Kč|\W", sign))


def _code(sign: str) -> str:
    return sign.upper() if re.fullmatch(r"[A-Za-z]{3}", sign) else sign


def _plain(figures: str, mark: str) -> str | None:
    if figures.isdigit():
        return figures
    marks = re.sub(r"\d", "", figures)
    if _EITHER.match(figures):
        decimal = "," if mark == "comma" else "."
    elif len(set(marks)) == 2 and marks.count(marks[-1]) == 1:
        decimal = marks[-1]
    elif _COMMA.match(figures):
        decimal = ","
    elif _POINT.match(figures) or re.fullmatch(r"\d*\.\d*", figures):
        decimal = "."
    elif re.fullmatch(r"\d*,\d*", figures):
        decimal = ","
    else:
        return None
    grouping = "." if decimal == "," else ","
    return figures.replace(grouping, "").replace(decimal, ".")


def read_integer(text: str) -> str | None:
    """A whole number; groups of three are groups. None if it is none."""
    grouped = re.fullmatch(r"([-+]?)(\d{1,3}(?:[,.' \u00a0\u202f]\d{3})+)", text.strip())
    if grouped:
        return grouped[1].replace("+", "") + re.sub(r"\D", "", grouped[2])
    found = read_number(text, "point")
    if found is None:
        return None
    number = Decimal(found[0])
    return f"{number:.0f}" if number == number.to_integral_value() else None
