"""Asking a language model about proposals in doubt, within a budget; or showing what would go.

`Adviser` and `Preview` are called alike, with all proposals of a table and what is known of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from moorage.errors import UnreachableError
from moorage.proposals.advice.answer import Choice, choices
from moorage.proposals.advice.applying import applied
from moorage.proposals.advice.budget import Budget, answer_limit, reckoned
from moorage.proposals.advice.kept import Kept, Verdict
from moorage.proposals.advice.question import (
    INSTRUCTIONS,
    AboutTable,
    Question,
    in_doubt,
    questions,
)
from moorage.proposals.advice.wire import LanguageModel, Reply
from moorage.proposals.column import Proposal

Advise = Callable[[Sequence[Proposal], AboutTable], list[Proposal]]

#: After so many unanswered questions in a row no more are asked.
_PATIENCE = 2


@dataclass
class Asked:
    """What asking came to, in fields: how many were in `doubt`, known from `before`, answered with
    our first choice (`agreed`) or another (`other`), with one thing and another (`split`).

    `unanswered` counts fields by the reason why ours stands: a budget, a server, a bad answer.
    `tokens` are those used, a question whose cost is not known with all that it may have cost;
    `dollars` None: no price is known.
    """

    by: str
    doubt: int = 0
    before: int = 0
    agreed: int = 0
    other: int = 0
    split: int = 0
    calls: int = 0
    sent_tokens: int = 0
    answered_tokens: int = 0
    dollars: Decimal | None = None
    unanswered: dict[str, int] = field(default_factory=dict)

    def leave(self, why: str, count: int) -> None:
        """Count fields whose proposal stands as it was."""
        if count:
            self.unanswered[why] = self.unanswered.get(why, 0) + count


class Adviser:
    """Asks `model` and counts what it costs; what was said before is taken from `kept`."""

    def __init__(self, model: LanguageModel, budget: Budget, kept: Kept) -> None:
        self._model = model
        self._budget = budget
        self._kept = kept
        self._price = model.price()
        self._failed = 0
        self.asked = Asked(model.name)

    def __call__(self, proposals: Sequence[Proposal], about: AboutTable) -> list[Proposal]:
        """`proposals` with advice on those in doubt; where there is none, as they were."""
        doubt = in_doubt(proposals, about)
        verdicts, fresh = _recalled(doubt, self._kept, self._model.name, about)
        self.asked.doubt += len(doubt)
        self.asked.before += len(verdicts)
        by_name = {one.column.name: one for one in fresh}
        for question in questions(fresh, proposals, about):
            for name, verdict in self._ask(question).items():
                verdicts[name] = verdict
                self._kept.keep(verdict, by_name[name], about)
        self._count(doubt, verdicts)
        return applied(proposals, verdicts, about)

    def _ask(self, question: Question) -> dict[str, Verdict]:
        """What was said of the fields of one question, in both orders."""
        why = self._obstacle(question)
        if why:
            self.asked.leave(why, len(question.names))
            return {}
        found: list[Mapping[str, Choice]] = []
        for text in question.texts:
            reply = self._reply(question, text)
            if reply is None:
                return {}
            found.append(choices(reply.text, question.names, question.known))
        at = datetime.now(UTC).isoformat(timespec="seconds")
        first, second = found
        verdicts = {}
        for name in question.names:
            if name in first and name in second:
                one, is_split = first[name], first[name].target != second[name].target
                verdicts[name] = Verdict(
                    self._model.name, at, question.digest,
                    *((None, "") if is_split else (one.target, one.why)), is_split,
                )  # fmt: skip
        self.asked.leave("the answer was not usable", len(question.names) - len(verdicts))
        return verdicts

    def _obstacle(self, question: Question) -> str:
        """Why the question is not asked: in one order alone it would be paid for in vain."""
        if self._failed >= _PATIENCE:
            return f"{self._model.name} did not answer several times"
        sent = self.asked.sent_tokens + sum(reckoned(INSTRUCTIONS + one) for one in question.texts)
        answered = self.asked.answered_tokens + 2 * answer_limit(len(question.names))
        if not self._budget.allows(sent, answered, self._price):
            return f"the budget of {self._budget} would be passed"
        return ""

    def _reply(self, question: Question, text: str) -> Reply | None:
        """The reply to one text; None, with the reason noted, where there is none."""
        limit, may_send = answer_limit(len(question.names)), reckoned(INSTRUCTIONS + text)
        try:
            self.asked.calls += 1
            reply = self._model.ask(text, limit)
        except UnreachableError as error:
            self._failed += 1
            self._spend(may_send, limit)
            self.asked.leave(error.what, len(question.names))
            return None
        self._failed = 0
        self._spend(reply.sent or may_send, reply.answered or limit)
        return reply

    def _spend(self, sent: int, answered: int) -> None:
        self.asked.sent_tokens += sent
        self.asked.answered_tokens += answered
        if self._price is not None:
            self.asked.dollars = self._price.dollars(
                self.asked.sent_tokens, self.asked.answered_tokens
            )

    def _count(self, doubt: Sequence[Proposal], verdicts: Mapping[str, Verdict]) -> None:
        for one in doubt:
            verdict = verdicts.get(one.column.name)
            if verdict is None:
                continue
            if verdict.is_split:
                self.asked.split += 1
            elif verdict.target == one.target:
                self.asked.agreed += 1
            else:
                self.asked.other += 1


class Preview:
    """Asks nothing, and keeps the questions that would be asked."""

    def __init__(self, by: str, kept: Kept) -> None:
        self._by = by
        self._kept = kept
        self.questions: list[Question] = []

    def __call__(self, proposals: Sequence[Proposal], about: AboutTable) -> list[Proposal]:
        """`proposals` as they are."""
        _, fresh = _recalled(in_doubt(proposals, about), self._kept, self._by, about)
        self.questions += questions(fresh, proposals, about)
        return list(proposals)


def _recalled(
    doubt: Sequence[Proposal], kept: Kept, by: str, about: AboutTable
) -> tuple[dict[str, Verdict], list[Proposal]]:
    """What was said before, by column, and the proposals of which nothing was."""
    said = {one.column.name: kept.recall(by, one, about) for one in doubt}
    known = {name: verdict for name, verdict in said.items() if verdict is not None}
    return known, [one for one in doubt if one.column.name not in known]
