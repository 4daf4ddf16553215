"""Changing a mapping file as a person would: a rule, a drop, a note; comments and order stay.

Each function changes the tree of a document read for editing (`load_mapping_to_edit`) and raises
SettingsError where the place named is not there. What the change means to the whole mapping is seen
when the written text is parsed again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from moorage.errors import SettingsError
from moorage.mapping.document import parse_document, plain, written
from moorage.mapping.spec import FieldRule

#: Words about a rule that are not part of what it does.
ABOUT = ("status", "confidence", "why", "note", "advice")


def rule_text(rule: FieldRule) -> str:
    """What a rule does as one line of YAML, without the words about it."""
    given = rule.model_dump(by_alias=True, exclude_unset=True, exclude=set(ABOUT))
    if "do" in given:
        given["do"] = [
            {step.name: step.arguments} if "arguments" in step.model_fields_set
            and step.arguments is not None else step.name
            for step in rule.do
        ]  # fmt: skip
    if "find" in given:
        given["find"]["by"] = _single(given["find"]["by"])
    if "from" in given:
        given["from"] = _single(given["from"])
    return " ".join(written(flow(given)).split())


def _single(names: list[str]) -> str | list[str]:
    return names[0] if len(names) == 1 else names


def parsed_rule(text: str) -> dict[str, Any]:
    """The rule that a person wrote; MappingError if it is no YAML mapping."""
    return dict(plain(parse_document(text.strip(), Path("rule")).tree))


def accept(tree: Any, entry: str, target: str) -> None:
    """A person agrees to the rule as it stands."""
    _rule(tree, entry, target)["status"] = "confirmed"


def accept_sure(tree: Any, entry: str, threshold: float) -> list[str]:
    """Agree to all proposals of an entry that are at least this sure (0 to 1); their targets.

    A proposal that does not say how sure it is comes from the source's own template.
    """
    sure = [
        target
        for target, rule in _fields(tree, entry).items()
        if rule.get("status") == "proposed" and float(rule.get("confidence", 1)) >= threshold
    ]
    for target in sure:
        accept(tree, entry, target)
    return sure


def set_rule(tree: Any, entry: str, target: str, rule: dict[str, Any]) -> None:
    """Let `target` be filled by `rule`, decided by a person; a note on it stays."""
    fields = _fields(tree, entry)
    note = fields[target].get("note") if target in fields else None
    given = {key: value for key, value in rule.items() if key not in ABOUT}
    fields[target] = flow({**given, "status": "confirmed", **({"note": note} if note else {})})


def retarget(tree: Any, entry: str, target: str, new: str, rule: dict[str, Any]) -> None:
    """Fill `new` instead of `target`, by `rule`, in the same place of the file."""
    fields = _fields(tree, entry)
    _rule(tree, entry, target)
    if new != target and new in fields:
        raise SettingsError(
            f"{new} is filled already",
            where=f"objects.{entry}.fields.{new}",
            state="Nothing was changed.",
            todo="Take another field, or leave the other rule's source field behind first.",
        )
    place = list(fields).index(target)
    comments = fields.ca.items.pop(target, None)
    note = fields.pop(target).get("note")
    fields.insert(place, new, flow({**({"note": note} if note else {})}))
    if comments is not None:
        fields.ca.items[new] = comments
    set_rule(tree, entry, new, rule)


def leave(tree: Any, entry: str, target: str, reason: str) -> list[str]:
    """Take the rule of `target` away and leave its source fields behind, because of `reason`.

    Gives the source fields; those that another rule of the entry reads are not left.
    """
    fields = _fields(tree, entry)
    sources = _sources(_rule(tree, entry, target))
    if not reason.strip():
        raise SettingsError(
            "a field is left behind for a reason",
            where=f"objects.{entry}.fields.{target}",
            state="Nothing was changed.",
            todo="Say why.",
        )
    del fields[target]
    used = {name for rule in fields.values() for name in _sources(rule)}
    left = [name for name in sources if name not in used]
    if left and tree["objects"][entry].get("drop") is None:
        tree["objects"][entry]["drop"] = CommentedMap()
    for name in left:
        tree["objects"][entry]["drop"][name] = reason.strip()
    return left


def take_up(tree: Any, entry: str, source_field: str, target: str, rule: dict[str, Any]) -> None:
    """Move a source field that was left behind to `target` after all."""
    drop = tree["objects"][entry].get("drop") or {}
    if target in _fields(tree, entry):
        raise SettingsError(
            f"{target} is filled already",
            where=f"objects.{entry}.fields.{target}",
            state="Nothing was changed.",
            todo="Take another field.",
        )
    drop.pop(source_field, None)
    set_rule(tree, entry, target, rule)


def remark(tree: Any, entry: str, target: str, words: str) -> None:
    """Keep what a person remarks on a rule; no words take the note away."""
    rule = _rule(tree, entry, target)
    rule.pop("note", None)
    if words.strip():
        rule["note"] = words.strip()


def answer(tree: Any, settings: dict[str, Any]) -> list[str]:
    """Let the mapping's settings have these values; the names of those that changed."""
    if tree.get("settings") is None:
        tree["settings"] = CommentedMap()
    known = tree["settings"]
    changed = [name for name, value in settings.items() if plain(known.get(name)) != value]
    for name in changed:
        known[name] = flow(settings[name])
    return changed


def leave_object(tree: Any, name: str, reason: str) -> None:
    """Agree that a source object is not moved, because of `reason`."""
    tree["not_migrated"][name] = reason.strip()


def add_entry(tree: Any, name: str, model: str) -> None:
    """Let the rows of a source object become records of `model`; its fields are still to come."""
    (tree.get("not_migrated") or {}).pop(name, None)
    entry = "".join(c if c.isalnum() else "_" for c in name.casefold()).lstrip("_0123456789")
    made = CommentedMap({"to": model, "fields": CommentedMap()})
    if entry != name:
        made.insert(0, "of", name)
    tree["objects"][entry] = made


def flow(node: Any) -> Any:
    """`node` as YAML written on one line."""
    if isinstance(node, list):
        line = CommentedSeq(flow(item) for item in node)
        line.fa.set_flow_style()
        return line
    if not isinstance(node, dict):
        return node
    made = CommentedMap({key: flow(value) for key, value in node.items()})
    made.fa.set_flow_style()
    return made


def _fields(tree: Any, entry: str) -> Any:
    if entry not in tree["objects"]:
        raise _not_there(f"objects.{entry}")
    return tree["objects"][entry]["fields"]


def _rule(tree: Any, entry: str, target: str) -> Any:
    fields = _fields(tree, entry)
    if target not in fields:
        raise _not_there(f"objects.{entry}.fields.{target}")
    return fields[target]


def _sources(rule: Any) -> list[str]:
    given = rule.get("from") or []
    return [given] if isinstance(given, str) else [str(name) for name in given]


def _not_there(where: str) -> SettingsError:
    return SettingsError(
        "the mapping has no such place any more",
        where=where,
        state="Nothing was changed.",
        todo="Load the page again: the file was changed meanwhile.",
    )
