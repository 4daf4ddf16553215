"""Turns Odoo's answers into values or into Moorage's errors: the one border for foreign errors.

JSON-2 answers with a status and, for errors, `{name, message, arguments, context, debug}`:
401 bad key · 403 AccessError · 404 unknown model or missing record · 422 UserError and
ValidationError · 500 anything else (seen on 19.0). `debug` holds server internals and sometimes
data; it is never shown.
"""

from __future__ import annotations

import html
import re
from typing import Any

import orjson

from moorage.errors import (
    AlreadyThereError,
    LostAnswerError,
    MoorageError,
    RowError,
    SettingsError,
    UnreachableError,
)

#: psycopg2's classes for a database that went away under the call; whether the transaction was
#: committed before that is unknown. Every other class of it is a refusal of the data.
_AWAY = (
    "OperationalError",
    "InterfaceError",
    "AdminShutdown",
    "CrashShutdown",
    "CannotConnectNow",
    "ConnectionException",
    "ConnectionFailure",
    "ConnectionDoesNotExist",
    "DiskFull",
    "TooManyConnections",
    "PoolError",
)
#: Lost races: nothing was written, the same call may be made again at once.
_RACES = ("SerializationFailure", "DeadlockDetected", "LockNotAvailable", "could not serialize")
_EXTERNAL_ID_INDEX = "ir_model_data_module_name_uniq_index"
#: PostgreSQL quotes the statement and the row behind these words.
_QUOTED = re.compile(r"\s*(DETAIL|LINE \d+|CONTEXT):.*", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_LONGEST_REASON = 400


class RaceError(MoorageError):
    """PostgreSQL undid the call because another was faster. Nothing was written; try again."""


def decode(status: int, body: bytes, *, where: str, writing: bool) -> Any:
    """The value of an answer, or the error it means.

    `writing` tells whether an answer that is none leaves the effect unknown.
    """
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _no_answer(status, where, writing) from None
    if status == 200:
        return answer
    name = str(answer.get("name", "")) if isinstance(answer, dict) else ""
    message = str(answer.get("message", "")) if isinstance(answer, dict) else ""
    raise _error(status, name, message, where, writing)


def _no_answer(status: int, where: str, writing: bool) -> MoorageError:
    if status == 404:
        return SettingsError(
            "this server has no JSON-2 API for this database",
            where=where,
            state="Nothing was changed.",
            todo="Check the address and the database name, and that Odoo reaches its PostgreSQL;"
            " Moorage needs Odoo 19 or later.",
        )
    if writing and status >= 500:
        return LostAnswerError(f"the answer was not from Odoo (HTTP {status})", where=where)
    return UnreachableError(f"the answer was not from Odoo (HTTP {status})", where=where)


def _error(status: int, name: str, message: str, where: str, writing: bool) -> MoorageError:
    if status == 401:
        return SettingsError(
            "Odoo does not accept the API key",
            where=where,
            state="Nothing was changed by this call.",
            todo="Make a key in Odoo (user menu, My Preferences, Security) and set it again.",
        )
    if status in (429, 502, 503, 504):
        return UnreachableError(f"Odoo is busy (HTTP {status})", where=where)
    return _refusal(name, message, where, writing)


def _refusal(name: str, message: str, where: str, writing: bool) -> MoorageError:
    if _EXTERNAL_ID_INDEX in message:
        return AlreadyThereError("the External ID exists already", code="exists", where=where)
    if any(race in name or race in message for race in _RACES):
        return RaceError("another transaction was faster", where=where)
    if name.endswith(_AWAY):
        kind = LostAnswerError if writing else UnreachableError
        return kind("Odoo lost its database connection", where=where)
    code = "access" if name.endswith("AccessError") else _code(name)
    return RowError(clean_reason(message or name), code=code, where=where)


def _code(name: str) -> str:
    """A short code of an exception's dotted name: `odoo.exceptions.UserError` → `user_error`."""
    last = name.rsplit(".", 1)[-1] or "error"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", last).lower()


def clean_reason(message: str) -> str:
    """Odoo's words without markup, without what PostgreSQL quotes of the row's data."""
    text = html.unescape(_TAG.sub(" ", _QUOTED.sub("", message)))
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"
