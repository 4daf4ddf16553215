"""What ClientTether holds, found in the tidy tables themselves: they are built in memory first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from moorage.bundles import Match
from moorage.sources.base import Discovery, RawTable, SourceObject
from moorage.sources.clienttether import catalogue
from moorage.sources.clienttether.inventory import read_inventory
from moorage.sources.clienttether.merging import IDS, Custom, quoted, raw_name, variants

MOST_NAMED = 12
#: Questions that only a person can answer: how many rows make them one, and what is asked.
_QUESTIONS = (
    ("SELECT count(DISTINCT company_name) FROM tidy.clients",
     "{} different company names stand on clients: are they their companies, the market they are"
     " in, or households? settings.company_name_means: company, market or text."),
    ("SELECT string_agg(DISTINCT name, ', ' ORDER BY name) FROM tidy.stages WHERE NOT active",
     "Inactive steps: {}. Are they lost? settings.inactive_steps, and one by one"
     " settings.stage_outcomes."),
    ("SELECT string_agg(DISTINCT name, ', ' ORDER BY name) FROM tidy.stages WHERE likelihood = 100",
     "Steps of 100 %: {}. Are they won? settings.stage_outcomes."),
    ("SELECT count(*) FROM tidy._findings WHERE object = 'opportunities' AND field = 'client_id'"
     " AND message LIKE 'several clients%'",
     "{} opportunities fit several clients by their names: which? settings.opportunity_clients, or"
     " all without one: settings.ambiguous_clients. `moorage issues` names them."),
    ("SELECT string_agg(DISTINCT type, ', ' ORDER BY type) FROM tidy.work_orders",
     "Types of work orders: {}. Which are deliveries of goods? settings.work_order_is_picking."),
    ("SELECT count(*) FROM tidy.clients WHERE has_no_id",
     "{} clients have no id: settings.clients_without_id."),
    ("SELECT count(*) FROM tidy.proposals WHERE abs(total - computed_total) >= 0.005",
     "{} proposals do not add up to their total: settings.proposal_differences."),
    ("SELECT string_agg(contact_type || ' ' || contact_type_name, ', ' ORDER BY ALL) FROM"
     " (SELECT DISTINCT contact_type, contact_type_name FROM tidy.clients)",
     "Contact types: {}. Who of them is a lead? settings.lead_when."),
)  # fmt: skip
_NOTES = (
    ("SELECT string_agg(name || ' (level ' || depth || ')', ', ' ORDER BY depth, name)"
     " FROM tidy.accounts WHERE depth > 3",
     "Deeper than brand, owner and unit: {}."),
    ("SELECT string_agg(DISTINCT name, ', ' ORDER BY name) FROM tidy.stages WHERE position = 900",
     "Steps that records name and no list has: {}."),
    ("SELECT count(*) FROM tidy.users WHERE is_only_a_name",
     "{} owners are known only by a name: the owners' queue asks who they are."),
    ("SELECT count(*) FROM tidy.calls WHERE recording_url IS NOT NULL",
     "{} calls have a recording: its address is kept, the sound is not moved."),
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What was read: raw tables, the statements that make them tidy, users' fields, the bundles."""

    tables: Sequence[RawTable]
    statements: Sequence[str]
    custom: Custom
    matches: Mapping[str, Match]


def discover(found: Found, accounts: Sequence[str], call_count: int) -> Discovery:
    """Counts, fields, pipelines, automations, oddities; `call_count` is what reading took."""
    with closing(_built(found)) as connection:
        objects = tuple(
            SourceObject(name, catalogue.label(name), _count(connection, name),
                         catalogue.fields(name, found.custom.get(name, {})))
            for name in catalogue.NAMES
        )  # fmt: skip
        inventory = read_inventory(connection)
        questions = [*_told(connection, _QUESTIONS), *_variants(found.custom)]
        notes = _told(connection, _NOTES)
        short = _short(connection, found.matches)
        details = {
            "pipelines": _pipelines(connection),
            "owners": _owners(connection),
            "attachments": {"files": _count(connection, "files")},
            "automations": dict(Counter(str(one["kind"]) for one in inventory)),
            "inventory": inventory,
        }
    for match in found.matches.values():
        notes += match.notes()
        questions += match.questions()
    return Discovery(
        kind="clienttether",
        release="API v2" if "api" in found.matches else "bundle",
        identity=":".join(filter(None, ("clienttether", " ".join(sorted(accounts))))),
        objects=objects,
        notes=(
            "Each list is read at a moment of its own: nobody should work there at the cut-over.",
            *([f"A full reading takes {call_count:,} calls."] if call_count else []),
            *short,
            *notes,
        ),
        questions=tuple(questions),
        details=details,
    )


