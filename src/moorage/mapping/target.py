"""What a mapping compiles to: target tables, whose columns are Odoo fields.

Each mapping entry becomes one table `target."<entry>"`:

- `key` VARCHAR, `<source>:<object>:<id>`, never NULL, unique within a model;
- one column per Odoo field, typed after the field (`DUCKDB_TYPES`), NULL for empty;
- a link column holds the *key* of the other record (many2one: VARCHAR, many2many: VARCHAR[]);
- a find column holds the id of a record that Odoo has of its own (many2one: BIGINT, many2many:
  BIGINT[]);
- `_object` and `_source_key` say where the row came from.

Beside it `target."<entry>__findings"` (key, field, severity, message) names rows that cannot go
(`severity = 'set_aside'`) or go with something left out (`'warning'`). A row with a set-aside
finding is in the table too; `plan` keeps it out.

`target._merges` (model, key, into_key, why) names rows that are merged into another row. They stand
in their target table too; `plan` writes the surviving row and adopts the key. Link columns hold the
surviving key already.

`target._not_selected` (object, source_key, reason) holds source rows that no entry takes, and
`target._accounted` is the view that lists every tidy row with the entries that took it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: The DuckDB type of a target column by Odoo field type.
DUCKDB_TYPES = {
    "char": "VARCHAR",
    "text": "VARCHAR",
    "html": "VARCHAR",
    "selection": "VARCHAR",
    "integer": "BIGINT",
    "float": "DOUBLE",
    "monetary": "DECIMAL(18,4)",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
}


@dataclass(frozen=True)
class TargetField:
    """One Odoo field that a target table fills.

    `holds` is 'value', 'link' (keys of records this project moves) or 'id' (ids of Odoo's own).
    `relation` is the model pointed to. `audit` fields are written once and never compared for
    people's changes.
    """

    name: str
    type: str
    holds: str = "value"
    relation: str | None = None
    required: bool = False
    on_missing_link: str = "set_aside"
    later: bool = False


@dataclass(frozen=True)
class MatchRule:
    """How records that Odoo has already are recognised, instead of created.

    `on` are target fields compared after `normalise` (lower case, blanks folded); exactly one Odoo
    record must fit, several are a question. `update` is what happens to the record found: 'never'
    or 'fill_empty'.
    """

    on: tuple[str, ...]
    update: str = "never"


@dataclass(frozen=True)
class DuplicateRule:
    """How one model's source records are recognised as the same thing, and what then happens.

    `exact` lists groups of target fields that make two rows one (compared normalised, never when
    empty); `similar` is the field whose likeness makes a candidate above `threshold` (0..100).
    `exact_do` and `similar_do` are 'merge', 'keep' or 'ask'.
    """

    exact: tuple[tuple[str, ...], ...] = ()
    exact_do: str = "ask"
    similar: str | None = None
    threshold: float = 92.0
    similar_do: str = "ask"


@dataclass(frozen=True)
class TargetTable:
    """One mapping entry, compiled: its table, its model, its fields and its place in the order.

    `phase` is derived from the links: a table's links point to tables of a lower phase, or to
    itself (`self_links`: loaded by depth). `sums` are amounts that a witness adds up;
    `amount_total=x_total` is a field computed by Odoo and the field it must equal.
    """

    entry: str
    object: str
    model: str
    fields: tuple[TargetField, ...]
    phase: int = 0
    self_links: tuple[str, ...] = ()
    match: MatchRule | None = None
    duplicates: DuplicateRule | None = None
    needs: tuple[str, ...] = field(default=())
    sums: tuple[str, ...] = field(default=())

    @property
    def table(self) -> str:
        """The quoted name of the target table."""
        return f'target."{self.entry}"'

    @property
    def findings(self) -> str:
        """The quoted name of the table of findings."""
        return f'target."{self.entry}__findings"'
