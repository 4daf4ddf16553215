"""The plan: what becomes of each target row, the questions it raises, and its confirmation.

In this order: the mapping fills the target tables, `find_duplicates`, `reconcile_owners`,
`Decisions.load`, `apply_merges`, `make_plan`, `write_match_questions`, `save_plan`.
"""

from moorage.plan.answers import answer_match, write_match_questions
from moorage.plan.confirm import (
    SavedPlan,
    confirm_plan,
    load_plan,
    refuse_open_questions,
    require_confirmed_plan,
    save_plan,
)
from moorage.plan.decisions import (
    DUPLICATES_FILE,
    MATCHES_FILE,
    OWNERS_FILE,
    Decisions,
    DuplicateDecision,
    MatchDecision,
    OwnerDecision,
)
from moorage.plan.duplicates import DuplicatesReport, answer_duplicate, find_duplicates
from moorage.plan.issues import Issue, list_issues
from moorage.plan.merges import apply_merges
from moorage.plan.owners import OwnersReport, answer_owner, reconcile_owners
from moorage.plan.plan import make_plan
from moorage.plan.report import PlanReport
from moorage.plan.rows import row_json_sql

__all__ = [
    "DUPLICATES_FILE",
    "MATCHES_FILE",
    "OWNERS_FILE",
    "Decisions",
    "DuplicateDecision",
    "DuplicatesReport",
    "Issue",
    "MatchDecision",
    "OwnerDecision",
    "OwnersReport",
    "PlanReport",
    "SavedPlan",
    "answer_duplicate",
    "answer_match",
    "answer_owner",
    "apply_merges",
    "confirm_plan",
    "find_duplicates",
    "list_issues",
    "load_plan",
    "make_plan",
    "reconcile_owners",
    "refuse_open_questions",
    "require_confirmed_plan",
    "row_json_sql",
    "save_plan",
    "write_match_questions",
]
