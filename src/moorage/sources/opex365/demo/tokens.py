"""The token endpoint: client credentials for an access token that expires."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any

from moorage.sources.opex365.demo.errors import RefusedError

TENANT = "0f0e0d0c-1111-4222-8333-444455556666"
CLIENT_ID = "5b1c7a52-9a54-4a0c-8d11-2f60b7a3c9d4"
CLIENT_SECRET = "stand-in-secret-not-a-real-one"  # noqa: S105 - of a server of our own making


class Tokens:
    """Gives tokens and knows which are good. Safe to use from several threads."""

    def __init__(self, lifetime_seconds: float = 3599.0) -> None:
        self.lifetime_seconds = lifetime_seconds
        self.given = 0
        self._lock = threading.Lock()
        self._good_until: dict[str, float] = {}

    def give(
        self, tenant: str, form: Mapping[str, str], resource: str
    ) -> tuple[int, dict[str, Any]]:
        """Status and body of the token endpoint; `resource` is the address of the organisation."""
        refusal = _refusal(tenant, form, resource)
        if refusal:
            status, error, number, text = refusal
            return status, {
                "error": error,
                "error_description": f"AADSTS{number}: {text}",
                "error_codes": [number],
                "trace_id": secrets.token_hex(16),
                "correlation_id": secrets.token_hex(16),
            }
        token = secrets.token_urlsafe(48)
        with self._lock:
            self.given += 1
            self._good_until[token] = time.monotonic() + self.lifetime_seconds
        seconds = int(self.lifetime_seconds)
        return 200, {
            "token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds,
            "access_token": token,
        }  # fmt: skip

    def revoke(self) -> None:
        """All tokens given so far expire now."""
        with self._lock:
            self._good_until = dict.fromkeys(self._good_until, 0.0)

    def check(self, authorization: str | None, resource: str) -> None:
        """Refuses with 401 unless the header holds a token that is good."""
        challenge = {
            "WWW-Authenticate": f"Bearer authorization_uri=https://login.microsoftonline.com/{TENANT}"
            f"/oauth2/authorize, resource_id={resource}/"
        }
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise RefusedError(
                401, "0x80072560", "The request has no authentication token.", challenge
            )
        with self._lock:
            until = self._good_until.get(token)
        if until is None:
            raise RefusedError(
                401, "0x8004a100", "BadAuthTicket: The token is not valid.", challenge
            )
        if time.monotonic() >= until:
            raise RefusedError(
                401, "0x8004a101", "ExpiredAuthTicket: The token has expired.", challenge
            )


def _refusal(  # noqa: PLR0911 - one answer for each refusal
    tenant: str, form: Mapping[str, str], resource: str
) -> tuple[int, str, int, str] | None:
    for name in ("grant_type", "client_id"):
        if not form.get(name):
            text = f"The request body must contain the following parameter: '{name}'."
            return 400, "invalid_request", 900144, text
    if tenant != TENANT:
        return 400, "invalid_request", 90002, f"Tenant '{tenant}' not found."
    if form["grant_type"] != "client_credentials":
        return 400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type."
    if form["client_id"] != CLIENT_ID:
        text = "Application with the given identifier was not found in the directory."
        return 400, "unauthorized_client", 700016, text
    if form.get("client_secret") != CLIENT_SECRET:
        return 401, "invalid_client", 7000215, "Invalid client secret provided."
    scope = form.get("scope", "")
    if not scope.endswith("/.default"):
        text = "Client credential flows must have a scope with /.default suffixed to the resource."
        return 400, "invalid_scope", 1002012, text
    if scope.removesuffix("/.default").rstrip("/") != resource:
        text = "The resource principal was not found in the tenant."
        return 400, "invalid_resource", 500011, text
    return None
