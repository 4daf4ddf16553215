"""The last stages of every chain: the value becomes what its Odoo field can hold, or a finding."""

from __future__ import annotations

from collections.abc import Iterator

from moorage.destination import ModelField
from moorage.mapping.stages import Condition, Severity, SqlStage, lost, lost_text
from moorage.mapping.transforms import REGISTRY, Kind
from moorage.staging.staging import literal

#: PostgreSQL's `integer`, which is what an Odoo integer is stored in.
INTEGER_RANGE = (-2_147_483_648, 2_147_483_647)

#: The kinds a field of each Odoo type can be made from.
FITTING: dict[str, frozenset[Kind]] = {
    **dict.fromkeys(
        ("char", "text", "html"),
        frozenset({"text", "integer", "decimal", "date", "datetime", "boolean", "any"}),
    ),
    "selection": frozenset({"text", "integer", "boolean", "any"}),
    "integer": frozenset({"text", "integer", "decimal", "boolean", "any"}),
    "float": frozenset({"text", "integer", "decimal", "any"}),
    "monetary": frozenset({"text", "integer", "decimal", "any"}),
    "boolean": frozenset({"text", "integer", "boolean", "any"}),
    "date": frozenset({"text", "date", "datetime", "any"}),
    "datetime": frozenset({"text", "date", "datetime", "any"}),
}


def _gone(kind: Kind) -> Condition:
    """When a value is lost: blank text is none."""
    return lost_text if kind == "text" else lost


def cast_stages(wanted: ModelField, kind: Kind, severity: Severity) -> Iterator[SqlStage]:
    """The stages that make a value of `kind` fit `wanted`; each loss is a finding."""
    if wanted.type in ("char", "text", "html", "selection"):
        # PostgreSQL holds no NUL character; an empty text is no value in Odoo.
        yield SqlStage(lambda v: f"nullif(replace(CAST({v} AS VARCHAR), chr(0), ''), '')", "text")
        yield from _text_limits(wanted, severity)
        return
    if wanted.type == "integer":
        yield _integer(kind, severity)
        low, high = INTEGER_RANGE
        yield SqlStage(
            lambda v: f"CASE WHEN {v} BETWEEN {low} AND {high} THEN {v} END",
            "integer",
            "is outside the range of an Odoo integer",
            severity,
            lost,
        )
    elif wanted.type == "float":
        yield SqlStage(_float, "decimal", "is not a number", severity, _gone(kind))
    elif wanted.type == "monetary":
        yield SqlStage(
            lambda v: f"TRY_CAST(CAST({v} AS VARCHAR) AS DECIMAL(18, 4))",
            "decimal",
            "is not an amount",
            severity,
            _gone(kind),
        )
    elif wanted.type == "boolean":
        yield _boolean(kind, severity)
    else:
        yield _moment(wanted.type, kind, severity)


def _text_limits(wanted: ModelField, severity: Severity) -> Iterator[SqlStage]:
    size = wanted.size
    if wanted.type == "char" and size:
        yield SqlStage(
            lambda v: f"left({v}, {size})",
            "text",
            f"longer than the {size} characters of the field, cut",
            "warning",
            lambda before, _: f"length({before}) > {size}",
        )
    if wanted.type == "selection" and wanted.selection:
        options = ", ".join(literal(value) for value, _ in wanted.selection)
        yield SqlStage(
            lambda v: f"CASE WHEN {v} IN ({options}) THEN {v} END",
            "text",
            "is none of the field's options",
            severity,
            lost,
        )


def _integer(kind: Kind, severity: Severity) -> SqlStage:
    if kind == "integer":
        return SqlStage(
            lambda v: f"TRY_CAST({v} AS BIGINT)",
            "integer",
            "is outside the range of an Odoo integer",
            severity,
            lost,
        )
    read = REGISTRY["integer"].function
    return SqlStage(
        lambda v: str(read(v)), "integer", "is not a whole number", severity, _gone(kind)
    )


def _float(value: str) -> str:
    number = f"TRY_CAST({value} AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def _boolean(kind: Kind, severity: Severity) -> SqlStage:
    if kind == "boolean":
        return SqlStage(lambda v: v, "boolean")
    read = REGISTRY["boolean"].function
    return SqlStage(
        lambda v: str(read(v)), "boolean", "is neither yes nor no", severity, _gone(kind)
    )


def _moment(odoo_type: str, kind: Kind, severity: Severity) -> SqlStage:
    duckdb_type = "DATE" if odoo_type == "date" else "TIMESTAMP"
    kind_after: Kind = "date" if odoo_type == "date" else "datetime"

    def cast(value: str) -> str:
        # A text with an offset must be moved to UTC: a plain cast would drop the offset.
        text = odoo_type == "datetime" and kind in ("text", "any")
        read = str(REGISTRY["datetime"].function(value)) if text else value
        moment = f"TRY_CAST({read} AS {duckdb_type})"
        # Python, and so Odoo, knows the years 1 to 9999; Odoo keeps whole seconds.
        whole = f"date_trunc('second', {moment})" if odoo_type == "datetime" else moment
        return (
            f"CASE WHEN isfinite({moment}) AND year({moment}) BETWEEN 1 AND 9999 THEN {whole} END"
        )

    words = "is not a date" if odoo_type == "date" else "is not a date and time"
    return SqlStage(cast, kind_after, words, severity, _gone(kind))
