"""What Klipy holds, found in the tidy tables themselves: they are built in memory first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from ruamel.yaml import YAML

from moorage.bundles import Match
from moorage.sources.base import Discovery, SourceObject
from moorage.sources.klipy import catalogue
from moorage.sources.klipy.tables import OF_API
from moorage.sources.klipy.tidy import CUSTOMISED

TEMPLATE = Path(__file__).with_name("mapping.yaml")
#: More steps than this are much work.
MANY_STEPS = 3
_QUESTIONS = (
    ("SELECT count(*) FROM tidy.notes WHERE is_private",
     "Private notes: {}. settings.private_notes: publish or leave."),
    ("SELECT count(*) FROM tidy.deals WHERE is_private",
     "Private deals: {}. settings.private_deals: publish or leave."),
    ("SELECT count(*) FROM tidy.people WHERE is_private",
     "Private contacts: {}. settings.private_people: publish or leave."),
    ("SELECT count(*) FROM tidy.interactions WHERE is_private",
     "Private interactions: {}. settings.private_interactions: publish or leave."),
    ("SELECT string_agg(told, ', ' ORDER BY told) FROM (SELECT DISTINCT name || ' (' || outcome ||"
     " ')' AS told FROM tidy.stages)",
     "Stages: {}. Which are one, which are won or lost? settings.stages, won_stages, lost_stages."),
    ("SELECT string_agg(DISTINCT currency, ', ' ORDER BY currency) FROM tidy.deals"
     " WHERE currency <> tidy._currency() AND amount IS NOT NULL",
     "Deals in other currencies: {}. Their amounts are kept beside; settings.rates turns them into"
     " expected revenue."),
    ("SELECT count(*) FROM tidy._owners WHERE is_ambiguous",
     "Owners whose name several members have: {}. The owners' queue asks who they are."),
)  # fmt: skip
_NOTES = (
    ("SELECT count(*) FROM tidy.users WHERE is_only_a_name",
     "Owners known only by a name: {}. The owners' queue asks who they are."),
    ("SELECT count(*) FROM tidy.companies WHERE is_generic",
     "Companies that are mail services, and become none: {}."),
    ("SELECT count(*) FROM tidy.companies WHERE is_only_named",
     "Companies that only contacts and deals name: {}."),
    ("SELECT count(*) FROM tidy.people WHERE is_placeholder",
     "Contacts deleted in Klipy that interactions still name: {}. They become archived ones."),
    ("SELECT count(*) FROM tidy.tags WHERE len(variants) > 1",
     "Tags written in several ways, each of which becomes one: {}."),
    ("SELECT (SELECT count(*) FROM raw.events) - (SELECT count(*) FROM tidy._event_rows)",
     "Lines of the log of webhooks that repeat others, or hold no event: {}. They count once."),
    ("SELECT string_agg(type || ' ' || n, ', ' ORDER BY type) FROM (SELECT type, count(*) AS n"
     " FROM tidy._event_rows WHERE NOT (type LIKE 'deal.%' OR type LIKE 'booking.%' OR type IN"
     " ('lead.captured', 'interaction.captured', 'meeting.completed', 'meeting.no_showed'))"
     " GROUP BY 1)",
     "Events in the log that make no record: {}."),
)  # fmt: skip
_HOSTS = """
SELECT lower(regexp_extract(path, '^https?://(?:[^/@]*@)?([^/:?#]+)', 1)) AS host, count(*)
FROM tidy.attachments WHERE path LIKE '%://%' GROUP BY 1 ORDER BY 1
"""
_ONLY_FILES = "deals, pipelines and stages, notes, drafts, tags, attachments, members, workflows"
_WORKFLOWS = """
SELECT trim(name), any_value(kind), any_value("trigger"),
    list(DISTINCT conditions) FILTER (conditions IS NOT NULL),
    list(action ORDER BY TRY_CAST(step AS INT)) FILTER (action IS NOT NULL),
    list(delay ORDER BY TRY_CAST(step AS INT)) FILTER (delay IS NOT NULL),
    any_value(status), count(*)
