"""Tables and columns that a real database has beyond its release: the migrations bookkeeping,
remains of an upgrade from 1.x, and additions of forks and paid extensions."""

from moorage.sources.krayin.demo.schema import Column, ForeignKey, Table

_ID = Column("id", "int unsigned", required=True, extra="auto_increment")
_STAMPS = (Column("created_at", "timestamp"), Column("updated_at", "timestamp"))

MIGRATIONS = Table(
    "migrations",
    (
        _ID,
        Column("migration", "varchar(255)", required=True),
        Column("batch", "int", required=True),
    ),
    ("id",),
    (),
    (),
    (),
)

LEAD_FILES = Table(
    "lead_files",
    (
        _ID,
        Column("name", "varchar(255)", required=True),
        Column("path", "varchar(255)", required=True),
        Column("lead_id", "int unsigned", required=True),
        *_STAMPS,
    ),
    ("id",),
    (),
    (("lead_id",),),
    (ForeignKey("lead_id", "leads", "CASCADE"),),
)

FORK_TABLES = (
    Table(
        "tenants",
        (_ID, Column("name", "varchar(255)", required=True), *_STAMPS),
        ("id",),
        (("name",),),
        (),
        (),
    ),
    Table(
        "whatsapp_messages",
        (
            _ID,
            Column("person_id", "int unsigned"),
            Column("body", "text"),
            Column("payload", "json"),
            *_STAMPS,
        ),
        ("id",),
        (),
        (("person_id",),),
        (ForeignKey("person_id", "persons", "SET NULL"),),
    ),
)

UPGRADE_COLUMNS = {"users": (Column("lead_view_permission", "varchar(255)", default="global"),)}
FORK_COLUMNS = {
    "leads": (
        Column("tenant_id", "int unsigned", default="1"),
        Column("score", "int"),
        Column("utm_campaign", "varchar(255)"),
    ),
    "persons": (Column("whatsapp_opt_in", "tinyint(1)", required=True, default="0"),),
}


def migration_names(table_names: tuple[str, ...]) -> list[str]:
    """File names in the pattern of the framework, one per table. They are not upstream's own:
    readers may use the table to see that it exists, never to learn the release."""
    return [
        f"2021_03_12_{index:06d}_create_{name}_table" for index, name in enumerate(table_names, 1)
    ]
