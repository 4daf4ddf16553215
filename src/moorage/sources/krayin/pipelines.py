"""Pipelines and their stages, and what to ask where no stage says what is won or lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from moorage.sources.krayin.reader import Reader, quoted
from moorage.sources.krayin.schema import Schema


@dataclass(frozen=True)
class Stage:
    """One stage, with the outcome that its code alone gives and the leads that stand in it."""

    id: str
    code: str
    name: str
    probability: int
    outcome: str
    lead_count: int


@dataclass(frozen=True)
class Pipeline:
    """One pipeline with its stages in order."""

    id: str
    name: str
    stages: tuple[Stage, ...]

    def as_dict(self) -> dict[str, Any]:
        """The pipeline as plain data."""
        return asdict(self)

    def missing(self) -> list[str]:
        """Of 'won' and 'lost', those that no stage is."""
        return [o for o in ("won", "lost") if all(s.outcome != o for s in self.stages)]

    def suggested(self, outcome: str) -> Stage | None:
        """The stage that by its place and probability is likely the one: among the last two."""
        last = [stage for stage in self.stages[-2:] if stage.outcome == "open"]
        fitting = [s for s in last if (s.probability == 0) == (outcome == "lost")]
        if outcome == "won":
            return fitting[0] if fitting and len(self.stages) > 1 else None
        return fitting[-1] if fitting else None


def read_pipelines(reader: Reader, schema: Schema) -> list[Pipeline]:
    """All pipelines with their stages, in order."""
    pipelines = reader.rows(
        f"SELECT id, name FROM {quoted(schema.prefix + 'lead_pipelines')} ORDER BY id"
    )
    stages: dict[str, list[Stage]] = {}
    counts = _lead_counts(reader, schema)
    for pipeline_id, *row in reader.rows(_stage_sql(schema)):
        key, code, name, probability = (value or "" for value in row)
        outcome = code if code in ("won", "lost") else "open"
        stage = Stage(key, code, name, int(probability or 0), outcome, counts.get(key, 0))
        stages.setdefault(str(pipeline_id), []).append(stage)
    return [Pipeline(str(i), name or "", tuple(stages.get(str(i), ()))) for i, name in pipelines]


def _stage_sql(schema: Schema) -> str:
    stages = quoted(schema.prefix + "lead_pipeline_stages")
    if schema.has("lead_pipeline_stages", "code"):
        return (
            f"SELECT lead_pipeline_id, id, code, name, probability FROM {stages}"
            " ORDER BY lead_pipeline_id, sort_order, id"
        )
    return (
        f"SELECT s.lead_pipeline_id, s.id, o.code, o.name, s.probability FROM {stages} s"
        f" LEFT JOIN {quoted(schema.prefix + 'lead_stages')} o ON o.id = s.lead_stage_id"
        " ORDER BY s.lead_pipeline_id, s.sort_order, s.id"
    )


def _lead_counts(reader: Reader, schema: Schema) -> dict[str, int]:
    if not schema.has("leads", "lead_pipeline_stage_id"):
        return {}
    rows = reader.rows(
        f"SELECT lead_pipeline_stage_id, count(*) FROM {quoted(schema.prefix + 'leads')} GROUP BY 1"
    )
    return {str(stage): int(count or 0) for stage, count in rows}


def stage_questions(pipelines: Sequence[Pipeline]) -> list[str]:
    """One question per outcome that a pipeline lacks, with the likely answer."""
    questions = []
    for pipeline in pipelines:
        for outcome in pipeline.missing():
            stage = pipeline.suggested(outcome)
            likely = (
                f" Likely stage {stage.id} ({stage.name!r}), by its place and probability:"
                f' settings.stage_outcomes: {{"{stage.id}": {outcome}}}.'
                if stage
                else " No stage suggests itself: settings.stage_outcomes decides."
            )
            questions.append(
                f"In pipeline {pipeline.id} ({pipeline.name!r}) no stage has the code"
                f" {outcome!r}: which one is {outcome}?{likely}"
            )
    return questions
