"""Every transform: what it makes of a value, and that nothing is lost without a finding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moorage.mapping.transforms import REGISTRY, ArgumentError, Outcome

NO_SURROGATES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as found:
        found.execute("SET TimeZone = 'UTC'")
        yield found


def sql(connection: duckdb.DuckDBPyConnection, name: str, value: Any, given: Any = None) -> Any:
    transform = REGISTRY[name]
    expression = transform.function("v", **transform.arguments(given))
    kind = "VARCHAR[]" if isinstance(value, list) else "VARCHAR"
    rows = connection.execute(f"SELECT {expression} FROM (SELECT CAST(? AS {kind}) AS v)", [value])
    return rows.fetchall()[0][0]


def python(name: str, value: str, given: Any = None) -> Outcome:
    transform = REGISTRY[name]
    outcome: Outcome = transform.function(value, **transform.arguments(given))
    return outcome


@pytest.mark.parametrize(
    ("name", "value", "given", "expected"),
    [
        ("clean", "  Acme\t\u00a0 Ltd\u200b\x01 ", None, "Acme Ltd"),
        ("clean", " \n ", None, None),
        ("clean", "e\u0301", None, "\u00e9"),
        ("trim", "\n a\nb ", None, "a\nb"),
        ("lower", "ÀB", None, "àb"),
        ("upper", "àb", None, "ÀB"),
        ("truncate", "abcdef", 3, "abc"),
        ("digits", "+44 (0)20", None, "44020"),
        ("digits", "none", None, None),
        ("prefix", "x", "it's ", "it's x"),
        ("suffix", None, "!", None),
        ("default", "", "n/a", "n/a"),
        ("number", "1.234,50", {"decimal": ",", "thousands": "."}, 1234.5),
        ("number", "12\u00a0000", None, 12000),
        ("number", "twelve", None, None),
        ("integer", "12.0", None, 12),
        ("integer", "12.7", None, None),
        ("integer", "true", None, 1),
        ("boolean", "Yes", None, True),
        ("boolean", "2", None, None),
        ("boolean", "ja", {"yes": ["ja"], "no": ["nein"]}, True),
        ("first", ["", "a", "b"], None, "a"),
        ("rest", ["", "a", "b", "c"], None, ["b", "c"]),
        ("join", ["a", None, " ", "b"], "; ", "a; b"),
        ("join", [], None, None),
        ("template", ["Main St", None], "{1}, no. {2}!", "Main St, no. !"),
        ("template", [None, ""], "{1} {2}", None),
        (
            "text_to_html",
            " a & b\r\n<c>\n\n\nd\u00a0e",
            None,
            "<p>a &amp; b<br>&lt;c&gt;</p><p>d&nbsp;e</p>",
        ),
        ("text_to_html", " \n", None, None),
        ("map_items", ["a", "b"], {"values": {"a": "x"}}, ["x", "b"]),
    ],
)
def test_sql_transforms(
    connection: duckdb.DuckDBPyConnection, name: str, value: Any, given: Any, expected: Any
) -> None:
    assert sql(connection, name, value, given) == expected


@pytest.mark.parametrize(
    ("name", "value", "given", "expected"),
    [
        ("date", "29/02/2024", "%d/%m/%Y", "2024-02-29"),
        ("date", "29/02/2023", "%d/%m/%Y", "None"),
        ("datetime", "2024-07-01 10:00:00", {"zone": "Europe/Paris"}, "2024-07-01 08:00:00"),
        ("datetime", "2024-07-01T10:00:00+02:00", {"zone": "Asia/Tokyo"}, "2024-07-01 08:00:00"),
        ("datetime", "2024-07-01T10:00:00Z", None, "2024-07-01 10:00:00"),
        ("datetime", "2024-07-01", None, "2024-07-01 00:00:00"),
        ("datetime", "1.7.2024 10:00", {"format": "%d.%m.%Y %H:%M"}, "2024-07-01 10:00:00"),
        ("datetime", "soon", None, "None"),
    ],
)
def test_dates(
    connection: duckdb.DuckDBPyConnection, name: str, value: str, given: Any, expected: str
) -> None:
    assert str(sql(connection, name, value, given)) == expected


@pytest.mark.parametrize(
    ("name", "value", "given", "expected"),
    [
        ("email", " <Jo@EXAMPLE.com>; ", None, Outcome("Jo@example.com")),
        ("email", "jo at example", None, Outcome("jo at example", True)),
        ("phone", "020 7946 0000", {"country": "GB"}, Outcome("+44 20 7946 0000")),
        ("phone", "020 7946 0000\x1fgb", None, Outcome("+44 20 7946 0000")),
        ("phone", "+442079460000", {"format": "e164"}, Outcome("+442079460000")),
        ("phone", "call me", {"country": "GB"}, Outcome("call me", True)),
        ("split_name", "Dr. Ana Maria de la Vega", "first", Outcome("Ana Maria")),
        ("split_name", "Dr. Ana Maria de la Vega", "last", Outcome("de la Vega")),
        ("split_name", "Ana", "last", Outcome(None)),
        ("html_to_text", "<p>a &amp;\n b<br>c</p><ul><li>d</ul><script>x</script>", None,
         Outcome("a & b\nc\n\n- d")),
        ("sanitize_html", "<b onclick=x>a</b><script>b</script>", None, Outcome("<b>a</b>")),
    ],
)  # fmt: skip
def test_python_transforms(name: str, value: str, given: Any, expected: Outcome) -> None:
    assert python(name, value, given) == expected


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("truncate", None), ("truncate", "x"), ("truncate", -1), ("truncate", True),
        ("truncate", {"size": 3}), ("clean", 1), ("split_name", "middle"),
        ("number", {"decimal": 1}),
    ],
)  # fmt: skip
def test_refuses_wrong_arguments(name: str, given: Any) -> None:
    with pytest.raises(ArgumentError):
        REGISTRY[name].arguments(given)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=NO_SURROGATES)
def test_no_text_crashes_a_transform(connection: duckdb.DuckDBPyConnection, value: str) -> None:
    given_by_name = {
        "truncate": 5, "prefix": "a", "suffix": "b", "default": "c", "split_name": "first",
        "date": "%d/%m/%Y", "placeholders": {"fields": {"a.b": "object.name"}},
    }  # fmt: skip
    for name, transform in REGISTRY.items():
        if transform.python:
            python(name, value, given_by_name.get(name))
        elif "text" in transform.takes:
            sql(connection, name, value, given_by_name.get(name))
    listed = [value, None, value]
    for name in ("first", "rest", "join"):
        sql(connection, name, listed)


ADDRESSES = r"[a-zA-Z0-9._+-]{1,8}@[a-z0-9.-]{1,9}[.][a-z]{2,3}"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=st.one_of(st.emails(), st.from_regex(ADDRESSES,
                                                  fullmatch=True)))  # fmt: skip
def test_the_quick_way_agrees_with_the_library(
    connection: duckdb.DuckDBPyConnection, value: str
) -> None:
    quick = REGISTRY["email"].quick
    assert quick is not None
    rows = connection.execute(f"SELECT {quick('v')} FROM (SELECT ? AS v)", [value]).fetchall()
    if rows[0][0] is not None:
        assert python("email", value) == Outcome(rows[0][0])


def test_every_transform_is_described() -> None:
    for transform in REGISTRY.values():
        assert transform.doc.endswith("."), transform.name
