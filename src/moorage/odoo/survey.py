"""What surrounds the records in an Odoo: hosting, companies, languages, rules, foreign modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from moorage.destination import (
    CompanyFacts,
    DestinationIdentity,
    DestinationSurvey,
    Json,
    ModelField,
    RuleFacts,
)
from moorage.errors import RowError
from moorage.odoo.books import LOCKS, books

Read = Callable[..., Json]
Fields = Callable[[str], Mapping[str, ModelField]]

#: Modules that are put into a database, not installed from Odoo's own code.
_MADE_HERE = ("studio_customization",)


def survey(
    read: Read, fields: Fields, identity: DestinationIdentity, models: Sequence[str]
) -> DestinationSurvey:
    """Ask for everything around the records; `models` are those that a migration writes to."""
    return DestinationSurvey(
        hosting=hosting(identity.url, identity.version),
        companies=_companies(read, fields),
        languages=tuple(
            row["name"] for row in read("res.lang", "search_read", domain=[], fields=["name"])
        ),
        rules=_rules(read, fields),
        foreign_modules=_foreign_modules(read),
        missing_models=tuple(model for model in models if not fields(model)),
        expires_at=_parameter(read, "database.expiration_date"),
        books=books(read, fields) if any(model.startswith("account.") for model in models) else (),
    )


def hosting(url: str, version: str) -> str:
    """`Odoo Online`, `Odoo.sh` or `own server`, by the address and the kind of version."""
    host = urlsplit(url).hostname or ""
    if not host.endswith(".odoo.com"):
        return "own server"
    # Odoo Online runs the versions in between (saas~19.1) and has no name of a branch.
    is_branch = host.endswith(".dev.odoo.com") or host.count("-") > 1
    return "Odoo.sh" if is_branch and not version.startswith("saas") else "Odoo Online"


def _companies(read: Read, fields: Fields) -> tuple[CompanyFacts, ...]:
    locks = [name for name in LOCKS if name in fields("res.company")]
    labels = {name: fields("res.company")[name].label for name in locks}
    rows = read(
        "res.company",
        "search_read",
        domain=[],
        fields=["name", "currency_id", "country_id", *locks],
        order="id",
    )
    return tuple(
        CompanyFacts(
            id=int(row["id"]),
            name=row["name"],
            currency=row["currency_id"][1] if row["currency_id"] else "",
            country=row["country_id"][1] if row["country_id"] else "",
            locks={labels[name]: str(row[name]) for name in locks if row[name]},
        )
        for row in rows
    )


def _rules(read: Read, fields: Fields) -> tuple[RuleFacts, ...]:
    known = fields("base.automation")
    if not known:
        return ()
    triggers = dict(known["trigger"].selection)
    rows = read(
        "base.automation",
        "search_read",
        domain=[("active", "=", True)],
        fields=["name", "model_name", "trigger"],
        order="model_name, id",
    )
    return tuple(
        RuleFacts(row["name"], row["model_name"] or "", triggers.get(row["trigger"], ""))
        for row in rows
    )


def _foreign_modules(read: Read) -> tuple[str, ...]:
    """Installed modules that are not Odoo's own; country packages have authors of many names."""
    rows = read(
        "ir.module.module",
        "search_read",
        domain=[("state", "=", "installed")],
        fields=["name", "author", "imported"],
        order="name",
    )
    return tuple(
        row["name"]
        for row in rows
        if row["imported"]
        or row["name"] in _MADE_HERE
        or ("odoo" not in str(row["author"]).lower() and not row["name"].startswith("l10n_"))
    )


def _parameter(read: Read, key: str) -> str:
    try:
        return str(read("ir.config_parameter", "get_param", key=key) or "")
    except RowError:
        return ""
