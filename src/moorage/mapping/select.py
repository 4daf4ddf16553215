"""Writing the one SELECT that makes a target table.

The SELECT is a stack of layers. The lowest reads the tidy table; layer *k* computes stage *k* of
every chain beside all that came before, so each stage is computed once and any two neighbours can
be compared for findings. Stages that DuckDB cannot compute itself are tables joined to their layer
(`Preparation`), filled before the SELECT runs.
"""

from __future__ import annotations

from dataclasses import dataclass

from moorage.mapping.expressions import ROW, column
from moorage.mapping.stages import (
    Chain,
    FileStage,
    FindStage,
    LinkStage,
    PythonStage,
    SqlStage,
    Stage,
)
from moorage.staging.files import NOT_LOOKED_AT
from moorage.staging.staging import identifier, literal

#: Between the parts of a lookup by several fields; text from a CRM does not hold it.
PART = "chr(31)"


@dataclass(frozen=True)
class Preparation:
    """A table to fill before the SELECT: `values_sql` gives what to convert or look up.

    Of a Python stage: column `value`, distinct. Of a list stage: columns `id` and `value`.
    """

    table: str
    stage: Stage
    values_sql: str


@dataclass(frozen=True)
class Selection:
    """Which tidy rows an entry takes, and the key they get."""

    source: str
    object: str
    when: str | None

    @property
    def key(self) -> str:
        """SQL of a row's key."""
        return f"{literal(self.key_prefix)} || CAST({column('id')} AS VARCHAR)"

    @property
    def key_prefix(self) -> str:
        """What all keys of this object start with."""
        return f"{self.source}:{self.object}:"

    @property
    def rows(self) -> str:
        """SQL after FROM."""
        condition = f" WHERE {self.when}" if self.when else ""
        return f"tidy.{identifier(self.object)} AS {ROW}{condition}"


def folded(value: str) -> str:
    """SQL of `value` as lookups compare it: small letters, blanks folded."""
    return f"lower(trim(regexp_replace(CAST({value} AS VARCHAR), '\\s+', ' ', 'g')))"


def lookup_value(stage: FindStage, value: str) -> str:
    """SQL of what is looked up: one folded value, or several with a separator."""
    if len(stage.by) == 1:
        return folded(value)
    parts = [f"coalesce({folded(f'{value}[{n}]')}, '')" for n in range(1, len(stage.by) + 1)]
    return f"CASE WHEN {value}[1] IS NOT NULL THEN {f' || {PART} || '.join(parts)} END"


def reference_rows(stage: FindStage) -> str:
    """SQL of the reference rows a find looks in."""
    fields = literal(",".join(stage.by))
    return (
        f"(SELECT value, id, matches FROM meta.reference WHERE model = {literal(stage.model)}"
        f" AND fields = {fields})"
    )


def link_table(source_object: str, model: str) -> str:
    """The table of surviving keys by source id, for links to an object as records of a model."""
    return "temp." + identifier(f"link {source_object} {model}")


def link_rows(stage: LinkStage) -> str:
    """SQL of the rows (source_key, key) a link looks in; `leads:12` where the value names it."""
    if not stage.named:
        return link_table(stage.links[0].object, stage.links[0].model)
    selects = [
        f"SELECT {literal(one.object + ':')} || source_key AS source_key, key"
        f" FROM {link_table(one.object, one.model)}"
        for one in stage.links
    ]
    return f"({' UNION ALL '.join(selects)})"


