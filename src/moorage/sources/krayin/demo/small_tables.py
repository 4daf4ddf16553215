"""The tables that Python writes row by row: catalogs, settings, automation."""

import json
from pathlib import Path

import duckdb

from moorage.sources.krayin.demo import automation, catalog, settings
from moorage.sources.krayin.demo.attributes import Attribute, option_rows
from moorage.sources.krayin.demo.catalog import Rows
from moorage.sources.krayin.demo.places import country_rows, place_rows


def make_small_tables(
    engine: duckdb.DuckDBPyConnection,
    sizes: dict[str, int],
    found: list[Attribute],
    *,
    seed: int,
    dirty: bool,
    table_names: tuple[str, ...],
    fork: bool,
    folder: Path,
) -> None:
    """Creates one DuckDB table for each; `places` and `stage_shares` serve the scripts only."""
    contents = _contents(sizes, found, seed=seed, dirty=dirty, table_names=table_names, fork=fork)
    for name, rows in contents.items():
        _make_table(engine, name, rows, folder)


def _contents(
    sizes: dict[str, int],
    found: list[Attribute],
    *,
    seed: int,
    dirty: bool,
    table_names: tuple[str, ...],
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
        "migrations": settings.migration_rows(table_names),
        "lead_files": settings.lead_file_rows(),
    }
    return made | (settings.fork_rows() if fork else {})


def _make_table(engine: duckdb.DuckDBPyConnection, name: str, content: Rows, folder: Path) -> None:
    path = folder / f"{name}.json"
    path.write_text(json.dumps(content), "utf-8")
    engine.execute(f"CREATE TABLE {name} AS SELECT * FROM read_json('{path}', format = 'array')")
    path.unlink()
