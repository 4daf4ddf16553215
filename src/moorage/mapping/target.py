"""What a mapping compiles to: target tables, whose columns are Odoo fields.

Each mapping entry becomes one table `target."<entry>"`:

- `key` VARCHAR, `<source>:<object>:<id>`, never NULL, unique within a model;
- one column per Odoo field, typed after the field (`DUCKDB_TYPES`), NULL for empty;
- a link column holds the *key* of the other record (many2one, many2one_reference: VARCHAR,
  many2many: VARCHAR[]);
- a find column holds the id of a record that Odoo has of its own (many2one: BIGINT, many2many:
  BIGINT[]);
- a file column (binary) holds the SHA-1 of the content, which `meta.files` finds a path for;
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

from moorage.staging.staging import literal

#: Odoo's field that holds the SHA-1 of a file's content.
CHECKSUM = "checksum"
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
class Linked:
    """A source object that a link may point to.

    Its rows become records of `model`. The id that is written is one of `lands`: the same model, or
    that of the record which Odoo makes along with each (`moorage.companions`).
    """

    object: str
    model: str
    lands: str


@dataclass(frozen=True)
class TargetField:
    """One Odoo field that a target table fills.

    `holds` is 'value', 'link' (keys of records this project moves), 'id' (ids of Odoo's own) or
    'file' (the SHA-1 of a file's content).
    `relation` is the model pointed to; None where a record says itself which model (`res_id`).
    `links` are the objects a link may point to; without any, all keys are of `relation`.
    `until` is what a record holds before a value is written `later`; None for nothing.
    """

    name: str
    type: str
    holds: str = "value"
    relation: str | None = None
    required: bool = False
    on_missing_link: str = "set_aside"
    later: bool = False
    links: tuple[Linked, ...] = ()
    until: str | None = None

    @property
    def many(self) -> bool:
        """Whether it holds a list."""
        return self.type in ("many2many", "one2many")

    @property
    def compared(self) -> str:
        """The Odoo field whose value is compared: a file's checksum stands for its content."""
        return CHECKSUM if self.holds == "file" else self.name

    @property
    def models(self) -> tuple[str, ...]:
        """The models whose rows a link may point to."""
        if not self.links:
            return (self.relation,) if self.relation else ()
        return tuple(dict.fromkeys(one.model for one in self.links))

    @property
    def companions(self) -> tuple[tuple[str, str], ...]:
        """(model, model that comes along) of the links that mean the latter."""
        pairs = ((one.model, one.lands) for one in self.links if one.model != one.lands)
        return tuple(dict.fromkeys(pairs))

    def model_sql(self, key: str) -> str:
        """SQL of the model whose row the key in SQL `key` names: where plan and ledger hold it."""
        return self._by_object(key, {one.object: one.model for one in self.links})

    def lands_sql(self, key: str) -> str:
        """SQL of the model whose record's id stands in Odoo for the key in SQL `key`."""
        return self._by_object(key, {one.object: one.lands for one in self.links})

    def _by_object(self, key: str, models: dict[str, str]) -> str:
        distinct = set(models.values()) or {self.relation or ""}
        if len(distinct) == 1:
            return literal(distinct.pop())
        cases = "".join(f" WHEN {literal(name)} THEN {literal(to)}" for name, to in models.items())
        return f"CASE split_part({key}, ':', 2){cases} END"


@dataclass(frozen=True)
class MatchRule:
    """How records that Odoo has already are recognised, instead of created.

    `on` are target fields compared after `normalise` (lower case, blanks folded); exactly one Odoo
    record must fit, several are a question. `update` is what happens to the record found: 'never'
    or 'fill_empty'. `none` is what a row does that no record fits: 'create', or 'ask' people.
    """

    on: tuple[str, ...]
    update: str = "never"
    none: str = "create"


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
    `amount_total=x_total` is a field computed by Odoo and the field it must equal. `sums_by` are
    fields by which the witness parts them: customer, month, state.
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
    sums_by: tuple[str, ...] = field(default=())

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """Of `sums`, the pairs: a field computed by Odoo, and the field of ours it must equal."""
        pairs = (item.split("=", 1) for item in self.sums if "=" in item)
        return tuple((amount.strip(), expected.strip()) for amount, expected in pairs)

    @property
    def table(self) -> str:
        """The quoted name of the target table."""
        return f'target."{self.entry}"'

    @property
    def findings(self) -> str:
        """The quoted name of the table of findings."""
        return f'target."{self.entry}__findings"'
