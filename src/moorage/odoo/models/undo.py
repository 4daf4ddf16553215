"""What deleting takes on models where `unlink` alone is refused or leaves something behind.

Each function takes records away with all that Odoo made besides them, may be repeated after a
kill, and raises RowError where Odoo refuses. At the end of a rollback each is called once more
without ids, to complete what a kill left half-way. Seen on 19.0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from moorage.destination import Destination, Json
from moorage.odoo.client import OdooClient

#: The External ID that a user's partner gets while the user goes: `_:partner_of_user:<user id>`.
_PARTNER_OF_USER = "partner_of_user"


def drop_keys(client: OdooClient, model: str, keys: Sequence[str]) -> None:
    """Delete the External IDs of `keys`; the records stay."""
    names = [client.external_name(model, key) for key in keys]
    domain = [("module", "=", client.module), ("model", "=", model), ("name", "in", names)]
    ids = [row["id"] for page in client.pages("ir.model.data", domain, ["id"]) for row in page]
    if ids:
        client.unlink("ir.model.data", ids)


def undo_sale_orders(destination: Destination, ids: Sequence[int]) -> None:
    """Orders beyond a draft must be cancelled first; locked ones unlocked before that."""
    if not ids:
        return
    there = destination.fields("sale.order")
    names = [name for name in ("state", "locked") if name in there]
    rows = _rows(destination, "sale.order", ids, names)
    locked = [row["id"] for row in rows if row.get("locked")]
    if locked:
        destination.call("sale.order", "action_unlock", ids=locked)
    standing = [row["id"] for row in rows if row["state"] not in ("draft", "cancel")]
    if standing:
        context = {"disable_cancel_warning": True}
        destination.call("sale.order", "action_cancel", ids=standing, context=context)
    destination.unlink("sale.order", ids)


def undo_moves(destination: Destination, ids: Sequence[int]) -> None:
    """Posted entries go back to draft first."""
    _to_draft(destination, "account.move", ids, "button_draft", ("draft",))


def undo_payments(destination: Destination, ids: Sequence[int]) -> None:
    """Payments go back to draft first, which takes them off their invoices."""
    _to_draft(destination, "account.payment", ids, "action_draft", ("draft",))


def undo_pickings(destination: Destination, ids: Sequence[int]) -> None:
    """Transfers are cancelled first; done ones Odoo refuses."""
    _to_draft(destination, "stock.picking", ids, "action_cancel", ("draft", "cancel"))


def undo_users(destination: Destination, ids: Sequence[int]) -> None:
    """A user's partner, which Odoo made with the user, goes after it.

    Once the user is gone nothing says whose partner it was, so the partner gets an External ID
    first: a kill between the two steps loses nothing.
    """
    marked = {
        f"_:{_PARTNER_OF_USER}:{row['id']}": int(row["partner_id"])
        for row in _rows(destination, "res.users", ids, ["partner_id", "create_date"])
        if _made_with_user(destination, int(row["partner_id"]), str(row["create_date"]))
    }
    if marked:
        destination.adopt("res.partner", marked)
    destination.unlink("res.users", ids)
    if not ids:
        marked = {
            key: odoo_id
            for page in destination.all_keys("res.partner")
            for key, odoo_id in page
            if key.split(":")[1] == _PARTNER_OF_USER
        }
    if marked:
        destination.unlink("res.partner", list(marked.values()))


def _made_with_user(destination: Destination, partner_id: int, user_created_at: str) -> bool:
    """Whether one transaction made both: partners that were there before stay."""
    rows = _rows(destination, "res.partner", [partner_id], ["create_date", "x_moorage_key"])
    return any(str(row["create_date"]) == user_created_at for row in rows)


def undo_employees(destination: Destination, ids: Sequence[int]) -> None:
    """An employee leaves its resource behind, which has no other use."""
    if not ids:
        return
    rows = _rows(destination, "hr.employee", ids, ["resource_id"])
    resources = [int(row["resource_id"]) for row in rows if row["resource_id"]]
    destination.unlink("hr.employee", ids)
    if resources:
        destination.unlink("resource.resource", resources)


def _to_draft(
    destination: Destination, model: str, ids: Sequence[int], method: str, fine: tuple[str, ...]
) -> None:
    if not ids:
        return
    rows = _rows(destination, model, ids, ["state"])
    standing = [row["id"] for row in rows if row["state"] not in fine]
    if standing:
        destination.call(model, method, ids=standing)
    destination.unlink(model, ids)


def _rows(
    destination: Destination, model: str, ids: Sequence[int], names: Sequence[str]
) -> list[dict[str, Json]]:
    if not ids:
        return []
    there = [name for name in names if name in destination.fields(model)]
    pages = destination.pages(model, [("id", "in", list(ids))], there)
    return [row for page in pages for row in page]


#: What takes records of a model away, where it is not plain `unlink`.
UNDO: dict[str, Callable[[Destination, Sequence[int]], None]] = {
    "sale.order": undo_sale_orders,
    "account.move": undo_moves,
    "account.payment": undo_payments,
    "stock.picking": undo_pickings,
    "res.users": undo_users,
    "hr.employee": undo_employees,
}
