"""All that is known about Odoo, and nothing else in Moorage knows any of it."""

from moorage.odoo.client import OdooClient

__all__ = ["OdooClient"]
