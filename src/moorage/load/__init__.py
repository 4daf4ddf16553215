"""Load: the only room that writes records to Odoo."""

from moorage.load.run import Loader
from moorage.load.work import LoadReport, PhaseCount

__all__ = ["LoadReport", "Loader", "PhaseCount"]
