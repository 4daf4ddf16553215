"""The hand-off: one folder with all that a customer gets of a migration, to be kept for years."""

from moorage.handoff.contents import Answers, Contents, Draft, RunFacts
from moorage.handoff.folder import Handoff, write_handoff

__all__ = ["Answers", "Contents", "Draft", "Handoff", "RunFacts", "write_handoff"]
