"""The order of entries: phases derived from the links between them."""

from __future__ import annotations

from collections.abc import Mapping, Set


def phases(needs: Mapping[str, Set[str]]) -> tuple[dict[str, int], list[list[str]]]:
    """The phase of each entry (0 first), and the circles that make an order impossible.

    `needs` maps an entry to the entries its links point to; links to itself are not counted. When
    there are circles, entries in or behind one have no phase.
    """
    waiting = {entry: set(wanted) - {entry} for entry, wanted in needs.items()}
    found: dict[str, int] = {}
    phase = 0
    while ready := [entry for entry, wanted in waiting.items() if not wanted - found.keys()]:
        found.update(dict.fromkeys(ready, phase))
        for entry in ready:
            del waiting[entry]
        phase += 1
    return found, _circles(waiting)


def reached(needs: Mapping[str, Set[str]]) -> dict[str, set[str]]:
    """All that can be come to from each, by one link or several; itself only in a circle."""
    found = {name: set(wanted) for name, wanted in needs.items()}
    growing = True
    while growing:
        growing = False
        for wanted in found.values():
            more = {further for one in wanted for further in found.get(one, ())} - wanted
            wanted.update(more)
            growing = growing or bool(more)
    return found


def _circles(waiting: Mapping[str, Set[str]]) -> list[list[str]]:
    circles: list[list[str]] = []
    seen: set[str] = set()
    for start in waiting:
        trail: list[str] = []
        entry: str | None = start
        while entry is not None and entry not in seen and entry not in trail:
            trail.append(entry)
            entry = next((wanted for wanted in sorted(waiting[entry]) if wanted in waiting), None)
        if entry is not None and entry in trail:
            circles.append(trail[trail.index(entry) :])
        seen.update(trail)
    return circles
