"""How each model is loaded well: the size of calls, and values that spare Odoo its computing.

Each `given` value is what Odoo would compute or default to for a record that says nothing about
it. They were found by running `create` of 500 records under cProfile in `odoo shell` (19.0):
`scripts/bench load` shows what they bring.
"""

from __future__ import annotations

from moorage.destination import DestinationIdentity, LoadProfile

_SIZES = {
    "sale.order": 200,
    "sale.order.line": 300,
    "product.template": 200,
    "res.users": 20,
    "crm.team": 50,
    "crm.stage": 50,
    "calendar.event": 100,
    "account.move": 100,
    "hr.employee": 50,
}
#: Children written side by side make PostgreSQL undo one of the two where both touch the parent.
_GROUPS = {"sale.order.line": "order_id", "res.partner": "parent_id"}


def profile(model: str, identity: DestinationIdentity) -> LoadProfile:
    """The profile of `model` in this database."""
    given: dict[str, dict[str, object]] = {
        "res.partner": {"lang": "en_US", "company_id": False},
        "crm.lead": {"company_id": identity.company_id},
        "sale.order": {"company_id": identity.company_id},
    }
    return LoadProfile(
        batch_rows=_SIZES.get(model, 500),
        group_field=_GROUPS.get(model),
        given=given.get(model, {}),
    )
