"""Advice of a language model on proposals in doubt: asked for by people alone, within a budget."""

from moorage.proposals.advice.adviser import Advise, Adviser, Asked, Preview
from moorage.proposals.advice.budget import Budget, Price, answer_limit, parsed_budget, reckoned
from moorage.proposals.advice.kept import Kept
from moorage.proposals.advice.question import INSTRUCTIONS, AboutTable, Question
from moorage.proposals.advice.wire import LanguageModel, require_library

__all__ = [
    "INSTRUCTIONS",
    "AboutTable",
    "Advise",
    "Adviser",
    "Asked",
    "Budget",
    "Kept",
    "LanguageModel",
    "Preview",
    "Price",
    "Question",
    "answer_limit",
    "parsed_budget",
    "reckoned",
    "require_library",
]
