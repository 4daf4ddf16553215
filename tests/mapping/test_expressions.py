"""SQL in a mapping: harmless expressions pass, everything else is refused with a reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moorage.mapping.expressions import ExpressionError, Expressions

from .ground import DISCOVERY


@pytest.fixture(scope="module")
def expressions() -> Iterator[Expressions]:
    found = Expressions(DISCOVERY, {"won": {"a": "won"}, "rule": "score = '1'", "none": {}})
    yield found
    found.close()


@pytest.mark.parametrize(
    ("text", "kind", "columns"),
    [
        ("name || '!'", "text", ("name",)),
        ("address.country_code = 'GB'", "boolean", ("address.country_code",)),
        ('"custom.Größe" * 2', "decimal", ("custom.Größe",)),
        ("CASE kind WHEN 'a' THEN 1 ELSE 0 END", "integer", ("kind",)),
        ("{rule} AND TRUE", "boolean", ("score",)),
        ("{won}[kind]", "text", ("kind",)),
        ("coalesce({none}[kind], 'x')", "text", ("kind",)),
        ("list_filter(emails, lambda one: one <> name)", "list", ("emails", "name")),
        ("id::INT", "integer", ("id",)),
    ],
)
def test_takes_scalar_expressions(
    expressions: Expressions, text: str, kind: str, columns: tuple[str, ...]
) -> None:
    found = expressions.scalar(text, "people")
    assert (found.kind, found.columns) == (kind, columns)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(SELECT 1)", "subquery"),
        ("EXISTS (SELECT 1)", "subquery"),
        ("name IN (SELECT name FROM tidy.people)", "subquery"),
        ("count(*)", "many rows"),
        ("row_number() OVER ()", "window"),
        ("random()", "another result"),
        ("now()", "another result"),
        ("read_text('/etc/passwd')", "reads tables"),
        ("nam", "did you mean 'name'"),
        ("{rul}", "did you mean 'rule'"),
        ("1) FROM read_csv('x') WHERE (true", "not valid SQL"),
        ("1), (2", "one expression"),
        ("1) UNION SELECT (2", "one expression"),
        ("1); DROP TABLE tidy.people; SELECT (1", "not valid SQL"),
        ("1) ORDER BY (1", "not valid SQL"),
        ("$1", "parameter"),
        ("(" * 5000 + "1" + ")" * 5000, "."),
        ("1" + "+1" * 5000, "."),
        ("*", "not allowed"),
        ("{'a': 1}", "no Odoo field"),
        ("year(name)", "DuckDB refuses"),
        (" ", "is empty"),
    ],
)
def test_refuses_the_rest(expressions: Expressions, text: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=words.replace("(", r"\(")):
        expressions.scalar(text, "people")


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60))
def test_any_text_is_judged_without_a_crash(text: str) -> None:
    expressions = Expressions(DISCOVERY, {})
    try:
        expressions.scalar(text, "people")
    except ExpressionError:
        pass
    finally:
        expressions.close()
