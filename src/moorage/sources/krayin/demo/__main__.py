"""Command line: fill a database with demo data. The password comes from the environment."""

import argparse
import os
import sys
from pathlib import Path

from moorage.sources.krayin.demo.generate import generate
from moorage.sources.krayin.demo.load import Server
from moorage.sources.krayin.demo.schema import RELEASES


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m moorage.sources.krayin.demo",
        description="Fill a MariaDB with a realistic and dirty Krayin database. "
        "The database is dropped first. The password is read from MOORAGE_DEMO_PASSWORD.",
    )
    parser.add_argument("database", help="name of the database; it is dropped and made anew")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=3306)
    parser.add_argument("--user", default="root")
    parser.add_argument("--scale", type=float, default=1.0, help="about 300 rows per unit")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--release", choices=RELEASES, default=RELEASES[-1])
    parser.add_argument("--prefix", default="", help="prefix of every table name")
    parser.add_argument("--timezone", default="Asia/Kolkata", help="zone of the times written")
    parser.add_argument("--dirt", type=float, default=1.0, help="multiplies the rates, 0 is clean")
    parser.add_argument("--upgraded", action="store_true", help="add remains of a 1.x upgrade")
    parser.add_argument("--files", type=Path, help="folder to make anew with the files of the rows")
    parser.add_argument("--fork", action="store_true", help="add tables and columns of a fork")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Generates and prints the number of rows per table."""
    given = _parser().parse_args(arguments)
    server = Server(
        host=given.host,
        port=given.port,
        user=given.user,
        password=os.environ.get("MOORAGE_DEMO_PASSWORD", ""),
    )
    counts = generate(
        server,
        given.database,
        scale=given.scale,
        seed=given.seed,
        release=given.release,
        prefix=given.prefix,
        timezone=given.timezone,
        dirt=given.dirt,
        upgraded=given.upgraded,
        fork=given.fork,
        files=given.files,
    )
    lines = [f"{count:>10,}  {table}" for table, count in counts.rows.items() if count]
    lines.append(f"{counts.total_count:>10,}  rows in {counts.elapsed_seconds:.1f} seconds")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
