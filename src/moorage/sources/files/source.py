"""An opened bundle that nobody knows: each file an object, columns by what their values are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from moorage.bundles import Answers, Bundle, Match
from moorage.errors import SettingsError
from moorage.sources.base import Discovery, FileStore, RawTable, SourceField, SourceObject
from moorage.sources.bundled import given_answers, open_given, raw_tables
from moorage.sources.files.tables import Found, find_tables

#: The SQL of a tidy value by the type of its field; `{}` is the text that the bundle gives.
_CASTS = {
    "integer": "TRY_CAST({} AS BIGINT)",
    "decimal": "TRY_CAST({} AS DOUBLE)",
    "money": "TRY_CAST({} AS DOUBLE)",
    "boolean": "TRY_CAST({} AS BOOLEAN)",
    "date": "TRY_CAST({} AS DATE)",
    "multiselect": "CAST(TRY_CAST({} AS JSON) AS VARCHAR[])",
    "links": "list_transform(CAST(TRY_CAST({} AS JSON) AS VARCHAR[]), lambda one: trim(one))",
}
_MOMENT = (
    "CASE WHEN ends_with({0}, '+00') THEN TRY_CAST(left({0}, 19) AS TIMESTAMP) ELSE"
    " TRY_CAST({0} AS TIMESTAMP) AT TIME ZONE '{1}' AT TIME ZONE 'UTC' END"
)


class FilesSource:
    """A bundle, read when it is first asked for."""

    def __init__(self, bundle: Bundle, options: Mapping[str, Any]) -> None:
        self._bundle = bundle
        self._options = options

    @cached_property
    def _found(self) -> list[Found]:
        return find_tables(self._bundle, dict(self._options.get("keys") or {}))

    @cached_property
    def _match(self) -> Match:
        given = given_answers(self._options)
        files = {one.table.name: one.name for one in self._found}
        left_out = {name: said for name, said in given.files.items() if said == "-"}
        answers = Answers({**files, **left_out}, given.headers, given.formats)
        expected = [one.expected for one in self._found]
        return Match(self._bundle.store, self._bundle.tables, expected, answers)

    def discover(self) -> Discovery:
        """Every file with its columns: types by all values, keys and links by comparing them."""
        notes = [*self._match.notes(), *(_note(one) for one in self._found)]
        return Discovery(
            kind="files",
            release="",
            identity=self._bundle.path.name,
            objects=(
                *(_object(one) for one in self._found),
                *(about.object for one in self._found for about in one.choices.values()),
            ),
            notes=tuple(notes),
            questions=tuple(self._match.questions()),
            details={
                "choices": {
                    about.name: [one.name, about.model]
                    for one in self._found
                    for about in one.choices.values()
                }
            },
        )

    def raw_tables(self) -> Sequence[RawTable]:
        """All tables; SettingsError where a person must first say how something is written."""
        return raw_tables(self._match)

    def tidy_sql(self) -> Sequence[str]:
        """One table for each file."""
        keys = {one.name: one.key for one in self._found}
        zone = str(self._options["timezone"])
        return [
            *(_tidy(one, zone, keys) for one in self._found),
            *(
                about.tidy_sql(f"raw.{_quoted(one.name)}")
                for one in self._found
                for about in one.choices.values()
            ),
        ]

    def files(self) -> FileStore | None:
        """What columns of a bundle name as files is not known."""
        return None

    def close(self) -> None:
        """Remove what was unpacked. Safe to call twice."""
        self._bundle.close()


def _note(found: Found) -> str:
    if found.key is None:
        return (
            f"{found.name}: no column names its rows; a row is known by all that it says, so a"
            f" changed row counts as a new one. Give the column: source.keys: {{{found.name}: …}}"
        )
    links = ", ".join(f"{name} → {other}" for name, other in found.links.items())
    named = ", ".join(f"{name} → {other} ({by})" for name, (other, by) in found.named.items())
    return (
        f"{found.name}: rows are known by {found.key}"
        + (f"; links: {links}" if links else "")
        + (f"; by name: {named}" if named else "")
    )


def _object(found: Found) -> SourceObject:
    fields = [
        SourceField(
            name=name,
            type=found.type_of(name),
            label=one.label or one.name,
            options=() if found.points_to(name) else one.options,
            link=found.points_to(name),
        )
        for name, one in found.columns.items()
    ]
    fields += [
        SourceField(f"{name}.currency", "text", f"{one.label} currency")
        for name, one in found.columns.items()
        if one.type == "money"
    ]
    fields += [
        SourceField(f"{name}.record", "link", found.columns[name].label or name, link=other)
        for name, (other, _) in found.named.items()
    ]
    return SourceObject(found.name, found.name, found.table.row_count, tuple(fields))


def _tidy(found: Found, zone: str, keys: Mapping[str, str | None]) -> str:
    content = " || '|' || ".join(f"coalesce({_quoted(name)}, '')" for name in found.columns)
    key = f"trim({_quoted(found.key)})" if found.key else (
        f"md5({content}) || '-' || row_number() OVER (PARTITION BY md5({content}) ORDER BY _file,"
        " TRY_CAST(_line AS BIGINT))"
    )  # fmt: skip
    picked = [f"{key} AS id"]
    for name, one in found.columns.items():
        kind = found.type_of(name)
        picked.append(f"{_cast(kind, _quoted(name), zone)} AS {_quoted(name)}")
        if one.type == "money":
            picked.append(_quoted(f"{name}.currency"))
    for name, (other, by) in found.named.items():
        # A name that several rows share points to none of them.
        picked.append(
            f"(SELECT min(trim({_quoted(keys[other])})) FROM raw.{_quoted(other)} AS other WHERE"
            f" trim(other.{_quoted(by)}) = trim(own.{_quoted(name)}) HAVING count(*) = 1)"
            f" AS {_quoted(name + '.record')}"
        )
    name = _quoted(found.name)
    return f"CREATE TABLE tidy.{name} AS SELECT {', '.join(picked)} FROM raw.{name} AS own"


def _cast(kind: str, text: str, zone: str) -> str:
    if kind == "datetime":
        return _MOMENT.format(text, zone)
    return _CASTS.get(kind, "nullif(trim({}), '')").format(text)


def _quoted(name: str | None) -> str:
    return '"' + str(name).replace('"', '""') + '"'


def open_source(options: Mapping[str, Any]) -> FilesSource:
    """Open the bundle that the options name; nothing is read yet."""
    zone = str(options.get("timezone") or "")
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        raise SettingsError(
            f"there is no time zone {zone!r}",
            where="source.timezone",
            state="Nothing was read.",
            todo="Write it like Europe/Vienna.",
        ) from None
    bundle = open_given(options)
    if bundle is None:
        raise SettingsError(
            "no bundle is given",
            where="source.bundle",
            state="Nothing was read.",
            todo="Name the folder, zip or file that was exported.",
        )
    return FilesSource(bundle, options)