FROM raw.workflows WHERE trim(name) <> '' GROUP BY 1 ORDER BY 1
"""


def discover(
    match: Match,
    statements: Sequence[str],
    name: str,
    *,
    not_by_api: Sequence[str],
    hosts: Collection[str],
) -> Discovery:
    """Counts, fields, stages, owners, automations, oddities; `not_by_api` is what the API does not
    give and must come as files, `hosts` those that attachments may be fetched from.
    """
    with closing(_built(match, statements)) as connection:
        custom = {name: found.custom for name, found in match.tables.items()}
        objects = tuple(
            SourceObject(one, catalogue.label(one), _count(connection, one),
                         catalogue.fields(one, custom[one] if one in CUSTOMISED else ()))
            for one in catalogue.NAMES
        )  # fmt: skip
        inventory = _inventory(connection)
        questions = [
            *_lacking(match, not_by_api),
            *_told(connection, _QUESTIONS),
            *_without_place(match),
            *_strange_hosts(connection, hosts),
            *match.questions(),
        ]
        notes = [*_reach(match, not_by_api), *_told(connection, _NOTES), *match.notes()]
        details = {
            "pipelines": _pipelines(connection),
            "owners": _rows(
                connection, "SELECT id, name, email, active FROM tidy.users ORDER BY id"
            ),
            "attachments": {"files": _count(connection, "attachments")},
            "automations": dict(Counter(str(one["kind"]) for one in inventory)),
            "inventory": inventory,
        }
    return Discovery(
        kind="klipy",
        release="files" if set(OF_API) <= set(not_by_api) else "API v1 (beta)",
        identity=f"klipy:{name}",
        objects=objects,
        notes=tuple(notes),
        questions=tuple(questions),
        details=details,
    )


def _reach(match: Match, not_by_api: Sequence[str]) -> list[str]:
    """What came how, and what is missing."""
    notes = [f"Klipy's API has no {_ONLY_FILES}: they come from files."]
    read = [one for one in OF_API if one not in not_by_api]
    if read:
        notes.append(f"The API gives {', '.join(read)}, each at a moment of its own.")
        notes.append("Klipy keeps summaries of mails, not the mails, and of attachments the names.")
    empty = [one for one, found in match.tables.items() if not found.tables and one not in OF_API]
    if empty:
        notes.append(f"No file was given for: {', '.join(empty)}.")
    return notes


def _lacking(match: Match, not_by_api: Sequence[str]) -> list[str]:
    """What neither the API gives nor a file."""
    return [
        f"Neither the API nor a file gives {one}: give the key the right {one}:read, or the bundle"
        f" a file {one}.csv."
        for one in not_by_api
        if match.tables[one].row_count == 0
    ]


def _without_place(match: Match) -> list[str]:
    """Columns that nobody expected, where records have no fields of users' own."""
    questions = []
    for table, found in match.tables.items():
        names = [one.label for one in found.custom if one.value_count]
        if names and table not in CUSTOMISED:
            questions.append(
                f"Not moved, for {table} have no such column: {', '.join(names)}."
                f" source.headers: {{{table}.{names[0]}: …}} says which column one is, or '-' that"
                " it is none."
            )
    return questions


def _strange_hosts(connection: duckdb.DuckDBPyConnection, hosts: Collection[str]) -> list[str]:
    """Where attachments stand that nobody has named yet."""
    named = {host.casefold() for host in hosts}
    return [
        f"Attachments on {host}: {count:,}. Are they to be fetched from there? Then name it:"
        f" source.file_hosts: [{host}]. Else they are set aside."
        for host, count in connection.execute(_HOSTS).fetchall()
        if host not in named
    ]


def _built(match: Match, statements: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """The tidy tables with the settings that a new mapping has, in memory."""
    connection = duckdb.connect(config={"memory_limit": "1GB", "threads": "2"})
    connection.execute("CREATE SCHEMA raw; CREATE SCHEMA tidy; CREATE SCHEMA meta")
    connection.execute("CREATE TABLE meta.settings (name VARCHAR, value JSON)")
    for name, value in YAML(typ="safe").load(TEMPLATE)["settings"].items():
        connection.execute("INSERT INTO meta.settings VALUES (?, ?)", [name, json.dumps(value)])
    for name in match.tables:
        connection.register("incoming", pa.Table.from_batches(list(match.batches(name))))
        connection.execute(f"CREATE TABLE raw.{name} AS FROM incoming")
        connection.unregister("incoming")
    for statement in statements:
        connection.execute(statement)
    return connection


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    ((count,),) = connection.execute(f"SELECT count(*) FROM tidy.{name}").fetchall()
    return int(count)


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    found = connection.execute(sql)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _told(connection: duckdb.DuckDBPyConnection, about: Sequence[tuple[str, str]]) -> list[str]:
    answers = [(connection.execute(sql).fetchall()[0][0], words) for sql, words in about]
    return [
        words.format(f"{one:,}" if isinstance(one, int) else one) for one, words in answers if one
    ]


def _pipelines(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    pipelines = _rows(connection, "SELECT id, name, deal_count FROM tidy.pipelines ORDER BY name")
    stages = _rows(
        connection,
        "SELECT pipeline_id, name, position, outcome FROM tidy.stages"
        " ORDER BY pipeline_id, position",
    )
    return [
        {**one, "stages": [stage for stage in stages if stage["pipeline_id"] == one["id"]]}
        for one in pipelines
    ]


def _inventory(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every workflow as {kind, name, object, trigger, conditions, actions, delays, steps, effort,
    equivalent, notes}.
    """
    return [
        {
            "kind": kind or "workflow", "name": name, "object": "deals", "trigger": trigger or "",
            "conditions": conditions or [], "actions": actions or [], "delays": delays or [],
            "steps": steps,
            "effort": "high" if steps > MANY_STEPS else "medium" if steps > 1 else "low",
            "equivalent": "base.automation with server actions; mails by mail.template",
            "notes": f"Status: {status}." if status else "",
        }
        for name, kind, trigger, conditions, actions, delays, status, steps
        in connection.execute(_WORKFLOWS).fetchall()
    ]  # fmt: skip
