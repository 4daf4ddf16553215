"""Fills a MariaDB with a Krayin database: realistic, dirty, the same for the same seed."""

import json
import tempfile
import time
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from string import Template

import duckdb

from moorage.sources.krayin.demo import automation, catalog, settings
from moorage.sources.krayin.demo.attributes import Attribute, attributes, option_rows
from moorage.sources.krayin.demo.catalog import Rows
from moorage.sources.krayin.demo.clock import standard_minutes, wall_expression
from moorage.sources.krayin.demo.dirt import macro_statements
from moorage.sources.krayin.demo.leftovers import (
    FORK_COLUMNS,
    FORK_TABLES,
    LEAD_FILES,
    MIGRATIONS,
    UPGRADE_COLUMNS,
)
from moorage.sources.krayin.demo.load import (
    Server,
    connected,
    create_database,
    create_tables,
    load_table,
)
from moorage.sources.krayin.demo.places import country_rows, place_rows
from moorage.sources.krayin.demo.schema import Column, Table, reaches, tables
from moorage.sources.krayin.demo.values import values_query

# Tables whose size follows the scale; only their rows count towards "300 rows per scale unit".
SCALED = (
    "users", "user_groups", "tags", "organizations", "persons", "person_tags", "products",
    "product_inventories", "product_tags", "leads", "lead_tags", "lead_products", "quotes",
    "quote_items", "lead_quotes", "activities", "lead_activities", "person_activities",
    "product_activities", "activity_participants", "activity_files", "emails",
    "email_attachments", "email_tags", "attribute_values",
)  # fmt: skip
_SCRIPTS = ("organizations", "persons", "products", "leads", "quotes", "activities", "emails")


@dataclass(frozen=True)
class DemoCounts:
    """What was written: rows per table name without prefix, and the time it took."""

    rows: dict[str, int]
    elapsed_seconds: float

    @property
    def scaled_count(self) -> int:
        """Rows of the tables that follow the scale, about 300 per scale unit."""
        return sum(self.rows.get(name, 0) for name in SCALED)

    @property
    def total_count(self) -> int:
        """All rows, catalog tables included."""
        return sum(self.rows.values())


def generate(
    server: Server,
    database: str,
    *,
    scale: float,
    seed: int,
    release: str = "2.2.6",
    prefix: str = "",
    timezone: str = "Asia/Kolkata",
    dirt: float = 1.0,
    upgraded: bool = False,
    fork: bool = False,
) -> DemoCounts:
    """Drops and recreates `database` and fills it; about 300 rows per unit of `scale`.

    `timezone` is the zone whose wall time the application wrote. `dirt` multiplies the rates of all
    kinds of dirt, 0 gives clean data. `upgraded` adds what an upgrade from 1.x leaves behind,
    `fork` the tables and columns of an extended edition.
    """
    started = time.monotonic()
    layout = _layout(release, upgraded=upgraded, fork=fork)
    sizes = _sizes(scale)
    found = attributes(seed, release)
    rows: dict[str, int] = {}
    with (
        tempfile.TemporaryDirectory(prefix="moorage-demo-") as name,
        connected(server) as connection,
        duckdb.connect(str(Path(name) / "demo.duckdb")) as engine,
    ):
        folder = Path(name)
        engine.execute("SET memory_limit = '1GB'")
        engine.execute("SET threads = 2")
        small = _small_tables(sizes, found, seed, dirty=dirt > 0, layout=layout, fork=fork)
        for table, content in small.items():
            _make_table(engine, table, content, folder)
        _run_scripts(engine, sizes, seed, release, timezone, dirt)
        create_database(connection, database)
        create_tables(connection, list(layout.values()), prefix)
        made = {row[0] for row in engine.execute("SHOW TABLES").fetchall()}
        values = Template(values_query(found)).substitute(_size_names(sizes))
        engine.execute(f"CREATE VIEW attribute_values AS {values}")
        for table in layout.values():
            if table.name in made or table.name == "attribute_values":
                rows[table.name] = load_table(
                    connection,
                    engine,
                    table,
                    source=table.name,
                    prefix=prefix,
                    folder=folder,
                )
            else:
                rows[table.name] = 0
    return DemoCounts(rows, time.monotonic() - started)


