"""The expressions of `$filter`, parsed to nested tuples.

    ("and" | "or", left, right) · ("not", x) · ("compare", operator, left, right)
    ("call", name, arguments) · ("property", path) · ("literal", kind, value) · ("list", values)

Kinds of literals: null, boolean, number, string, guid, date, datetime, enum.
"""

from __future__ import annotations

import re
from typing import Any

from moorage.sources.opex365.demo.errors import bad_query

Node = tuple[Any, ...]

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<enum>[A-Za-z_][\w.]*'[^']*')
  | (?P<guid>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})
  | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))
  | (?P<date>\d{4}-\d\d-\d\d)
  | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<string>'(?:[^']|'')*')
  | (?P<name>@?[A-Za-z_][\w./]*)
  | (?P<double>"(?:[^"\\]|\\.)*")
  | (?P<mark>[(),\[\]=:])
    )""",
    re.X,
)
COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")


def parse_filter(text: str) -> Node:
    """The expression of `text`; a refusal in Dataverse's words where it is none."""
    parser = _Parser(text)
    node = parser.either()
    parser.end()
    return node


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text.rstrip()):
            found = _TOKEN.match(text, at)
            if found is None or found.end() == at:
                raise bad_query(f"Syntax error at position {at} in '{text}'.")
            self.tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            at = found.end()
        self.at = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def expect(self, mark: str) -> None:
        if self.take()[1] != mark:
            raise bad_query(f"')' or operator expected at position {self.at} in '{self.text}'.")

    def end(self) -> None:
        if self.peek()[0] != "end":
            raise bad_query(f"Syntax error at position {self.at} in '{self.text}'.")

    def either(self) -> Node:
        node = self.both()
        while self.peek() == ("name", "or"):
            self.take()
            node = ("or", node, self.both())
        return node

    def both(self) -> Node:
        node = self.negation()
        while self.peek() == ("name", "and"):
            self.take()
            node = ("and", node, self.negation())
        return node

    def negation(self) -> Node:
        if self.peek() == ("name", "not"):
            self.take()
            return ("not", self.negation())
        return self.comparison()

    def comparison(self) -> Node:
        left = self.operand()
        kind, word = self.peek()
        if kind == "name" and word in COMPARISONS:
            self.take()
            return ("compare", word, left, self.operand())
        if left[0] == "property":
            raise bad_query(
                f"The $filter expression must evaluate to a single boolean: '{self.text}'."
            )
        return left

    def operand(self) -> Node:
        kind, word = self.take()
        if word == "(":
            node = self.either()
            self.expect(")")
            return node
        if word == "[":
            return self._list()
        if kind == "name":
            return self._named(word)
        if kind in ("number", "guid", "date", "datetime", "enum"):
            return ("literal", kind, word)
        if kind == "string":
            return ("literal", "string", word[1:-1].replace("''", "'"))
        if kind == "double":
            return ("literal", "string", word[1:-1].replace('\\"', '"'))
        raise bad_query(f"Syntax error at position {self.at} in '{self.text}'.")

    def _named(self, word: str) -> Node:
        if word in ("true", "false"):
            return ("literal", "boolean", word == "true")
        if word == "null":
            return ("literal", "null", None)
        if self.peek()[1] != "(":
            return ("property", word)
        self.take()
        arguments: list[Any] = []
        while self.peek()[1] != ")":
            if self.peek()[0] == "end":
                raise bad_query(f"')' or ',' expected at position {self.at} in '{self.text}'.")
            if self.at + 1 < len(self.tokens) and self.tokens[self.at + 1][1] == "=":
                name = self.take()[1]
                self.take()
                arguments.append((name, self.operand()))
            else:
                arguments.append(self.either() if word == "not" else self.operand())
            if self.peek()[1] == ",":
                self.take()
        self.take()
        return ("call", word, tuple(arguments))

    def _list(self) -> Node:
        values = []
        while self.peek()[1] != "]":
            if self.peek()[0] == "end":
                raise bad_query(f"']' expected in '{self.text}'.")
            values.append(self.operand())
            if self.peek()[1] == ",":
                self.take()
        self.take()
        return ("list", tuple(values))
