"""What a transform is, and how one is declared.

A transform is a function whose first parameter is the value and whose keyword parameters are the
arguments a mapping may give. Its docstring is what the reference prints. Two kinds:

- `@sql_transform`: the function gets the *SQL* of the value and returns the SQL of the result;
- `@python_transform`: the function gets one distinct value as text and returns an `Outcome`.

A value that cannot be converted is never silent: a transform declares in `problem` what the finding
says, and a value that was there before and is gone after is one.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

#: What a value in the making can be. `many` stands for several source fields at once.
Kind = Literal["text", "integer", "decimal", "boolean", "date", "datetime", "list", "many", "any"]


class Outcome(NamedTuple):
    """What a Python transform made of one value; `problem` is True when it could not convert it."""

    value: str | None
    problem: bool = False


class ArgumentError(ValueError):
    """The arguments a mapping gives do not fit the transform; the text says why."""


@dataclass(frozen=True)
class Transform:
    """One declared transform. `takes` are the kinds it works on, `gives` the kind it makes.

    `problem` is what a finding says when a value is lost ({argument} names are filled in); None
    means that it cannot lose one. `warns` transforms keep a changed value, so their finding is
    never more than a warning. `fails` overrides when a finding is made. `quick` is SQL that gives
    the same result as the Python function for the plain cases and NULL for all others; it keeps the
    Python function away from a million ordinary values.
    """

    name: str
    doc: str
    takes: tuple[Kind, ...]
    gives: Kind
    function: Callable[..., Any]
    python: bool
    problem: str | None = None
    warns: bool = False
    fails: Callable[..., str] | None = None
    quick: Callable[[str], str] | None = None

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The arguments a mapping may give, in order."""
        found = inspect.signature(self.function, eval_str=True).parameters
        return dict(list(found.items())[1:])

    def arguments(self, given: Any) -> dict[str, Any]:
        """`given` (None, a scalar, a list or a mapping) as keyword arguments, checked."""
        parameters = self.parameters
        named = self._named(given, list(parameters))
        for name in named:
            if name not in parameters:
                raise ArgumentError(f"{self.name} has no argument {name!r}{near(name, parameters)}")
        for name, parameter in parameters.items():
            if name not in named and parameter.default is inspect.Parameter.empty:
                raise ArgumentError(f"{self.name} needs the argument {name!r}")
        for name, value in named.items():
            self._check(name, value, parameters[name].annotation)
        defaults = {name: parameter.default for name, parameter in parameters.items()}
        return {**defaults, **named}

    def _named(self, given: Any, names: list[str]) -> dict[str, Any]:
        if given is None:
            return {}
        if isinstance(given, Mapping):
            return {str(name).replace("-", "_"): value for name, value in given.items()}
        if not names:
            raise ArgumentError(f"{self.name} takes no arguments")
        return {names[0]: given}

    def _check(self, name: str, value: Any, annotation: Any) -> None:
        fits: bool = is_a(value, annotation)
        if not fits:
            raise ArgumentError(f"{self.name}: {name} must be {type_words(annotation)}")
        if isinstance(value, int) and not isinstance(value, bool) and value < 0:
            raise ArgumentError(f"{self.name}: {name} must not be negative")


REGISTRY: dict[str, Transform] = {}


def is_a(value: Any, annotation: Any) -> bool:
    """Whether `value` fits one of the annotations that transforms use."""
    if annotation is Any:
        return isinstance(value, str | int | float | bool)
    if annotation is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if annotation == dict[str, str]:
        return isinstance(value, dict) and bool(value)
    if annotation == list[str]:
        return isinstance(value, list) and all(isinstance(item, str | int) for item in value)
    options = getattr(annotation, "__args__", None)
    if options and all(isinstance(option, str) for option in options):
        return value in options
    return isinstance(value, annotation)


def type_words(annotation: Any) -> str:
    """`annotation` in words."""
    words = {int: "a whole number", str: "text", bool: "true or false", Any: "a text or number"}
    if annotation in words:
        return words[annotation]
    if annotation == dict[str, str]:
        return "a map from text to text"
    if annotation == list[str]:
        return "a list of texts"
    return "one of " + ", ".join(str(option) for option in annotation.__args__)


def near(word: str, known: Any) -> str:
    """', did you mean …?' when a known word is like `word`, else nothing."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f", did you mean {found[0]!r}?" if found else ""


def _declare(function: Callable[..., Any], python: bool, **rest: Any) -> Callable[..., Any]:
    # A trailing underscore keeps Python's own words (round, date) usable.
    name = function.__name__.rstrip("_")
    REGISTRY[name] = Transform(
        name, inspect.getdoc(function) or "", function=function, python=python, **rest
    )
    return function


def sql_transform(
    takes: Kind | tuple[Kind, ...] = "text",
    gives: Kind = "text",
    *,
    problem: str | None = None,
    warns: bool = False,
    fails: Callable[..., str] | None = None,
) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Declare a transform that is one SQL expression."""
    kinds: tuple[Kind, ...] = (takes,) if isinstance(takes, str) else takes
    return lambda function: _declare(
        function, False, takes=kinds, gives=gives, problem=problem, warns=warns, fails=fails
    )


def python_transform(
    problem: str,
    *,
    takes: tuple[Kind, ...] = ("text",),
    warns: bool = False,
    quick: Callable[[str], str] | None = None,
) -> Callable[[Callable[..., Outcome]], Callable[..., Outcome]]:
    """Declare a transform that is a Python function over the distinct values, text to text."""
    return lambda function: _declare(
        function, True, takes=takes, gives="text", problem=problem, warns=warns, quick=quick
    )
