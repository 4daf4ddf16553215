"""What tables and columns this environment has, from its own metadata: nothing is assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from moorage.sources.opex365.api import Api, query

ENTITY_COLUMNS = (
    "LogicalName,EntitySetName,PrimaryIdAttribute,PrimaryNameAttribute,IsCustomEntity,IsManaged,"
    "IsActivity,IsIntersect,IsBPFEntity,ChangeTrackingEnabled,TableType,DisplayName"
)
ATTRIBUTE_COLUMNS = (
    "LogicalName,AttributeType,AttributeTypeName,AttributeOf,IsCustomAttribute,IsManaged,"
    "IsValidForRead,RequiredLevel,DisplayName"
)
#: Publishers whose tables and columns Microsoft itself installs, beside those that users made.
MICROSOFT = (
    "msdyn_", "msdynce_", "msdynmkt_", "msfp_", "mspcat_", "mspp_", "adx_", "cdm_", "powerpages",
)  # fmt: skip
#: How a column's type reads in ours; what is not here (shadows, party lists) is not read.
KINDS = {
    "Boolean": "boolean", "Customer": "lookup", "DateTime": "datetime", "Decimal": "decimal",
    "Double": "decimal", "Integer": "integer", "BigInt": "integer", "Lookup": "lookup",
    "Memo": "text", "Money": "money", "Owner": "lookup", "Picklist": "choice", "State": "choice",
    "Status": "choice", "String": "text", "Uniqueidentifier": "text", "EntityName": "text",
    "MultiSelectPicklistType": "choices", "FileType": "file", "ImageType": "image",
}  # fmt: skip
CAST = "Microsoft.Dynamics.CRM."
#: What a text holds, by the name of its format.
FORMATS = {"Email": "email", "Phone": "phone", "Url": "url", "RichText": "html"}
OPTION_CASTS = {
    "choice": "PicklistAttributeMetadata",
    "choices": "MultiSelectPicklistAttributeMetadata",
}


@dataclass(frozen=True)
class Attribute:
    """A column. `kind` is one of the values of `KINDS`, `date` or `wall_clock` (no zone at all)."""

    name: str
    kind: str
    label: str
    custom: bool = False
    required: bool = False
    targets: tuple[str, ...] = ()
    options: tuple[tuple[int, str], ...] = ()
    #: A date that is kept as a time: midnight where the user was.
    is_shifted_day: bool = False
    #: An image that is stored in full, not only as a thumbnail.
    is_full: bool = False

    @property
    def property(self) -> str:
        """Its name in queries and answers; of an image, when it was stored."""
        if self.kind == "lookup":
            return f"_{self.name}_value"
        return f"{self.name}_timestamp" if self.kind == "image" else self.name


@dataclass(frozen=True)
class Entity:
    """A table; `attributes` are there once they were read."""

    name: str
    entity_set: str
    id: str
    primary_name: str
    label: str
    custom: bool = False
    managed: bool = False
    activity: bool = False
    process: bool = False
    intersect: bool = False
    tracked: bool = False
    virtual: bool = False
    attributes: Mapping[str, Attribute] = field(default_factory=dict)

    @property
    def is_own(self) -> bool:
        """Whether users or partners made it: a custom table that is not Microsoft's."""
        hidden = self.intersect or self.process or self.activity or self.virtual
        return self.custom and not hidden and not self.name.startswith(MICROSOFT)

    def custom_attributes(self) -> list[Attribute]:
        """The columns that users or partners added."""
        return [found for found in self.attributes.values() if found.custom]


def read_entities(api: Api) -> dict[str, Entity]:
    """All tables of the environment by name, without their columns."""
    found = api.page(query("EntityDefinitions", select=ENTITY_COLUMNS)).rows
    entities = (_entity(row) for row in found)
    return {entity.name: entity for entity in entities if entity.entity_set}


def with_attributes(api: Api, entities: Iterable[Entity]) -> dict[str, Entity]:
    """The same tables with their columns; several are read at once."""
    found = api.web.each(lambda entity: _attributes(api, entity), list(entities))
    return {entity.name: replace(entity, attributes=columns) for entity, columns in found}


def _entity(row: Mapping[str, Any]) -> Entity:
    name = str(row["LogicalName"])
    return Entity(
        name=name,
        entity_set=str(row.get("EntitySetName") or ""),
        id=str(row.get("PrimaryIdAttribute") or f"{name}id"),
        primary_name=str(row.get("PrimaryNameAttribute") or ""),
        label=_label(row.get("DisplayName")) or name,
        custom=bool(row.get("IsCustomEntity")),
        managed=bool(row.get("IsManaged")),
        activity=bool(row.get("IsActivity")),
        process=bool(row.get("IsBPFEntity")),
        intersect=bool(row.get("IsIntersect")),
        tracked=bool(row.get("ChangeTrackingEnabled")),
        virtual=row.get("TableType") not in (None, "Standard", "Activity", ""),
    )


