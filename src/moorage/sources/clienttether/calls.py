"""Call logs of ClientTether as `crm.phonecall`, in place of messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moorage.sources.phonecalls import PHONECALL, calls_to

NAME = "calls"
_NAMED = (
    "concat_ws(': ', CASE WHEN direction = 'inbound' THEN 'Inbound call' ELSE 'Outbound call' END,"
    " disposition)"
)
ENTRY: dict[str, Any] = {
    "to": PHONECALL,
    "fields": {
        "name": {"sql": _NAMED, "required": True},
        "date": {"from": "happened_at", "required": True},
        # What a log tells of is over, also where nobody answered.
        "state": {"value": "done"},
        "date_closed": {"from": "happened_at"},
        "duration": {"from": "duration_minutes"},
        # Here each call is in or out: one that says neither waits for settings.call_directions.
        "direction": {
            "from": "direction",
            "values": {"inbound": "in", "outbound": "out"},
            "required": True,
        },
        "partner_id": {"from": "client_id", "link": "clients", "required": True},
        "user_id": {"from": "owner_id", "link": "users"},
        "description": {"from": ["details", "notes"], "do": [{"join": ""}, "html_to_text"]},
    },
    "drop": {"account_id": "no loss: part of its id"},
}


def fit_calls(tree: Any, has_model: Callable[[str], bool]) -> list[str]:
    """Decide what calls become."""
    return calls_to(tree, has_model, (NAME, ENTRY), (NAME,))
