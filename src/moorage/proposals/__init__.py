"""Where fields of a CRM go in Odoo, with how sure that is and why: offline, always the same."""

from moorage.proposals.catalogue import built_in, known_models
from moorage.proposals.column import Candidate, Column, Proposal
from moorage.proposals.memory import Memory
from moorage.proposals.propose import propose_fields
from moorage.proposals.recognising import kind_by_name, kind_of
from moorage.proposals.table import CONVENTIONS

__all__ = [
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
]
