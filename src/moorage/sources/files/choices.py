"""Columns of choices that Odoo keeps as records: stages, sources, reasons, tags.

Their values are an object of their own, one row for each, and the column points to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moorage.bundles import Inferred
from moorage.proposals import Column, built_in, kind_by_name, kind_of, propose_fields
from moorage.proposals.column import ASK
from moorage.sources.base import SourceField, SourceObject

#: Models whose records are little more than a name, which no two of them share.
_NAMED = frozenset(
    ("crm.stage", "utm.source", "crm.lost.reason", "crm.tag", "res.partner.category",
     "product.category", "hr.department")
)  # fmt: skip
#: The type of a column, and the type of a field that its choices can be linked by.
_LINKS = {"select": "many2one", "multiselect": "many2many"}


@dataclass(frozen=True)
class Choices:
    """The values of one column as an object: `count` rows that become records of `model`."""

    name: str
    column: str
    label: str
    model: str
    count: int
    are_several: bool

    @property
    def object(self) -> SourceObject:
        """The object, whose rows are known by what they are called."""
        name = SourceField("name", "text", "Name", required=True)
        return SourceObject(self.name, self.label, self.count, (name,))

    def tidy_sql(self, table: str) -> str:
        """The SQL that makes its tidy table from the raw `table`; names are quoted already."""
        column = f'"{self.column}"'
        values = f"unnest(CAST(TRY_CAST({column} AS JSON) AS VARCHAR[]))"
        given = values if self.are_several else column
        return (
            f'CREATE TABLE tidy."{self.name}" AS SELECT DISTINCT trim(value) AS id,'
            f" trim(value) AS name FROM (SELECT {given} AS value FROM {table})"
            " WHERE trim(value) <> ''"
        )


def choices_of(
    name: str, columns: Mapping[str, Inferred], links: Mapping[str, str]
) -> dict[str, Choices]:
    """The columns of a table called `name` whose choices are records in Odoo, by column."""
    named = kind_by_name(name)
    if named is None:
        return {}
    given = [
        Column(column, one.label, "link" if column in links else one.type)
        for column, one in columns.items()
    ]
    kind, found = kind_of(named.model, given, name), {}
    fields = built_in(kind.model)
    for one in propose_fields(given, kind.model, table=name):
        field = fields.get(one.target or "")
        about = columns[one.column.name]
        if field is None or field.relation not in _NAMED or one.confidence < ASK:
            continue
        if _LINKS.get(one.column.type) == field.type:
            column = one.column.name
            found[column] = Choices(
                f"{name}__{column}", column, f"{name}: {about.label or column}",
                field.relation, len(about.options), about.type == "multiselect",
            )  # fmt: skip
    return found
