"""Which function shows which result, for whoever shows results of several verbs."""

from __future__ import annotations

from typing import Any

from moorage.cli import handing, journey, mapped, queues, signing, start, witness
from moorage.cli.verb import Show
from moorage.commands import beginning, checking, loading, mapping, spotting
from moorage.commands.handoff import HandoffResult
from moorage.commands.queues import DuplicatesResult, OwnersResult

SHOWN: dict[type[Any], Show] = {
    beginning.DiscoverResult: start.show_discover,
    beginning.ExtractResult: start.show_extract,
    mapping.ProposeResult: mapped.show_map,
    mapping.CheckResult: mapped.show_map,
    mapping.ConfirmResult: mapped.show_map,
    loading.PrepareResult: journey.show_prepare,
    loading.PlanResult: journey.show_plan,
    loading.RunResult: journey.show_run,
    checking.VerifyResult: witness.show_verify,
    spotting.SheetResult: signing.show_spotcheck,
    HandoffResult: handing.show_handoff,
    DuplicatesResult: queues.show_duplicates,
    OwnersResult: queues.show_owners,
}
