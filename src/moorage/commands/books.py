"""What is looked at before a plan with invoices or payments: the accounting they go to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from moorage.commands.building import Ground
from moorage.destination import BooksFacts
from moorage.errors import RefusedError
from moorage.mapping.target import TargetTable
from moorage.plan.rounding import RoundingFit, rounding_fit

#: Models of documents, and the field with the date they are entered at.
_DATED = {"account.move": "date", "account.payment": "date"}


def look_at_books(ground: Ground, tables: Sequence[TargetTable]) -> tuple[str, ...]:
    """What to say about the accounting that invoices and payments of `tables` go to.

    RefusedError with all that stands in their way.
    """
    dated = [table for table in tables if table.model in _DATED]
    if not dated:
        return ()
    ours = ground.destination.identity.company_id
    survey = ground.destination.survey([table.model for table in dated])
    facts = [one for one in survey.books if one.company_id == ours]
    problems = [problem for one in facts for problem in one.problems]
    problems += [problem for one in facts for problem in _locked(ground, one, dated)]
    problems += _inactive_currencies(ground, dated)
    problems += [problem for one in facts for problem in _foreign(ground, one, tables)]
    if not facts:
        problems.append("Invoicing is not installed")
    if problems:
        raise RefusedError(
            f"the accounting of this company is not ready: {'; '.join(problems)}",
            where=ground.destination.identity.url,
            state="Nothing was changed.",
            todo="Set it right in Odoo, then run the same command again.",
        )
    return _rounding(facts[0], rounding_fit(ground.staging, tables))


def _rounding(facts: BooksFacts, fit: RoundingFit | None) -> tuple[str, ...]:
    """Advice where the other way of rounding taxes gives more of the source's amounts."""
    if fit is None:
        return ()
    now, other = fit.per_tax, fit.per_line
    if facts.is_rounded_per_line:
        now, other = other, now
    if now >= other:
        return ()
    return (
        f"Odoo's way of rounding taxes ({facts.rounding}) gives the source's amounts for {now:,} of"
        f" {fit.documents:,} documents, its other way for {other:,}: change it in the settings of"
        " Invoicing before the run, or documents that are a cent off are set aside.",
    )


def _locked(ground: Ground, facts: BooksFacts, tables: Sequence[TargetTable]) -> Iterator[str]:
    """Odoo would post what is dated in a locked time after it, without a word."""
    if not facts.locks:
        return
    name, until = max(facts.locks.items(), key=lambda lock: lock[1])
    for table in tables:
        dates = [field.name for field in table.fields if field.name == _DATED[table.model]]
        for date in dates:
            ((count,),) = ground.staging.connection.execute(
                f'SELECT count(*) FROM {table.table} WHERE "{date}" <= CAST(? AS DATE)', [until]
            ).fetchall()
            if count:
                yield (
                    f"{count:,} rows of {table.entry} are dated up to {until}, when {name} locks:"
                    " Odoo would enter them at another date"
                )


def _foreign(ground: Ground, facts: BooksFacts, tables: Sequence[TargetTable]) -> Iterator[str]:
    """What pays what is told in the company's currency; rates and differences nobody tells."""
    documents = " UNION ALL ".join(
        f"SELECT key FROM {table.table} WHERE currency_id <> {facts.currency_id}"
        for table in tables
        if table.model in _DATED
        and any(field.name == "currency_id" and field.holds == "id" for field in table.fields)
    )
    for table in tables:
        if documents and table.model == "account.partial.reconcile":
            ((count,),) = ground.staging.connection.execute(
                f"SELECT count(*) FROM {table.table} WHERE debit_move_id IN ({documents})"
                f" OR credit_move_id IN ({documents})"
            ).fetchall()
            if count:
                yield (
                    f"{count:,} rows of {table.entry} are between documents in another currency"
                    f" than the company's ({facts.currency}): what they come to is not known"
                )


def _inactive_currencies(ground: Ground, tables: Sequence[TargetTable]) -> Iterator[str]:
    """Odoo posts nothing in a currency that is not active."""
    wanted: set[int] = set()
    for table in tables:
        if any(field.name == "currency_id" and field.holds == "id" for field in table.fields):
            rows = ground.staging.connection.execute(
                f"SELECT DISTINCT currency_id FROM {table.table} WHERE currency_id IS NOT NULL"
            ).fetchall()
            wanted |= {currency_id for (currency_id,) in rows}
    domain = [("id", "in", sorted(wanted)), ("active", "=", False)]
    for page in ground.destination.pages("res.currency", domain, ["name"]):
        yield from (f"currency {row['name']} is not active" for row in page)
