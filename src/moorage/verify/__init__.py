"""The witness: reads Odoo back and compares it with what the mapping says it must hold."""

from moorage.verify.people import LastLoad
from moorage.verify.report import (
    CountCheck,
    Difference,
    EntryReport,
    SumCheck,
    VerifyReport,
)
from moorage.verify.verify import verify

__all__ = [
    "CountCheck",
    "Difference",
    "EntryReport",
    "LastLoad",
    "SumCheck",
    "VerifyReport",
    "verify",
]
