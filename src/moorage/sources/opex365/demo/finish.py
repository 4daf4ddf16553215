"""Gives the generated tables the columns the schema says: defaults, money, owners, versions, names.

A table of the store has one column per property. A lookup has two more: `<property>__type`, the
table it points to, and `<property>__name`, the primary name of that record.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from moorage.sources.opex365.demo.schema import Attribute, Table, tables

ROOT_UNIT = "gid('businessunit', 1)"
ADMINISTRATOR = "gid('systemuser', 1)"
BASE_CURRENCY = "gid('transactioncurrency', 1)"
FIRST_VERSION = 1_000_000
SQL_TYPES = {
    "Integer": "INTEGER", "BigInt": "BIGINT", "Decimal": "DECIMAL(28, 10)", "Double": "DOUBLE",
    "Money": "DECIMAL(18, 4)", "Boolean": "BOOLEAN", "DateTime": "TIMESTAMP",
    "LocalDate": "TIMESTAMP", "Zoneless": "TIMESTAMP", "Date": "DATE", "Picklist": "INTEGER",
    "State": "INTEGER", "Status": "INTEGER", "Guid": "UUID", "File": "UUID", "Lookup": "UUID",
    "Customer": "UUID", "Owner": "UUID",
}  # fmt: skip


def finish(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Make the tables of the schema out of those in `gen`, which goes; rows per table."""
    made = {row[0] for row in connection.execute("SHOW TABLES FROM gen").fetchall()}
    _name_all(connection, made)
    version = FIRST_VERSION
    counts = {}
    concrete = [table for table in tables().values() if "pointer" not in table.flags]
    for table in concrete:
        _finish_table(connection, table, is_made=table.name in made, version=version)
        found = connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()
        counts[table.name] = found[0] if found else 0
        version += counts[table.name]
    connection.execute(f"CREATE SEQUENCE versions START {version + 1}")
    connection.execute("SELECT nextval('versions')")
    connection.execute(_pointer_view())
    for name in ("names", "all_activities", "roles", "people", "process_instances", "flows"):
        connection.execute(f"DROP TABLE {name}")
    connection.execute("DROP SCHEMA gen CASCADE")
    connection.execute("CREATE TABLE _deleted (name VARCHAR, id UUID, versionnumber BIGINT)")
    return counts


def sql_type(attribute: Attribute) -> str:
    """The DuckDB type of a property."""
    return SQL_TYPES.get(attribute.type, "VARCHAR")


def _name_all(connection: duckdb.DuckDBPyConnection, made: set[str]) -> None:
    parts = []
    for table in tables().values():
        if table.name in made and table.primary in _columns(connection, table.name):
            parts.append(
                f'SELECT "{table.key}" AS id, "{table.primary}" AS name, '
                f"'{table.name}' AS kind FROM gen.\"{table.name}\""
            )
    connection.execute("CREATE TABLE names AS " + " UNION ALL ".join(parts))


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    found = connection.execute(f'DESCRIBE gen."{name}"').fetchall()
    return {row[0] for row in found}


def _finish_table(
    connection: duckdb.DuckDBPyConnection, table: Table, *, is_made: bool, version: int
) -> None:
    has = _columns(connection, table.name) if is_made else set()
    source = f'gen."{table.name}" g' if is_made else "(SELECT 1 WHERE false) g"
    rates = f" LEFT JOIN gen.transactioncurrency c ON c.transactioncurrencyid = {_currency(has)}"
    named, joins = [], []
    for known in table.properties.values():
        if known.is_lookup:
            name, join = _named(table, known, has)
            named.append(f', {name} AS "{known.property_name}__name"')
            joins.append(join)
    connection.execute(
        f'CREATE TABLE "{table.name}" AS '
        f'SELECT f.* REPLACE ({version} + row_number() OVER (ORDER BY f."{table.key}") '
        f"AS versionnumber){''.join(named)} "
        f"FROM (SELECT {', '.join(_select_list(table, has))} FROM {source}{rates}) f"
        f'{"".join(joins)} ORDER BY f."{table.key}"'
    )


