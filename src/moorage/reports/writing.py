"""Drawing pages into files: `<name>.html`, `<name>.json`, and the index that lists them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moorage.reports.page import Chip, Page

if TYPE_CHECKING:
    from jinja2 import Environment

#: The order of the journey, which is the order of the index.
ORDER = ("scope", "mapping", "plan", "reconciliation", "verification", "trial-balance",
         "spotcheck", "signoff", "rollback")  # fmt: skip
TITLES = {
    "scope": "Scope",
    "mapping": "Mapping",
    "plan": "Plan",
    "reconciliation": "Reconciliation",
    "verification": "Verification",
    "trial-balance": "Trial balance",
    "spotcheck": "Spot check",
    "signoff": "Sign-off",
    "rollback": "Rollback",
}
#: The destination whose reports have plain names; those of others (rehearsals) carry its name.
MAIN = "production"
PURPOSES = {
    "scope": "What the source holds, and what moving it will take.",
    "mapping": "Where every field goes, and what stays behind, with the reason.",
    "plan": "What would be created, updated, left alone and set aside.",
    "reconciliation": "Every source row and where it ended; the sums agree.",
    "verification": "Every field read back from Odoo and compared.",
    "trial-balance": "What the accounts held before, what was imported, what they hold now.",
    "spotcheck": "Records by chance, side by side, to be ticked and signed.",
    "signoff": "Who agreed to what was seen in the rehearsal, and on what grounds.",
    "rollback": "What was put back, what was kept, and why.",
}
#: What a rollback makes a thing of the past.
UNDONE = ("plan", "reconciliation", "verification", "spotcheck", "signoff")


@dataclass(frozen=True)
class Entry:
    """One line of the index."""

    name: str
    title: str
    purpose: str
    verdict: Chip | None
    made_at: str
    lead: str


def write_report(
    folder: Path,
    project: str,
    page: Page,
    data: Any,
    *,
    destination: str = MAIN,
    template: str = "page.html.j2",
    given: Mapping[str, Any] | None = None,
) -> tuple[Path, ...]:
    """Write `page` and `data` into `folder` and bring the index up to date; the page's path.

    A rehearsal's report stands beside that of production: `verification-staging.html`. A page
    that is more than a `Page` has a `template` of its own, and what that draws is `given`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if destination != MAIN:
        page = replace(
            page, name=f"{page.name}-{destination}", title=f"{page.title}, {destination}"
        )
    made_at = datetime.now(UTC)
    document = {
        "report": page.name,
        "project": project,
        "destination": destination,
        "title": page.title,
        "verdict": {"words": page.verdict.words, "tone": page.verdict.tone},
        "lead": page.lead,
        "made_at": made_at.isoformat(timespec="seconds"),
        "data": data,
        "page": asdict(page),
    }
    html = folder / f"{page.name}.html"
    as_json = json.dumps(document, indent=2, ensure_ascii=False, default=str)
    put(folder / f"{page.name}.json", as_json + "\n")
    put(html, draw(template, page=page, project=project, made_at=moment(made_at), **(given or {})))
    entries = [_entry(folder, name) for name in ORDER]
    rehearsed = [path.stem for name in ORDER for path in sorted(folder.glob(f"{name}-*.json"))]
    entries += [_entry(folder, name) for name in rehearsed]
    put(folder / "index.html", draw("index.html.j2", project=project, entries=entries))
    return (html,)


def _entry(folder: Path, name: str) -> Entry:
    kind = next(kind for kind in ORDER if name == kind or name.startswith(f"{kind}-"))
    destination = name[len(kind) + 1 :]
    title = TITLES[kind] + (f", {destination}" if destination else "")
    try:
        found = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        verdict = Chip(found["verdict"]["words"], found["verdict"]["tone"])
        lead, made_at = str(found["lead"]), str(found["made_at"])
        if kind in UNDONE and made_at <= _rolled_back_at(folder, destination):
            verdict, lead = Chip("before the rollback", "quiet"), f"Stands no more. {lead}"
        at = moment(datetime.fromisoformat(made_at))
        return Entry(name, title, PURPOSES[kind], verdict, at, lead)
    except (OSError, ValueError, KeyError, TypeError):
        return Entry(name, title, PURPOSES[kind], None, "", "")


def _rolled_back_at(folder: Path, destination: str) -> str:
    """When the last rollback of `destination` was told of; '' if none was."""
    name = f"rollback-{destination}" if destination else "rollback"
    try:
        found = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        return str(found["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def moment(at: datetime) -> str:
    """A time as people read it."""
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def draw(template: str, **values: Any) -> str:
    """The HTML of a template, with the style that all pages share."""
    style = files(__package__).joinpath("templates/style.css").read_text(encoding="utf-8")
    return _environment().get_template(template).render(style=style, **values)


@cache
def _environment() -> Environment:
    from jinja2 import (  # noqa: PLC0415 - slow to load, and verbs that only look need none
        Environment,
        PackageLoader,
        StrictUndefined,
        select_autoescape,
    )

    return Environment(
        loader=PackageLoader("moorage.reports"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def put(path: Path, words: str) -> None:
    """Write a whole file; a killed write leaves the former one."""
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(words, encoding="utf-8")
    draft.replace(path)
