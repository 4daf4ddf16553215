"""The verb `spotcheck`: a sheet for people to tick, and its ticks read back."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moorage.commands.building import Ground, decisions_folder, grounded, plan_folder
from moorage.commands.checking import last_run, not_loaded, sample_loaded
from moorage.commands.opening import PRODUCTION, kind_of, typed
from moorage.commands.recomputing import recompute
from moorage.commands.result import Result, to_json
from moorage.errors import RefusedError, SettingsError
from moorage.ledger.ledger import now_text
from moorage.mapping.spec import FieldRule
from moorage.mapping.spec import Mapping as MappingSpec
from moorage.project import Project
from moorage.project.signing import SpotCheck, keep
from moorage.reports.sheet import Sheet
from moorage.reports.spotcheck import write_spotcheck
from moorage.reports.ticking import Ticks, read_ticks
from moorage.staging.staging import Staging, identifier
from moorage.verify.spots import Spot, read_spots

TICKS_FILE = "spotcheck.json"
#: Which records the sheet made last asks about; in the folder of the destination's plan.
SHEET_FILE = "sheet.json"
_WORD = re.compile(r'"([^"]+)"|([A-Za-z_][\w.]*)')


@dataclass(frozen=True, kw_only=True)
class SheetResult(Result):
    """A sheet was made: how many records by entry, and how many values differ.

    `shown` is the sheet itself with people's data, for who ticks it on a screen.
    """

    destination: str
    sheet: str
    workbook: Path
    counts: dict[str, int]
    differing: int
    shown: Sheet = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """Everything but people's data."""
        shared = {about.name for about in fields(self)} - {"shown"}
        return {name: to_json(getattr(self, name)) for name in sorted(shared)}


@dataclass(frozen=True, kw_only=True)
class TicksResult(Result):
    """A sheet was read back."""

    destination: str
    ticks: SpotCheck


def spotcheck(
    project: Project, *, to: str = PRODUCTION, count: int = 40, seed: int = 1
) -> SheetResult:
    """Choose records by the chance of `seed`, read them from Odoo, write the sheet."""
    with grounded(project, "spotcheck", to) as ground:
        run = last_run(ground.ledger, ground.destination_id)
        spots = _spots(ground, count, seed)
        if not spots:
            raise RefusedError(
                f"nothing of this project stands in {to}",
                where=ground.destination.identity.url,
                state="No sheet was written.",
                todo=f"Load it first: {typed('moorage run', to)}.",
            )
        sheet = _sheet(ground, spots, run, seed)
    known = {"sheet": sheet.id, "run": run, "records": [spot.place for spot in spots]}
    path = plan_folder(project, to) / SHEET_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(known), encoding="utf-8")
    differing = sum(not value.is_equal for spot in spots for value in spot.values)
    reports = write_spotcheck(project.reports, sheet)
    workbook = f"--read {project.reports.name}/{sheet.file_name}"
    return SheetResult(
        destination=to,
        sheet=sheet.id,
        workbook=project.reports / sheet.file_name,
        counts=_counted(spots),
        differing=differing,
        shown=sheet,
        attention=differing,
        reports=reports,
        next_words="Tick the records in the workbook, save it, and read it back:",
        next_command=typed(f"moorage spotcheck {workbook}", to),
    )


def _spots(ground: Ground, count: int, seed: int) -> tuple[Spot, ...]:
    compiled = recompute(ground, sample_loaded(ground))
    return read_spots(
        ground.staging,
        ground.destination,
        compiled.tables,
        sources_of(ground.file.mapping, ground.staging),
        count,
        seed,
        not_loaded=not_loaded(ground),
    )


def _sheet(ground: Ground, spots: tuple[Spot, ...], run: int, seed: int) -> Sheet:
    identity = ground.destination.identity
    asked = [
        ground.project.name, ground.name, identity.database_uuid, run, seed, ground.mapping_digest,
        ground.staging.digest, [(spot.place, spot.odoo_id) for spot in spots],
    ]  # fmt: skip
    now = datetime.now(UTC)
    return Sheet(
        id=hashlib.sha256(json.dumps(asked).encode()).hexdigest(),
        project=ground.project.name,
        source=kind_of(ground.project).label,
        destination=ground.name,
        url=identity.url.rstrip("/"),
        database=identity.database,
        run=run,
        sample=sample_loaded(ground),
        seed=seed,
        made_at=f"{now.day} {now:%B %Y, %H:%M} UTC",
        spots=spots,
    )


