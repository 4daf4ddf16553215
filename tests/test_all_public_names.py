"""What each room offers to the others, listed once: a change here is a change of a contract."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import moorage

PUBLIC: dict[str, list[str]] = {
    "moorage.bundles": [
        "Answers",
        "Bundle",
        "Column",
        "Decision",
        "Expected",
        "FORMATS",
        "Header",
        "Inferred",
        "JsonPage",
        "Kind",
        "LeftOut",
        "Match",
        "Matched",
        "Table",
        "open_bundle",
    ],
    "moorage.handoff": [
        "Answers",
        "Contents",
        "Draft",
        "Handoff",
        "RunFacts",
        "write_handoff",
    ],
    "moorage.http": [
        "AnswerError",
        "Clock",
        "NotThereError",
        "SignInError",
        "WebClient",
        "checked_url",
    ],
    "moorage.ledger": [
        "Change",
        "Ledger",
        "LeftValue",
        "Receipt",
        "SetAside",
        "Warned",
    ],
    "moorage.load": [
        "LoadReport",
        "Loader",
        "PhaseCount",
    ],
    "moorage.mapping": [
        "CompiledMapping",
        "DuplicateRule",
        "FieldToCreate",
        "MappingFile",
        "MatchRule",
        "MaterialiseReport",
        "ReferenceNeed",
        "TargetField",
        "TargetTable",
        "compile_mapping",
        "fields_to_create",
        "load_mapping",
        "load_references",
        "materialise",
        "parse_mapping",
        "references_needed",
        "schema_json",
        "with_created",
    ],
    "moorage.mapping.transforms": [
        "ArgumentError",
        "Kind",
        "Outcome",
        "REGISTRY",
        "Transform",
        "external",
        "placeholders",
        "text",
        "values",
    ],
    "moorage.odoo": [
        "OdooClient",
    ],
    "moorage.plan": [
        "DUPLICATES_FILE",
        "Decisions",
        "DuplicateDecision",
        "DuplicatesReport",
        "Issue",
        "MATCHES_FILE",
        "MatchDecision",
        "OWNERS_FILE",
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
    ],
    "moorage.prepare": [
        "PreparationPlan",
        "apply_preparation",
        "plan_preparation",
        "undo_preparations",
    ],
    "moorage.project": [
        "DestinationSettings",
        "LockHolder",
        "Project",
        "ProjectSettings",
        "Secrets",
        "SettingsFileError",
        "SourceSettings",
    ],
    "moorage.proposals": [
        "CONVENTIONS",
        "Candidate",
        "Column",
        "Memory",
        "Proposal",
        "built_in",
        "kind_by_name",
        "kind_of",
        "known_models",
        "propose_fields",
    ],
    "moorage.proposals.advice": [
        "AboutTable",
        "Advise",
        "Adviser",
        "Asked",
        "Budget",
        "INSTRUCTIONS",
        "Kept",
        "LanguageModel",
        "Preview",
        "Price",
        "Question",
        "answer_limit",
        "parsed_budget",
        "reckoned",
        "require_library",
    ],
    "moorage.reports": [
        "Cell",
        "Chip",
        "Page",
        "Section",
        "Tile",
        "number",
        "percent",
        "text",
        "write_report",
    ],
    "moorage.rollback": [
        "Kept",
        "Restore",
        "RollbackPlan",
        "RollbackReport",
        "Standing",
        "plan_rollback",
        "roll_back",
    ],
    "moorage.staging": [
        "ExtractReport",
        "Staging",
    ],
    "moorage.web": [
        "Served",
        "bound",
        "serve",
    ],
    "moorage.verify": [
        "BalanceLine",
        "CountCheck",
        "Difference",
        "EntryReport",
        "LastLoad",
        "Left",
        "SumCheck",
        "TrialBalance",
        "VerifyReport",
        "trial_balance",
        "verify",
    ],
}


@pytest.mark.parametrize("room", PUBLIC)
def test_a_room_offers_what_is_listed(room: str) -> None:
    module = importlib.import_module(room)
    assert sorted(module.__all__) == PUBLIC[room]
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_every_room_is_listed() -> None:
    rooms = {
        found.name
        for found in pkgutil.iter_modules(moorage.__path__, "moorage.")
        if found.ispkg and hasattr(importlib.import_module(found.name), "__all__")
    }
    # The sandbox, which stands apart, has its list beside its own tests.
    assert rooms - {"moorage.sandbox"} == {name for name in PUBLIC if name.count(".") == 1}
