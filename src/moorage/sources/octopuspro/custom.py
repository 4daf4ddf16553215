"""Columns of an account's own and answers of forms, as columns of tidy tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from moorage.bundles import Inferred, Match
from moorage.sources.base import SourceField
from moorage.sources.octopuspro import catalogue

#: Questions of forms that become fields: those asked most. The note of a form has all of them.
MOST_QUESTIONS = 60
LONGEST_OPTION = 60
#: Types of OctopusPro's questions, by a word in them.
QUESTION_TYPES = {
    "integer": "integer", "+/-": "integer", "decimal": "decimal", "temperature": "decimal",
    "toggle": "boolean", "date": "date", "dropdown": "select", "radio": "select",
}  # fmt: skip
_CASTS: dict[str, str] = {
    "integer": "TRY_CAST({} AS BIGINT)",
    "decimal": "TRY_CAST({} AS DECIMAL(18, 4))",
    "money": "TRY_CAST({} AS DECIMAL(18, 2))",
    "boolean": "TRY_CAST({} AS BOOLEAN)",
    "date": "TRY_CAST({} AS DATE)",
    "datetime": "tidy._utc({}, NULL)",
    "multiselect": "nullif(tidy._items({}), [])",
}
_YES = "('yes', 'y', 'true', '1', 'on', 'checked')"
_NO = "('no', 'n', 'false', '0', 'off', 'unchecked')"


@dataclass(frozen=True)
class Question:
    """A question that forms ask; its answer is a column of bookings."""

    form: str
    question: str
    type: str
    options: tuple[str, ...] = ()

    @property
    def column(self) -> str:
        """`custom.form_finish_condition`."""
        words = re.sub(r"\W+", "_", f"{self.form} {self.question}".lower()).strip("_")
        return f"custom.form_{words}"

    def field(self) -> SourceField:
        """The source field of bookings."""
        label = f"{self.form}: {self.question}"
        return SourceField(self.column, self.type, label, custom=True, options=self.options)


def custom_fields(match: Match, name: str) -> tuple[SourceField, ...]:
    """The account's own columns of an object."""
    matched = match.tables.get(catalogue.CUSTOMISED.get(name, ""))
    found = matched.custom if matched else ()
    return tuple(
        SourceField(one.name, one.type, one.label, custom=True, options=one.options)
        for one in found
    )


def custom_sql(match: Match) -> Iterator[str]:
    """For each table that may have own columns: those, by file and line."""
    for table in catalogue.CUSTOMISED.values():
        matched = match.tables.get(table)
        columns = "".join(f", {_cast(one)}" for one in (matched.custom if matched else ()))
        yield f"CREATE TABLE tidy._custom_{table} AS SELECT _file, _line{columns} FROM raw.{table}"


def _cast(one: Inferred) -> str:
    name = quoted(one.name)
    plain = f"tidy._plain({name})" if one.type == "text" else f"tidy._filled({name})"
    return f"{_CASTS.get(one.type, plain).format(name)} AS {name}"


def read_questions(match: Match) -> tuple[Question, ...]:
    """The questions of all forms, those asked most first; their types as the forms say."""
    rows = query(
        match,
        "form_answers",
        "SELECT trim(form), trim(question), lower(any_value(type)), count(*) AS asked,"
        " list(DISTINCT trim(answer) ORDER BY trim(answer)) FILTER (trim(answer) <> '')"
        " FROM answers WHERE trim(question) <> '' GROUP BY ALL ORDER BY asked DESC, 1, 2"
        f" LIMIT {MOST_QUESTIONS}",
    )
    found: dict[str, Question] = {}
    for form, question, told, _, answers in rows:
        kind = next((kind for word, kind in QUESTION_TYPES.items() if word in (told or "")), "text")
        options = tuple(answers or ()) if kind == "select" else ()
        if any(len(option) > LONGEST_OPTION for option in options):
            kind, options = "text", ()
        one = Question(form or "Form", question, kind, options)
        found.setdefault(one.column, one)
    return tuple(found.values())


def questions_sql(questions: Sequence[Question]) -> str:
    """A row per booking, a column per question: the last answer that can be read as its type."""
    columns = "".join(f", {_answer(one)} AS {quoted(one.column)}" for one in questions)
    return (
        f"CREATE TABLE tidy._form_fields AS SELECT r.id AS booking_id{columns}"
        " FROM raw.form_answers a JOIN tidy._booking_refs r"
        " ON r.ref = tidy._ref(a.booking_id, a.booking_number)"
        " WHERE r.id IS NOT NULL GROUP BY r.id"
    )


def _answer(one: Question) -> str:
    value = _CASTS.get(one.type, "tidy._filled({})").format("a.answer")
    if one.type == "boolean":
        value = (
            f"CASE WHEN lower(trim(a.answer)) IN {_YES} THEN true"
            f" WHEN lower(trim(a.answer)) IN {_NO} THEN false END"
        )
    asked = f"coalesce(nullif(trim(a.form), ''), 'Form') = {text(one.form)}"
    asked += f" AND trim(a.question) = {text(one.question)} AND {value} IS NOT NULL"
    order = "coalesce(a.answered_at, '') || lpad(a._line, 12, '0')"
    return f"arg_max({value}, {order}) FILTER ({asked})"


def query(match: Match, table: str, sql: str) -> list[tuple[Any, ...]]:
    """What `sql` finds in the rows of an expected table, which it calls `answers`."""
    batches = match.batches(table)
    first = next(batches)
    with duckdb.connect() as connection:
        connection.register("given", first)
        connection.execute("CREATE TABLE answers AS SELECT * FROM given")
        for batch in batches:
            connection.register("given", batch)
            connection.execute("INSERT INTO answers SELECT * FROM given")
        return connection.execute(sql).fetchall()


def quoted(name: str) -> str:
    """An identifier in SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text in SQL."""
    return "'" + value.replace("'", "''") + "'"
