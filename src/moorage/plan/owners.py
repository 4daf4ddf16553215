"""Owners: who each user of the source is in Odoo, and the queue of those nobody could tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from moorage.destination import Destination
from moorage.errors import SettingsError
from moorage.ledger.ledger import now_text
from moorage.mapping.target import TargetTable
from moorage.plan.decisions import (
    RULE,
    OwnerDecision,
    answered_elsewhere,
    check_answer,
    is_by_people,
    read_rows,
    write_rows,
)
from moorage.plan.rows import field_named, in_key_order, link_fields, links_sql, of_model
from moorage.staging.staging import Staging, literal

USERS = "res.users"


@dataclass(frozen=True)
class OdooUser:
    """A user that Odoo has; `login` and `email` in lower case."""

    odoo_id: int
    login: str
    email: str
    active: bool


@dataclass(frozen=True)
class OwnersReport:
    """The owners' file after a look at Odoo; `open_keys` wait for an answer."""

    rows: tuple[OwnerDecision, ...]
    open_keys: tuple[str, ...]
    matched_count: int


def read_users(destination: Destination) -> list[OdooUser]:
    """All users of Odoo, archived ones too."""
    return [
        OdooUser(
            row["id"], _folded(row.get("login")), _folded(row.get("email")), bool(row["active"])
        )
        for page in destination.pages(USERS, [], ["login", "email", "active"])
        for row in page
    ]


def _folded(value: object) -> str:
    return str(value or "").strip().casefold()


def reconcile_owners(
    staging: Staging,
    destination: Destination,
    tables: Sequence[TargetTable],
    path: Path,
    others: Mapping[str, Path] | None = None,
) -> OwnersReport:
    """Match the source's users to Odoo's by e-mail and write `path`; answers of people are kept.

    Never by an empty address; several users that fit are a question. A user whom nothing needs is
    nobody unless matched. What a rule decided is decided anew each time. What people answered in
    the files of `others` (destination: file) counts where nobody answered here, as long as its
    login exists here too.
    """
    former = {row.source_key: row for row in read_rows(path, OwnerDecision)}
    users = read_users(destination)
    logins = {user.login for user in users}
    elsewhere = answered_elsewhere(others or {}, OwnerDecision, lambda row: _fits(row, logins))
    here = {row.source_key for row in former.values() if is_by_people(row)}
    former |= {row.source_key: row for row in elsewhere if row.source_key not in here}
    needed = count_needed(staging, tables)
    rows = []
    for source in _source_users(staging, tables):
        row = replace(source, records=needed.get(source.source_key, 0))
        answered = former.get(row.source_key)
        if answered is not None and is_by_people(answered):
            row = replace(
                answered,
                name=row.name,
                email=row.email,
                active_in_source=row.active_in_source,
                records=row.records,
            )
        else:
            row = _decided_by_rule(row, users, answered)
        rows.append(row)
    write_rows(path, OwnerDecision, rows)
    return OwnersReport(
        tuple(rows),
        tuple(row.source_key for row in rows if not row.decision),
        sum(row.decision.startswith("match:") for row in rows),
    )


def _fits(answer: OwnerDecision, logins: Collection[str]) -> bool:
    """Whether an answer given for another Odoo means something in this one."""
    kind, _, login = answer.decision.partition(":")
    return kind != "match" or _folded(login) in logins


def _decided_by_rule(
    row: OwnerDecision, users: Iterable[OdooUser], former: OwnerDecision | None
) -> OwnerDecision:
    addresses = {_folded(row.email), _folded(row.odoo_login)} - {""}
    fits = [user for user in users if user.login in addresses or user.email in addresses]
    # An address may be the login of one user and the e-mail of another: the login is the account.
    fits = [user for user in fits if user.login in addresses] or fits
    row = replace(row, odoo_login="")
    if len(fits) == 1:
        archived = "" if fits[0].active else " (archived)"
        decision, why = f"match:{fits[0].login}", f"{RULE}same e-mail{archived}"
        row = replace(row, odoo_login=fits[0].login)
    elif fits:
        return replace(row, odoo_login=" ".join(sorted(user.login for user in fits)))
    elif row.records == 0:
        decision, why = "nobody", f"{RULE}no record needs this owner"
    else:
        return row
    is_same = former is not None and (former.decision, former.decided_by) == (decision, why)
    decided_at = former.decided_at if former is not None and is_same else now_text()
    return replace(row, decision=decision, decided_by=why, decided_at=decided_at)


