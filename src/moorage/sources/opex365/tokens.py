"""Tokens for the Web API, by client credentials of Microsoft Entra; kept in memory only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError

from moorage.errors import SettingsError, UnreachableError
from moorage.http import SignInError, checked_url

#: A token is renewed so long before it ends, so that no call carries one that ends under way.
EARLY_SECONDS = 300.0
TRIES = 4
TIMEOUT = urllib3.Timeout(connect=10.0, read=60.0)
NOT_READ = "Nothing was read."


@dataclass(frozen=True)
class Token:
    """A bearer token, and for how many seconds from now it counts."""

    value: str
    expires_in: float


class TokenSource(Protocol):
    """Whoever gives tokens."""

    def get_token(self, scope: str) -> Token:
        """A new token; SignInError or UnreachableError if there is none to be had."""
        ...


class EntraTokens:
    """Tokens from Microsoft's own sign-in."""

    def __init__(self, tenant: str, client_id: str, client_secret: str) -> None:
        self._tenant = tenant
        self._client_id = client_id
        self._client_secret = client_secret

    def get_token(self, scope: str) -> Token:
        """A new token from login.microsoftonline.com."""
        import msal  # type: ignore[import-untyped]  # noqa: PLC0415 - slow to load
        import requests  # noqa: PLC0415

        try:
            # A new application each time: what msal keeps would be the token that was refused.
            application = msal.ConfidentialClientApplication(
                self._client_id,
                authority=f"https://login.microsoftonline.com/{self._tenant}",
                client_credential=self._client_secret,
            )
            found: dict[str, Any] = application.acquire_token_for_client([scope])
        except requests.RequestException as error:
            raise _away("login.microsoftonline.com", type(error).__name__) from None
        except ValueError:
            raise SettingsError(
                "Microsoft's sign-in does not know this tenant",
                where="source.tenant",
                state=NOT_READ,
                todo="Give the directory (tenant) id that the app registration shows.",
            ) from None
        return _token(found, "login.microsoftonline.com")


class FormTokens:
    """Tokens from any address that takes the form of OAuth 2.0's client credentials."""

    def __init__(self, url: str, client_id: str, client_secret: str) -> None:
        """SettingsError if the secret must not be sent to `url`."""
        self._url = checked_url(url)
        self._client_id = client_id
        self._client_secret = client_secret
        self._pool = urllib3.PoolManager(retries=False)

    def get_token(self, scope: str) -> Token:
        """A new token; tried again while the server is away."""
        fields = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._client_secret,
            "scope": scope,
        }
        for last in (False,) * (TRIES - 1) + (True,):
            try:
                answer = self._pool.request(
                    "POST",
                    self._url,
                    body=urlencode(fields),
                    headers={"Content-Type": "application/x-www-form-urlencoded"},
                    timeout=TIMEOUT,
                    redirect=False,
                )
                if answer.status < 500 and answer.status != 429:
                    found = answer.json()
                    return _token(found if isinstance(found, dict) else {}, self._url)
                problem = f"status {answer.status}"
            except (HTTPError, OSError) as error:
                problem = type(error).__name__
            except ValueError:
                problem = "no JSON"
            if not last:
                time.sleep(1.0)
        raise _away(self._url, problem)


def _token(found: dict[str, Any], where: str) -> Token:
    if "access_token" not in found:
        raise SignInError(
            f"the sign-in is refused ({found.get('error') or 'no token in the answer'})",
            where=where,
            state=NOT_READ,
            todo="Check tenant, client_id and client_secret; secrets run out.",
        )
    return Token(str(found["access_token"]), float(found.get("expires_in") or 3600))


def _away(where: str, problem: str) -> UnreachableError:
    return UnreachableError(
        f"the sign-in does not answer ({problem})",
        where=where,
        state=NOT_READ,
        todo="Check the network, then run the same command again.",
    )


class KeptToken:
    """The token in use for one scope; `fresh` renews it shortly before it ends."""

    def __init__(
        self, tokens: TokenSource, scope: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tokens = tokens
        self._scope = scope
        self._clock = clock
        self._ends_at = 0.0
        self._lock = threading.Lock()

    def fresh(self) -> str | None:
        """A new token if there is none yet, or the one in use ends soon; else None."""
        with self._lock:
            return self._new() if self._clock() >= self._ends_at else None

    def renew(self) -> str:
        """A new token in any case: the one in use was refused."""
        with self._lock:
            return self._new()

    def _new(self) -> str:
        token = self._tokens.get_token(self._scope)
        # A server may give tokens shorter than the margin: then half their time counts.
        margin = min(EARLY_SECONDS, token.expires_in / 2)
        self._ends_at = self._clock() + token.expires_in - margin
        return token.value
