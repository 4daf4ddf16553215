"""A small source and a small Odoo, for the mapping's tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moorage.destination import ModelField
from moorage.mapping import compile_mapping, materialise, parse_mapping
from moorage.mapping.compile import CompiledMapping
from moorage.mapping.expressions import columns_of
from moorage.mapping.fill import MaterialiseReport
from moorage.sources.base import Discovery, SourceField, SourceObject
from moorage.staging import Staging

PEOPLE = SourceObject(
    "people", "People", 3,
    (
        SourceField("name", "text", "Name", required=True),
        SourceField("emails", "multiselect", "E-mails"),
        SourceField("phone", "phone", "Phone"),
        SourceField("address.country_code", "text", "Country"),
        SourceField("address.state_code", "text", "State"),
        SourceField("company_id", "link", "Company", link="companies"),
        SourceField("tags", "links", "Tags", link="tags"),
        SourceField("kind", "select", "Kind", options=("a", "b")),
        SourceField("score", "text", "Score"),
        SourceField("born", "text", "Born"),
        SourceField("canonical_id", "link", "Same as", link="people"),
        SourceField("custom.Größe", "decimal", "Größe", custom=True),
    ),
)  # fmt: skip
COMPANIES = SourceObject(
    "companies", "Companies", 2,
    (SourceField("name", "text", "Name"), SourceField("owner", "link", "Owner", link="people")),
)  # fmt: skip
TAGS = SourceObject("tags", "Tags", 2, (SourceField("name", "text", "Name"),))
DISCOVERY = Discovery("acme", "1", "test", (PEOPLE, COMPANIES, TAGS))


def model_field(name: str, type_: str, **rest: object) -> ModelField:
    """A field whose label is its name."""
    return ModelField(name, type_, name, **rest)  # type: ignore[arg-type]


PARTNER = [
    model_field("name", "char", required=True),
    model_field("email", "char"),
    model_field("phone", "char", size=32),
    model_field("comment", "html"),
    model_field("ref", "char"),
    model_field("color", "integer"),
    model_field("credit_limit", "float"),
    model_field("is_company", "boolean"),
    model_field("date", "date"),
    model_field("type", "selection", selection=(("contact", "Contact"), ("other", "Other"))),
    model_field("parent_id", "many2one", relation="res.partner"),
    model_field("country_id", "many2one", relation="res.country"),
    model_field("state_id", "many2one", relation="res.country.state"),
    model_field("category_id", "many2many", relation="res.partner.category"),
    model_field("display_name", "char", readonly=True, store=False),
]
FIELDS = {
    "res.partner": {found.name: found for found in PARTNER},
    "res.partner.category": {"name": model_field("name", "char", required=True)},
}

HEAD = "moorage: 1\nsource: acme\nobjects:\n"


@contextmanager
def staging_with(path: Path, **tables: str) -> Iterator[Staging]:
    """Staging whose tidy tables are the given SELECTs, missing columns NULL."""
    with Staging(path / "staging.duckdb") as staging:
        for found in DISCOVERY.objects:
            columns = ", ".join(f'"{n}" {t}' for n, (t, _) in columns_of(found).items())
            staging.connection.execute(f'CREATE TABLE tidy."{found.name}" ({columns})')
            if found.name in tables:
                staging.connection.execute(
                    f'INSERT INTO tidy."{found.name}" BY NAME {tables[found.name]}'
                )
        yield staging


def run(staging: Staging, text: str) -> tuple[CompiledMapping, MaterialiseReport]:
    """Compile `text` (the part under `objects:`) and fill the target tables."""
    compiled = compile_mapping(parse_mapping(HEAD + text), DISCOVERY, FIELDS)
    return compiled, materialise(staging, compiled)


def rows(staging: Staging, sql: str) -> list[tuple[object, ...]]:
    """All rows of a query."""
    return staging.connection.execute(sql).fetchall()
