"""Every table of a bundle as an object: its columns, the one that names a row, and its links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from moorage.bundles import Bundle, Column, Expected, Inferred, Table
from moorage.bundles.names import names_of
from moorage.bundles.store import identifier
from moorage.errors import SettingsError
from moorage.proposals import kind_by_name
from moorage.proposals.words import readings, words_of
from moorage.sources.files.choices import Choices, choices_of

LONGEST_NAME = 50
#: So many of a column's values must be keys of another table to make it a link.
MOST = 0.95
#: Words of a header that tell of a key.
_KEY_WORDS = frozenset(
    ("id", "number", "code", "external_id", "employee_number", "customer_number", "sku")
)
_KEY_TYPES = ("integer", "text")


@dataclass(frozen=True)
class Found:
    """One table: its name as an object, and its columns by name.

    `links` are columns that hold keys of another object, `named` those that hold what its rows are
    called: the object, and the column that calls them so; `choices` those whose values are records.
    """

    name: str
    table: Table
    columns: Mapping[str, Inferred]
    key: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    choices: Mapping[str, Choices] = field(default_factory=dict)

    @property
    def expected(self) -> Expected:
        """What the bundle shall read."""
        columns = tuple(
            Column(name, kind=one.kind, aliases=(one.name, one.label))
            for name, one in self.columns.items()
        )
        return Expected(self.name, columns, key=(self.key,) if self.key else ())

    def points_to(self, column: str) -> str | None:
        """The object that the values of a column are keys of; None where they are not."""
        chosen = self.choices.get(column)
        return chosen.name if chosen else self.links.get(column)

    def type_of(self, column: str) -> str:
        """The type of its source field."""
        if not self.points_to(column):
            return self.columns[column].type
        return "links" if self.columns[column].type == "multiselect" else "link"

    def header(self, column: str) -> str:
        """The column of the bundle's own database."""
        return identifier(self.columns[column].name)


def find_tables(bundle: Bundle, keys: Mapping[str, str]) -> list[Found]:
    """All tables of `bundle`. `keys` are a person's words on which column names a row; one that is
    not there or does not tell rows apart is a SettingsError.
    """
    found: list[Found] = []
    for table in bundle.tables:
        name = _free(plain_name(names_of(table.name)[0]), [one.name for one in found])
        columns: dict[str, Inferred] = {}
        for inferred in bundle.infer(table):
            columns[_free(plain_name(inferred.name), columns)] = inferred
        one = Found(name, table, columns)
        found.append(replace(one, key=_key(bundle, one, keys.get(name))))
    linked = [replace(one, links=_links(bundle, one, found)) for one in found]
    return [
        replace(
            one,
            named=_named(bundle, one, found),
            choices=choices_of(one.name, one.columns, one.links),
        )
        for one in linked
    ]