def _source_users(staging: Staging, tables: Sequence[TargetTable]) -> list[OwnerDecision]:
    found: dict[str, OwnerDecision] = {}
    for table in of_model(tables, USERS):
        columns = [
            f"CAST({name} AS VARCHAR)" if field_named(table, name) else "NULL"
            for name in ("name", "email", "login", "active")
        ]
        for key, name, email, login, active in staging.connection.execute(
            f"SELECT key, {', '.join(columns)} FROM {table.table}"
        ).fetchall():
            found[key] = OwnerDecision(
                source_key=key,
                name=name or "",
                email=(email or login or "").strip(),
                active_in_source="no" if active == "false" else "yes",
                odoo_login=(login or "").strip(),
            )
    return [found[key] for key in in_key_order(found)]


def count_needed(staging: Staging, tables: Sequence[TargetTable]) -> dict[str, int]:
    """How many target rows point to each owner; a row that does so twice counts once."""
    needed: dict[str, int] = {}
    for table in tables:
        links = [
            f"SELECT l.key, l.link FROM {links_sql(table, field)} AS l"
            f" WHERE {field.model_sql('l.link')} = {literal(USERS)}"
            for field in link_fields(table)
            if USERS in field.models
        ]
        if not links:
            continue
        union = " UNION ".join(links)
        for owner, count in staging.connection.execute(
            f"SELECT link, count(*) FROM ({union}) GROUP BY link"
        ).fetchall():
            needed[owner] = needed.get(owner, 0) + count
    return needed


def answer_owner(
    path: Path,
    source_key: str,
    decision: str,
    by: str,
    *,
    destination: Destination | None = None,
) -> OwnerDecision:
    """Write one answer, `match:<login>`, `create`, `create_inactive` or `nobody`, in `by`'s name.

    An empty `decision` opens the question again. SettingsError for an unknown owner, word or (with
    `destination`) login.
    """
    return answer_owners(path, [source_key], decision, by, destination=destination)[0]


def answer_owners(
    path: Path,
    source_keys: Collection[str],
    decision: str,
    by: str,
    *,
    destination: Destination | None = None,
) -> list[OwnerDecision]:
    """One answer for several owners; what `answer_owner` promises for one."""
    decision = decision.strip()
    check_answer(OwnerDecision, decision, str(path))
    rows = read_rows(path, OwnerDecision)
    unknown = set(source_keys) - {row.source_key for row in rows}
    if unknown:
        raise SettingsError(
            "there is no such owner in the queue",
            where=f"{path.name}: {min(unknown)}",
            state="Nothing was changed.",
            todo="Run `moorage owners` to see the keys.",
        )
    login = ""
    if decision.startswith("match:"):
        login = _folded(decision.removeprefix("match:"))
        decision = f"match:{login}"
        if destination is not None and login not in {u.login for u in read_users(destination)}:
            raise SettingsError(
                "Odoo has no user with this login",
                where=path.name,
                state="Nothing was changed.",
                todo="Give the login of a user that exists, or create, create_inactive or nobody.",
            )
    now = now_text() if decision else ""
    answered = {
        row.source_key: replace(
            row, odoo_login=login or row.odoo_login, decision=decision,
            decided_by=by if decision else "", decided_at=now,
        )
        for row in rows
        if row.source_key in set(source_keys)
    }  # fmt: skip
    write_rows(path, OwnerDecision, [answered.get(row.source_key, row) for row in rows])
    return list(answered.values())
