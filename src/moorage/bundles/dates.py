"""Dates and times as people and machines write them, read into ISO texts."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime, timedelta

#: SQL patterns (RE2) of what a date of figures looks like: first, second, year.
FIGURES = r"^\s*(?:\pL+[.,]*\s+)?(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4}|\d{2})(?:$|[^\d])"

_CLOCK = (
    r"(?:(?:[T,\s]|\bat\b)+(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?(?::(?P<second>\d\d))?"
    r"(?:[.,](?P<part>\d{1,9}))?\s*(?P<half>[ap]\.?m\.?)?"
    r"\s*(?P<zone>z|utc|gmt|[+-]\d\d(?::?\d\d)?)?)?"
)
_WEEKDAY = r"(?:[^\W\d]{2,12}[.,]*\s+)?"
_SHAPES = tuple(
    re.compile(day + _CLOCK, re.IGNORECASE)
    for day in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        _WEEKDAY + r"(?P<first>\d{1,2})[-/.](?P<other>\d{1,2})[-/.](?P<year>\d{4}|\d\d)",
        _WEEKDAY + r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[\s/-]*(?:de |of )?(?P<name>[^\W\d]{3,10})"
        r"[.,]?[\s/-]*(?:de |of )?(?P<year>\d{4}|\d\d)",
        _WEEKDAY
        + r"(?P<name>[^\W\d]{3,10})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
        r"(?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)",
    )
)
#: The beginnings of the names of months in English, German, French, Spanish, Italian, Portuguese
#: and Dutch, without accents.
_MONTHS = (
    ("jan", "ene", "gen"), ("feb", "fev"), ("mar", "mae", "mrt", "maart"), ("apr", "avr", "abr"),
    ("may", "mai", "mei", "mag"), ("jun", "juin", "giu"), ("jul", "juil", "lug"),
    ("aug", "aou", "ago"), ("sep", "set"), ("oct", "okt", "out", "ott"), ("nov",),
    ("dec", "dez", "dic"),
)  # fmt: skip
_EPOCH = re.compile(r"\d{10}|\d{13}")
#: Days since the end of 1899 in spreadsheets: 1954 to 2119.
_SERIAL = re.compile(r"[2-7]\d{4}(\.\d+)?")
_SPREADSHEET = datetime(1899, 12, 30)
_EMPTY = re.compile(r"0000-00-00.*")


def read_datetime(text: str, order: str) -> str | None:
    """`2026-03-12 09:00:00` of any date or time; at its end `+00` if a zone was named. None if it
    is none. `order` (`dmy`, `mdy`, `ymd`) tells how to read figures.
    """
    text = " ".join(text.split())
    if _EPOCH.fullmatch(text):
        seconds = int(text) / (1 if len(text) == 10 else 1000)
        return _written(datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None), "+00")
    if _SERIAL.fullmatch(text):
        return _written(_SPREADSHEET + timedelta(seconds=round(float(text) * 86400)), "")
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        if found:
            return _read(found.groupdict(), order)
    return None


def read_date(text: str, order: str) -> str | None:
    """The day of `read_datetime`."""
    moment = read_datetime(text, order)
    return moment and moment[:10]


def is_no_date(text: str) -> bool:
    """Whether a database wrote this for an empty date."""
    return bool(_EMPTY.fullmatch(text))


def _read(parts: dict[str, str | None], order: str) -> str | None:
    day, month = parts.get("day"), parts.get("month")
    if parts.get("first"):
        day, month = (parts["first"], parts["other"])
        if order == "mdy":
            day, month = month, day
    if name := parts.get("name"):
        month = _month(name)
    try:
        moment = datetime(
            _year(parts["year"] or ""), int(month or 0), int(day or 0), *_clock(parts)
        )
    except (ValueError, OverflowError):
        return None
    zone = (parts["zone"] or "").lower()
    return _written(moment - _offset(zone), "+00" if zone else "")


def _month(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    found = (
        number for number, beginnings in enumerate(_MONTHS, start=1) if plain.startswith(beginnings)
    )
    return str(next(found, 0))


def _year(text: str) -> int:
    """Two figures: as spreadsheets have it, 1930 to 2029."""
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year < 30 else 1900)


def _clock(parts: dict[str, str | None]) -> tuple[int, int, int, int]:
    hour = int(parts["hour"] or 0)
    half = (parts["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        raise ValueError("no hour of half a day")
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    part = (parts["part"] or "").ljust(6, "0")[:6]
    return hour, int(parts["minute"] or 0), int(parts["second"] or 0), int(part or 0)


def _offset(zone: str) -> timedelta:
    figures = re.sub(r"\D", "", zone)
    if not figures:
        return timedelta()
    offset = timedelta(hours=int(figures[:2]), minutes=int(figures[2:] or 0))
    return -offset if zone.startswith("-") else offset


def _written(moment: datetime, zone: str) -> str:
    return moment.isoformat(sep=" ") + zone


_HOURS = re.compile(
    r"(?:(?P<hours>\d+(?:[.,]\d+)?)\s*(?:h|hrs?|hours?|std\.?|stunden?|heures?|horas?)\.?)?[\s,]*"
    r"(?:(?P<minutes>\d+(?:[.,]\d+)?)\s*(?:m|mins?|minutes?|minuten?|minutos?)\.?)?[\s,]*"
    r"(?:(?P<seconds>\d+)\s*(?:s|secs?|seconds?|sekunden?)\.?)?",
    re.IGNORECASE,
)


def read_duration(text: str) -> str | None:
    """Minutes of `2 hrs 30 min`, `2:30`, `0:02:30`; a bare number is hours. None if it is none."""
    text = text.strip()
    if found := re.fullmatch(r"(\d+):([0-5]\d)(?::([0-5]\d))?", text):
        return _minutes(*(float(part or 0) for part in found.groups()))
    if re.fullmatch(r"\d+([.,]\d+)?", text):
        return _minutes(float(text.replace(",", ".")))
    found = _HOURS.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    return _minutes(*(float((part or "0").replace(",", ".")) for part in found.groups()))


def _minutes(hours: float, minutes: float = 0, seconds: float = 0) -> str:
    return f"{hours * 60 + minutes + seconds / 60:.2f}".rstrip("0").rstrip(".")


_RANGE = re.compile(r"(.+?)\s*(?:-|\u2013|\u2014|\bto\b|\bbis\b)\s*(.+)", re.IGNORECASE)
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d\d))?(?::\d\d)?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE)


def read_times(text: str) -> str | None:
    """`["09:00", "11:00"]` of `9:00 am - 11:00 am`, one time of one. None if it is none."""
    found = _RANGE.fullmatch(text.strip())
    times = [_time(part) for part in (found.groups() if found else (text,))]
    return None if None in times else json.dumps(times)


def _time(text: str) -> str | None:
    found = _TIME.fullmatch(text.strip())
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None