def plain_name(text: str) -> str:
    """A name of small letters, digits and `_` that begins with a letter."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_NAME]
    return slug if slug[:1].isalpha() else f"t_{slug}".rstrip("_")


def _free(name: str, taken: Iterable[str]) -> str:
    # `id` is the record's own: a column called so is its key, and stands beside it under this name.
    name = "source_id" if name == "id" else name
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _key(bundle: Bundle, found: Found, said: str | None) -> str | None:
    if said is not None:
        wanted = plain_name(said)
        name = "source_id" if wanted == "id" else wanted
        if name not in found.columns or not _is_unique(bundle, found, name):
            raise SettingsError(
                f"{said!r} does not name the rows of {found.name}: it is not there, or has gaps or"
                " the same value twice",
                where=f"source.keys.{found.name}",
                state="Nothing was read.",
                todo=f"Use one of: {', '.join(found.columns)}.",
            )
        return name
    likely = [name for name in found.columns if _tells_a_key(found, name)]
    likely.sort(key=lambda name: min(map(len, _readings(found.columns[name])), default=0))
    return next((name for name in likely if _is_unique(bundle, found, name)), None)


def _tells_a_key(found: Found, name: str) -> bool:
    about = found.columns[name]
    # A language that knows the word tells more than its letters: `USt-IdNr.` is no number of a row.
    words = [set(one) for one in _readings(about)]
    known = words[1:] or words
    return about.type in _KEY_TYPES and any(one & _KEY_WORDS for one in known)


def _words(about: Inferred) -> set[str]:
    """What a header says, in all languages that are read."""
    return {word for words in _readings(about) for word in words}


def _readings(about: Inferred) -> list[tuple[str, ...]]:
    return [reading.words for reading in readings(about.label or about.name)]


def _is_unique(bundle: Bundle, found: Found, name: str, share: float = 1.0) -> bool:
    column = found.header(name)
    ((rows, values),) = bundle.store.connection.execute(
        f"SELECT count(*), count(DISTINCT trim({column})) FROM {found.table.table}"
    ).fetchall()
    return bool(rows) and values >= share * rows


def _links(bundle: Bundle, found: Found, others: Sequence[Found]) -> dict[str, str]:
    """Columns whose values are keys of another table (or of this one), and whose name says so."""
    links = {}
    for name in found.columns:
        if name == found.key or found.columns[name].type not in (*_KEY_TYPES, "select"):
            continue
        likely = [one for one in others if one.key and _is_named(found, name, one)]
        target = next((one for one in likely if _points(bundle, found, name, one)), None)
        if target is not None:
            links[name] = target.name
    return links


def _is_named(found: Found, name: str, other: Found) -> bool:
    said = _words(found.columns[name])
    if found.name == other.name:
        return bool(said & {"parent", "parent_company", "parent_task", "manager"})
    assert other.key is not None
    same_header = words_of(found.columns[name].name) == words_of(other.columns[other.key].name)
    return (same_header and name != "source_id") or bool(said & _table_words(other.name))


def _table_words(name: str) -> set[str]:
    return {word for reading in readings(name) for word in reading.words}


def _points(bundle: Bundle, found: Found, name: str, other: Found, by: str | None = None) -> bool:
    """Whether the values of a column are those of the key of `other`, or of its column `by`."""
    target = by or other.key
    assert target is not None
    values = f"SELECT DISTINCT trim({found.header(name)}) AS value FROM {found.table.table}"
    keys = f"SELECT trim({other.header(target)}) FROM {other.table.table}"
    ((count, known),) = bundle.store.connection.execute(
        f"SELECT count(*), count(*) FILTER (value IN ({keys})) FROM ({values}) WHERE value <> ''"
    ).fetchall()
    return bool(count) and known >= MOST * count


def _named(bundle: Bundle, found: Found, others: Sequence[Found]) -> dict[str, tuple[str, str]]:
    """Columns whose values are what rows of another table are called, most of them otherwise.

    As with links the header must speak of such records: a customer or a company, if the table is
    one of customers.
    """
    named = {}
    for name, about in found.columns.items():
        if about.type not in ("text", "select") or name in found.links or name == found.key:
            continue
        likely = [
            one
            for one in others
            if one.key and one.name != found.name and _words(about) & _spoken_of(one)
        ]
        calls = next(
            ((one.name, by) for one in likely for by in _calling(bundle, found, name, one)), None
        )
        if calls is not None:
            named[name] = calls
    return named


def _spoken_of(found: Found) -> set[str]:
    kind = kind_by_name(found.name)
    return _table_words(found.name) | (set(kind.nouns) if kind else set())


def _calling(bundle: Bundle, found: Found, name: str, other: Found) -> list[str]:
    """The columns of `other` that hold the values of a column, a different one in most rows."""
    return [
        by
        for by, about in other.columns.items()
        if about.type == "text"
        and by != other.key
        and _points(bundle, found, name, other, by)
        and _is_unique(bundle, other, by, MOST)
    ]
