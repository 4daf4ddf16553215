"""What an answer other than success means, and whether the call is worth another try.

    SettingsError
    ├── SignInError     the server does not take the token or password, or wants a login first
    └── NotThereError   nothing stands at this address (404)
    StoppedError
    └── AnswerError     an answer that is no use, again and again: an error page, a status 500

A server is quoted by its status and, where it refuses a call in JSON, by its own short message;
secrets that the client knows are taken out of that. Queries of addresses are never shown.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterable

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError, NameResolutionError

from moorage.errors import MoorageError, SettingsError, StoppedError, UnreachableError
from moorage.http.address import NOTHING_DONE
from moorage.http.pace import asked_pause

#: A longer pause than this, asked for by a server, is not sat out.
LONGEST_PAUSE_SECONDS = 900.0
AWAY = frozenset((502, 503, 504))


class SignInError(SettingsError):
    """The server does not take the token or the password."""


class NotThereError(SettingsError):
    """Nothing stands at this address."""


class AnswerError(StoppedError):
    """The server answers, but with what is no use."""


class AgainError(Exception):
    """Worth another try, and `error` if that is in vain too.

    `is_away`: the server may come back, so it is tried for a time, not for a number of times.
    `pause_seconds`: what the server asks for.
    """

    def __init__(
        self, error: MoorageError, *, is_away: bool = False, pause_seconds: float | None = None
    ) -> None:
        super().__init__(error.what)
        self.error = error
        self.is_away = is_away
        self.pause_seconds = pause_seconds


def refusal(
    answer: urllib3.BaseHTTPResponse, service: str, where: str, secrets: Iterable[str], now: float
) -> Exception:
    """What an answer of a status other than success means."""
    status = answer.status
    if status == 429 or (status in AWAY and "Retry-After" in answer.headers):
        return _too_many(answer, service, where, now)
    if status in AWAY:
        gone = UnreachableError(
            f"{service} is away (status {status})",
            where=where,
            state=NOTHING_DONE,
            todo="Ask whether it is under maintenance, then run the same command again.",
        )
        return AgainError(gone, is_away=True)
    if status >= 500 and status != 501:
        return AgainError(no_use(f"the status {status}", service, where))
    if status in (401, 403) or status < 400:
        login = ": it sends to a login page" if status < 400 else ""
        return SignInError(
            f"{service} does not take this sign-in (status {status}{login})",
            where=where,
            state=NOTHING_DONE,
            todo="Mend the user and the password or token; a login elsewhere may have ended it.",
        )
    if status == 404:
        return NotThereError("nothing stands here (status 404)", where=where, state=NOTHING_DONE)
    return SettingsError(
        f"{service} refuses the call (status {status}{_said(answer, secrets)})",
        where=where,
        state=NOTHING_DONE,
    )


def _too_many(
    answer: urllib3.BaseHTTPResponse, service: str, where: str, now: float
) -> AgainError | StoppedError:
    pause = asked_pause(answer.headers.get("Retry-After"), now)
    if pause > LONGEST_PAUSE_SECONDS:
        return StoppedError(
            f"{service} takes no calls for {pause / 60:.0f} minutes",
            where=where,
            state=NOTHING_DONE,
            todo="Run the same command again after that.",
        )
    error = no_use(f"the status {answer.status} (too many calls)", service, where)
    return AgainError(error, is_away=True, pause_seconds=pause)


def no_use(what: str, service: str, where: str) -> AnswerError:
    """The error for an answer that is not what was asked for."""
    return AnswerError(
        f"{service} gives {what}",
        where=where,
        state=NOTHING_DONE,
        todo="Look at its log, then run the same command again.",
    )


def broken(error: Exception, service: str, where: str) -> Exception:
    """What an error of the connection means; its own text is dropped, it may quote the call."""
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(cause, urllib3.exceptions.SSLError | ssl.SSLError):
        return SettingsError(
            "the server's certificate is not accepted",
            where=where,
            state=NOTHING_DONE,
            todo="Use the name the certificate is for, or add its authority to this machine.",
        )
    if isinstance(cause, NameResolutionError):
        return SettingsError(
            "this host name is not known",
            where=where,
            state=NOTHING_DONE,
            todo="Check the address and the network.",
        )
    gone = UnreachableError(
        f"{service} does not answer, or breaks off ({type(cause).__name__})",
        where=where,
        state=NOTHING_DONE,
        todo="Check the address and that the server runs, then run the same command again.",
    )
    return AgainError(gone, is_away=True)


def _said(answer: urllib3.BaseHTTPResponse, secrets: Iterable[str]) -> str:
    try:
        said = json.loads(answer.data)
        # OData and many others put it one level down.
        message = str((said["error"] if isinstance(said.get("error"), dict) else said)["message"])
    except (ValueError, KeyError, TypeError, AttributeError, HTTPError, OSError):
        return ""
    for secret in secrets:
        message = message.replace(secret, "***")
    return f": {message[:160]}"
