"""The witness, the spot check with its ticks, and the sign-off."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from moorage.commands import checking, signing, spotting
from moorage.commands.building import decisions_folder, plan_folder
from moorage.commands.opening import REHEARSAL
from moorage.commands.rehearsal import signoff_path
from moorage.commands.result import to_json
from moorage.errors import RefusedError, SettingsError
from moorage.project.signing import SignOff, SpotCheck, Verified, kept
from moorage.reports.ticking import Ticks
from moorage.web.desk import Desk, agreed, form_of, session_of
from moorage.web.drawing import Act, Look, View
from moorage.web.reported import reported

HERE = "/check"
MOST_SPOTS = 200


def check(desk: Desk, request: Request) -> View:
    """What the witness found, what was ticked, who signed."""
    project, to = desk.project, session_of(request).to
    verified = kept(plan_folder(project, to) / checking.VERIFIED_FILE, Verified)
    ticks = kept(decisions_folder(project, to) / spotting.TICKS_FILE, SpotCheck)
    rehearsal = (
        signing.signoff_show(project) if REHEARSAL in project.settings.destinations else None
    )
    signed, mapping = kept(signoff_path(project, to), SignOff), agreed(desk)
    data = {
        "to": to,
        "mapping": mapping,
        "signed": to_json(signed),
        "signed_holds": bool(signed and mapping and signed.mapping_digest == mapping["digest"]),
        "verified": to_json(verified),
        "ticks": to_json(ticks),
        "rehearsal": to_json(rehearsal),
        "has_sheet": desk.result("spotcheck", spotting.SheetResult) is not None,
    }
    return View("check.html.j2", "Check", data, {"found": reported(project, "verification", to)})


def verify(desk: Desk, request: Request) -> str:
    """Read every field back and compare."""
    to = session_of(request).to
    desk.begin("verify", HERE, lambda told: checking.verify(desk.project, to=to, on_progress=told))
    return HERE


def make_sheet(desk: Desk, request: Request) -> str:
    """Choose records by chance."""
    form, to = form_of(request), session_of(request).to
    given = (form.one("count") or "40", form.one("seed") or "1")
    if not all(one.isdigit() for one in given) or not 0 < int(given[0]) <= MOST_SPOTS:
        raise SettingsError(
            f"a sheet has 1 to {MOST_SPOTS} records, and its seed is a number",
            state="No sheet was made.",
            todo="Write numbers.",
        )
    count, seed = int(given[0]), int(given[1])
    desk.begin(
        "spotcheck",
        "/check/sheet",
        lambda _: spotting.spotcheck(desk.project, to=to, count=count, seed=seed),
    )
    return "/check/sheet"


def sheet(desk: Desk, request: Request) -> View:
    """The records of the sheet side by side, each to be ticked."""
    to = session_of(request).to
    found = desk.result("spotcheck", spotting.SheetResult)
    if found is not None and found.destination != to:
        found = None
    data: dict[str, Any] = {"to": to, "sheet": found.sheet if found else "", "spots": []}
    if found is not None:
        data["source"] = found.shown.source
        data["spots"] = [
            {**to_json(spot), "place": spot.place, "link": found.shown.link(spot)}
            for spot in found.shown.spots
        ]
    return View("sheet.html.j2", "Spot check", data)


def tick(desk: Desk, request: Request) -> str:
    """Keep the ticks, in the name of who is at the page."""
    form, session = form_of(request), session_of(request)
    answers = form.answers("tick")
    wrong = sorted(set(answers.values()) - {"right", "wrong"})
    if wrong:
        raise SettingsError("a record is right or wrong", state="Nothing was stored.")
    today = datetime.now(UTC).date().isoformat()
    ticks = Ticks(form.one("sheet"), answers, {}, session.name, today)
    desk.begin("ticks", HERE, lambda _: spotting.spotcheck_keep(desk.project, ticks, to=session.to))
    return HERE


def sign(desk: Desk, request: Request) -> str:
    """Sign for what stands in the destination, or go without a rehearsal for a reason."""
    form, to = form_of(request), session_of(request).to
    name, why = form.one("name"), form.one("why")
    if form.one("do") == "waive":
        desk.begin("signoff", HERE, lambda _: signing.signoff_waive(desk.project, name, why))
        return HERE
    if form.one("agree") != "yes":
        raise RefusedError(
            "the box was not ticked", state="Nothing was signed.", todo="Tick it to sign."
        )
    accept = form.one("accept") == "yes"
    desk.begin(
        "signoff",
        HERE,
        lambda _: signing.signoff(desk.project, name, to=to, accept_differences=accept),
    )
    return HERE


LOOKS: dict[str, Look] = {"/check": check, "/check/sheet": sheet}
ACTS: dict[str, Act] = {
    "/check/verify": verify,
    "/check/sheet/make": make_sheet,
    "/check/sheet/tick": tick,
    "/check/sign": sign,
}
