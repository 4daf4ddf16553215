"""What the destination is, as sections of a page, and advice on its edition and modules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from moorage.destination import DestinationIdentity, DestinationSurvey
from moorage.reports.compatibility import Fate
from moorage.reports.page import Cell, Section, chip, code, number, text

#: The app to install for a model, as Odoo's list of apps calls it.
APPS = {
    "crm": ("CRM", "crm."),
    "sale_management": ("Sales", "sale."),
    "product": ("Sales", "product."),
    "calendar": ("Calendar", "calendar."),
    "project": ("Project", "project."),
    "helpdesk": ("Helpdesk, of the Enterprise edition", "helpdesk."),
    "account": ("Invoicing", "account."),
    "hr": ("Employees", "hr."),
    "mail": ("Discuss", "mail."),
    "utm": ("CRM", "utm."),
    "base_automation": ("Automation Rules", "base.automation"),
}
#: What the plan of each kind of hosting has to allow.
PLANS = {
    "own server": "An own server, or a domain of one's own: the API answers here.",
    "Odoo.sh": "Odoo.sh: it belongs to the Custom plan, which includes the API.",
    "Odoo Online": "Odoo Online: the API belongs to the Custom plan; under One App Free or Standard"
    " it is switched off.",
}


def app_of(model: str) -> str:
    """What to install for `model`; empty where it is in every Odoo."""
    return next((app for app, start in APPS.values() if model.startswith(start)), "")


def destination_sections(
    identity: DestinationIdentity | None,
    survey: DestinationSurvey | None,
    fates: Sequence[Fate],
    problem: str = "",
) -> list[Section]:
    """All that is known about the Odoo; one section with the reason where nothing is."""
    if identity is None or survey is None:
        return [Section("The destination", problem or "Odoo could not be looked at yet.")]
    sections = [
        _identity(identity, survey),
        Section("Advice", "", items=tuple(advice(identity, survey, fates))),
        _modules(survey, fates),
        _companies(identity, survey),
        *_books(survey),
        _rules(survey),
    ]
    return [section for section in sections if section.rows or section.items or section.intro]


def _identity(identity: DestinationIdentity, survey: DestinationSurvey) -> Section:
    facts = [
        ("Version", f"Odoo {identity.version}"),
        ("Edition", identity.edition.capitalize()),
        ("Hosting", survey.hosting),
        ("Plan and API", PLANS[survey.hosting]),
        ("Address", identity.url),
        ("Database", identity.database),
        ("Languages", ", ".join(survey.languages)),
        ("Subscription ends", survey.expires_at[:10]),
        ("Modules installed", f"{len(identity.modules)}"),
        ("Not written by Odoo", ", ".join(survey.foreign_modules) or "none"),
    ]
    rows = tuple((text(name), text(words)) for name, words in facts if words)
    return Section("The destination", "", ("What", "How it is"), rows)


def _modules(survey: DestinationSurvey, fates: Sequence[Fate]) -> Section:
    needed: dict[str, list[Fate]] = {}
    for fate in fates:
        for model in fate.models:
            needed.setdefault(model, []).append(fate)
    rows = tuple(
        (
            code(model),
            text(", ".join(dict.fromkeys(fate.label for fate in found))),
            number(sum(fate.rows or 0 for fate in found)),
            chip("missing", "bad") if model in survey.missing_models else chip("there", "good"),
            text(app_of(model) or "in every Odoo"),
        )
        for model, found in needed.items()
    )
    heads = ("Model", "For", "#Rows", "State", "Comes with")
    return Section("Modules for these rows", "", heads, rows)


def _companies(identity: DestinationIdentity, survey: DestinationSurvey) -> Section:
    rows = []
    for company in survey.companies:
        is_ours = company.id == identity.company_id
        locks = tuple(f"{name}: {day}" for name, day in company.locks.items())
        row = (
            text(company.name, below="records go here" if is_ours else ""),
            text(company.currency),
            text(company.country),
            Cell("" if locks else "none", lines=locks),
        )
        rows.append(row)
    heads = ("Company", "Currency", "Country", "Lock dates")
    return Section("Companies", "", heads, tuple(rows))


def _books(survey: DestinationSurvey) -> list[Section]:
    """What invoices and payments find in each company."""
    rows = tuple(
        (
            text(facts.company),
            text(facts.chart or "none"),
            Cell("", lines=tuple(f"{one.code}: {one.name} ({one.type})" for one in facts.journals)),
            Cell(f"Default: {facts.default_tax or 'none'}", lines=facts.taxes),
            text(facts.rounding),
            Cell("" if facts.problems else "ready", lines=facts.problems),
        )
        for facts in survey.books
    )
    intro = (
        "Taxes are said line by line, so that no default takes their place. A plan is refused while"
        " the company that records go to has a problem."
    )
    heads = ("Company", "Chart of accounts", "Journals", "Taxes of sales", "Rounding", "State")
    return [Section("Accounting", intro, heads, rows)] if rows else []


def _rules(survey: DestinationSurvey) -> Section:
    rows = tuple(
        (text(rule.name), code(rule.model), text(rule.trigger)) for rule in survey.rules
    )  # fmt: skip
    return Section(
        "Automation rules that are active",
        "They act on what is loaded, and may send mail that no silence of Moorage holds back."
        if rows
        else "There is none.",
        ("Rule", "Model", "Trigger"),
        rows,
    )


def advice(
    identity: DestinationIdentity, survey: DestinationSurvey, fates: Sequence[Fate]
) -> Iterator[str]:
    """What to do about edition and modules before a run, each in a sentence."""
    counts = dict.fromkeys(survey.missing_models, 0)
    for fate in fates:
        for model in set(fate.models) & counts.keys():
            counts[model] += fate.rows or 0
    for model, rows in counts.items():
        app = app_of(model)
        what = f"Install {app}" if app else f"Find out which module brings {model}"
        yield f"{what}: {rows:,} rows go to {model}, which this Odoo does not know."
    written = {model for fate in fates for model in fate.models}
    loud = [rule for rule in survey.rules if rule.model in written]
    if loud:
        yield (
            f"Switch off {len(loud)} automation rules on these models for the time of the run, and"
            " on again after it."
        )
    if len(survey.companies) > 1:
        name = next(one.name for one in survey.companies if one.id == identity.company_id)
        yield (
            f"There are {len(survey.companies)} companies: everything goes to {name}, the company"
            " of the API user. Use another user for another company."
        )
    if any(company.locks for company in survey.companies) and "account.move" in written:
        yield "Lock dates are set: invoices dated before them are refused by Odoo."
    if survey.hosting == "Odoo Online":
        yield "Odoo Online: make sure that the Custom plan lasts until the delta is done."
    if "base_automation" not in identity.modules:
        yield "Automation Rules is not installed: install it where automations are to be rebuilt."
    if identity.edition == "community" and not survey.missing_models:
        yield "Community has all that these rows need; nothing here asks for Enterprise."
