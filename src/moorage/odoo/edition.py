"""Which Odoo answers: version, edition, modules, the company, and whether it can be written to."""

from __future__ import annotations

from collections.abc import Callable

from moorage.destination import DestinationIdentity, Json
from moorage.errors import RowError, SettingsError

OLDEST_MAJOR = 19
NEEDED_MODULES = ("crm",)


def identify(read: Callable[..., Json], url: str, database: str) -> DestinationIdentity:
    """Ask who is there; SettingsError if this Odoo cannot be a destination, and why."""
    context = read("res.users", "context_get")
    user_id = int(context["uid"])
    user = read("res.users", "read", ids=[user_id], fields=["login", "company_id"])[0]
    modules = _modules(read, url)
    version = modules.get("base", "")
    _check_version(version, url)
    missing = [name for name in NEEDED_MODULES if name not in modules]
    if missing:
        raise SettingsError(
            f"this Odoo lacks {', '.join(missing)}",
            where=f"{url} ({database})",
            state="Nothing was changed.",
            todo="Install CRM in Odoo (Apps), then run the same command again.",
        )
    _check_rights(read, url, user["login"])
    company_id = _id(user["company_id"])
    company = read("res.company", "read", ids=[company_id], fields=["currency_id"])[0]
    currency = read("res.currency", "read", ids=[_id(company["currency_id"])], fields=["name"])[0]
    uuid = read("ir.config_parameter", "get_param", key="database.uuid")
    return DestinationIdentity(
        url=url,
        database=database,
        database_uuid=str(uuid),
        version=version,
        edition="enterprise" if "web_enterprise" in modules else "community",
        user_id=user_id,
        user_login=user["login"],
        company_id=company_id,
        currency=currency["name"],
        modules=tuple(sorted(modules)),
    )


def _id(value: Json) -> int:
    return int(value[0] if isinstance(value, list) else value)


def _modules(read: Callable[..., Json], url: str) -> dict[str, str]:
    try:
        rows = read(
            "ir.module.module",
            "search_read",
            domain=[("state", "=", "installed")],
            fields=["name", "latest_version"],
        )
    except RowError as error:
        raise SettingsError(
            "the API user may not see which modules are installed",
            where=url,
            state="Nothing was changed.",
            todo="Use a user with the right Administration: Settings.",
        ) from error
    return {row["name"]: str(row["latest_version"] or "") for row in rows}


def _check_version(version: str, url: str) -> None:
    major = version.partition(".")[0].removeprefix("saas~")
    if major.isdigit() and int(major) < OLDEST_MAJOR:
        raise SettingsError(
            f"this is Odoo {version}; Moorage needs {OLDEST_MAJOR} or later",
            where=url,
            state="Nothing was changed.",
            todo="Upgrade Odoo first, or migrate into a new database of a later version.",
        )


def _check_rights(read: Callable[..., Json], url: str, login: str) -> None:
    for model in ("ir.model.fields", "ir.model.data", "res.partner", "crm.lead"):
        if not read(model, "has_access", ids=[], operation="create"):
            raise SettingsError(
                f"the API user may not create {model}",
                where=f"{url}, user {login}",
                state="Nothing was changed.",
                todo="Use a user with Administration: Settings and Sales: Administrator.",
            )
