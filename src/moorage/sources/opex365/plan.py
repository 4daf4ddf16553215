"""Which tables of this environment are read, and with which columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from moorage.sources.opex365.api import Api
from moorage.sources.opex365.metadata import Attribute, Entity, read_entities, with_attributes
from moorage.sources.opex365.reader import Wanted
from moorage.sources.opex365.tables import CONCRETE, EXPECTED, PROCESS, Column, columns

#: Only looked at in discovery.
NOT_EXTRACTED = ("workflow",)
ROW_COLUMNS = columns("statecode# statuscode# ownerid> createdon@ modifiedon@")
OTHER_ACTIVITIES = " and ".join(f"activitytypecode ne '{name}'" for name in CONCRETE)


@dataclass(frozen=True)
class Plan:
    """The environment's tables, and what is read of them.

    `processes` are the tables of business process flows with their lookup to opportunities,
    `own` the tables users made, `activities` their own types of activity.
    """

    entities: Mapping[str, Entity]
    wanted: tuple[Wanted, ...]
    processes: Mapping[str, str] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()

    def table(self, name: str) -> Wanted:
        """What is read of the table of that name."""
        return next(one for one in self.wanted if one.name == name)

    @property
    def absent(self) -> list[str]:
        """Expected tables that the environment does not have."""
        return [one.name for one in self.wanted if one.entity is None]

    def absent_columns(self) -> list[str]:
        """Expected columns that are not there, as `table.column`."""
        return [
            f"{one.name}.{column.name}"
            for one in self.wanted
            if one.entity is not None
            for column in one.columns
            if column.name not in one.present
        ]


def make_plan(api: Api) -> Plan:
    """Read the metadata and decide; a few calls per table."""
    entities = read_entities(api)
    own = [entity for entity in entities.values() if entity.is_own]
    flows = [entity for entity in entities.values() if entity.process]
    activities = [
        entity
        for entity in entities.values()
        if entity.activity and entity.custom and not entity.managed
    ]
    known = [entities[name] for name in EXPECTED if name in entities]
    described = with_attributes(api, _distinct([*known, *own, *flows, *activities]))
    entities = {**entities, **described}
    processes = {
        flow.name: lookup
        for flow in flows
        for lookup in ("opportunityid", "bpf_opportunityid")
        if lookup in entities[flow.name].attributes
    }
    wanted = [
        _wanted(name, entities.get(name), columns(words))
        for name, words in EXPECTED.items()
        if name not in NOT_EXTRACTED
    ]
    wanted += [
        _wanted(name, entities[name], columns(f"{PROCESS} {lookup}>"))
        for name, lookup in processes.items()
    ]
    wanted += [
        _wanted(one.name, entities[one.name], _row_columns(entities[one.name])) for one in own
    ]
    wanted += [_wanted(one.name, entities[one.name], []) for one in activities]
    return Plan(
        entities,
        tuple(wanted),
        processes,
        tuple(sorted(one.name for one in own)),
        tuple(sorted(one.name for one in activities)),
    )


def _distinct(found: Iterable[Entity]) -> list[Entity]:
    return list({entity.name: entity for entity in found}.values())


def _row_columns(entity: Entity) -> list[Column]:
    name = [Column(entity.primary_name, "text")] if entity.primary_name else []
    return [*name, *(column for column in ROW_COLUMNS if column.name in entity.attributes)]


def _wanted(name: str, entity: Entity | None, expected: list[Column]) -> Wanted:
    key = entity.id if entity is not None else _key(name)
    found: dict[str, Attribute] = dict(entity.attributes) if entity is not None else {}
    custom = [
        Column(one.name, one.kind) for one in found.values() if one.custom and one.name != key
    ]
    chosen = {column.name: column for column in custom}
    chosen.update({column.name: column for column in expected if column.name != key})
    present = {column: found[column].property for column in chosen if column in found}
    return Wanted(
        name,
        entity,
        tuple(chosen.values()),
        present,
        key,
        filter=OTHER_ACTIVITIES if name == "activitypointer" else None,
    )


def _key(name: str) -> str:
    activities = (*CONCRETE, "activitypointer", "opportunityclose", "incidentresolution")
    return "activityid" if name in activities else f"{name}id"
