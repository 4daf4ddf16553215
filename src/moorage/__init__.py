"""Moorage moves a company's CRM into Odoo, and proves that nothing was lost."""

__version__ = "0.1.0"
