"""From a confirmed mapping to target tables: what plan, run and verify begin with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import moorage.mapping
from moorage.commands.opening import (
    PRODUCTION,
    known_discovery,
    opened_destination,
    opened_ledger,
    opened_staging,
)
from moorage.destination import ModelField, WantedField, WantedModel
from moorage.errors import RefusedError
from moorage.ledger import Ledger
from moorage.mapping import (
    CompiledMapping,
    MappingFile,
    compile_mapping,
    fields_to_create,
    load_mapping,
    load_references,
    materialise,
    references_needed,
)
from moorage.mapping.check import models_needed
from moorage.mapping.confirm import digest as meaning
from moorage.mapping.confirm import require_confirmed
from moorage.mapping.created import bare_fields, models_to_create
from moorage.odoo import OdooClient
from moorage.plan.decisions import Decisions
from moorage.plan.merges import apply_merges
from moorage.prepare import PreparationPlan, plan_preparation
from moorage.project import Project
from moorage.staging import Staging
from moorage.staging.files import FILES_DIGEST
from moorage.staging.staging import TARGET_OF

#: Switches of Odoo's settings without which records of a model cannot be seen.
SWITCHES = {"crm.lead": ("group_use_lead",)}
#: The fact in staging that says which plan its target tables and `meta.plan` belong to.
PLAN_OF = "plan_of"
#: The fact in staging that says for which destination `meta.plan` was made last.
PLANNED_FOR = "planned_for"


@dataclass(frozen=True)
class Ground:
    """Everything open that a plan, a run or a verification needs."""

    project: Project
    name: str
    destination: OdooClient
    destination_id: int
    staging: Staging
    ledger: Ledger
    file: MappingFile
    mapping_digest: str

    @property
    def plan_folder(self) -> Path:
        """Where the plan for this destination is kept: a rehearsal has one of its own."""
        return plan_folder(self.project, self.name)

    @property
    def decisions(self) -> Path:
        """Where the answers for this destination are kept."""
        return decisions_folder(self.project, self.name)

    def preparation(self) -> PreparationPlan:
        """What Odoo lacks for the mapping."""
        return preparation(self.destination, self.file)

    def require_prepared(self) -> None:
        """RefusedError while Odoo lacks something that the mapping needs."""
        lacking = self.preparation()
        if not lacking.empty:
            count = len(lacking.fields) + len(lacking.settings) + len(lacking.models)
            raise RefusedError(
                f"Odoo lacks {count} fields and settings that the mapping needs",
                where=self.destination.identity.url,
                state="Nothing was changed.",
                todo="Look at them with `moorage prepare`, then make them: "
                "`moorage prepare --apply`.",
            )

    def compile(self) -> CompiledMapping:
        """The mapping, ready to run on this destination."""
        return compile_mapping(
            self.file,
            known_discovery(self.project),
            fields_of(self.destination, self.file),
        )

    def build(self, *, anew: bool = False) -> CompiledMapping:
        """Fill the target tables, unless they stand already; the queues work on these.

        With `anew` they are filled in any case: a witness trusts nothing that stands.
        """
        compiled = self.compile()
        self.staging.remember(PLAN_OF, None)
        self.staging.tidy_again(self.file.mapping.settings)
        load_references(self.staging, self.destination, references_needed(self.file.mapping))
        built_from = self.built_from()
        if anew or self.staging.recall(TARGET_OF) != built_from:
            materialise(self.staging, compiled, self.project.settings.source.kind)
            self.staging.remember(TARGET_OF, built_from)
        return compiled

    def built_from(self) -> str:
        """The digest of everything that the target tables follow from."""
        described = fields_of(self.destination, self.file)
        references = self.staging.connection.execute(
            "SELECT count(*), CAST(bit_xor(md5_number(concat_ws('|', model, fields, value, id,"
            " matches))) AS VARCHAR) FROM meta.reference"
        ).fetchall()
        followed = [
            _rules_of_filling(),
            self.staging.digest,
            self.staging.recall(FILES_DIGEST),
            self.staging.recall("tidy_settings"),
            meaning(self.file.mapping),
            hashlib.sha256(self.project.discovery_path.read_bytes()).hexdigest(),
            {model: repr(sorted(fields.items())) for model, fields in described.items()},
            references,
        ]
        return hashlib.sha256(json.dumps(followed, sort_keys=True).encode()).hexdigest()

    def build_decided(self, *, anew: bool = False) -> tuple[CompiledMapping, Decisions]:
        """As `build`, with the decided merges carried out; plans and witnesses work on these."""
        compiled = self.build(anew=anew)
        # What follows changes the tables: they stand for this one use.
        self.staging.remember(TARGET_OF, None)
        decisions = Decisions.load(self.decisions)
        apply_merges(
            self.staging,
            compiled.tables,
            decisions,
            ledger=self.ledger,
            destination_id=self.destination_id,
        )
        return compiled, decisions


@cache
def _rules_of_filling() -> str:
    """The digest of the code that fills target tables: another Moorage may fill them otherwise."""
    folder = Path(moorage.mapping.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def grounded(
    project: Project, command: str, to: str = PRODUCTION, *, confirmed: bool = True
) -> Iterator[Ground]:
    """Lock the project and open all; RefusedError unless the mapping is confirmed."""
    with project.lock(command), opened_staging(project) as staging:
        digest = require_confirmed(project.mapping_path).digest if confirmed else ""
        file = load_mapping(project.mapping_path)
        with opened_destination(project, to) as destination, opened_ledger(project) as ledger:
            destination_id = ledger.destination(to, destination.identity)
            yield Ground(project, to, destination, destination_id, staging, ledger, file, digest)


def plan_folder(project: Project, name: str) -> Path:
    """The folder of the plan for destination `name`."""
    return project.state if name == PRODUCTION else project.state / name


def decisions_folder(project: Project, name: str) -> Path:
    """The folder of the answers for destination `name`.

    Some name a record of that Odoo by id, and another record has that id in another Odoo.
    """
    return project.decisions if name == PRODUCTION else project.decisions / name


def fields_of(destination: OdooClient, file: MappingFile) -> dict[str, dict[str, ModelField]]:
    """The destination's fields of every model the mapping names."""
    made = models_to_create(file.mapping)
    found = {model: destination.fields(model) for model in models_needed(file.mapping)}
    return {m: fields or (bare_fields() if m in made else {}) for m, fields in found.items()}


def preparation(destination: OdooClient, file: MappingFile) -> PreparationPlan:
    """What Odoo lacks: markers on every model that gets records, custom fields, switches."""
    mapping = file.mapping
    models = list(dict.fromkeys(entry.to for entry in mapping.objects.values()))
    wanted = [marker for model in models for marker in destination.markers(model)]
    for made in fields_to_create(mapping):
        field = made.field
        wanted.append(
            WantedField(
                made.model,
                field.name,
                field.type,
                field.label,
                field.relation,
                field.selection,
                help=made.help or "",
            )
        )
    switches = [name for model in models for name in SWITCHES.get(model, ())]
    made_models = [WantedModel(name, label) for name, label in models_to_create(mapping).items()]
    return plan_preparation(destination, wanted, switches, made_models)
