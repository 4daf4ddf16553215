"""`$apply`: filter, groupby and aggregate over a table, within the documented limit of rows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from moorage.sources.opex365.demo.conditions import condition, edm_type
from moorage.sources.opex365.demo.errors import (
    RefusedError,
    bad_query,
    not_served,
    unknown_property,
)
from moorage.sources.opex365.demo.filters import parse_filter
from moorage.sources.opex365.demo.query import split_outside
from moorage.sources.opex365.demo.rows import Annotations, annotation_members, value_json
from moorage.sources.opex365.demo.schema import Attribute, Table
from moorage.sources.opex365.demo.store import Store

ROW_LIMIT = 50_000
_STEP = re.compile(r"(filter|groupby|aggregate)\((.*)\)", re.S)
_SUM = re.compile(r"(\w+) with (sum|average|min|max|countdistinct) as (\w+)")
_COUNT = re.compile(r"\$count as (\w+)")
_FUNCTIONS = {
    "sum": "sum({})", "average": "avg({})", "min": "min({})", "max": "max({})",
    "countdistinct": "count(DISTINCT {})",
}  # fmt: skip
_TIMES = ("DateTime", "LocalDate", "Zoneless", "Date")


@dataclass(frozen=True)
class Aggregation:
    """What `$apply` asks: a condition, columns to group by, results as SQL by their names."""

    where: str
    columns: tuple[Attribute, ...]
    results: dict[str, str]


def aggregated(store: Store, table: Table, text: str, annotations: Annotations) -> str:
    """The groups as JSON objects joined by commas; refused over more than 50,000 rows."""
    asked = _parsed(table, text)
    rows = f'FROM "{table.name}" r WHERE {asked.where}'
    if int(store.one(f"SELECT count(*) {rows}")) > ROW_LIMIT:
        message = "The maximum record limit is exceeded. Reduce the number of records."
        raise RefusedError(400, "0x8004e023", message)
    picked, members = [], []
    for known in asked.columns:
        name = known.property_name
        picked.append(f'"{name}"')
        if known.is_lookup:
            picked += [f'"{name}__type"', f'"{name}__name"']
        members.append(f"""',"{name}":' || {value_json(known, f'g."{name}"')}""")
        members += annotation_members(table, known, annotations, store.symbols, "g")
    results = [f'{sql} AS "{name}"' for name, sql in asked.results.items()]
    members += [
        f"""',"{name}":', coalesce(g."{name}"::VARCHAR, 'null')""" for name in asked.results
    ]
    grouped = f" GROUP BY {', '.join(picked)}" if picked else ""
    inner = f"SELECT {', '.join([*picked, *results])} {rows}{grouped}"
    json = f"'{{' || substr(concat({', '.join(members)}), 2) || '}}'"
    return str(store.one(f"SELECT coalesce(string_agg({json}, ','), '') FROM ({inner}) g"))


def _parsed(table: Table, text: str) -> Aggregation:
    where, columns = ["true"], list[Attribute]()
    results: dict[str, str] = {}
    for step in split_outside(text, "/"):
        found = _STEP.fullmatch(step.strip())
        if found is None:
            raise bad_query(f"Invalid expression in $apply: '{step}'.")
        kind, inside = found[1], found[2]
        if kind == "filter":
            where.append(condition(parse_filter(inside), table))
        elif kind == "aggregate":
            results |= _results(table, inside)
        else:
            listed, *rest = split_outside(inside, ",")
            columns += [_column(table, name) for name in listed.strip(" ()").split(",")]
            for part in rest:
                further = _STEP.fullmatch(part.strip())
                if further is None or further[1] != "aggregate":
                    raise bad_query(f"Invalid expression in groupby: '{part}'.")
                results |= _results(table, further[2])
    return Aggregation(" AND ".join(where), tuple(columns), results)


def _column(table: Table, name: str) -> Attribute:
    name = name.strip()
    if "/" in name:
        raise not_served("groupby over a navigation")
    known = table.properties.get(name)
    if known is None:
        raise unknown_property(name, table.name)
    if known.type == "Money":
        raise not_served("groupby over money")
    if known.type in _TIMES:
        raise bad_query(f"Grouping by the date column '{name}' is not supported.")
    return known


def _results(table: Table, text: str) -> dict[str, str]:
    found = {}
    for part in (part.strip() for part in split_outside(text, ",")):
        if counted := _COUNT.fullmatch(part):
            found[counted[1]] = "count(*)"
        elif summed := _SUM.fullmatch(part):
            known = table.properties.get(summed[1])
            if known is None:
                raise unknown_property(summed[1], table.name)
            if summed[2] in ("sum", "average") and edm_type(known) in ("String", "Guid", "Boolean"):
                raise bad_query(f"Column '{summed[1]}' cannot be added up.")
            if summed[2] in ("min", "max") and known.type in _TIMES:
                raise not_served("min and max of dates")
            found[summed[3]] = _FUNCTIONS[summed[2]].format(f'r."{known.property_name}"')
        else:
            raise bad_query(f"Invalid expression in aggregate: '{part}'.")
    return found