def _sizes(scale: float) -> dict[str, int]:
    """Records per table at a scale; the smallest databases still have one of everything."""
    leads = max(8, round(9.5 * scale))
    return {
        "leads": leads,
        "persons": max(8, round(11.5 * scale)),
        "organizations": max(5, round(6 * scale)),
        "products": max(5, round(scale)),
        "quotes": max(4, round(3.5 * scale)),
        "activities": max(12, round(18 * scale)),
        "emails": max(6, round(3 * scale)),
        "users": max(6, leads // 40),
        "tags": 14 + int(scale // 50),
        "sources": len(catalog.source_rows()),
        "types": len(catalog.type_rows()),
        "places": len(place_rows()),
    }


def _size_names(sizes: dict[str, int]) -> dict[str, int]:
    return {f"n_{name}": count for name, count in sizes.items()}


def _layout(release: str, *, upgraded: bool, fork: bool) -> dict[str, Table]:
    layout = dict(tables(release))
    layout["migrations"] = MIGRATIONS
    added: list[tuple[str, tuple[Column, ...]]] = []
    if upgraded:
        layout["lead_files"] = LEAD_FILES
        added += UPGRADE_COLUMNS.items()
    if fork:
        layout |= {table.name: table for table in FORK_TABLES}
        added += FORK_COLUMNS.items()
    for name, columns in added:
        layout[name] = replace(layout[name], columns=layout[name].columns + columns)
    return layout


def _small_tables(
    sizes: dict[str, int],
    found: list[Attribute],
    seed: int,
    *,
    dirty: bool,
    layout: dict[str, Table],
    fork: bool,
) -> dict[str, Rows]:
    countries, states = country_rows()
    pipelines, stages, shares = catalog.stage_rows()
    groups, members = catalog.group_rows(sizes["users"], dirty=dirty)
    warehouses, locations = catalog.warehouse_rows()
    forms, form_fields = automation.web_form_rows(found)
    events, campaigns = automation.campaign_rows()
    made = {
        "places": place_rows(),
        "stage_shares": shares,
        "countries": countries,
        "country_states": states,
        "roles": catalog.role_rows(),
        "users": catalog.user_rows(sizes["users"], seed, dirty=dirty),
        "groups": groups,
        "user_groups": members,
        "lead_pipelines": pipelines,
        "lead_pipeline_stages": stages,
        "lead_sources": catalog.source_rows(),
        "lead_types": catalog.type_rows(),
        "tags": catalog.tag_rows(sizes["tags"]),
        "warehouses": warehouses,
        "warehouse_locations": locations,
        "attributes": [attribute.row() for attribute in found],
        "attribute_options": option_rows(found, dirty=dirty),
        "workflows": automation.workflow_rows(),
        "webhooks": automation.webhook_rows(),
        "email_templates": automation.template_rows(),
        "web_forms": forms,
        "web_form_attributes": form_fields,
        "marketing_events": events,
        "marketing_campaigns": campaigns,
        "datagrid_saved_filters": automation.saved_filter_rows(),
        "core_config": settings.config_rows(),
        "personal_access_tokens": settings.token_rows(),
        "migrations": settings.migration_rows(tuple(layout)),
        "lead_files": settings.lead_file_rows(),
    }
    return made | (settings.fork_rows() if fork else {})


def _make_table(engine: duckdb.DuckDBPyConnection, name: str, content: Rows, folder: Path) -> None:
    path = folder / f"{name}.json"
    path.write_text(json.dumps(content), "utf-8")
    engine.execute(f"CREATE TABLE {name} AS SELECT * FROM read_json('{path}', format = 'array')")
    path.unlink()


def _run_scripts(
    engine: duckdb.DuckDBPyConnection,
    sizes: dict[str, int],
    seed: int,
    release: str,
    timezone: str,
    dirt: float,
) -> None:
    names = {
        "seed": seed,
        "wall": wall_expression(timezone),
        "standard_minutes": standard_minutes(timezone),
        "has_system_log": str(reaches(release, "2.0.0")).lower(),
        "other_stage": 8,
        **_size_names(sizes),
    }
    counts = sizes | {"values": sizes["organizations"]}
    _run_script(engine, "macros", names)
    for statement in macro_statements(counts, dirt=dirt, release=release):
        engine.execute(statement)
    for script in _SCRIPTS:
        _run_script(engine, script, names)


def _run_script(engine: duckdb.DuckDBPyConnection, script: str, names: dict[str, object]) -> None:
    text = files(__package__).joinpath("sql", f"{script}.sql").read_text("utf-8")
    engine.execute(Template(text).substitute(names))
