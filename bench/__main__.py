"""`python -m bench NAME`: run one benchmark, or all of them."""

from __future__ import annotations

import argparse
import importlib

NAMES = (
    "load", "models", "files", "pipeline", "second", "opex365", "whole", "opex365_whole",
    "klipy_whole", "clienttether_whole", "octopuspro", "octopuspro_whole", "page",
)  # fmt: skip


def main() -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("name", nargs="?", default="all", choices=[*NAMES, "all"])
    parser.add_argument("--rows", type=int, default=None, help="how many rows, where it matters")
    options = parser.parse_args()
    for name in NAMES if options.name == "all" else (options.name,):
        importlib.import_module(f"bench.{name}").run(options.rows)


if __name__ == "__main__":
    main()
