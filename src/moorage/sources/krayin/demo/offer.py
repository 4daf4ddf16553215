"""Demo data as a source: a database on a throw-away server, its files, an account that reads."""

from __future__ import annotations

from moorage.sources.base import DemoData, DemoServers
from moorage.sources.krayin.demo.catalog import stage_rows
from moorage.sources.krayin.demo.generate import generate
from moorage.sources.krayin.demo.load import Server

DATABASE = "moorage_demo"
TIMEZONE = "Asia/Kolkata"
ROWS_PER_UNIT = 300


def offer(servers: DemoServers, scale: int, seed: int) -> DemoData:
    """Fill a database with about `scale` rows; the same seed gives the same rows."""
    mariadb = servers.mariadb()
    server = Server(mariadb.host, mariadb.port, mariadb.root_user, mariadb.root_password)
    files = servers.home / "demo" / "krayin"
    generate(
        server,
        DATABASE,
        scale=scale / ROWS_PER_UNIT,
        seed=seed,
        timezone=TIMEZONE,
        files=files,
    )
    user, password = mariadb.create_reader(DATABASE)
    options = {
        "host": mariadb.host,
        "port": mariadb.port,
        "database": DATABASE,
        "user": user,
        "timezone": TIMEZONE,
        "files": str(files),
    }
    return DemoData(options, {"password": password}, {"stage_outcomes": _outcomes()})


def _outcomes() -> dict[str, str]:
    """What the stages mean whose code does not say it: the answer to what discovery asks."""
    _, stages, shares = stage_rows()
    meant = {share["id"]: str(share["outcome"]) for share in shares}
    return {
        str(stage["id"]): meant[stage["id"]]
        for stage in stages
        if meant[stage["id"]] not in ("open", stage["code"])
    }
