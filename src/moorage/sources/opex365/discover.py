"""A look at an environment without reading it all: counts, columns, stages, processes, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from moorage.sources.base import Discovery, SourceField, SourceObject
from moorage.sources.opex365 import catalogue
from moorage.sources.opex365.api import Api
from moorage.sources.opex365.inventory import read_inventory
from moorage.sources.opex365.look import Look
from moorage.sources.opex365.metadata import Entity
from moorage.sources.opex365.plan import Plan
from moorage.sources.opex365.tidy import TidyWriter, is_field

#: A tenant without Dynamics licences has so many calls a day for all its applications.
LEAST_CALLS_A_DAY = 25_000
#: Tables that people work in and that have no row of their own in the mapping yet.
BUSINESS = (
    "quote", "quotedetail", "salesorder", "salesorderdetail", "invoice", "invoicedetail",
    "campaign", "list", "competitor", "contract", "entitlement", "sla", "queueitem", "connection",
    "knowledgearticle", "template", "territory", "subject", "goal", "sharepointdocumentlocation",
)  # fmt: skip


def discover(api: Api, plan: Plan, writer: TidyWriter) -> Discovery:
    """What the environment holds, without its rows."""
    look = Look(api, plan)
    counts = look.counts()
    files = look.files()
    inventory = read_inventory(api, plan.entities)
    limits = look.limits()
    owners = look.owners()
    objects = [
        SourceObject(name, catalogue.label(name), counts.get(catalogue.table(name), 0), fields)
        for name, fields in ((name, _fields(plan, writer, name)) for name in catalogue.NAMES)
    ]
    objects += [
        SourceObject(name, plan.entities[name].label, counts.get(name, 0),
                     writer.custom_table_fields(plan.table(name)))
        for name in plan.own
    ]  # fmt: skip
    details = {
        "table_counts": counts,
        "pipelines": look.pipelines(),
        "custom_entities": [_specified(plan.entities[name], counts) for name in plan.own],
        "owners": owners,
        "attachments": files,
        "automations": dict(Counter(str(one["kind"]) for one in inventory)),
        "inventory": inventory,
        "limits": limits,
        "not_readable": look.refused,
    }
    return Discovery(
        kind="opex365",
        release=f"Web API {api.web.url.rpartition('/')[2]}",
        identity=f"opex365:{urlsplit(api.root).netloc}",
        objects=tuple(objects),
        notes=(*_notes(plan, counts, files, limits, look.refused), *_not_read(plan)),
        questions=tuple(_questions(plan, look.teams(), owners)),
        details=details,
    )


def _fields(plan: Plan, writer: TidyWriter, name: str) -> tuple[SourceField, ...]:
    entity = plan.entities.get(name)
    if name not in catalogue.CUSTOMISED or entity is None:
        return catalogue.fields(name)
    custom = [one for one in entity.custom_attributes() if is_field(one)]
    return catalogue.fields(name, tuple(writer.field(one) for one in custom))


def _specified(entity: Entity, counts: Mapping[str, int]) -> dict[str, Any]:
    """What a model for this table would need."""
    return {
        "name": entity.name,
        "label": entity.label,
        "row_count": counts.get(entity.name, 0),
        "name_field": entity.primary_name,
        "fields": [
            {
                "name": one.name,
                "label": one.label,
                "type": one.kind,
                "required": one.required,
                "targets": list(one.targets),
                "options": [label for _, label in one.options],
            }
            for one in entity.custom_attributes()
        ],
    }


def _not_read(plan: Plan) -> list[str]:
    notes = []
    if plan.absent:
        notes.append(f"Not in this environment: {', '.join(plan.absent)}.")
    missing = plan.absent_columns()
    if missing:
        shown = ", ".join(missing[:20]) + (" …" if len(missing) > 20 else "")
        notes.append(f"{len(missing)} expected columns are not there, read as empty: {shown}.")
    return notes


def _notes(
    plan: Plan,
    counts: Mapping[str, int],
    files: Mapping[str, int],
    limits: Mapping[str, int],
    refused: Sequence[str],
) -> list[str]:
    """What a reader of the scope should know."""
    tables = [one for one in plan.wanted if one.entity is not None]
    calls = sum(counts.get(one.name, 0) // 500 + 1 for one in tables)
    calls += files["note_files"] + files["mail_attachments"]
    notes = [
        "Each table is read at a moment of its own: nobody should work there at the cut-over.",
        f"A full reading takes about {calls:,} calls; a tenant without Dynamics 365 licences"
        f" has {LEAST_CALLS_A_DAY:,} a day.",
    ]
    untracked = sorted(one.name for one in tables if not one.is_tracked and not one.is_dated)
    if untracked:
        notes.append(f"Always read whole, they tell no changes: {', '.join(untracked)}.")
    derived = [catalogue.label(name) for name in catalogue.NAMES if not catalogue.table(name)]
    notes.append(f"Made of other rows, so counted when they are extracted: {', '.join(derived)}.")
    if "expirechangetrackingindays" in limits:
        days = limits["expirechangetrackingindays"]
        notes.append(f"Changes are told for {days} days; after that a table is read whole again.")
    if refused:
        notes.append(f"No right to read, taken as empty: {', '.join(sorted(refused))}.")
    known = {one.name for one in tables} | {"workflow"}
    extra = {n: c for n, c in counts.items() if n not in known and c and n in plan.entities}
    business = [f"{name} ({count:,})" for name, count in extra.items() if name in BUSINESS]
    if business:
        notes.append(f"Also there, not read: {', '.join(business)}.")
    return notes


def _questions(
    plan: Plan, teams: Mapping[str, str], owners: Mapping[str, Mapping[str, int]]
) -> list[str]:
    """What only a person can answer."""
    asked = []
    shifted = sorted(
        f"{one.name}.{attribute.name}"
        for one in plan.wanted
        if one.entity is not None
        for attribute in one.entity.attributes.values()
        if attribute.is_shifted_day and attribute.name in one.present
    )
    if shifted:
        asked.append(
            "Is `source.timezone` where the users' clocks stand? These days are kept as times:"
            f" {', '.join(shifted)}."
        )
    owning = {team: name for team, name in teams.items() if team in owners}
    if owning:
        records = sum(sum(owners[team].values()) for team in owning)
        asked.append(
            f"{records} records belong to teams ({', '.join(sorted(owning.values()))}): does"
            " nobody own them in Odoo, or the team's administrator (settings.team_owner)?"
        )
    return asked
