"""`$metadata`: the organisation's schema as CSDL."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from xml.sax.saxutils import quoteattr

from moorage.sources.opex365.demo.conditions import edm_type
from moorage.sources.opex365.demo.metadata import one_to_many
from moorage.sources.opex365.demo.schema import Table, tables

_NAMESPACE = "Microsoft.Dynamics.CRM"


@cache
def document() -> str:
    """The whole document."""
    types = "".join(line for table in tables().values() for line in _entity_type(table))
    sets = "".join(line for table in tables().values() for line in _entity_set(table))
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">'
        f'<edmx:DataServices><Schema Namespace="{_NAMESPACE}" Alias="mscrm" '
        'xmlns="http://docs.oasis-open.org/odata/ns/edm">'
        '<EntityType Name="crmbaseentity" Abstract="true" />'
        f'{types}<EntityContainer Name="System">{sets}</EntityContainer>'
        "</Schema></edmx:DataServices></edmx:Edmx>"
    )


def _entity_type(table: Table) -> Iterator[str]:
    yield f'<EntityType Name="{table.name}" BaseType="mscrm.crmbaseentity">'
    yield f'<Key><PropertyRef Name="{table.key}" /></Key>'
    for name, known in table.properties.items():
        yield f'<Property Name="{name}" Type="Edm.{edm_type(known)}" />'
    for name, (known, target) in table.navigations().items():
        if target in tables():
            yield (
                f'<NavigationProperty Name="{name}" Type="mscrm.{target}" Nullable="true">'
                f'<ReferentialConstraint Property="{known.property_name}" '
                f'ReferencedProperty="{tables()[target].key}" /></NavigationProperty>'
            )
    for relation in one_to_many(table.name):
        many = quoteattr(relation["ReferencedEntityNavigationPropertyName"])
        goal = relation["ReferencingEntity"]
        yield f'<NavigationProperty Name={many} Type="Collection(mscrm.{goal})" />'
    yield "</EntityType>"


def _entity_set(table: Table) -> Iterator[str]:
    yield f'<EntitySet Name="{table.set_name}" EntityType="{_NAMESPACE}.{table.name}" />'
