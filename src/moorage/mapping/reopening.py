"""Taking back what was only proposed, so that it may be proposed anew with advice."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from copy import deepcopy
from typing import Any

from moorage.destination import ModelField
from moorage.mapping.document import plain, written
from moorage.mapping.propose import See, propose
from moorage.mapping.spec import MappingFile, parse_mapping
from moorage.proposals import Memory
from moorage.proposals.column import ACCEPT
from moorage.sources.base import Discovery

Places = dict[tuple[str, str], Any]


def reopened(
    file: MappingFile,
    discovery: Discovery,
    fields: Dict[str, Dict[str, ModelField]],
    memory: Memory | None = None,
    *,
    see: See,
) -> MappingFile:
    """`file` without the proposals in doubt that nobody touched since they were made.

    A rule is untouched if it is, word for word, what would be proposed for its place now; all
    others stay, for a person may have written them.
    """
    doubtful = _doubtful(file.document.tree)
    if not doubtful:
        return file
    again = propose(_without(file, doubtful), discovery, fields, memory, see=see)
    made = _doubtful(parse_mapping(again.text, file.document.path).document.tree)
    untouched = {place: rule for place, rule in doubtful.items() if made.get(place) == rule}
    return _without(file, untouched)


def _doubtful(tree: Any) -> Places:
    """Rules that were proposed in doubt or make a field, and bear neither advice nor remark.

    What totals are compared with stays.
    """
    return {
        (entry, target): plain(rule)
        for entry, about in tree["objects"].items()
        for target, rule in (about.get("fields") or {}).items()
        if rule.get("status") == "proposed"
        and "confidence" in rule
        and (float(rule["confidence"]) < ACCEPT or rule.get("create"))
        and not (rule.get("note") or rule.get("advice"))
        and not any(str(pair).endswith(f"={target}") for pair in about.get("sums") or ())
    }


def _without(file: MappingFile, places: Places) -> MappingFile:
    tree = deepcopy(file.document.tree)
    for entry, target in places:
        del tree["objects"][entry]["fields"][target]
    return parse_mapping(written(tree), file.document.path)
