"""The calls of a discovery: how many rows, which stages, which files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moorage.errors import SettingsError
from moorage.http import SignInError
from moorage.sources.opex365.api import COUNT_IS_CUT, COUNTS, LABEL, MOST_ROWS, Api, query
from moorage.sources.opex365.metadata import Entity
from moorage.sources.opex365.plan import Plan

NAMES_AT_ONCE = 50
OWNED = ("account", "contact", "lead", "opportunity", "incident")


class Look:
    """The calls of a discovery."""

    def __init__(self, api: Api, plan: Plan) -> None:
        self._api = api
        self._plan = plan
        self.refused: list[str] = []

    def counts(self) -> dict[str, int]:
        """Rows by table: exact up to 5000, above that as Dataverse counted them in the last day."""
        entities = [
            entity
            for entity in self._plan.entities.values()
            if not entity.intersect and not entity.virtual
        ]
        about = self._daily([entity.name for entity in entities])
        asked = {one.name for one in self._plan.wanted}
        exact = self._api.web.each(self._count, [one for one in entities if one.name in asked])
        found = {**about, **{one.name: count for one, count in exact if count is not None}}
        return {name: count for name, count in sorted(found.items()) if count or name in asked}

    def _daily(self, names: Sequence[str]) -> dict[str, int]:
        parts = [names[n : n + NAMES_AT_ONCE] for n in range(0, len(names), NAMES_AT_ONCE)]
        found: dict[str, int] = {}
        for _, counted in self._api.web.each(self._daily_part, parts):
            found.update(counted)
        return found

    def _daily_part(self, names: Sequence[str]) -> dict[str, int]:
        listed = ",".join(f"'{name}'" for name in names)
        try:
            answer = self._api.get(f"RetrieveTotalRecordCount(EntityNames=[{listed}])")
        except SignInError:
            raise
        except SettingsError:
            # One table that cannot be counted spoils the call for all of them.
            half = len(names) // 2
            if not half:
                return {}
            return {**self._daily_part(names[:half]), **self._daily_part(names[half:])}
        counted = answer.get("EntityRecordCountCollection") or {}
        return dict(
            zip(counted.get("Keys") or (), map(int, counted.get("Values") or ()), strict=True)
        )

    def _count(self, entity: Entity) -> int | None:
        """The exact count, or None where only the daily one is to be had."""
        path = query(entity.entity_set, select=entity.id, count="true")
        if entity.name == "activitypointer":
            wanted = self._plan.table(entity.name)
            path = query(
                entity.entity_set, select=entity.id, count="true", filter=str(wanted.filter)
            )
        try:
            found = self._api.get(path, ["odata.maxpagesize=1", COUNTS])
        except SignInError:
            self.refused.append(entity.name)
            return 0
        except SettingsError:
            return None
        count = int(found.get("@odata.count") or 0)
        cut = found.get(COUNT_IS_CUT)
        return None if cut or (cut is None and count == MOST_ROWS) else count

    def pipelines(self) -> list[dict[str, Any]]:
        """Business process flows with their stages, and the phases that are only text."""
        if "processstage" not in self._plan.entities:
            return []
        rows = self._api.rows(
            "processstages", select="stagename,stagecategory,primaryentitytypecode,_processid_value"
        )
        by_process: dict[str, list[dict[str, Any]]] = {}
        names: dict[str, str] = {}
        for row in sorted(rows, key=lambda row: int(row.get("stagecategory") or 0)):
            if row.get("primaryentitytypecode") not in ("lead", "opportunity", None):
                continue
            process = str(row.get("_processid_value"))
            names[process] = str(row.get("_processid_value" + LABEL) or process)
            stage = {"id": str(row["processstageid"]), "name": str(row.get("stagename") or "")}
            by_process.setdefault(process, []).append(stage)
        found = [
            {"id": process, "name": names[process], "stages": stages}
            for process, stages in by_process.items()
        ]
        steps = self.grouped("opportunity", "stepname")
        if steps:
            stages = [
                {"id": name, "name": name, "lead_count": n} for name, n in sorted(steps.items())
            ]
            found.append({"id": "none", "name": "Pipeline phases (stepname)", "stages": stages})
        return found

    def grouped(self, table: str, column: str, *, only: str = "") -> dict[str, int]:
        """Row counts by the values of a column, of the rows for which `only` is true.

        Nothing where Dataverse does not add up so many rows: it stops at 50,000.
        """
        entity = self._plan.entities.get(table)
        if entity is None:
            return {}
        steps = f"filter({only})/" if only else ""
        path = f"{entity.entity_set}?$apply={steps}groupby(({column}),aggregate($count as rows))"
        try:
            rows = self._api.page(path.replace(" ", "%20"), (COUNTS,)).rows
        except SettingsError:
            return {}
        return {str(row[column]): int(row["rows"]) for row in rows if row.get(column)}

    def owners(self) -> dict[str, dict[str, int]]:
        """By owner's id, how many records of each table that one owns; where those are too many to
        add up, at least what teams own.
        """
        owned: dict[str, dict[str, int]] = {}
        team = "_owningteam_value"
        for table in OWNED:
            counts = self.grouped(table, "_ownerid_value")
            counts = counts or self.grouped(table, team, only=f"{team} ne null")
            for owner, count in counts.items():
                owned.setdefault(owner, {})[table] = count
        return owned

    def files(self) -> dict[str, int]:
        """How many files there are, and their bytes; no body is read for it."""
        found = {}
        for name, entity_set, options in (
            ("note_files", "annotations", {"filter": "isdocument eq true"}),
            ("mail_attachments", "activitymimeattachments", {}),
        ):
            sizes = self._sizes(entity_set, options)
            found[name] = len(sizes)
            found[f"{name}_bytes"] = sum(sizes)
        return found

    def _sizes(self, entity_set: str, options: Mapping[str, str]) -> list[int]:
        path = query(entity_set, select="filesize", **options)
        prefer = [f"odata.maxpagesize={MOST_ROWS}"]
        try:
            pages = list(self._api.pages(path, prefer))
        except SettingsError:
            return []
        return [int(row.get("filesize") or 0) for page in pages for row in page.rows]

    def limits(self) -> dict[str, int]:
        """What the organisation allows, as far as it tells."""
        names = ("expirechangetrackingindays", "maxuploadfilesize")
        try:
            rows = self._api.rows("organizations", select=",".join(names))
        except SettingsError:
            return {}
        return {name: int(rows[0][name]) for name in names if rows and rows[0].get(name)}

    def teams(self) -> dict[str, str]:
        """Names of the teams."""
        try:
            rows = self._api.rows("teams", select="name")
        except SettingsError:
            return {}
        return {str(row["teamid"]): str(row.get("name") or "") for row in rows}
