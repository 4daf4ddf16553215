"""SQL expressions that write rows as JSON: DuckDB makes the text, Python carries it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from moorage.sources.opex365.demo.conditions import quoted
from moorage.sources.opex365.demo.schema import Attribute, Table

FORMATTED = "OData.Community.Display.V1.FormattedValue"
LOOKUP_NAME = "Microsoft.Dynamics.CRM.lookuplogicalname"
NAVIGATION = "Microsoft.Dynamics.CRM.associatednavigationproperty"
TOTAL_COUNT = "Microsoft.Dynamics.CRM.totalrecordcount"
TOTAL_EXCEEDED = "Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_SHOWN_MOMENT = "%-m/%-d/%Y %-I:%M %p"
_SHOWN_DATE = "%-m/%-d/%Y"


@dataclass(frozen=True)
class Annotations:
    """The patterns of `Prefer: odata.include-annotations`."""

    patterns: tuple[str, ...] = ()

    def wanted(self, name: str) -> bool:
        """Whether an annotation of that name was asked for."""
        return any(fnmatchcase(name, pattern) for pattern in self.patterns)


def row_json(
    table: Table,
    properties: Sequence[Attribute],
    annotations: Annotations,
    symbols: Mapping[str, str],
    *,
    row: str = "r",
    more: Sequence[str] = (),
) -> str:
    """One SQL text expression: the JSON object of a row called `row`.

    `symbols` are currency symbols by currency id; `more` are expressions that give further members,
    each beginning with a comma.
    """
    pieces = [f"""'{{"@odata.etag":"W/\\"' || {row}."versionnumber" || '\\""'"""]
    pieces += [_member(known, f'{row}."{known.property_name}"') for known in properties]
    for known in properties:
        pieces += annotation_members(table, known, annotations, symbols, row)
    return "concat(" + ", ".join([*pieces, *more, "'}'"]) + ")"


def value_json(known: Attribute, value: str) -> str:
    """A SQL expression for the JSON text of one value; NULL where the value is."""
    match known.type:
        case "Lookup" | "Customer" | "Owner" | "Guid" | "File" | "Date":
            return f"""'"' || {value} || '"'"""
        case "DateTime" | "LocalDate" | "Zoneless":
            return f"""'"' || strftime({value}, '{_MOMENT}') || '"'"""
        case (
            "Integer" | "BigInt" | "Picklist" | "State" | "Status" | "Decimal" | "Money" | "Double"
        ):
            return f"{value}::VARCHAR"
        case "Boolean":
            return f"{value}::VARCHAR"
    return f"to_json({value})::VARCHAR"


def _member(known: Attribute, value: str) -> str:
    return f"""',"{known.property_name}":', coalesce({value_json(known, value)}, 'null')"""


def annotation_members(
    table: Table, known: Attribute, wanted: Annotations, symbols: Mapping[str, str], row: str
) -> list[str]:
    """SQL expressions for the annotations of one column of a row; NULL ones leave nothing."""
    name = known.property_name
    value = f'{row}."{name}"'
    found = []
    if wanted.wanted(FORMATTED):
        shown = formatted(known, row, symbols)
        if shown:
            found.append(_optional(f"{name}@{FORMATTED}", shown))
    if known.is_lookup:
        typed = f'{row}."{name}__type"'
        if wanted.wanted(LOOKUP_NAME):
            found.append(
                _optional(
                    f"{name}@{LOOKUP_NAME}", f"CASE WHEN {value} IS NOT NULL THEN {typed} END"
                )
            )
        if wanted.wanted(NAVIGATION):
            cases = " ".join(
                f"WHEN {quoted(target)} THEN {quoted(table.navigation_to(known, target))}"
                for target in known.targets
            )
            found.append(
                _optional(
                    f"{name}@{NAVIGATION}",
                    f"CASE WHEN {value} IS NOT NULL THEN CASE {typed} {cases} END END",
                )
            )
    return found


def _optional(name: str, text: str) -> str:
    """A member that is left out where its value is null, as Dataverse does with annotations."""
    return f"""',"{name}":' || to_json({text})::VARCHAR"""


def formatted(  # noqa: PLR0911 - one answer for each type
    known: Attribute, row: str, symbols: Mapping[str, str]
) -> str | None:
    """A SQL expression for what people see; None for types that have no formatted value."""
    value = f'{row}."{known.property_name}"'
    match known.type:
        case "Picklist" | "State" | "Status":
            return _label_case(known, value)
        case "MultiSelect":
            label = _label_case(known, "x::INTEGER")
            parts = f"list_transform(string_split({value}, ','), lambda x: {label})"
            return f"array_to_string({parts}, '; ')"
        case "Boolean":
            no, yes = (quoted(option.label) for option in known.options)
            return f"CASE {value} WHEN true THEN {yes} WHEN false THEN {no} END"
        case "Lookup" | "Customer" | "Owner":
            return f'{row}."{known.property_name}__name"'
        case "Integer" | "BigInt":
            return f"format('{{:,}}', {value})"
        case "Decimal" | "Double":
            return f"format('{{:,.2f}}', {value}::DOUBLE)"
        case "Money":
            return f"{_symbol(known, row, symbols)} || format('{{:,.2f}}', {value}::DOUBLE)"
        case "DateTime" | "Zoneless":
            return f"strftime({value}, '{_SHOWN_MOMENT}')"
        case "Date" | "LocalDate":
            return f"strftime({value}, '{_SHOWN_DATE}')"
    return None


def _label_case(known: Attribute, value: str) -> str:
    cases = " ".join(f"WHEN {option.value} THEN {quoted(option.label)}" for option in known.options)
    return f"CASE {value} {cases} END"


def _symbol(known: Attribute, row: str, symbols: Mapping[str, str]) -> str:
    if known.name.endswith("_base"):
        return quoted(next(iter(symbols.values())))
    cases = " ".join(f"WHEN '{key}'::UUID THEN {quoted(symbol)}" for key, symbol in symbols.items())
    return f'CASE {row}."_transactioncurrencyid_value" {cases} END'
