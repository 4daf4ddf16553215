"""A real Odoo, PostgreSQL and MariaDB of one's own: no root, no containers, nothing left behind."""

from moorage.sandbox.mariadb import MariaDBServer
from moorage.sandbox.odoo import OdooServer
from moorage.sandbox.postgres import PostgresServer
from moorage.sandbox.sandbox import Sandbox, SandboxStatus, ServerStatus, odoo_shell

__all__ = [
    "MariaDBServer",
    "OdooServer",
    "PostgresServer",
    "Sandbox",
    "SandboxStatus",
    "ServerStatus",
    "odoo_shell",
]
