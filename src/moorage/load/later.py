"""The second pass: links that could not be written when their record was created."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import orjson

from moorage.destination import Destination
from moorage.ledger import Warned
from moorage.load.rows import UNFINISHED, link_ids_sql, values_query
from moorage.load.work import Work
from moorage.load.writing import Written, parts, write_isolating
from moorage.mapping.comparable import bring_ids, standing
from moorage.mapping.target import TargetField, TargetTable
from moorage.staging.staging import literal


def with_later(table: TargetTable, destination: Destination) -> TargetTable:
    """`table`, with what makes Odoo do more than it is asked put off too: links, the last state."""
    profile = destination.profile(table.model)
    names = profile.later
    fields = tuple(
        replace(field, later=True, until=profile.begins_as)
        if field.name == profile.final
        else replace(field, later=True)
        if field.name in names and field.holds == "link"
        else field
        for field in table.fields
    )
    self_links = tuple(name for name in table.self_links if name not in names)
    return replace(table, fields=fields, self_links=self_links)


def fill_later(work: Work, table: TargetTable, executor: Executor) -> None:
    """Write the links of the second pass on the records that the plan created.

    A record whose links Odoo refuses goes without them: the ledger keeps Odoo's reason, and that
    the row is unfinished, so that the next plan comes back to it.
    """
    fields = [field for field in table.fields if field.later and field.holds == "link"]
    if not fields:
        return
    sql = _wanted_sql(table, fields, _kept(work.destination, table, fields))
    found = work.connection.execute(sql, [table.entry]).fetchall()
    futures = [
        executor.submit(_write, work.destination, table.model, part)
        for part in parts([Written(*row) for row in found])
    ]
    for future in futures:
        if refused := future.result():
            work.warn(table, refused)


def _kept(
    destination: Destination, table: TargetTable, fields: Sequence[TargetField]
) -> tuple[TargetField, ...]:
    """What Odoo would work out anew when `fields` are written: they are said once more."""
    kept_with = destination.profile(table.model).kept_with
    names = {name for field in fields for name in kept_with.get(field.name, ())}
    return tuple(field for field in table.fields if field.name in names and not field.later)


def _wanted_sql(
    table: TargetTable, fields: Sequence[TargetField], kept: tuple[TargetField, ...]
) -> str:
    """SELECT key, odoo_id, values (JSON text: the links that lead somewhere, behind them what is
    `kept`), like beside like.
    """
    links = " UNION ALL ".join(
        f"SELECT key, {literal(field.name)} AS name, {_value(field)} AS value"
        f" FROM ({link_ids_sql(table, field)})"
        for field in fields
    )
    values, beside = "link.values", ""
    if kept:
        keys = "SELECT DISTINCT key, '' AS digest, '' AS loaded FROM found"
        values = "CAST(json_merge_patch(link.values, kept.values) AS VARCHAR)"
        beside = f" JOIN ({values_query(replace(table, fields=kept), keys)}) AS kept USING (key)"
    return (
        f"WITH found AS ({links}), link AS (SELECT key,"
        " CAST(json_group_object(name, value) AS VARCHAR) AS values FROM found GROUP BY key)"
        f" SELECT link.key, own.odoo_id, {values} AS values FROM link{beside}"
        " JOIN meta.plan p ON p.key = link.key AND p.entry = ? AND p.operation = 'create'"
        " JOIN meta.ids own ON own.model = p.model AND own.key = link.key"
        " ORDER BY values, own.odoo_id"
    )


def _value(field: TargetField) -> str:
    if field.many:
        return "to_json([[to_json(6), to_json(0), to_json(odoo_ids)]])"
    return "to_json(odoo_ids[1])"


def _write(destination: Destination, model: str, rows: Sequence[Written]) -> list[Warned]:
    """Write all of `rows`, and of a refused one each link for itself; the links Odoo refused."""
    links = [
        (name, replace(row, values=orjson.dumps({name: value}).decode()))
        for row, _ in write_isolating(destination, model, rows)
        for name, value in orjson.loads(row.values).items()
    ]
    return [
        Warned(link.key, name, "update_refused", reason)
        for name, link in links
        for _, reason in write_isolating(destination, model, [link])
    ]


def finish_created(work: Work, table: TargetTable) -> None:
    """Let the ledger say what is loaded of the rows just created: all, or all but links put off."""
    only = "" if any(field.later for field in table.fields) else " AND o.key IS NOT NULL"
    rows = work.connection.cursor().execute(
        "SELECT p.digest, p.loaded, p.key, o.links FROM meta.plan p"
        " JOIN meta.ids i ON i.model = p.model AND i.key = p.key"
        " LEFT JOIN (SELECT key, map_from_entries(list((field, code))) AS links FROM meta.put_off"
        " WHERE entry = ? GROUP BY key) AS o ON o.key = p.key"
        f" WHERE p.entry = ? AND p.operation = 'create'{only}",
        [table.entry, table.entry],
    )
    while page := rows.fetchmany(10_000):
        done = [(digest, loaded, key) for digest, loaded, key, links in page if not links]
        off = [(orjson.loads(loaded), key, links) for _, loaded, key, links in page if links]
        done += _without_links(work, table, off)
        work.ledger.update_records(work.destination_id, table.model, done)


def _without_links(
    work: Work, table: TargetTable, rows: Sequence[tuple[dict[str, Any], str, dict[str, str]]]
) -> list[tuple[str, str, str]]:
    """Digest, text and key of (target row, key, code by link) without what its links lack.

    Of a link that Odoo refused that is all of it, of others the keys that stand nowhere.
    """
    ids = bring_ids(work.connection, "meta.ids", table.fields, [row for row, _, _ in rows])
    for row, _, links in rows:
        for name, code in links.items():
            known = {} if code == "update_refused" else ids.get(name, {})
            row[name] = standing(row[name], known)
    return [(UNFINISHED, orjson.dumps(row).decode(), key) for row, key, _ in rows]