class SelectWriter:
    """Writes the SELECT of one entry."""

    def __init__(self, entry: str, selection: Selection, chains: list[Chain]) -> None:
        self.entry = entry
        self.selection = selection
        self.chains = chains

    def sql(self) -> str:
        """The whole SELECT: key, fields, `_object`, `_source_key`, `_problems`."""
        numbers = list(range(len(self.chains)))
        height = max((len(chain.stages) for chain in self.chains), default=0)
        columns = [f"{literal(self.selection.key_prefix)} || p._id AS key"]
        columns += [
            f"p.{self._name(n, len(self.chains[n].stages))} AS"
            f" {identifier(self.chains[n].target.name)}"
            for n in numbers
        ]
        columns += [f"{literal(self.selection.object)} AS _object", "p._id AS _source_key"]
        columns.append(f"{self._problems()} AS _problems")
        return f"SELECT {', '.join(columns)}\nFROM ({self._layer(numbers, height)}) AS p"

    def preparations(self) -> list[Preparation]:
        """The tables to fill first, in order."""
        found = []
        for number, chain in enumerate(self.chains):
            for place, stage in enumerate(chain.stages, start=1):
                many = isinstance(stage, FindStage | LinkStage) and stage.many
                if isinstance(stage, PythonStage) or many:
                    values = self._values(number, place, stage)
                    found.append(Preparation(self._table(number, place), stage, values))
        return found

    def _values(self, number: int, place: int, stage: Stage) -> str:
        rows = f"({self._layer([number], place - 1)}) AS p"
        value = f"p.{self._name(number, place - 1)}"
        if isinstance(stage, PythonStage):
            given = _python_value(stage, value)
            return f"SELECT DISTINCT {given} AS value FROM {rows} WHERE {given} IS NOT NULL"
        return f"SELECT p._id AS id, {value} AS value FROM {rows} WHERE len({value}) > 0"

    # -- layers ------------------------------------------------------------------------------

    def _layer(self, numbers: list[int], height: int) -> str:
        if height == 0:
            starts = [f"{self.chains[n].start} AS {self._name(n, 0)}" for n in numbers]
            columns = [f"CAST({column('id')} AS VARCHAR) AS _id", *starts]
            return f"SELECT {', '.join(columns)} FROM {self.selection.rows}"
        columns, joins = ["p.*"], []
        for number in numbers:
            if height <= len(self.chains[number].stages):
                columns += self._stage_columns(number, height)
                joins += self._join(number, height)
        below = self._layer(numbers, height - 1)
        return f"SELECT {', '.join(columns)}\nFROM ({below}) AS p{''.join(joins)}"

    def _stage_columns(self, number: int, place: int) -> list[str]:
        stage = self.chains[number].stages[place - 1]
        name, before = self._name(number, place), f"p.{self._name(number, place - 1)}"
        if isinstance(stage, SqlStage):
            return [f"{stage.sql(before)} AS {name}"]
        table = self._alias(number, place)
        if isinstance(stage, FindStage) and not stage.many:
            found = f"CASE WHEN {table}.matches = 1 THEN {table}.id END"
            return [f"{found} AS {name}", f"{table}.matches AS {name}_matches"]
        if isinstance(stage, LinkStage) and not stage.many:
            return [f"{table}.key AS {name}"]
        if isinstance(stage, FileStage):
            return [f"{table}.sha1 AS {name}", f"{table}.problem AS {name}_problem"]
        return [f"{table}.result AS {name}", f"{table}.problem AS {name}_problem"]

    def _join(self, number: int, place: int) -> list[str]:
        stage = self.chains[number].stages[place - 1]
        before, alias = f"p.{self._name(number, place - 1)}", self._alias(number, place)
        if isinstance(stage, SqlStage):
            return []
        if isinstance(stage, PythonStage):
            rows, on = self._table(number, place), f"{alias}.value = {_python_value(stage, before)}"
        elif isinstance(stage, FileStage):
            rows, on = "meta.files", f"{alias}.path = {before}"
        elif stage.many:
            rows, on = self._table(number, place), f"{alias}.id = p._id"
        elif isinstance(stage, FindStage):
            rows, on = reference_rows(stage), f"{alias}.value = {lookup_value(stage, before)}"
        else:
            rows = link_rows(stage)
            on = f"{alias}.source_key = {before}"
        return [f"\nLEFT JOIN {rows} AS {alias} ON {on}"]

    # -- findings ----------------------------------------------------------------------------

    def _problems(self) -> str:
        conditions, structs = [], []
        for number, chain in enumerate(self.chains):
            for condition, severity, message in self._findings(number, chain):
                conditions.append(f"({condition})")
                structs.append(
                    f"CASE WHEN {condition} THEN {{'field': {literal(chain.target.name)},"
                    f" 'severity': {literal(severity)}, 'message': {message}}} END"
                )
        if not conditions:
            kind = "STRUCT(field VARCHAR, severity VARCHAR, message VARCHAR)[]"
            return f"CAST(NULL AS {kind})"
        listed = ",\n".join(structs)
        return (
            f"CASE WHEN {' OR '.join(conditions)} THEN list_filter([{listed}],"
            " lambda found: found IS NOT NULL) END"
        )

    def _findings(self, number: int, chain: Chain) -> list[tuple[str, str, str]]:
        found: list[tuple[str, str, str]] = []
        for place, stage in enumerate(chain.stages, start=1):
            before = f"p.{self._name(number, place - 1)}"
            found += _stage_findings(stage, before, f"p.{self._name(number, place)}")
        if chain.required:
            last = f"p.{self._name(number, len(chain.stages))}"
            said = "".join(f" AND NOT coalesce({condition}, false)" for condition, _, _ in found)
            words = literal("is required and has no value")
            found.append((f"{last} IS NULL{said}", "set_aside", words))
        return found

    # -- names -------------------------------------------------------------------------------

    @staticmethod
    def _name(number: int, place: int) -> str:
        return f"f{number}_{place}"

    @staticmethod
    def _alias(number: int, place: int) -> str:
        return f"m{number}_{place}"

    def _table(self, number: int, place: int) -> str:
        return "temp." + identifier(f"{self.entry} {number} {place}")


