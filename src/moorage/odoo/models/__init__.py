"""What single models of Odoo need beyond create, write and unlink."""
