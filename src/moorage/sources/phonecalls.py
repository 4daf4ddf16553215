"""Phone calls as `crm.phonecall`, where an Odoo has it: the module crm_phonecall of the OCA.

Without it calls are messages, and activities as long as they are still to be made. What sources
share is the decision, and how one entry takes the place of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

PHONECALL, MESSAGE = "crm.phonecall", "mail.message"
SETTING = "phonecalls_to"
_SAID = f"settings.{SETTING}"


def calls_to(
    tree: Any,
    has_model: Callable[[str], bool],
    made: tuple[str, Mapping[str, Any]],
    instead_of: Sequence[str],
) -> list[str]:
    """Let the entry `made` (name, rules) take the place of `instead_of` if calls become records.

    That is as the setting says, `auto` by what Odoo has. It keeps those `x_` fields and reasons of
    the former entries that say what its own rules do not. What was decided, in a sentence.
    """
    settings, objects = tree["settings"], tree["objects"]
    name, entry = made
    if name not in objects and not any(one in objects for one in instead_of):
        return []
    asked = str(settings.get(SETTING, MESSAGE))
    found = PHONECALL if has_model(PHONECALL) else MESSAGE
    model = found if asked == "auto" else asked
    is_record = name in objects and objects[name]["to"] == PHONECALL
    settings[SETTING] = PHONECALL if is_record or model == PHONECALL else MESSAGE
    if is_record and model != PHONECALL:
        return [f"Phone calls stay {PHONECALL}: to change that, begin with a new mapping.yaml."]
    if is_record:
        return [f"Phone calls become {PHONECALL} ({_SAID})."]
    if model not in (PHONECALL, MESSAGE):
        return [f"{_SAID} is neither {MESSAGE} nor {PHONECALL}, but {asked!r}: {MESSAGE}."]
    if model == MESSAGE:
        return [f"Phone calls become {MESSAGE}, open ones activities ({_SAID})."]
    former = [objects.pop(one) for one in instead_of if one in objects]
    objects[name] = _keeping(entry, former)
    why = "this Odoo has it; " if found == PHONECALL else ""
    return [f"Phone calls become {PHONECALL}: {why}{_SAID}."]


def _keeping(entry: Mapping[str, Any], former: Sequence[Any]) -> dict[str, Any]:
    """`entry` with what the former ones say of columns that it leaves alone."""
    fields, dropped = deepcopy(dict(entry["fields"])), dict(entry["drop"])
    told = {column for rule in fields.values() for column in _columns(rule)} | set(dropped)
    for one in former:
        for target, rule in one["fields"].items():
            if target.startswith("x_") and not told.intersection(_columns(rule)):
                fields[target] = rule
        for column, why in one.get("drop", {}).items():
            if column.startswith("custom."):
                dropped.setdefault(column, why)
    return {**entry, "fields": fields, "drop": dropped}


def _columns(rule: Any) -> Iterator[str]:
    given = rule.get("from", ())
    yield from (given,) if isinstance(given, str) else given
