"""Advice of a language model on proposals: `map --propose --ai`, and what it would send."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs
from pydantic import SecretStr

from moorage.commands.mapping import ProposeResult, map_propose, proposed
from moorage.commands.opening import PRODUCTION
from moorage.commands.proposing import TableResult, map_table
from moorage.commands.result import Result
from moorage.errors import SettingsError
from moorage.http import checked_url
from moorage.http.address import is_this_machine
from moorage.project import Project
from moorage.project.secrets import ADVISER_VARIABLE
from moorage.proposals.advice import (
    INSTRUCTIONS,
    Adviser,
    Asked,
    Kept,
    LanguageModel,
    Preview,
    answer_limit,
    parsed_budget,
    reckoned,
    require_library,
)

#: Who is asked, and where; these win over `ai:` in moorage.yaml.
MODEL_VARIABLE = "MOORAGE_AI_MODEL"
URL_VARIABLE = "MOORAGE_AI_URL"
#: What a server on this machine that asks for no key is given.
_NO_KEY = SecretStr("none")


@dataclass(frozen=True)
class ShownQuestion:
    """One text as it would be sent, after the instructions, and the tokens it is reckoned at."""

    table: str
    model: str
    fields: tuple[str, ...]
    text: str
    tokens: int


@dataclass(frozen=True, kw_only=True)
class PreviewResult(Result):
    """All that would be sent, word for word: `instructions` before each of the `questions`.

    `tokens` is what the questions are reckoned at, `answer_tokens` the most that the answers may
    take; `dollars` what both would cost at most, None where no price is known.
    """

    by: str
    server: str
    instructions: str
    questions: tuple[ShownQuestion, ...]
    tokens: int
    answer_tokens: int
    dollars: str | None
    budget: str
    is_within: bool


def propose_with_advice(
    project: Project, *, to: str = PRODUCTION, budget: str = ""
) -> ProposeResult:
    """As `map_propose`, with advice on what is in doubt; where there is none ours stands."""
    adviser = _adviser(project, budget)
    result = map_propose(project, to=to, advise=adviser)
    asked = adviser.asked
    return replace(
        result,
        asked=asked,
        attention=sum(asked.unanswered.values()),
        notes=(*_notes(asked), *result.notes),
    )


def preview(project: Project, *, to: str = PRODUCTION, budget: str = "") -> PreviewResult:
    """What `propose_with_advice` would send; nothing is sent, nothing is written."""
    name, url = _model(project)
    showing = Preview(name, Kept(_place(project)))
    with project.lock("map"):
        proposed(project, to=to, advise=showing)
    return _shown(showing, name, url, budget)


def table_with_advice(
    path: Path, model: str, *, conventions: Sequence[str] = (), budget: str = ""
) -> TableResult:
    """As `map_table`, with advice on what is in doubt."""
    adviser = _adviser(None, budget)
    result = map_table(path, model, conventions=conventions, advise=adviser)
    asked = adviser.asked
    return replace(
        result, asked=asked, attention=sum(asked.unanswered.values()), notes=_notes(asked)
    )


def preview_table(
    path: Path, model: str, *, conventions: Sequence[str] = (), budget: str = ""
) -> PreviewResult:
    """What `table_with_advice` would send; nothing is sent."""
    name, url = _model(None)
    showing = Preview(name, Kept(_place(None)))
    map_table(path, model, conventions=conventions, advise=showing)
    return _shown(showing, name, url, budget)


def _adviser(project: Project | None, budget: str) -> Adviser:
    wanted = parsed_budget(budget)
    name, url = _model(project)
    require_library()
    model = LanguageModel(name, url, _key(project, url))
    if wanted.dollars is not None and model.price() is None:
        raise SettingsError(
            f"the price of {name} is not known",
            where="--budget",
            state="Nothing was sent.",
            todo="Give the budget in tokens, as in --budget 50000.",
        )
    return Adviser(model, wanted, Kept(_place(project)))


def _model(project: Project | None) -> tuple[str, str]:
    """The name of the model and the address of its server; "" where its maker's is meant."""
    given = project.settings.ai if project else None
    name = os.environ.get(MODEL_VARIABLE) or (given.model if given else "")
    url = os.environ.get(URL_VARIABLE) or (given.url if given and given.url else "")
    if not name:
        raise SettingsError(
            "no language model is named",
            where="moorage.yaml" if project else MODEL_VARIABLE,
            state="Nothing was sent.",
            todo=f"Set {MODEL_VARIABLE}=openai:gpt-5-mini, or write ai: {{model: …}} in the file.",
        )
    return name, checked_url(url) if url else ""


def _key(project: Project | None, url: str) -> SecretStr:
    if os.environ.get(ADVISER_VARIABLE):
        return SecretStr(os.environ[ADVISER_VARIABLE])
    if url and is_this_machine(url.split("//")[1].split("/", maxsplit=1)[0].rsplit(":", 1)[0]):
        return _NO_KEY
    if project is not None:
        return project.secrets.adviser()
    raise SettingsError(
        "the key of the language model is not set",
        state="Nothing was sent.",
        todo=f"Set the environment variable {ADVISER_VARIABLE}.",
    )


def _place(project: Project | None) -> Path:
    """Where advice is kept, so that nothing is asked twice."""
    folder = project.state if project else platformdirs.user_cache_path("moorage")
    return folder / "advice.jsonl"


def _shown(showing: Preview, name: str, url: str, budget: str) -> PreviewResult:
    wanted, price = parsed_budget(budget), LanguageModel(name, url, _NO_KEY).price()
    questions = tuple(
        ShownQuestion(one.table, one.model, one.names, text, reckoned(INSTRUCTIONS + text))
        for one in showing.questions
        for text in one.texts
    )
    sent = sum(one.tokens for one in questions)
    answered = sum(answer_limit(len(one.fields)) for one in questions)
    return PreviewResult(
        by=name,
        server=url or "its maker's",
        instructions=INSTRUCTIONS,
        questions=questions,
        tokens=sent,
        answer_tokens=answered,
        dollars=f"{price.dollars(sent, answered):.4f}" if price else None,
        budget=str(wanted),
        is_within=wanted.allows(sent, answered, price),
        notes=("Nothing was sent.",),
        next_command="",
    )


def _notes(asked: Asked) -> tuple[str, ...]:
    """What asking came to, in sentences."""
    cost = f", ${asked.dollars:.4f}" if asked.dollars is not None else ""
    words = [
        f"{asked.by} was asked about {asked.doubt - asked.before} fields in doubt"
        f" ({asked.sent_tokens + asked.answered_tokens:,} tokens{cost}); {asked.before} were known"
        f" from before. It agreed on {asked.agreed}, said another place for {asked.other},"
        f" and one thing and another of {asked.split}."
    ]
    words += [
        f"{count} fields stand as proposed without it: {why}."
        for why, count in asked.unanswered.items()
    ]
    if asked.unanswered:
        words.append("Run the same command again: only those are asked about.")
    return tuple(words)
