"""How each model is loaded well: the size of calls, and values that spare Odoo its computing.

Each `given` value is what Odoo would compute or default to for a record that says nothing about
it. They were found by running `create` of 500 records under cProfile in `odoo shell` (19.0):
`scripts/bench load` shows what they bring.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from moorage.destination import DestinationIdentity, Json, LoadProfile
from moorage.odoo.account_profiles import ACCOUNT_PROFILES
from moorage.odoo.restating import RESTATED

_SIZES = {
    "sale.order": 200,
    "sale.order.line": 300,
    "product.template": 200,
    "res.users": 20,
    "res.company": 20,
    "crm.team": 50,
    "crm.stage": 50,
    "calendar.event": 200,
    "ir.attachment": 200,
    "mail.message": 1000,
    "hr.employee": 50,
    "project.task": 200,
}
#: Children written side by side make PostgreSQL undo one of the two where both touch the parent.
_GROUPS = {
    "sale.order.line": "order_id",
    # For each record that a call's messages are on, Odoo looks at some 50 models' `message_ids`.
    "mail.message": "res_id",
    "res.partner": "parent_id",
    "mail.activity": "res_id",  # whose followers its user joins
}

#: Odoo logs a message on an opportunity for each event that is made with it, not for a link later.
_LATER = {"calendar.event": ("opportunity_id",)}
#: An order's totals are worked out from its lines, which come in calls of their own.
_LOGGED = ("sale.order",)
#: What Odoo takes over from the customer whom a lead gets, in place of what the lead says; and from
#: what a contact hangs on.
_KEPT_WITH: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "res.partner": {"parent_id": ("user_id",)},
    "crm.lead": {
        "partner_id": (
            "contact_name", "partner_name", "function", "website", "lang_id", "street", "street2",
            "zip", "city", "state_id", "country_id",
        )
    }
}  # fmt: skip
#: An empty list of links, said so that no default takes its place.
_NONE = [[6, 0, []]]


def profile(
    model: str,
    identity: DestinationIdentity,
    read: Callable[..., Json],
    fields: Collection[str],
) -> LoadProfile:
    """The profile of `model`, whose fields in this database are `fields`."""
    if model == "res.users":
        return _users(read)
    if model in ACCOUNT_PROFILES:
        return ACCOUNT_PROFILES[model]
    me = _partner(identity, read) if model == "project.task" else 0
    given: dict[str, dict[str, object]] = {
        "res.partner": {"lang": "en_US", "company_id": False},
        "crm.lead": {"company_id": identity.company_id},
        "sale.order": {"company_id": identity.company_id},
        # Else Odoo asks a service of its own, outside, what it knows of the company's domain, and
        # fills the company in with that.
        "res.company": {"iap_enrich_auto_done": True},
        # Nothing is computed record by record here; but who makes a transfer would answer for it.
        "stock.picking": {"user_id": False},
        # Whom a reply goes to is worked out when somebody replies.
        "mail.message": {
            "email_from": False,
            "reply_to": False,
            "record_company_id": identity.company_id,
            "record_alias_domain_id": False,
        },
        # An event on a record gets an activity on it, if it does not say that it has none; one that
        # names nobody gets the user of the API as organiser and guest.
        "calendar.event": {
            "activity_ids": _NONE,
            "partner_ids": _NONE,
            "alarm_ids": _NONE,
            "user_id": False,
        },
        # A call is nobody's and of no time, if nothing else is said.
        "crm.phonecall": {"user_id": False, "date": False},
        # Whoever makes a task is made its follower, by four queries for each: said beforehand it is
        # one for all of a call. At the end nobody follows.
        "project.task": {
            "message_follower_ids": [[0, 0, {"res_model": model, "partner_id": me}]],
            "sale_line_id": False,
        },
    }
    return LoadProfile(
        batch_rows=_SIZES.get(model, 500),
        group_field=_GROUPS.get(model),
        given={name: value for name, value in given.get(model, {}).items() if name in fields},
        later=_LATER.get(model, ()),
        unfollow=(me,) if me else (),
        is_logged=model in _LOGGED,
        kept=RESTATED.get(model, ()),
        kept_with=_KEPT_WITH.get(model, {}),
    )


def _partner(identity: DestinationIdentity, read: Callable[..., Json]) -> int:
    """The partner of the user whose key is used."""
    rows = read("res.users", "read", ids=[identity.user_id], fields=["partner_id"], load=None)
    return int(rows[0]["partner_id"])


def _users(read: Callable[..., Json]) -> LoadProfile:
    """Owners are made as portal users and become internal ones in a second step.

    For each user made internal at once, Project makes seven personal stages and To-do a welcome
    task, which record rules hide from everybody else, also from who wants to undo it.
    """
    portal = read(
        "ir.model.data",
        "search_read",
        domain=[("module", "=", "base"), ("name", "=", "group_portal")],
        fields=["res_id"],
    )
    internal = read("res.users", "default_get", fields=["group_ids"])["group_ids"]
    return LoadProfile(
        batch_rows=_SIZES["res.users"],
        given={"group_ids": [[6, 0, [int(portal[0]["res_id"])]]]},
        finish={"group_ids": internal},
    )
