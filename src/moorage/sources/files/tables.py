"""Every table of a bundle as an object: its columns, the one that names a row, and its links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from moorage.bundles import Bundle, Column, Expected, Inferred, Table
from moorage.bundles.names import names_of
from moorage.bundles.store import identifier
from moorage.errors import SettingsError
from moorage.proposals.words import words_of

LONGEST_NAME = 50
#: So many of a column's values must be keys of another table to make it a link.
MOST = 0.95
#: Words of a header that tell of a key.
_KEY_WORDS = frozenset(("id", "number", "external_id", "employee_number", "customer_number", "sku"))
_KEY_TYPES = ("integer", "text")


@dataclass(frozen=True)
class Found:
    """One table: its name as an object, and its columns by name (`link`: object they point to)."""

    name: str
    table: Table
    columns: Mapping[str, Inferred]
    key: str | None = None
    links: Mapping[str, str] | None = None

    @property
    def expected(self) -> Expected:
        """What the bundle shall read."""
        columns = tuple(
            Column(name, kind=one.kind, aliases=(one.name, one.label))
            for name, one in self.columns.items()
        )
        return Expected(self.name, columns, key=(self.key,) if self.key else ())

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
    return [replace(one, links=_links(bundle, one, found)) for one in found]


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
    likely.sort(key=lambda name: len(words_of(found.columns[name].label)))
    return next((name for name in likely if _is_unique(bundle, found, name)), None)


def _tells_a_key(found: Found, name: str) -> bool:
    about = found.columns[name]
    words = set(words_of(about.label)) | set(words_of(about.name))
    return about.type in _KEY_TYPES and bool(words & _KEY_WORDS)


def _is_unique(bundle: Bundle, found: Found, name: str) -> bool:
    column = found.header(name)
    ((rows, values),) = bundle.store.connection.execute(
        f"SELECT count(*), count(DISTINCT trim({column})) FROM {found.table.table}"
    ).fetchall()
    return bool(rows) and rows == values


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
    said = set(words_of(found.columns[name].label)) | set(words_of(found.columns[name].name))
    if found.name == other.name:
        return bool(said & {"parent", "parent_company", "parent_task", "manager"})
    assert other.key is not None
    same_header = words_of(found.columns[name].name) == words_of(other.columns[other.key].name)
    return (same_header and name != "source_id") or bool(said & set(words_of(other.name)))


def _points(bundle: Bundle, found: Found, name: str, other: Found) -> bool:
    assert other.key is not None
    values = f"SELECT DISTINCT trim({found.header(name)}) AS value FROM {found.table.table}"
    keys = f"SELECT trim({other.header(other.key)}) FROM {other.table.table}"
    ((count, known),) = bundle.store.connection.execute(
        f"SELECT count(*), count(*) FILTER (value IN ({keys})) FROM ({values}) WHERE value <> ''"
    ).fetchall()
    return bool(count) and known >= MOST * count
