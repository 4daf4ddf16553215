"""The places that the fields of one source object may go, ranked, for who picks another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from moorage.commands.opening import known_discovery
from moorage.destination import ModelField
from moorage.mapping.ways import column_of
from moorage.project import Project
from moorage.proposals import Candidate, propose_fields


def candidates(
    project: Project,
    source_object: str,
    model: str,
    fields: Mapping[str, ModelField],
    values: Mapping[str, Sequence[str]],
) -> dict[str, tuple[Candidate, ...]]:
    """The best places in `model` for each field of a source object; {} where it is not known.

    `fields` are the model's in the live Odoo; `values` are looked at for their form. All fields
    are looked at together, for neighbours tell what a field is.
    """
    known = {about.name: about for about in known_discovery(project).objects}
    about = known.get(source_object)
    if about is None or not fields:
        return {}
    columns = [column_of(column, tuple(values.get(column.name, ()))) for column in about.fields]
    found = propose_fields(columns, model, table=about.label or about.name, fields=fields)
    return {proposal.column.name: proposal.candidates for proposal in found}
