"""The witness: reads Odoo back and compares it with what the mapping says it must hold."""

from moorage.verify.balance import BalanceLine, TrialBalance, trial_balance
from moorage.verify.people import LastLoad, Left
from moorage.verify.report import (
    CountCheck,
    Difference,
    EntryReport,
    SumCheck,
    VerifyReport,
)
from moorage.verify.verify import verify

__all__ = [
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
]
