"""The statements that build the tidy tables: rows of one record laid over each other, then SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from moorage.bundles import Expected, Inferred
from moorage.sources.klipy.tables import EXPECTED

SQL_FOLDER = Path(__file__).with_name("sql")
#: Objects whose records may have fields of users' own.
CUSTOMISED = ("people", "companies", "deals")
#: What the log of webhooks adds to the rows of a table.
_OF_LOG = {"people": "tidy._event_people", "interactions": "tidy._event_interactions"}
_PERSON = "coalesce(tidy._form(concat_ws(' ', first_name, last_name)), tidy._form(name))"
#: How a row is known where it has no id. The API's rows are known by their ids alone.
_KNOWN_BY = {
    "people": f"""coalesce(
        CASE WHEN coalesce(known_form, {_PERSON}) IS NOT DISTINCT FROM
            coalesce({_PERSON}, known_form) THEN known_id END,
        'mail-' || tidy._mail(email) || CASE
            WHEN {_PERSON} > min({_PERSON}) OVER (PARTITION BY tidy._mail(email))
            THEN '-' || left(md5({_PERSON}), 8) ELSE '' END,
        'linkedin-' || left(md5(tidy._form(linkedin)), 16),
        'phone-' || left(md5(coalesce({_PERSON}, '') ||
            regexp_replace(phone, '[^0-9]', '', 'g')), 16))""",
    "companies": "'named-' || left(md5(tidy._form(name)), 12)"
    " || coalesce('-' || tidy._domain(domain), '')",
    "users": "coalesce(tidy._mail(email), 'member-' || left(md5(tidy._form(name)), 12))",
}
_PLACE = "CASE WHEN starts_with(_file, 'api/') THEN 'the API' ELSE _file || ':' || _line END"
_CASTS = {
    "integer": "TRY_CAST({} AS BIGINT)",
    "decimal": "tidy._decimal({})",
    "money": "tidy._decimal({})",
    "boolean": "tidy._truth({})",
    "date": "TRY_CAST({} AS DATE)",
    "datetime": "tidy._utc({})",
    "multiselect": "nullif(tidy._list({}), [])",
}
Custom = Mapping[str, Sequence[Inferred]]


def quoted(name: str) -> str:
    """An identifier in SQL."""
    return '"' + name.replace('"', '""') + '"'


def tidy_statements(custom: Custom, zone: str, currency: str) -> list[str]:
    """All statements, in order."""
    macros, events, *files = sorted(SQL_FOLDER.glob("*.sql"))
    return [
        f"CREATE MACRO tidy._zone() AS {_literal(zone)}",
        f"CREATE MACRO tidy._currency() AS {_literal(currency)}",
        *_split(macros),
        *_split(events),
        *(sql for one in EXPECTED if "id" in _names(one) for sql in _one_each(one, custom)),
        f"CREATE TABLE tidy._pipelines AS SELECT *, {_PLACE} AS place FROM raw.pipelines",
        *(_custom(name, custom.get(name, ())) for name in CUSTOMISED),
        *(sql for path in files for sql in _split(path)),
        *(sql for name in CUSTOMISED for sql in _with_custom(name, custom.get(name, ()))),
    ]


def _names(expected: Expected) -> list[str]:
    return [column.name for column in expected.columns]


def _one_each(expected: Expected, custom: Custom) -> Iterator[str]:
    """`tidy._<name>`: one row for each record, `id` never empty, `place` its file and line.

    Of several rows of one record, in overlapping pages or in a sheet beside the API, the one
    changed last counts, then the API's; what it leaves empty the others fill.
    """
    name = expected.name
    columns = [one for one in _names(expected) if one != "id"]
    columns += [f"{one.name}.currency" for one in expected.columns if one.kind == "money"]
    columns += [one.name for one in custom.get(name, ())]
    rows = f"SELECT * FROM raw.{name}"
    if name in _OF_LOG:
        rows += f" UNION ALL BY NAME SELECT * FROM {_OF_LOG[name]}"
    if name == "people":
        rows = (
            "SELECT r.*, k.known_id, k.known_form FROM (" + rows + ") r LEFT JOIN ("
            "SELECT mail, min(id) AS known_id, min(form) AS known_form FROM (SELECT"
            f" tidy._mail(email) AS mail, id, {_PERSON} AS form FROM ({rows}) WHERE id IS NOT NULL)"
            " WHERE mail IS NOT NULL GROUP BY mail HAVING count(DISTINCT id) = 1) k"
            " ON k.mail = tidy._mail(r.email) AND r.id IS NULL"
        )
    known_by = _KNOWN_BY.get(name, "NULL")
    latest = "updated DESC NULLS LAST, " if "updated" in columns else ""
    content = " || '|' || ".join(f"coalesce({quoted(one)}, '')" for one in _names(expected))
    yield (
        f"CREATE TABLE tidy._keyed_{name} AS SELECT * EXCLUDE (rid, content), coalesce(rid,"
        " 'row-' || left(content, 16) || CASE WHEN again > 1 THEN '-' || again ELSE '' END) AS rid"
        " FROM (SELECT *, row_number() OVER (PARTITION BY content ORDER BY _file,"
        f" TRY_CAST(_line AS BIGINT)) AS again FROM (SELECT *, md5({content}) AS content,"
        f" coalesce(tidy._filled(id), {known_by}) AS rid FROM ({rows})))"
    )
    picked = ", ".join(
        f"first({quoted(one)} ORDER BY rank) FILTER ({quoted(one)} IS NOT NULL) AS {quoted(one)}"
        for one in columns
    )
    yield (
        f"CREATE TABLE tidy._{name} AS SELECT rid AS id, {picked},"
        " first(_problems ORDER BY rank) FILTER (_problems IS NOT NULL) AS problems,"
        f" first({_PLACE} ORDER BY rank) AS place FROM (SELECT *, row_number() OVER"
        f" (ORDER BY {latest} starts_with(_file, 'api/') DESC, _file,"
        " TRY_CAST(_line AS BIGINT)) AS rank"
        f" FROM tidy._keyed_{name}) GROUP BY rid"
    )
    yield f"DROP TABLE tidy._keyed_{name}"


def _custom(name: str, custom: Sequence[Inferred]) -> str:
    casts = ((one.name, _CASTS.get(one.type, "tidy._filled({})")) for one in custom)
    listed = "".join(
        f", {cast.format(quoted(column))} AS {quoted(column)}" for column, cast in casts
    )
    return f"CREATE TABLE tidy._custom_{name} AS SELECT id{listed} FROM tidy._{name}"


def _with_custom(name: str, custom: Sequence[Inferred]) -> Iterator[str]:
    """Lay users' own fields beside the others."""
    if custom:
        yield (
            f"CREATE OR REPLACE TABLE tidy.{name} AS SELECT t.*, c.* EXCLUDE (id)"
            f" FROM tidy.{name} t LEFT JOIN tidy._custom_{name} c ON c.id = t.id"
        )


def _split(path: Path) -> list[str]:
    """The statements of a file; a semicolon at the end of a line ends one."""
    text = path.read_text(encoding="utf-8")
    return [part.strip() for part in re.split(r";\s*$", text, flags=re.MULTILINE) if part.strip()]


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
