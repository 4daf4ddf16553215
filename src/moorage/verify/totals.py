"""Sums and counts that Odoo makes itself, against those of the rows; and what nobody asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import duckdb

from moorage.destination import Destination, Json
from moorage.errors import RowError
from moorage.staging.staging import identifier
from moorage.verify.reading import FOUND, MARKER, FieldFacts, found
from moorage.verify.report import CountCheck, SumCheck
from moorage.verify.rows import ROWS

_CENT = Decimal("0.01")
_ALL = {"active_test": False}
_IDS_PER_CALL = 5000
#: What hangs on a record without a link of its own: model, its two fields, how it is called.
_HANGING = (
    ("mail.message", "model", "messages"),
    ("mail.activity", "res_model", "activities"),
    ("mail.followers", "res_model", "followers"),
    ("ir.attachment", "res_model", "attachments"),
)


class Sums:
    """Expected sums by model, field and currency, gathered table by table."""

    def __init__(self) -> None:
        self._expected: dict[tuple[str, str, str], dict[str, Decimal]] = {}
        #: Keys by model of records that no row stands behind any more.
        self.gone: Mapping[str, Sequence[str]] = {}

    def gather(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        table: str,
        model: str,
        field: str,
        expected_field: str,
        facts: FieldFacts,
    ) -> None:
        """Add up `expected_field` of the target rows whose record is their own.

        Rows count in the currency that Odoo's record has: the currency itself is compared as a
        field, and so are amounts row by row. A row without an amount to expect says nothing: it
        counts with what Odoo holds.
        """
        amount = f"t.{identifier(expected_field)}"
        if expected_field != field:
            amount = f"coalesce({amount}, {found(field)})"
        currency = facts.currency_field or ""
        column = f"CAST({found(currency)} AS VARCHAR)" if currency else "''"
        rows = connection.execute(
            f"SELECT coalesce({column}, ''),"
            f" sum(round(CAST({amount} AS DECIMAL(18, 4)), 2))"
            f" FROM {table} AS t JOIN {ROWS} AS r ON r.key = t.key"
            f" JOIN {FOUND} AS f ON f.id = r.odoo_id WHERE r.outcome = 'own' GROUP BY 1"
        ).fetchall()
        sums = self._expected.setdefault((model, field, currency), {})
        for currency_id, amount in rows:
            sums[currency_id] = sums.get(currency_id, Decimal(0)) + Decimal(amount or 0)

    def check(self, destination: Destination) -> list[SumCheck]:
        """Ask Odoo for the same sums and set them side by side."""
        names = _currency_names(destination) if self._expected else {}
        checks = []
        for (model, field, currency), sums in sorted(self._expected.items()):
            domain = _own(self.gone.get(model, ()))
            there = _odoo_sums(destination, domain, model, field, currency)
            for currency_id in sorted({*sums, *there}):
                expected, amount = (
                    side.get(currency_id, Decimal(0)).quantize(_CENT) for side in (sums, there)
                )
                name = names.get(currency_id, currency_id)
                checks.append(SumCheck(model, field, name, expected, amount))
        return checks


def _own(gone: Sequence[str]) -> list[Json]:
    """The records that carry this project's key and have a source row."""
    return [(MARKER, "!=", False), *([(MARKER, "not in", list(gone))] if gone else [])]


def _odoo_sums(
    destination: Destination, domain: list[Json], model: str, field: str, currency: str
) -> dict[str, Decimal]:
    """Odoo's own sums by currency id, over the records that carry this project's key."""
    groups = destination.read(
        model,
        "formatted_read_group",
        domain=domain,
        groupby=[currency] if currency else [],
        aggregates=[f"{field}:sum"],
        context=_ALL,
    )
    sums: dict[str, Decimal] = {}
    for group in groups:
        value: Json = group.get(currency) if currency else None
        currency_id = str(value[0] if isinstance(value, list) else value or "")
        amount = Decimal(str(group.get(f"{field}:sum") or 0))
        sums[currency_id] = sums.get(currency_id, Decimal(0)) + amount
    return sums


def _currency_names(destination: Destination) -> dict[str, str]:
    return {
        str(row["id"]): row["name"]
        for page in destination.pages("res.currency", [], ["name"])
        for row in page
    }


def count_own(
    destination: Destination, model: str, expected: int, gone: Sequence[str] = ()
) -> CountCheck:
    """How many records Odoo counts that carry this project's key, but for those of `gone`."""
    there = destination.read(model, "search_count", domain=_own(gone), context=_ALL)
    return CountCheck(model, expected, int(there))


def strays(
    destination: Destination, model: str, known: set[int], gone: Sequence[str] = ()
) -> list[tuple[int, str]]:
    """Records (id, key) that carry this project's key and are none of `known`."""
    return [
        (int(row["id"]), str(row[MARKER]))
        for page in destination.pages(model, _own(gone), [MARKER])
        for row in page
        if row["id"] not in known
    ]


def count_extras(destination: Destination, model: str, ids: Sequence[int]) -> dict[str, int]:
    """What the tool's user left on records `ids` of `model` that carries no key of its own."""
    counts: dict[str, int] = {}
    for hanging, model_field, name in _HANGING:
        described = destination.fields(hanging)
        if model_field not in described or "res_id" not in described:
            continue
        domain: list[Json] = [(model_field, "=", model)]
        if MARKER in described:
            domain.append((MARKER, "=", False))
        if "create_uid" in described:
            domain.append(("create_uid", "=", destination.identity.user_id))
        if hanging == "ir.attachment":
            # Images and the like are the record's own fields, kept as attachments.
            domain.append(("res_field", "=", False))
        try:
            counts[name] = sum(
                int(
                    destination.read(
                        hanging,
                        "search_count",
                        domain=[*domain, ("res_id", "in", list(ids[at : at + _IDS_PER_CALL]))],
                        context=_ALL,
                    )
                )
                for at in range(0, len(ids), _IDS_PER_CALL)
            )
        except RowError:
            continue
    return {name: count for name, count in counts.items() if count}
