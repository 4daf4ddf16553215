"""How sure a proposal is: a probability, from a small logistic model with stored coefficients.

The coefficients were fitted on labelled fields of CRMs, leaving out one CRM after the other
(`scripts/bench-mapping --fit`).
"""

from __future__ import annotations

import json
import math
from functools import cache

from moorage.proposals.column import Candidate
from moorage.proposals.table import Placed
from moorage.proposals.words import data_text

FEATURES = (
    "one", "score", "lead", "none", "none_known", "none_drop", "none_moved", "fuzzy", "exact",
    "no_concept", "foreign", "seen", "later", "agreed",
)  # fmt: skip


def features(one: Placed) -> tuple[float, ...]:
    """What the model looks at, in the order of FEATURES; each about 0 to 1."""
    top = one.ranked[0]
    rival = next((other.score for other in one.ranked[1:] if other.target != top.target), 0.0)
    none = top.target is None
    return (
        1.0,
        min(1.1, max(0.0, top.score)),
        max(-0.5, min(1.0, top.score - rival)),
        float(none),
        float(none and bool(top.concept)),
        float(none and top.fate in ("drop", "id")),
        float(one.moved),
        float(top.fuzzy),
        float(top.exact),
        float(not top.concept and not none),
        float(top.language != "en"),
        float(one.profile.seen),
        float(_is_later(top, one)),
        float(top.score > 1.0),
    )


def _is_later(top: Candidate, one: Placed) -> bool:
    return any(other.concept == top.concept != "" for other in one.ranked[1:])


def probability(found: tuple[float, ...], weights: tuple[float, ...]) -> float:
    """The probability that a proposal with these features is right."""
    total = sum(value * weight for value, weight in zip(found, weights, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def stored_weights() -> tuple[float, ...]:
    """The coefficients that come with Moorage, in the order of FEATURES."""
    stored: dict[str, float] = json.loads(data_text("weights.json"))["weights"]
    return tuple(stored[name] for name in FEATURES)
