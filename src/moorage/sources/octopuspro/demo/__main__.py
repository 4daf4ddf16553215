"""Command line: make a bundle in a folder."""

import argparse
import sys
from pathlib import Path

import duckdb

from moorage.sources.octopuspro.demo.generate import generate


def main(arguments: list[str] | None = None) -> int:
    """Makes it and prints the rows of each file."""
    parser = argparse.ArgumentParser(
        prog="python -m moorage.sources.octopuspro.demo",
        description="Make a dirty OctopusPro bundle; the folder is made anew.",
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--customers", type=int, default=100, help="with three bookings each")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    with duckdb.connect() as connection:
        counts = generate(
            given.folder, customers=given.customers, seed=given.seed, connection=connection
        )
    sys.stdout.write("".join(f"{count:>10,}  {name}\n" for name, count in counts.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
