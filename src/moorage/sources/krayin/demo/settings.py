"""Settings and tokens: rows full of (made-up) secrets that a migration must leave behind."""

from moorage.sources.krayin.demo.catalog import EPOCH, Rows
from moorage.sources.krayin.demo.leftovers import migration_names

_STAMPS = {"created_at": EPOCH, "updated_at": EPOCH}


def config_rows() -> Rows:
    """Rows of `core_config`, passwords and keys among them."""
    settings = {
        "general.general.locale_settings.locale": "en",
        "general.settings.footer.label": "Powered by Krayin",
        "email.imap.account.username": "office@moorage-demo.example",
        "email.imap.account.password": "demo-imap-password",
        "general.magic_ai.settings.api_key": "sk-demo-not-a-key",
        "email.smtp.account.password": "demo-smtp-password",
    }
    return [
        _STAMPS | {"id": number, "code": code, "value": value}
        for number, (code, value) in enumerate(settings.items(), 1)
    ]


def token_rows() -> Rows:
    """An API token of user 1, as a hash."""
    return [
        _STAMPS
        | {
            "id": 1,
            "tokenable_type": "Webkul\\User\\Models\\User",
            "tokenable_id": 1,
            "name": "mobile",
            "token": "0" * 60 + "demo",
            "abilities": '["*"]',
            "last_used_at": None,
            "expires_at": None,
        }
    ]


def migration_rows(table_names: tuple[str, ...]) -> Rows:
    """Rows of the `migrations` bookkeeping."""
    return [
        {"id": number, "migration": name, "batch": 1}
        for number, name in enumerate(migration_names(table_names), 1)
    ]


def lead_file_rows() -> Rows:
    """A file of the 1.0.0 layout; loaded only where the old table was left behind."""
    return [_STAMPS | {"id": 1, "name": "old.pdf", "path": "leads/1/old.pdf", "lead_id": 1}]


def fork_rows() -> dict[str, Rows]:
    """Rows of the tables that forks add."""
    return {
        "tenants": [_STAMPS | {"id": 1, "name": "Main"}],
        "whatsapp_messages": [
            _STAMPS | {"id": n, "person_id": n, "body": "👋 hi", "payload": '{"from":"+49"}'}
            for n in range(1, 4)
        ],
    }