def _named(table: Table, known: Attribute, has: set[str]) -> tuple[str, str]:
    """The name of the record a lookup leads to, and the join that finds it."""
    if known.property_name not in has and _default(table, known, has) == "NULL":
        return "NULL::VARCHAR", ""
    kinds = set(known.targets)
    if "activitypointer" in kinds:
        kinds |= {other.name for other in tables().values() if "activity" in other.flags}
    listed = ", ".join(f"'{kind}'" for kind in sorted(kinds))
    join = (
        f' LEFT JOIN (SELECT id, name FROM names WHERE kind IN ({listed})) "n_{known.name}"'
        f' ON "n_{known.name}".id = f."{known.property_name}"'
    )
    return f'"n_{known.name}".name', join


def _currency(has: set[str]) -> str:
    own = "_transactioncurrencyid_value" in has
    return "g._transactioncurrencyid_value" if own else BASE_CURRENCY


def _select_list(table: Table, has: set[str]) -> Iterator[str]:
    for name, known in table.properties.items():
        value = f'g."{name}"' if name in has else _default(table, known, has)
        yield f'({value})::{sql_type(known)} AS "{name}"'
        if known.is_lookup:
            typed = f"{name}__type"
            if typed in has:
                kind = f'g."{typed}"'
            elif known.name == "ownerid":
                kind = "'systemuser'"
            else:
                kind = f"CASE WHEN ({value}) IS NOT NULL THEN '{known.targets[0]}' END"
            yield f'({kind})::VARCHAR AS "{typed}"'


def _default(table: Table, known: Attribute, has: set[str]) -> str:
    """What a column holds that the scripts leave out."""
    owner = "g._ownerid_value" if "_ownerid_value" in has else ADMINISTRATOR
    owner_type = "g._ownerid_value__type" if "_ownerid_value__type" in has else "'systemuser'"
    created = "g.createdon" if "createdon" in has else "TIMESTAMP '2022-01-03 08:00:00'"
    user = f"CASE WHEN {owner_type} = 'systemuser' THEN {owner} ELSE {ADMINISTRATOR} END"
    by_name = {
        "createdon": created,
        "modifiedon": created,
        "ownerid": owner,
        "createdby": user,
        "modifiedby": user,
        "owninguser": f"CASE WHEN {owner_type} = 'systemuser' THEN {owner} END",
        "owningteam": f"CASE WHEN {owner_type} = 'team' THEN {owner} END",
        "owningbusinessunit": ROOT_UNIT,
        "transactioncurrencyid": _currency(has),
        "exchangerate": "c.exchangerate",
        "activitytypecode": f"'{table.name}'",
        "isregularactivity": "true",
        "instancetypecode": "0",
        "versionnumber": "0",
    }
    if known.name in by_name:
        return by_name[known.name]
    if known.type == "Money" and known.name.endswith("_base"):
        twin = known.name.removesuffix("_base")
        return f'round(g."{twin}" / c.exchangerate, 2)' if twin in has else "NULL"
    if known.of is not None and known.name.endswith("_timestamp"):
        stamp = f"638000000000000000 + length(g.{known.of})"
        return f"CASE WHEN g.{known.of} IS NOT NULL THEN {stamp} END" if known.of in has else "NULL"
    if known.type in ("State", "Status"):
        return str(known.options[0].value)
    return "false" if known.type == "Boolean" else "NULL"


def _pointer_view() -> str:
    """`activitypointer` reads all activity tables, as it does in Dataverse."""
    pointer = tables()["activitypointer"]
    columns = []
    for name, known in pointer.properties.items():
        text = f'left("{name}", {known.size})' if known.name == "description" else f'"{name}"'
        if known.name == "statuscode":
            text = "CASE statecode WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 3 ELSE 4 END"
        columns.append(f'{text} AS "{name}"')
        if known.is_lookup:
            columns += [f'"{name}__type"', f'"{name}__name"']
    listed = ", ".join(columns)
    parts = [
        f'SELECT {listed} FROM "{table.name}"'
        for table in tables().values()
        if "activity" in table.flags
    ]
    return "CREATE VIEW activitypointer AS " + " UNION ALL ".join(parts)
