"""The ledger: what Moorage intended and did in each destination, in one SQLite file."""

from moorage.ledger.ledger import Ledger, Receipt, SetAside

__all__ = ["Ledger", "Receipt", "SetAside"]
