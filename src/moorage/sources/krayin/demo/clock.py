"""The wall clock of a time zone as a DuckDB expression, from Python's own zone data."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_FIRST = datetime(2021, 12, 1, tzinfo=UTC)
_DAYS = 365 * 6


def _offset_minutes(zone: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(zone).utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


def standard_minutes(timezone: str) -> int:
    """The offset of the zone in minutes at the first day of the data, a winter day."""
    return _offset_minutes(ZoneInfo(timezone), _FIRST)


def wall_expression(timezone: str) -> str:
    """An expression in `utc` (a TIMESTAMP) that gives the zone's wall time.

    Zones change on full hours of UTC and not twice a day, so a look per day and hour is enough.
    """
    zone = ZoneInfo(timezone)
    cases = []
    current = standard_minutes(timezone)
    for day in range(_DAYS):
        if _offset_minutes(zone, _FIRST + timedelta(days=day + 1)) == current:
            continue
        for hour in range(24):
            moment = _FIRST + timedelta(days=day, hours=hour + 1)
            minutes = _offset_minutes(zone, moment)
            if minutes != current:
                before = f"{moment:%Y-%m-%d %H:%M:%S}"
                cases.append(f"WHEN utc < TIMESTAMP '{before}' THEN utc + to_minutes({current})")
                current = minutes
    last = f"utc + to_minutes({current})"
    return f"CASE {' '.join(cases)} ELSE {last} END" if cases else f"({last})"