def _built(found: Found) -> duckdb.DuckDBPyConnection:
    """The tidy tables as they are without a person's settings, in memory."""
    connection = duckdb.connect(config={"memory_limit": "1GB", "threads": "2"})
    connection.execute("CREATE SCHEMA raw; CREATE SCHEMA tidy; CREATE SCHEMA meta")
    connection.execute("CREATE TABLE meta.settings (name VARCHAR, value JSON)")
    for table in found.tables:
        incoming = pa.Table.from_batches(list(table.batches()))
        connection.register("incoming", incoming)
        connection.execute(f"CREATE TABLE raw.{quoted(table.name)} AS FROM incoming")
        connection.unregister("incoming")
    for statement in found.statements:
        connection.execute(statement)
    return connection


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    ((count,),) = connection.execute(f"SELECT count(*) FROM tidy.{quoted(name)}").fetchall()
    return int(count)


def _told(connection: duckdb.DuckDBPyConnection, about: Sequence[tuple[str, str]]) -> list[str]:
    answers = [(connection.execute(sql).fetchall()[0][0], words) for sql, words in about]
    return [
        words.format(f"{one:,}" if isinstance(one, int) else one) for one, words in answers if one
    ]


def _variants(custom: Custom) -> list[str]:
    """Labels of users' fields that look like one idea."""
    return [
        f"{table}: “{custom[table][name].label}” looks like “{custom[table][first].label}”: if they"
        f" are one, add {name} to settings.merged_labels."
        for table in sorted(custom)
        for name, first in variants(custom[table]).items()
    ][:MOST_NAMED]


def _short(connection: duckdb.DuckDBPyConnection, matches: Mapping[str, Match]) -> list[str]:
    """Saved pages that hold fewer rows than their list has; a page saved twice counts once."""
    notes = []
    for way, match in matches.items():
        for name, matched in match.tables.items():
            totals: dict[str, int] = {}
            for page in (page for table in matched.tables for page in table.pages):
                total = str(page.facts.get("TotalRecord") or "")
                folder = page.file.rpartition("/")[0]
                totals[folder] = max(totals.get(folder, 0), int(total) if total.isdigit() else 0)
            held = _held(connection, raw_name(way, name), IDS.get(name)) if totals else {}
            notes += [
                f"Truncated: the saved pages of {name} in {folder or 'the bundle'} hold"
                f" {held.get(folder, 0):,} different rows of {total:,}."
                for folder, total in totals.items()
                if held.get(folder, 0) < total
            ]
    return notes


def _held(connection: duckdb.DuckDBPyConnection, table: str, own: str | None) -> dict[str, int]:
    """By folder, how many different rows its JSON files hold."""
    row = f"coalesce(nullif(trim({own or 'NULL'}), ''), _file || ':' || _line)"
    folder = "array_to_string(string_split(_file, '/')[:-2], '/')"
    found = connection.execute(
        f"SELECT {folder}, count(DISTINCT {row}) FROM raw.{quoted(table)}"
        " WHERE regexp_matches(lower(_file), '[.](json|jsonl|ndjson)$') GROUP BY 1"
    ).fetchall()
    return {str(name): int(count) for name, count in found}


def _pipelines(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    rows = connection.execute(
        "SELECT p.name, list({'name': s.name, 'likelihood': s.likelihood::DOUBLE,"
        " 'active': s.active, 'outcome': s.outcome} ORDER BY s.position, s.name)"
        " FROM tidy.pipelines p"
        " JOIN tidy.stages s ON s.pipeline_id = p.id AND s.id = s.canonical_id"
        " GROUP BY p.id, p.name ORDER BY p.id"
    ).fetchall()
    return [{"name": name, "stages": stages} for name, stages in rows]


def _owners(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """By user id, how many records of each object are theirs."""
    owned: dict[str, dict[str, int]] = {}
    for name in ("clients", "opportunities", "proposals", "work_orders"):
        for user_id, count in connection.execute(
            f"SELECT owner_id, count(*) FROM tidy.{name} WHERE owner_id IS NOT NULL GROUP BY 1"
        ).fetchall():
            owned.setdefault(str(user_id), {})[name] = int(count)
    return owned
