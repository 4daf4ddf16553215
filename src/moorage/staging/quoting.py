"""Names and texts quoted for SQL, and the two columns that every raw row gets."""

from __future__ import annotations

from collections.abc import Sequence


def identifier(name: str) -> str:
    """`name` quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """`value` as an SQL string."""
    return "'" + value.replace("'", "''") + "'"


def with_metadata(names: Sequence[str], key: Sequence[str]) -> str:
    """SELECT the columns `names` of `incoming`, with `_key` and `_digest`."""
    columns = [identifier(name) for name in names]
    # A separator that text cannot hold, and NULL told apart from '': different rows never share
    # a digest by accident of concatenation.
    joined = " || chr(31) || ".join(
        f"coalesce(CAST({column} AS VARCHAR), chr(30))" for column in columns
    )
    return (
        f"SELECT {', '.join(columns)}, {key_text(key)} AS _key, md5({joined}) AS _digest"
        " FROM incoming"
    )


def key_text(key: Sequence[str]) -> str:
    """The SQL of a row's key as text."""
    return " || '/' || ".join(f"coalesce(CAST({identifier(name)} AS VARCHAR), '')" for name in key)
