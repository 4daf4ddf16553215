"""Which records a link may point to: found from the entries of the objects that it names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moorage.companions import COMPANIONS
from moorage.destination import ModelField
from moorage.mapping.ground import Ground
from moorage.mapping.spec import FieldRule
from moorage.mapping.target import Linked
from moorage.mapping.transforms.base import near


def linked_by(
    ground: Ground, rule: FieldRule, wanted: ModelField, path: Sequence[Any]
) -> tuple[Linked, ...]:
    """What the `link` of `rule` may point to, errors noted for each object that does not fit."""
    path = (*path, "link")
    free = wanted.type == "many2one_reference"
    if isinstance(rule.link, dict) and not free:
        ground.error(
            f"{wanted.name} points to {wanted.relation} alone: give a list of objects", path
        )
        return ()
    found = []
    for name in rule.linked:
        model = rule.link[name] if isinstance(rule.link, dict) else wanted.relation
        one = _linked(ground, name, model, path)
        if one is not None:
            found.append(one)
    return tuple(found)


def _linked(ground: Ground, name: str, model: str | None, path: Sequence[Any]) -> Linked | None:
    mapping = ground.mapping
    models = sorted({e.to for n, e in mapping.objects.items() if mapping.object_of(n) == name})
    if not models:
        known = {mapping.object_of(entry) for entry in mapping.objects}
        ground.error(f"links to {name!r}, which no entry maps{near(name, known)}", path)
        return None
    if model is None:
        if len(models) == 1:
            return Linked(name, models[0], models[0])
        words = f"{name} becomes {' and '.join(models)}: say which one, as `{name}: {models[0]}`"
        ground.error(words, path)
        return None
    if model in models:
        return Linked(name, model, model)
    companion = next((own for own in models if model in COMPANIONS.get(own, {})), None)
    if companion is None:
        ground.error(f"points to {model}, but {name} becomes {', '.join(models)}", path)
        return None
    return Linked(name, companion, model)
