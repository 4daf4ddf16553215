"""SQL made from metadata over several tables: processes, activities, files in columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from moorage.sources.opex365.metadata import Attribute, Entity
from moorage.sources.opex365.reader import Wanted
from moorage.sources.opex365.tidy import is_field, literal, quoted


def column_file_sql(tables: Iterable[Wanted], own: Collection[str]) -> str:
    """The files and images that stand in columns: the path of each, and the record it is of."""
    selects = [
        "SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS name, NULL::VARCHAR AS path,"
        " NULL::VARCHAR AS record, NULL::BOOLEAN AS is_own WHERE false"
    ]
    for wanted in tables:
        if wanted.entity is not None:
            selects += [
                _column_file(wanted, wanted.entity.entity_set, one, is_own=wanted.name in own)
                for one in wanted.entity.attributes.values()
                if one.kind in ("file", "image") and one.name in wanted.present
            ]
    return f"CREATE TABLE tidy._column_files AS {' UNION ALL '.join(selects)}"


def _column_file(wanted: Wanted, entity_set: str, held: Attribute, *, is_own: bool) -> str:
    key, mark = f"lower({quoted(wanted.key)})", quoted(held.name)
    full = "/full" if held.is_full else ""
    return (
        f"SELECT '{wanted.name}-' || {key} || '-{held.name}', {literal(held.label)},"
        f" '{entity_set}/' || {key} || '/{held.name}/' || {mark} || '{full}',"
        f" '{wanted.name}:' || {key}, {str(is_own).lower()}"
        f" FROM raw.{quoted(wanted.name)} WHERE {mark} IS NOT NULL"
    )


def process_sql(processes: Mapping[str, str]) -> str:
    """All instances of business process flows; by table, its lookup to opportunities."""
    selects = [
        f"SELECT id, processid AS process_id, processid_label AS process,"
        f" activestageid AS stage_id, activestageid_label AS stage, {quoted(lookup)}"
        " AS opportunity_id, traversedpath AS traversed, statecode AS state,"
        f" modifiedon AS modified, activestagestartedon AS started FROM tidy.{quoted('_' + name)}"
        for name, lookup in processes.items()
    ]
    nothing = (
        "SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS process_id, NULL::VARCHAR AS process,"
        " NULL::VARCHAR AS stage_id, NULL::VARCHAR AS stage, NULL::VARCHAR AS opportunity_id,"
        " NULL::VARCHAR AS traversed, NULL::INTEGER AS state, NULL::TIMESTAMP AS modified,"
        " NULL::TIMESTAMP AS started WHERE false"
    )
    return f"CREATE TABLE tidy._process AS {' UNION ALL '.join([*selects, nothing])}"


def activity_sql(
    activities: Sequence[tuple[Wanted, Entity]], labels: Mapping[str, str]
) -> list[str]:
    """The names of the types of activities, and what custom types say in columns of their own."""
    types = ", ".join(f"({literal(n)}, {literal(label)})" for n, label in labels.items())
    details = ["SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS text WHERE false"]
    for wanted, entity in activities:
        parts = ", ".join(
            f"{literal(one.label + ': ')} || {_shown(one)}"
            for one in entity.custom_attributes()
            if is_field(one)
        )
        if parts:
            details.append(
                f"SELECT lower({quoted(wanted.key)}), nullif(array_to_string(list_filter("
                f"[{parts}], lambda p: p IS NOT NULL), chr(10)), '')"
                f" FROM raw.{quoted(wanted.name)}"
            )
    return [
        "CREATE TABLE tidy._activity_types AS SELECT * FROM (VALUES "
        f"{types or '(NULL, NULL)'}) v(type, label)",
        f"CREATE TABLE tidy._activity_details AS {' UNION ALL '.join(details)}",
    ]


def _shown(attribute: Attribute) -> str:
    column = quoted(attribute.name)
    if attribute.kind in ("lookup", "choice", "choices"):
        return f"coalesce({quoted(attribute.name + '.label')}, {column})"
    if attribute.kind == "boolean":
        return f"CASE {column} WHEN 'true' THEN 'Yes' WHEN 'false' THEN 'No' END"
    return column