def _python_value(stage: PythonStage, value: str) -> str:
    """SQL of what a Python transform gets: text, or the texts of several fields in one."""
    if not stage.several:
        return f"nullif({value}, '')"
    return f"nullif({value}[1], '') || {PART} || coalesce({value}[2], '')"


def _stage_findings(  # noqa: PLR0911 - one per kind of stage
    stage: Stage, before: str, after: str
) -> list[tuple[str, str, str]]:
    """(condition, severity, message) of each finding a stage can make, all SQL but the second."""
    if isinstance(stage, SqlStage):
        if stage.fails is None:
            return []
        return [(stage.fails(before, after), stage.severity, literal(stage.message))]
    if isinstance(stage, PythonStage):
        return [(f"{after}_problem", stage.severity, literal(stage.message))]
    if isinstance(stage, FileStage):
        said = f"'the file ' || coalesce({after}_problem, {literal(NOT_LOOKED_AT)})"
        return [(f"{before} IS NOT NULL AND {after} IS NULL", stage.severity, said)]
    if isinstance(stage, FindStage):
        by = ", ".join(stage.by)
        words = literal(f"was not found in {stage.model} by {by}; left empty")
        if stage.many:
            return [(f"{after}_problem", stage.severity, words)]
        several = literal(f"fits several records of {stage.model} by {by}; left empty")
        first = before if len(stage.by) == 1 else f"{before}[1]"
        there = f"nullif(trim({first}), '') IS NOT NULL"
        return [
            (f"{there} AND {after}_matches IS NULL", stage.severity, words),
            (f"{after}_matches > 1", stage.severity, several),
        ]
    objects = " or ".join(one.object for one in stage.links)
    words = f"points to a record of {objects} that is not moved"
    if stage.named:
        words = f"points to a record that is not moved, or is none of {objects}"
    if stage.many:
        return [(f"{after}_problem", stage.severity, literal(words))]
    return [(f"{before} IS NOT NULL AND {after} IS NULL", stage.severity, literal(words))]
