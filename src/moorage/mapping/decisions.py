"""What a confirmed mapping decided about single fields, to be remembered for other projects."""

from __future__ import annotations

from collections.abc import Iterator

from moorage.mapping.spec import Mapping
from moorage.sources.base import Discovery


def decisions(mapping: Mapping, discovery: Discovery) -> Iterator[tuple[str, str, str | None]]:
    """(model, label, target) of every rule that takes one field, and of every drop.

    A custom field counts as no target: it is of this project alone.
    """
    for name, entry in mapping.objects.items():
        found = discovery.object(mapping.object_of(name))
        labels = {field.name: field.label for field in found.fields} if found else {}
        for target, rule in entry.fields.items():
            if len(rule.from_) == 1 and rule.from_[0] in labels:
                yield entry.to, labels[rule.from_[0]], None if target.startswith("x_") else target
        for dropped in entry.drop:
            if dropped in labels:
                yield entry.to, labels[dropped], None
