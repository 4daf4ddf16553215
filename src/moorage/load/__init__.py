"""Load: the only room that writes records to Odoo."""

from moorage.load.run import Loader, LoadReport, PhaseCount

__all__ = ["LoadReport", "Loader", "PhaseCount"]
