"""The ledger: what Moorage intended and did in each destination, in one SQLite file."""

from moorage.ledger.ledger import Change, Ledger, LeftValue, Receipt, SetAside, Warned

__all__ = ["Change", "Ledger", "LeftValue", "Receipt", "SetAside", "Warned"]
