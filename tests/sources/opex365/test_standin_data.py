"""The organisation: the same by seed, dirty in every way it promises, whole where it must be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import moorage.sources.opex365.demo as demo
from moorage.sources.opex365.demo.dirt import Dirt, kinds
from moorage.sources.opex365.demo.generate import generate
from moorage.sources.opex365.demo.schema import Table, tables

CONCRETE = [table for table in tables().values() if "pointer" not in table.flags]


@pytest.fixture(scope="module")
def store(store_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(store_file), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_each_kind_of_dirt_is_there(store: duckdb.DuckDBPyConnection, kind: Dirt) -> None:
    query = f'SELECT count(*) FROM "{kind.table}" r WHERE {kind.check}'
    assert store.execute(query).fetchone() != (0,)


def test_the_page_on_dirt_lists_every_kind() -> None:
    page = Path(str(demo.__path__[0]), "README.md").read_text(encoding="utf-8")
    for kind in kinds():
        rate = f"{kind.rate * 100:g} %"
        assert f"| `{kind.name}` | {kind.table} | {rate} | {kind.meaning} |" in page


@pytest.mark.parametrize("table", CONCRETE, ids=lambda table: table.name)
def test_keys_are_unique_and_lookups_lead_to_tables_they_may(
    store: duckdb.DuckDBPyConnection, table: Table
) -> None:
    checks = [f'count(*) = count(DISTINCT "{table.key}")']
    for known in table.properties.values():
        if known.is_lookup:
            listed = ", ".join(f"'{target}'" for target in known.targets)
            name = known.property_name
            fits = f'"{name}" IS NULL OR "{name}__type" IN ({listed})'
            checks.append(f"coalesce(bool_and({fits}), true)")
    found = store.execute(f'SELECT {", ".join(checks)} FROM "{table.name}"').fetchone()
    assert found is not None and all(found)


def test_states_fit_their_reasons(store: duckdb.DuckDBPyConnection) -> None:
    for table in CONCRETE:
        if "statuscode" in table.attributes:
            known = {(o.state, o.value) for o in table.attributes["statuscode"].options}
            found = store.execute(f'SELECT DISTINCT statecode, statuscode FROM "{table.name}"')
            assert set(found.fetchall()) <= known, table.name


def test_the_sender_fits_the_direction(store: duckdb.DuckDBPyConnection) -> None:
    rows = store.execute(
        "SELECT DISTINCT e.directioncode, p._partyid_value__type FROM email e "
        "JOIN activityparty p ON p._activityid_value = e.activityid "
        "WHERE p.participationtypemask = 1 AND NOT p.ispartydeleted"
    ).fetchall()
    outgoing = {kind for is_out, kind in rows if is_out}
    incoming = {kind for is_out, kind in rows if not is_out}
    assert outgoing <= {"systemuser", "queue"}
    assert incoming <= {"contact", "account", "lead"}


def test_a_seed_is_an_organisation(store: duckdb.DuckDBPyConnection) -> None:
    def digests(connection: duckdb.DuckDBPyConnection) -> dict[str, object]:
        return {
            table.name: connection.execute(
                f'SELECT bit_xor(hash(r::VARCHAR)) FROM "{table.name}" r'
            ).fetchone()
            for table in CONCRETE
        }

    with duckdb.connect() as connection:
        generate(connection, scale=1, seed=1)
        assert digests(connection) == digests(store)
