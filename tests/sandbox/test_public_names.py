"""What other rooms may import from the sandbox."""

import moorage.sandbox


def test_the_public_names() -> None:
    assert sorted(moorage.sandbox.__all__) == [
        "MariaDBServer",
        "OdooServer",
        "PostgresServer",
        "Sandbox",
        "SandboxStatus",
        "ServerStatus",
        "odoo_shell",
    ]