def _counted(spots: tuple[Spot, ...]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for spot in spots:
        counts[spot.entry] = counts.get(spot.entry, 0) + 1
    return counts


def sources_of(mapping: MappingSpec, staging: Staging) -> dict[str, dict[str, list[str]]]:
    """The source fields behind each field of each entry, those in SQL too."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, entry in mapping.objects.items():
        cursor = staging.connection.execute(
            f"SELECT * FROM tidy.{identifier(mapping.object_of(name))} LIMIT 0"
        )
        columns = {column[0] for column in cursor.description or ()}
        cursor.fetchall()
        found[name] = {
            field: rule.from_ or in_sql(rule, mapping.settings, columns)
            for field, rule in entry.fields.items()
        }
    return found


def in_sql(rule: FieldRule, settings: Mapping[str, object], columns: set[str]) -> list[str]:
    """The source fields (of `columns`) that a rule's SQL names, its settings put in."""
    sql = rule.sql or ""
    for name, value in settings.items():
        sql = sql.replace(f"{{{name}}}", str(value))
    words = [quoted or plain for quoted, plain in _WORD.findall(re.sub(r"'[^']*'", "", sql))]
    return list(dict.fromkeys(word for word in words if word in columns))


def spotcheck_read(project: Project, path: Path, *, to: str = PRODUCTION) -> TicksResult:
    """Read the ticks of the sheet that was made last for `to`, and keep them."""
    return spotcheck_keep(project, read_ticks(path), to=to, place=path.name)


def spotcheck_keep(
    project: Project, ticks: Ticks, *, to: str = PRODUCTION, place: str = "the page"
) -> TicksResult:
    """Keep ticks of the sheet that was made last for `to`; `place` is where they stand."""
    with project.lock("spotcheck"):
        asked = _asked(project, to)
        _refuse_other(place, ticks, asked, to)
        answers = {record: ticks.answers.get(record, "") for record in asked["records"]}
        given = list(answers.values())
        read = SpotCheck(
            sheet=ticks.sheet,
            run=asked["run"],
            at=now_text(),
            name=ticks.name,
            date=ticks.date,
            count=len(answers),
            right=given.count("right"),
            wrong=tuple(record for record, answer in answers.items() if answer == "wrong"),
            unticked=tuple(record for record, answer in answers.items() if not answer),
            remarks=len(ticks.remarks),
        )
        keep(decisions_folder(project, to) / TICKS_FILE, read)
    notes = []
    if not ticks.name:
        notes.append("Nobody's name stands on the page About of the workbook.")
    if ticks.remarks:
        notes.append(f"{len(ticks.remarks)} remarks stand in {place}.")
    is_good = not read.wrong and not read.unticked
    return TicksResult(
        destination=to,
        ticks=read,
        attention=len(read.wrong) + len(read.unticked),
        notes=tuple(notes),
        next_command=typed('moorage signoff --name "Your Name"', to) if is_good else "",
    )


def _asked(project: Project, to: str) -> dict[str, Any]:
    path = plan_folder(project, to) / SHEET_FILE
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        raise RefusedError(
            f"no sheet was made for {to}",
            where=str(project.root),
            state="Nothing was stored.",
            todo=f"Make one: {typed('moorage spotcheck', to)}.",
        ) from None


def _refuse_other(place: str, ticks: Ticks, asked: Mapping[str, Any], to: str) -> None:
    if ticks.sheet != asked["sheet"]:
        raise RefusedError(
            f"this sheet ({ticks.sheet[:16]}) is not the one made last for {to}"
            f" ({asked['sheet'][:16]}): it is of another run, seed, mapping or destination",
            where=place,
            state="Nothing was stored.",
            todo=f"Read the right one, or make a new one: {typed('moorage spotcheck', to)}.",
        )
    unknown = sorted(ticks.answers.keys() - set(asked["records"]))
    if unknown:
        raise SettingsError(
            f"the sheet names {len(unknown)} records that it was not made with",
            where=f"{place}: {unknown[0]}",
            state="Nothing was stored.",
            todo="Put the first column back as it was, and read it again.",
        )
