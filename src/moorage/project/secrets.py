"""Where secrets come from: the environment, or the keyring of the operating system; never a file.

The one exception is a throw-away server on this very machine: the sandbox makes its passwords, and
a demo project keeps them beside its other state, readable by its owner only.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from moorage.errors import SettingsError

SERVICE = "moorage"
ADVISER_VARIABLE = "MOORAGE_AI_KEY"
ADVISER_ACCOUNT = "ai/key"
SOURCE_PASSWORD = "password"  # noqa: S105 - the name of an option


class Secrets:
    """The secrets of one project, looked up when asked for and kept nowhere."""

    def __init__(self, project: str, throw_away: Path) -> None:
        self._project = project
        self._throw_away = throw_away

    def source(self, option: str = SOURCE_PASSWORD, *, host: str = "") -> SecretStr:
        """The secret `option` of the source; SettingsError that says how to give it."""
        variable = f"MOORAGE_SOURCE_{option.upper()}"
        return self._find([variable], source_account(option), host, f"the source's {option}")

    def destination(self, name: str, *, url: str = "") -> SecretStr:
        """The API key of destination `name`; SettingsError that says how to give it."""
        variables = [f"MOORAGE_ODOO_KEY_{name.upper()}"]
        if name == "production":
            # Only there: a key meant for production is not sent to another server.
            variables.append("MOORAGE_ODOO_KEY")
        host = urlsplit(url).hostname or ""
        return self._find(variables, name, host, f"the API key of destination {name!r}")

    def adviser(self) -> SecretStr:
        """The key of the language model's server; SettingsError that says how to give it."""
        return self._find([ADVISER_VARIABLE], ADVISER_ACCOUNT, "", "the key of the language model")

    def store(self, account: str, secret: SecretStr) -> None:
        """Keep a secret in the keyring; SettingsError where there is none."""
        import keyring.errors  # noqa: PLC0415 - slow to load, and seldom needed

        try:
            keyring.set_password(SERVICE, f"{self._project}/{account}", secret.get_secret_value())
        except (keyring.errors.KeyringError, OSError, RuntimeError) as error:
            raise SettingsError(
                f"this machine has no keyring that can be used ({type(error).__name__})",
                state="Nothing was stored.",
                todo="Give the secret by its environment variable instead.",
            ) from None

    def keep_throw_away(self, secrets: dict[str, SecretStr]) -> None:
        """Keep the passwords of throw-away servers on this machine, for a demo project."""
        text = json.dumps({name: secret.get_secret_value() for name, secret in secrets.items()})
        self._throw_away.unlink(missing_ok=True)
        descriptor = os.open(self._throw_away, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)

    def _find(self, variables: list[str], account: str, host: str, what: str) -> SecretStr:
        for variable in variables:
            if os.environ.get(variable):
                return SecretStr(os.environ[variable])
        found = self._from_keyring(account) or self._from_throw_away(account, host)
        if found:
            return SecretStr(found)
        raise SettingsError(
            f"{what} is not set",
            state="Nothing was changed.",
            todo=f"Set the environment variable {variables[-1]}, or keep it in this machine's "
            f"keyring: moorage secret set {account}",
        )

    def _from_keyring(self, account: str) -> str | None:
        import keyring.errors  # noqa: PLC0415 - slow to load, and seldom needed

        with contextlib.suppress(keyring.errors.KeyringError, OSError, RuntimeError):
            return keyring.get_password(SERVICE, f"{self._project}/{account}")
        return None

    def _from_throw_away(self, account: str, host: str) -> str | None:
        if not _is_loopback(host) or not self._throw_away.is_file():
            return None
        with contextlib.suppress(OSError, ValueError):
            return str(json.loads(self._throw_away.read_text(encoding="utf-8"))[account])
        return None


def source_account(option: str) -> str:
    """The name that a secret of the source goes by in `moorage secret set`."""
    return "source" if option == SOURCE_PASSWORD else f"source/{option}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False
