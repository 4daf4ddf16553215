"""The pages of a hand-off that tell what it took: scope, compatibility, destination, rebuilding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from moorage.handoff.contents import Contents
from moorage.reports.assessment import (
    compatibility_section,
    estimate_section,
    grade_section,
)
from moorage.reports.inventory import (
    automations_section,
    inventory_of,
    roles_section,
    split,
)
from moorage.reports.page import Cell, Chip, Page, Section, Tile, code, text
from moorage.reports.scope import (
    asked_section,
    counted_sections,
    custom_fields_section,
    scope_page,
)
from moorage.reports.surroundings import destination_sections
from moorage.reports.tables import SavedTable

STANDING = (
    "These automation rules stand in Odoo, switched off and without actions: a beginning for"
    " whoever rebuilds them. A rollback takes them back."
)
#: Where an Odoo runs, as the end of a sentence.
HOSTS = {
    "own server": "on an own server",
    "Odoo.sh": "on Odoo.sh",
    "Odoo Online": "on Odoo Online",
}


def before_pages(contents: Contents, tables: Mapping[str, SavedTable]) -> Iterator[Page]:
    """All of them."""
    yield _scope(contents)
    yield _compatibility(contents, tables["compatibility"].files)
    yield _destination(contents)
    yield from _rebuild(contents, tables)


def _scope(contents: Contents) -> Page:
    found = contents.assessment
    whole = scope_page(found)
    sections = (
        asked_section(found.discovery),
        grade_section(found.grade),
        estimate_section(found.estimate),
        *counted_sections(found.discovery),
        custom_fields_section(found.discovery),
    )
    verdict = Chip(f"grade {found.grade.letter}", whole.verdict.tone)
    return Page("scope", "Scope", verdict, whole.lead, whole.tiles, tuple(filter(None, sections)))


def _compatibility(contents: Contents, files: tuple[tuple[str, str], ...]) -> Page:
    fates = contents.assessment.fates
    counts = dict.fromkeys(("1:1", "1:many", "lossy", "not migrated"), 0)
    for fate in fates:
        counts[fate.shape] += 1
    whole = not any(fate.is_partial for fate in fates)
    return Page(
        name="compatibility",
        title="Compatibility",
        verdict=Chip("everything arrives", "good") if whole else Chip("something stays", "warn"),
        lead=f"How each kind of record of {contents.source} fits Odoo, and what does not arrive.",
        tiles=tuple(Tile(shape, str(count), "kinds of records") for shape, count in counts.items()),
        sections=(compatibility_section(fates, contents.source, files),),
    )


def _destination(contents: Contents) -> Page:
    found = contents.assessment
    sections = destination_sections(found.identity, found.survey, found.fates, found.problem)
    if found.identity is None or found.survey is None:
        lead, verdict = "Odoo could not be looked at.", Chip("not looked at", "warn")
    else:
        missing = found.survey.missing_models
        verdict = Chip(f"{len(missing)} models missing", "bad") if missing else Chip("fits", "good")
        host = HOSTS[found.survey.hosting]
        lead = (
            f"Odoo {found.identity.version}, {found.identity.edition}, {host};"
            f" records go into it by its JSON-2 API, as user {found.identity.user_login}."
        )
    return Page("destination", "The destination", verdict, lead, sections=tuple(sections))


def _rebuild(contents: Contents, tables: Mapping[str, SavedTable]) -> Iterator[Page]:
    discovery = contents.assessment.discovery
    automations, roles = split(inventory_of(discovery))
    counted = discovery.details.get("automations") or {}
    high = sum(item.get("effort") == "high" for item in automations)
    count = len(automations) or sum(counted.values())
    yield Page(
        name="automations",
        title="Automations",
        verdict=Chip(f"{count} to rebuild" if count else "none", "warn" if count else "good"),
        lead=f"What {contents.source} does by itself, and how Odoo does the same. Nothing of it was"
        " moved: it would have acted on what was loaded.",
        tiles=(Tile("To rebuild", str(count)), Tile("Of high effort", str(high))),
        sections=(
            automations_section(automations, counted, tables["automations"].files),
            *_drafts(contents),
        ),
    )
    yield Page(
        name="roles",
        title="Roles and rights",
        verdict=Chip(f"{len(roles)} roles" if roles else "none described", "plain"),
        lead=f"What people may do in {contents.source}. In Odoo an administrator decides anew.",
        sections=(roles_section(roles, tables["roles"].files),),
    )


def _drafts(contents: Contents) -> Iterator[Section]:
    rows = tuple(
        (text(draft.name), code(draft.model), Cell(str(draft.odoo_id), href=draft.link))
        for draft in contents.drafts
    )
    if rows or contents.drafts_note:
        yield Section(
            "Drafts in Odoo",
            " ".join([*([STANDING] if rows else []), contents.drafts_note]),
            ("Rule", "Model", "Odoo id"),
            rows,
        )
