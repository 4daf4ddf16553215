"""`moorage demo`: the whole journey on this machine, with made-up data and a real Odoo."""

from __future__ import annotations

import shlex
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from moorage.commands import beginning, checking, loading, mapping, queues, spotting
from moorage.commands import handoff as handing_over
from moorage.commands.opening import PRODUCTION
from moorage.commands.result import OnProgress, Result, silent
from moorage.errors import RefusedError, SettingsError
from moorage.plan.decisions import OwnerDecision
from moorage.project import Project
from moorage.project.folder import STATE_FOLDER
from moorage.project.secrets import source_account
from moorage.project.settings import FILE_NAME
from moorage.sandbox import OdooServer, Sandbox
from moorage.sources.base import DemoData, SourceKind, load_source_kinds

WHO = "Moorage demo"
MARK = ".moorage-demo"
#: Called with the words one would type and what came of it.
OnStep = Callable[[str, Result], None]


@dataclass(frozen=True, kw_only=True)
class DemoResult(Result):
    """Where everything is that the demo left behind."""

    root: Path
    url: str
    database: str
    login: str
    password: str
    seconds: float


def demo(
    source: str,
    *,
    home: Path,
    scale: int,
    seed: int,
    keep: bool = False,
    program: str = "moorage",
    on_step: OnStep = lambda _words, _result: None,
    on_progress: OnProgress = silent,
) -> DemoResult:
    """Sandbox, demo data, project, and every verb in turn; `keep` goes on with what is there.

    `program` is how Moorage is called from the folder the caller stands in.
    """
    started = time.monotonic()
    kind = _kind(source)
    root = home / f"{source}-demo"
    answers: Mapping[str, Any] = {}
    on_progress("starting a real Odoo and making up a CRM (the first time: some minutes)", 0, None)
    if keep and (root / FILE_NAME).exists():
        server = Sandbox().up()
    else:
        _clear(root)
        server, data = _begun(kind, keep=keep, scale=scale, seed=seed)
        _make_project(kind, root, server, data)
        answers = data.answers
    project = Project.find(root)
    attention = _journey(project, answers, on_step, on_progress)
    folder = f"-C {shlex.quote(str(near(root)))}"
    return DemoResult(
        root=root,
        url=server.url,
        database=server.database,
        login=server.login,
        password=server.password,
        seconds=round(time.monotonic() - started, 1),
        attention=attention,
        reports=(project.reports / "index.html",),
        notes=(f"Where it stands: {program} status {folder}",),
        next_words="To put everything back as it was, and see it counted:",
        next_command=f"{program} rollback {folder}",
    )


def _kind(source: str) -> SourceKind:
    kinds = {name: kind for name, kind in load_source_kinds().items() if kind.demo}
    if source not in kinds:
        raise SettingsError(
            f"there are no demo data for {source!r}",
            state="Nothing was changed.",
            todo=f"Use one of: {', '.join(sorted(kinds))}.",
        )
    return kinds[source]


def near(path: Path) -> Path:
    """`path` as it can be typed from here, if it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _begun(kind: SourceKind, *, keep: bool, scale: int, seed: int) -> tuple[OdooServer, DemoData]:
    """A fresh Odoo (the one that is there, with `keep`), and the demo's data meanwhile."""
    with ThreadPoolExecutor(max_workers=1) as beside:
        serving = beside.submit(Sandbox().up if keep else Sandbox().reset)
        data = kind.demo(Sandbox(), scale, seed) if kind.demo else DemoData({}, {})
        return serving.result(), data


def _make_project(kind: SourceKind, root: Path, server: OdooServer, data: DemoData) -> None:
    """Make the project that reads the demo's data."""
    project = Project.create(
        root, f"{kind.name}_demo", kind, given=data.options, url=server.url,
        database=server.database,
    )  # fmt: skip
    secrets = {source_account(name): SecretStr(value) for name, value in data.secrets.items()}
    secrets[PRODUCTION] = SecretStr(server.api_key)
    project.secrets.keep_throw_away(secrets)
    (project.state / MARK).touch()


def _clear(root: Path) -> None:
    """Remove a former demo, and never anything else."""
    if not root.exists() or not any(root.iterdir()):
        return
    if not (root / STATE_FOLDER / MARK).exists():
        raise RefusedError(
            "the folder is not empty and not a former demo",
            where=str(root),
            state="Nothing was changed.",
            todo="Move it away, or run the demo from another folder.",
        )
    with tempfile.TemporaryDirectory(dir=root.parent, prefix=".moorage-demo-") as away:
        shutil.move(str(root), str(Path(away) / "former"))


def _journey(
    project: Project, answers: Mapping[str, Any], on_step: OnStep, on_progress: OnProgress
) -> int:
    """Every verb in turn; how many things were set aside or differ at the end."""

    def step(words: str, result: Result) -> None:
        on_step(words, result)

    step("discover", beginning.discover(project))
    step("extract", beginning.extract(project, on_progress=on_progress))
    words = "map --propose"
    if answers:
        mapping.map_settings(project, answers)
        words += "  A person would answer what discovery asked; the demo wrote its answers into"
        words += f" mapping.yaml: settings.{', settings.'.join(answers)}."
    step(words, mapping.map_propose(project))
    step("map --check", mapping.map_check(project))
    step(f'map --confirm --name "{WHO}"', mapping.map_confirm(project, WHO))
    step("prepare --apply", loading.prepare(project, apply=True))
    _answer_owners(project, step)
    words = "duplicates --all keep  A person would look at each; the demo keeps them apart."
    step(words, queues.duplicates(project, answer_all="keep", by=WHO))
    step("plan", loading.plan(project))
    step(f'plan --confirm --name "{WHO}"', loading.plan_confirm(project, WHO))
    step("run", loading.run(project, on_progress=on_progress))
    verified = checking.verify(project, on_progress=on_progress)
    step("verify", verified)
    words = "spotcheck --count 25  A person would tick these records, and sign."
    step(words, spotting.spotcheck(project, count=25))
    step("plan  Again: a second run would change nothing.", loading.plan(project))
    step("handoff", handing_over.handoff(project, on_progress=on_progress))
    return verified.attention


def _answer_owners(project: Project, step: Callable[[str, Result], None]) -> None:
    """Here a person would answer; the demo makes every owner it cannot match, without mail."""
    asked = queues.owners(project)
    answers = {row.source_key: _answer(row) for row in asked.rows if not row.decision}
    answered = queues.owners(project, answers=answers, by=WHO) if answers else asked
    step("owners  A person would answer; the demo answers for them.", answered)


def _answer(row: OwnerDecision) -> str:
    return "create" if row.active_in_source == "yes" else "create_inactive"
