"""What fields of CRMs mean: concepts with their labels, and the field of Odoo each one has.

Concepts are data (`data/concepts/*.yaml`), one kind of record (`data/models.yaml`) at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from moorage.proposals.column import Fate
from moorage.proposals.words import Reading, data_yaml, roles, words_of

_FILES = ("people", "places", "sales", "documents", "products", "activities", "employees", "system")
#: The more a label said, the more a match counts, all else being equal.
_SPECIFIC = 0.01
_COST = {
    "filler": 0.05, "noun": 0.08, "soft": 0.2, "unknown": 0.85,
    "thing": 1.4, "head": 1.4, "hard": 1.4,
}  # fmt: skip
#: Where what a label is about stands at its end.
_HEAD_LAST = ("en", "de", "nl")


@dataclass(frozen=True)
class Kind:
    """A kind of record that concepts speak of."""

    name: str
    model: str
    nouns: frozenset[str]
    named: tuple[str, ...]
    like: str = ""


@dataclass(frozen=True)
class Concept:
    """One meaning. `targets` gives, per kind, Odoo fields by preference; None stands for none.

    `types` are forms of values that it has besides those a field takes, `only` the ones without
    which it is not meant. Who `yields` leaves a field to another column that claims it.
    """

    name: str
    means: str
    targets: dict[str, tuple[str | None, ...]]
    fate: Fate = "home"
    types: tuple[str, ...] = ()
    part: int = 0
    inverted: bool = False
    computed: bool = False
    spare: bool = False
    yields: bool = False
    only: tuple[str, ...] = ()
    convention: str = ""
    says: tuple[frozenset[str], ...] = field(default=(), repr=False)

    def targets_for(self, kind: Kind) -> tuple[str | None, ...]:
        """Where it goes for records of `kind`; (None,) where Odoo has no field for it."""
        # The kind itself may be a model that is still to be made, and so none of `kinds`.
        while kind.name not in self.targets:
            if not kind.like:
                return (None,)
            kind = kinds()[kind.like]
        return self.targets[kind.name]


@dataclass(frozen=True)
class Match:
    """A label said this concept. `score` is 1 where it said nothing else.

    `is_of_id` tells that the label said `id`.
    """

    concept: Concept
    score: float
    language: str
    is_of_id: bool = False


def matches(found: tuple[Reading, ...], kind: Kind) -> list[Match]:
    """The concepts that a text, read in all ways, may mean; best first, one match a concept."""
    best: dict[str, Match] = {}
    for reading in found:
        words = frozenset(reading.words)
        discount = 0.0 if reading.language == "en" else 0.02
        for concept, pattern in _near(words, kind):
            score = _score(reading, pattern, kind) - discount
            held = best.get(concept.name)
            if score > 0 and (held is None or score > held.score):
                best[concept.name] = Match(concept, score, reading.language, "id" in words)
    return sorted(best.values(), key=lambda match: -match.score)


def _near(words: frozenset[str], kind: Kind) -> Iterator[tuple[Concept, frozenset[str]]]:
    index = _index()
    seen: set[tuple[str, frozenset[str]]] = set()
    for word in words:
        for concept, pattern in index.get(word, ()):
            if (concept.name, pattern) in seen or not pattern <= words | kind.nouns:
                continue
            seen.add((concept.name, pattern))
            yield concept, pattern


def _score(reading: Reading, pattern: frozenset[str], kind: Kind) -> float:
    words = frozenset(reading.words)
    said = pattern & words
    implied = pattern - words
    if implied and said <= kind.nouns:
        return 0.0
    weight = sum(1.0 + 0.25 * word.count("_") for word in said)
    cost = sum(_COST[role] for role in _unexpected(reading, pattern, kind))
    return weight / (weight + cost) - 0.06 * len(implied) + _SPECIFIC * (weight - 1)


def _unexpected(reading: Reading, pattern: frozenset[str], kind: Kind) -> Iterator[str]:
    """The roles of what a label says beside `pattern`.

    An unknown word behind it is what the label is about: a `salary grade` is no salary.
    """
    head_last = reading.language in _HEAD_LAST
    places = [place for place, word in enumerate(reading.words) if word in pattern]
    for place, word in enumerate(reading.words):
        if word in pattern or word in reading.words[:place]:
            continue
        role = _weight_of(word, kind)
        if role == "unknown":
            is_head = bool(places) and (place > places[-1] if head_last else place < places[0])
            role = "head" if is_head else "thing" if word in _things() else role
        yield role


@cache
def _things() -> frozenset[str]:
    """Words that mean something by themselves."""
    return frozenset(
        word
        for concept in concepts().values()
        for pattern in concept.says
        if len(pattern) == 1
        for word in pattern
    )


def _weight_of(word: str, kind: Kind) -> str:
    if word in kind.nouns and word not in roles()["filler"]:
        return "noun"
    return next((role for role in ("filler", "hard", "soft") if word in roles()[role]), "unknown")


@cache
def kinds() -> dict[str, Kind]:
    """All kinds of records, by name."""
    return {
        name: Kind(
            name=name,
            model=about["model"],
            nouns=frozenset(word for noun in about["nouns"] for word in words_of(noun)),
            named=tuple(about["named"]),
            like=about.get("like", ""),
        )
        for name, about in data_yaml("models.yaml").items()
    }


@cache
def concepts() -> dict[str, Concept]:
    """All concepts, by name."""
    found: dict[str, Concept] = {}
    for name in _FILES:
        for key, about in data_yaml(f"concepts/{name}.yaml").items():
            found[key] = _concept(key, about)
    return found


def _concept(name: str, about: dict[str, Any]) -> Concept:
    targets = {
        kind: tuple(target) if isinstance(target, list) else (target,)
        for kind, target in about.get("to", {}).items()
    }
    return Concept(
        name=name,
        means=about["is"],
        targets=targets,
        fate=about.get("else", "home"),
        types=tuple(about.get("type", ())),
        part=about.get("part", 0),
        inverted=about.get("inverted", False),
        computed=about.get("computed", False),
        spare=about.get("spare", False),
        yields=about.get("yields", False),
        only=tuple(about.get("only", ())),
        convention=about.get("convention", ""),
        says=tuple({frozenset(words_of(str(text))) for text in about["says"]}),
    )


@cache
def _index() -> dict[str, list[tuple[Concept, frozenset[str]]]]:
    index: dict[str, list[tuple[Concept, frozenset[str]]]] = defaultdict(list)
    for concept in concepts().values():
        for pattern in concept.says:
            for word in pattern:
                index[word].append((concept, pattern))
    return index