def _attributes(api: Api, entity: Entity) -> dict[str, Attribute]:
    base = f"EntityDefinitions(LogicalName='{entity.name}')/Attributes"
    found = {}
    for row in api.page(query(base, select=ATTRIBUTE_COLUMNS)).rows:
        attribute = _attribute(row)
        if attribute is not None:
            found[attribute.name] = attribute
    _add_dates(api, base, found)
    _add_targets(api, base, found)
    _add_options(api, base, found)
    _add_formats(api, base, found)
    _add_images(api, base, found)
    return found


def _attribute(row: Mapping[str, Any]) -> Attribute | None:
    if row.get("AttributeOf") or row.get("IsValidForRead") is False:
        return None
    type_name = row.get("AttributeTypeName")
    precise = str(type_name.get("Value")) if isinstance(type_name, dict) else ""
    kind = KINDS.get(precise) or KINDS.get(str(row.get("AttributeType")))
    if kind is None:
        return None
    name = str(row["LogicalName"])
    required = row.get("RequiredLevel")
    level = required.get("Value") if isinstance(required, dict) else None
    return Attribute(
        name,
        kind,
        _label(row.get("DisplayName")) or name,
        custom=bool(row.get("IsCustomAttribute")) and not name.startswith(MICROSOFT),
        required=level in ("SystemRequired", "ApplicationRequired"),
    )


def _add_dates(api: Api, base: str, found: dict[str, Attribute]) -> None:
    """Days, times without a zone, and days that are kept as times."""
    if not any(one.kind == "datetime" for one in found.values()):
        return
    path = query(
        f"{base}/{CAST}DateTimeAttributeMetadata", select="LogicalName,DateTimeBehavior,Format"
    )
    for row in api.page(path).rows:
        attribute = found.get(str(row["LogicalName"]))
        if attribute is None:
            continue
        behaviour = (row.get("DateTimeBehavior") or {}).get("Value")
        if behaviour == "DateOnly":
            attribute = replace(attribute, kind="date")
        elif behaviour == "TimeZoneIndependent":
            attribute = replace(attribute, kind="wall_clock")
        elif row.get("Format") == "DateOnly":
            attribute = replace(attribute, kind="date", is_shifted_day=True)
        found[attribute.name] = attribute


def _add_targets(api: Api, base: str, found: dict[str, Attribute]) -> None:
    """Which tables the custom lookups point to."""
    if not any(one.custom and one.kind == "lookup" for one in found.values()):
        return
    path = query(f"{base}/{CAST}LookupAttributeMetadata", select="LogicalName,Targets")
    for row in api.page(path).rows:
        attribute = found.get(str(row["LogicalName"]))
        if attribute is not None:
            targets = tuple(str(name) for name in row.get("Targets") or ())
            found[attribute.name] = replace(attribute, targets=targets)


def _add_options(api: Api, base: str, found: dict[str, Attribute]) -> None:
    """The options of the custom choices."""
    for kind, cast in OPTION_CASTS.items():
        if not any(one.custom and one.kind == kind for one in found.values()):
            continue
        path = query(
            f"{base}/{CAST}{cast}", select="LogicalName", expand="OptionSet,GlobalOptionSet"
        )
        for row in api.page(path).rows:
            attribute = found.get(str(row["LogicalName"]))
            if attribute is not None:
                found[attribute.name] = replace(attribute, options=_options(row))


def _add_formats(api: Api, base: str, found: dict[str, Attribute]) -> None:
    """What the custom texts hold: addresses, numbers, rich text."""
    if not any(one.custom and one.kind == "text" for one in found.values()):
        return
    for cast in ("StringAttributeMetadata", "MemoAttributeMetadata"):
        for row in api.page(query(f"{base}/{CAST}{cast}", select="LogicalName,FormatName")).rows:
            attribute = found.get(str(row["LogicalName"]))
            name = row.get("FormatName")
            kind = FORMATS.get(str(name.get("Value"))) if isinstance(name, dict) else None
            if attribute is not None and attribute.custom and kind is not None:
                found[attribute.name] = replace(attribute, kind=kind)


def _add_images(api: Api, base: str, found: dict[str, Attribute]) -> None:
    """Which images are stored in full."""
    if not any(one.kind == "image" for one in found.values()):
        return
    path = query(f"{base}/{CAST}ImageAttributeMetadata", select="LogicalName,CanStoreFullImage")
    for row in api.page(path).rows:
        attribute = found.get(str(row["LogicalName"]))
        if attribute is not None:
            found[attribute.name] = replace(attribute, is_full=bool(row.get("CanStoreFullImage")))


def _options(row: Mapping[str, Any]) -> tuple[tuple[int, str], ...]:
    chosen = row.get("OptionSet") or row.get("GlobalOptionSet") or {}
    return tuple(
        (int(option["Value"]), _label(option.get("Label")) or str(option["Value"]))
        for option in chosen.get("Options") or ()
    )


def _label(given: Any) -> str:
    """The text of a label in the caller's language, else in the first there is."""
    if not isinstance(given, dict):
        return ""
    own = (given.get("UserLocalizedLabel") or {}).get("Label")
    others = [one.get("Label") for one in given.get("LocalizedLabels") or ()]
    return str(own or next((label for label in others if label), ""))
