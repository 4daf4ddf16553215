"""Single cells: dates, numbers, codes, lists, as people and programs write them."""

from __future__ import annotations

import json

import pytest

from moorage.bundles.cells import is_nothing, read_boolean, read_code, read_list
from moorage.bundles.dates import read_date, read_datetime, read_duration, read_times
from moorage.bundles.numbers import read_integer, read_number


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("12/03/2026", "2026-03-12 00:00:00"),
        ("12.03.26", "2026-03-12 00:00:00"),
        ("2026/03/12", "2026-03-12 00:00:00"),
        ("20260312", "2026-03-12 00:00:00"),
        ("12 March 2026", "2026-03-12 00:00:00"),
        ("Thu 12 Mar 2026 9:00 am", "2026-03-12 09:00:00"),
        ("March 12th, 2026", "2026-03-12 00:00:00"),
        ("12. März 2026", "2026-03-12 00:00:00"),
        ("1 de marzo de 2026", "2026-03-01 00:00:00"),
        ("3/12/26 12:05 AM", "2026-12-03 00:05:00"),
        ("1773306000", "2026-03-12 09:00:00+00"),
        ("1773306000123", "2026-03-12 09:00:00.123000+00"),
        ("46093.375", "2026-03-12 09:00:00"),
        ("2026-01-05T09:30:00.000Z", "2026-01-05 09:30:00+00"),
        ("2026-01-05T00:30:00+05:30", "2026-01-04 19:00:00+00"),
        ("31/02/2026", None),
        ("13:00", None),
        ("next week", None),
    ],
)
def test_moments(text: str, iso: str | None) -> None:
    assert read_datetime(text, "dmy") == iso
    assert read_date(text, "dmy") == (iso and iso[:10])


@pytest.mark.parametrize(
    ("text", "number", "currency"),
    [
        ("$1,234.50", "1234.50", "$"),
        ("A$1,234.50", "1234.50", "AUD"),
        ("1.234,50", "1234.50", ""),
        ("12.000,00 €", "12000.00", "EUR"),
        ("12.000,00\u00a0€", "12000.00", "EUR"),
        ("(50.00)", "-50.00", ""),
        ("-50.00", "-50.00", ""),
        ("\u221250.00", "-50.00", ""),
        ("50.00-", "-50.00", ""),
        ("50.00 CR", "-50.00", ""),
        ("50.00 DR", "50.00", ""),
        ("10%", "10", ""),
        ("$12k", "12000", "$"),
        ("1'234.50", "1234.50", ""),
        ("1 234,50", "1234.50", ""),
        ("1,23,456.00", "123456.00", ""),
        ("USD 5", "5", "USD"),
        (".5", "0.5", ""),
        ("1,234", "1234", ""),
        ("12 apples", None, ""),
        ("12-5", None, ""),
    ],
)
def test_numbers(text: str, number: str | None, currency: str) -> None:
    assert read_number(text, "point") == (None if number is None else (number, currency))


def test_a_mark_that_may_be_either_is_read_as_the_column_says() -> None:
    assert read_number("1,234", "comma") == ("1.234", "")
    assert read_number("1.234", "comma") == ("1234", "")
    assert read_number("12.50", "comma") == ("12.50", "")


def test_whole_numbers() -> None:
    assert read_integer("1,234") == read_integer("1.234") == read_integer("1 234") == "1234"
    assert read_integer("12.0") == "12"
    assert read_integer("12.5") is None


def test_codes_are_mended_only_where_nothing_was_lost() -> None:
    assert read_code("3000.0") == "3000"
    assert read_code("0412345678") == "0412345678"
    assert read_code("6.14E+10") is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("2 hrs 30 min", "150"), ("2:30", "150"), ("2.5", "150"), ("45 mins", "45"),
     ("0:02:30", "2.5"), ("1,5 Std.", "90"), ("soon", None), ("", None)],
)  # fmt: skip
def test_durations(text: str, minutes: str | None) -> None:
    assert read_duration(text) == minutes


def test_times_of_day() -> None:
    assert read_times("9:00 am - 11:00 am") == '["09:00", "11:00"]'
    assert read_times("14:00\u201315:30") == '["14:00", "15:30"]'
    assert read_times("12 am to 1 pm") == '["00:00", "13:00"]'
    assert read_times("all day") is None


def test_lists() -> None:
    def parts(text: str, *, commas: bool = True) -> list[str]:
        return list(json.loads(read_list(text, commas=commas)))

    assert parts("a, b ,a,") == ["a", "b"]
    assert parts("a;b|c\nd") == ["a", "b", "c", "d"]
    assert parts("Smith, John; Lee, Ann") == ["Smith, John", "Lee, Ann"]
    assert parts("Smith, John", commas=False) == ["Smith, John"]
    assert parts('["x, y", 1]') == ["x, y", "1"]


def test_yes_and_no() -> None:
    assert [read_boolean(word) for word in ("Yes", "0", "Nein", "maybe")] == [
        "true", "false", "false", None,
    ]  # fmt: skip


def test_words_for_nothing() -> None:
    assert all(map(is_nothing, ("N/A", "-", "null", "0000-00-00 00:00:00", " ")))
    assert not is_nothing("no")
