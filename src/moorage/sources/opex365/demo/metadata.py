"""EntityDefinitions and all under it, as JSON-ready dictionaries in the shapes of the Web API."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

from moorage.sources.opex365.demo.schema import (
    GLOBAL_OPTION_SETS,
    Attribute,
    Option,
    Table,
    collection_name,
    tables,
)

#: Our types → AttributeType, AttributeTypeName, class of the metadata.
_TYPES = {
    "String": ("String", "StringType", "StringAttributeMetadata"),
    "Memo": ("Memo", "MemoType", "MemoAttributeMetadata"),
    "Integer": ("Integer", "IntegerType", "IntegerAttributeMetadata"),
    "BigInt": ("BigInt", "BigIntType", "BigIntAttributeMetadata"),
    "Decimal": ("Decimal", "DecimalType", "DecimalAttributeMetadata"),
    "Double": ("Double", "DoubleType", "DoubleAttributeMetadata"),
    "Money": ("Money", "MoneyType", "MoneyAttributeMetadata"),
    "Boolean": ("Boolean", "BooleanType", "BooleanAttributeMetadata"),
    "DateTime": ("DateTime", "DateTimeType", "DateTimeAttributeMetadata"),
    "LocalDate": ("DateTime", "DateTimeType", "DateTimeAttributeMetadata"),
    "Date": ("DateTime", "DateTimeType", "DateTimeAttributeMetadata"),
    "Zoneless": ("DateTime", "DateTimeType", "DateTimeAttributeMetadata"),
    "Picklist": ("Picklist", "PicklistType", "PicklistAttributeMetadata"),
    "MultiSelect": ("Virtual", "MultiSelectPicklistType", "MultiSelectPicklistAttributeMetadata"),
    "State": ("State", "StateType", "StateAttributeMetadata"),
    "Status": ("Status", "StatusType", "StatusAttributeMetadata"),
    "Lookup": ("Lookup", "LookupType", "LookupAttributeMetadata"),
    "Customer": ("Customer", "CustomerType", "LookupAttributeMetadata"),
    "Owner": ("Owner", "OwnerType", "LookupAttributeMetadata"),
    "PartyList": ("PartyList", "PartyListType", "LookupAttributeMetadata"),
    "Guid": ("Uniqueidentifier", "UniqueidentifierType", "AttributeMetadata"),
    "File": ("Virtual", "FileType", "FileAttributeMetadata"),
    "Image": ("Virtual", "ImageType", "ImageAttributeMetadata"),
    "EntityName": ("EntityName", "EntityNameType", "EntityNameAttributeMetadata"),
    "Shadow": ("Virtual", "VirtualType", "AttributeMetadata"),
}
_BEHAVIOURS = {
    "DateTime": ("UserLocal", "DateAndTime"),
    "LocalDate": ("UserLocal", "DateOnly"),
    "Date": ("DateOnly", "DateOnly"),
    "Zoneless": ("TimeZoneIndependent", "DateAndTime"),
}
_OWNERSHIP = {
    "user": "UserOwned", "business": "BusinessOwned", "org": "OrganizationOwned", "none": "None",
}  # fmt: skip
_NAMESPACE = uuid.UUID("6b0c2c9e-2c4e-4b43-9d0a-0a8f6a2f3f11")


def metadata_id(name: str) -> str:
    """A stable MetadataId."""
    return str(uuid.uuid5(_NAMESPACE, name))


def label(text: str) -> dict[str, Any]:
    """A label in the organisation's one language."""
    if not text:
        return {"LocalizedLabels": [], "UserLocalizedLabel": None}
    one = {"Label": text, "LanguageCode": 1033, "IsManaged": False, "MetadataId": metadata_id(text)}
    return {"LocalizedLabels": [one], "UserLocalizedLabel": one}


@cache
def entities() -> dict[str, dict[str, Any]]:
    """The definition of every table, by logical name."""
    return {table.name: _entity(table) for table in tables().values()}


def _entity(table: Table) -> dict[str, Any]:
    return {
        "MetadataId": metadata_id(table.name),
        "LogicalName": table.name,
        "SchemaName": table.name if table.is_custom else table.name.capitalize(),
        "EntitySetName": table.set_name,
        "LogicalCollectionName": table.set_name,
        "CollectionSchemaName": table.set_name.capitalize(),
        "PrimaryIdAttribute": table.key,
        "PrimaryNameAttribute": table.primary,
        "ObjectTypeCode": table.code,
        "OwnershipType": _OWNERSHIP[table.owned],
        "IsCustomEntity": table.is_custom,
        "IsManaged": not table.is_custom,
        "IsActivity": bool(table.flags & {"activity", "pointer"}),
        "IsActivityParty": "activities" in table.flags,
        "IsIntersect": "intersect" in table.flags,
        "IsBPFEntity": "bpf" in table.flags,
        "IsPrivate": False,
        "IsLogicalEntity": False,
        "HasNotes": "notes" in table.flags,
        "HasActivities": "activities" in table.flags,
        "ChangeTrackingEnabled": "track" in table.flags,
        "TableType": "Standard",
        "DataProviderId": None,
        "CanChangeTrackingBeEnabled": {
            "Value": "track" not in table.flags, "CanBeChanged": True,
            "ManagedPropertyLogicalName": "canchangetrackingbeenabled",
        },
        "DisplayName": label(table.label),
        "DisplayCollectionName": label(f"{table.label}s"),
        "Description": label(""),
    }  # fmt: skip


@cache
def attributes(name: str) -> dict[str, dict[str, Any]]:
    """The definitions of a table's columns by logical name, each with its `@odata.type`."""
    table = tables()[name]
    return {known.name: _attribute(table, known) for known in table.attributes.values()}


