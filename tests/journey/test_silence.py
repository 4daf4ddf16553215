"""No migration sends anything: a mail server listens, and hears nothing."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from moorage.odoo.context import SILENT
from tests.journey.source import MATCHED_EMAIL
from tests.journey.voyage import Voyage

LOUD = dict.fromkeys(SILENT, False)
COUNTED = ("mail_mail", "mail_notification", "mail_message", "mail_activity", "sms_sms")


@dataclass
class Catcher:
    """Keeps the recipients of every mail that arrives."""

    port: int
    caught: list[list[str]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.caught.append(list(envelope.rcpt_tos))
        return "250 OK"


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    """A mail server that sends nothing on."""
    with socket.socket() as looking:
        looking.bind(("127.0.0.1", 0))
        port = looking.getsockname()[1]
    catcher = Catcher(port)
    controller = Controller(catcher, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield catcher
    finally:
        controller.stop()


def _told(voyage: Voyage) -> dict[str, int]:
    """Rows of what tells people something, but for those that the source has as records."""
    counts = voyage.odoo.row_counts()
    keyed = voyage.odoo.psql(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'x_moorage_key'"
    )
    own = {
        table: voyage.odoo.psql(f"SELECT count(x_moorage_key) FROM {table}")[0][0]
        for (table,) in keyed
        if table in COUNTED
    }
    return {table: counts[table] - own.get(table, 0) for table in COUNTED if table in counts}


def _notes_on_orders(voyage: Voyage) -> int:
    ((count,),) = voyage.odoo.psql(
        "SELECT count(*) FROM mail_message WHERE model = 'sale.order' AND coalesce(body, '') = ''"
        " AND id NOT IN (SELECT mail_message_id FROM mail_notification)"
    )
    return int(count)


def test_nothing_is_sent(another: Callable[..., Voyage], catcher: Catcher) -> None:
    voyage = another(smtp_port=catcher.port)
    server = {"name": "out", "smtp_host": "127.0.0.1", "smtp_port": catcher.port}
    voyage.call("ir.mail_server", "create", vals_list=[server])
    # Without a sender's address Odoo would fail to send, which is not the same as being silent.
    voyage.odoo.psql(
        "UPDATE res_partner SET email = 'p' || id || '@example.com'"
        " WHERE id IN (SELECT partner_id FROM res_users UNION SELECT partner_id FROM res_company)"
    )
    voyage.odoo.psql("UPDATE res_users SET notification_type = 'email'")
    before = _told(voyage)
    assert "mail_mail" in before and "mail_notification" in before

    run = voyage.run("--json").json
    moved = {table: (before[table], now) for table, now in _told(voyage).items()}
    # Odoo notes on an order that its total moved when lines come; nobody is told, and it is said.
    orders = _notes_on_orders(voyage)
    assert moved.pop("mail_message") == (before["mail_message"], before["mail_message"] + orders)
    assert all(old == new for old, new in moved.values()), moved
    assert set(run["load"]["counters_after"]) >= {"mail.mail", "mail.notification"}
    logins = voyage.odoo.psql(
        "SELECT login FROM res_users WHERE id IN (SELECT user_id FROM crm_lead)"
    )
    assert (MATCHED_EMAIL,) in logins and len(logins) > 2, "nobody could have been told"

    voyage.moorage("rollback", code=None)
    told = _told(voyage)
    assert told["mail_mail"] == before["mail_mail"]
    assert told["mail_notification"] == before["mail_notification"]
    voyage.call("mail.mail", "process_email_queue", ids=[])
    assert catcher.caught == []

    _control(voyage, catcher)


def _control(voyage: Voyage, catcher: Catcher) -> None:
    """The same Odoo, asked without silence: it does tell people, and the catcher hears it."""
    (user_id,) = voyage.call("res.users", "search", domain=[("login", "=", MATCHED_EMAIL)])
    (user,) = voyage.call("res.users", "read", ids=[user_id], fields=["email"])
    lead = {"name": "Loud", "user_id": user_id}
    voyage.call("crm.lead", "create", vals_list=[lead], context=LOUD)
    voyage.call("mail.mail", "process_email_queue", ids=[])
    mail = {"subject": "Loud", "body_html": "<p>!</p>", "email_to": "direct@example.com"}
    (mail_id,) = voyage.call("mail.mail", "create", vals_list=[mail])
    voyage.call("mail.mail", "send", ids=[mail_id])
    heard = [address for addresses in catcher.caught for address in addresses]
    assert "direct@example.com" in heard
    assert user["email"] in heard, "giving a lead to somebody is silent anyway: proves nothing"
