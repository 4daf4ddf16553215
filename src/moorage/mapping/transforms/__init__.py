"""The named transforms of a mapping's `do` lists, each declared once with its own description."""

from moorage.mapping.transforms import external, placeholders, text, values
from moorage.mapping.transforms.base import REGISTRY, ArgumentError, Kind, Outcome, Transform

__all__ = [
    "REGISTRY",
    "ArgumentError",
    "Kind",
    "Outcome",
    "Transform",
    "external",
    "placeholders",
    "text",
    "values",
]