def _attribute(table: Table, known: Attribute) -> dict[str, Any]:
    type_, type_name, class_ = _TYPES[known.type]
    found: dict[str, Any] = {
        "@odata.type": f"#Microsoft.Dynamics.CRM.{class_}",
        "MetadataId": metadata_id(f"{table.name}.{known.name}"),
        "LogicalName": known.name,
        "SchemaName": known.schema_name,
        "EntityLogicalName": table.name,
        "AttributeType": type_,
        "AttributeTypeName": {"Value": type_name},
        "AttributeOf": known.of,
        "IsCustomAttribute": known.is_custom,
        "IsManaged": not known.is_custom,
        "IsValidForRead": True,
        "IsValidODataAttribute": known.in_rows,
        "IsPrimaryId": known.name == table.key,
        "IsPrimaryName": known.name == table.primary,
        "IsLogical": known.of is not None,
        "RequiredLevel": {
            "Value": "SystemRequired" if known.name == table.key else "None", "CanBeChanged": True,
            "ManagedPropertyLogicalName": "canmodifyrequirementlevelsettings",
        },
        "DisplayName": label(known.label),
        "Description": label(""),
        "SourceType": None if known.of else 0,
    }  # fmt: skip
    return found | _typed(table, known)


def _typed(  # noqa: PLR0911 - one answer for each type
    table: Table, known: Attribute
) -> dict[str, Any]:
    if known.options:
        own = None if known.option_set else option_set(known, f"{table.name}_{known.name}")
        shared = global_option_sets()[known.option_set] if known.option_set else None
        return {"DefaultFormValue": -1, "OptionSet": own, "GlobalOptionSet": shared}
    if known.targets:
        return {"Targets": list(known.targets), "Format": "None"}
    if known.type in ("String", "Memo"):
        format_ = known.format or ("Text" if known.type == "String" else "TextArea")
        return {"MaxLength": known.size, "Format": format_, "FormatName": {"Value": format_}}
    if known.type in _BEHAVIOURS:
        behaviour, format_ = _BEHAVIOURS[known.type]
        return {"DateTimeBehavior": {"Value": behaviour}, "Format": format_}
    if known.type == "Money":
        base = known.name.removesuffix("_base") if known.name.endswith("_base") else None
        return {
            "Precision": 2,
            "PrecisionSource": 2,
            "CalculationOf": base,
            "IsBaseCurrency": bool(base),
        }
    if known.type in ("Decimal", "Double"):
        return {"Precision": known.size}
    if known.type in ("File", "Image"):
        full = {"CanStoreFullImage": False, "IsPrimaryImage": known.name == "entityimage"}
        return {"MaxSizeInKB": known.size or 10240} | (full if known.type == "Image" else {})
    return {}


def option_set(known: Attribute, name: str, *, is_global: bool = False) -> dict[str, Any]:
    """The option set of a choice; for yes/no columns TrueOption and FalseOption."""
    about = {
        "MetadataId": metadata_id(f"optionset {name}"), "Name": name, "IsGlobal": is_global,
        "IsCustomOptionSet": is_global, "OptionSetType": _set_type(known),
        "DisplayName": label(known.label),
    }  # fmt: skip
    options = [_option(known, option) for option in known.options]
    if known.type == "Boolean":
        return about | {"FalseOption": options[0], "TrueOption": options[1]}
    return about | {"Options": options}


def _set_type(known: Attribute) -> str:
    return known.type if known.type in ("Boolean", "State", "Status") else "Picklist"


def _option(known: Attribute, option: Option) -> dict[str, Any]:
    found: dict[str, Any] = {
        "Value": option.value, "Label": label(option.label), "Description": label(""),
        "Color": None, "IsManaged": option.value < 100000000, "ExternalValue": "",
        "MetadataId": None,
    }  # fmt: skip
    if known.type == "Status":
        found |= {
            "@odata.type": "#Microsoft.Dynamics.CRM.StatusOptionMetadata",
            "State": option.state,
        }
    if known.type == "State":
        found |= {
            "@odata.type": "#Microsoft.Dynamics.CRM.StateOptionMetadata",
            "DefaultStatus": option.value + 1, "InvariantName": option.label,
        }  # fmt: skip
    return found


@cache
def global_option_sets() -> dict[str, dict[str, Any]]:
    """The option sets that several columns share."""
    return {
        name: option_set(
            Attribute(name, name, "Picklist", name, tuple(Option(*pair) for pair in pairs)),
            name,
            is_global=True,
        )
        for name, pairs in GLOBAL_OPTION_SETS.items()
    }


@cache
def many_to_one(name: str) -> list[dict[str, Any]]:
    """The relationships a table's own lookups make."""
    table = tables()[name]
    return [
        {
            "MetadataId": metadata_id(f"{name} {known.name} {target}"),
            "SchemaName": collection_name(table, known, target),
            "ReferencingEntity": name,
            "ReferencingAttribute": known.name,
            "ReferencingEntityNavigationPropertyName": table.navigation_to(known, target),
            "ReferencedEntity": target,
            "ReferencedAttribute": tables()[target].key if target in tables() else f"{target}id",
            "ReferencedEntityNavigationPropertyName": collection_name(table, known, target),
            "RelationshipType": "OneToManyRelationship",
            "IsCustomRelationship": known.is_custom,
        }
        for known in table.attributes.values()
        if known.is_lookup
        for target in known.targets
    ]


def one_to_many(name: str) -> list[dict[str, Any]]:
    """The relationships other tables' lookups make to this one."""
    return [
        relation
        for other in tables()
        for relation in many_to_one(other)
        if relation["ReferencedEntity"] == name
    ]
