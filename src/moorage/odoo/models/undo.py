"""What deleting takes on models where `unlink` alone is refused or leaves something behind.

Each function takes records away with all that Odoo made besides them, may be repeated after a
kill, and raises RowError where Odoo refuses. At the end of a rollback each is called once more
without ids, to complete what a kill left half-way. Seen on 19.0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from moorage.destination import Destination, Domain, Json
from moorage.errors import RowError
from moorage.odoo.client import OdooClient
from moorage.odoo.models.ranks import lower_ranks
from moorage.odoo.steps import STEPS

#: The object in the External IDs of what Odoo made besides, while the record itself goes.
_BESIDES = "made_besides"
#: The same of stages of tasks that nobody owned before users went.
_UNOWNED = "was_unowned"
_STAGES = "project.task.type"
#: The same of users who belong to a company, while it goes.
_MEMBER = "was_member"
#: What Odoo makes with a company; what else is made for it later keeps the company.
_PLACES = "stock.location"
_OF_COMPANIES = (_PLACES, "ir.sequence", "resource.calendar", "product.pricelist")


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
    # What confirming made; done transfers Odoo refuses to cancel and to delete.
    domain = [("sale_id", "in", list(ids)), ("state", "=", "cancel")]
    transfers = _search(destination, "stock.picking", domain, [])
    _unlink_all(destination, "stock.picking", [row["id"] for row in transfers])
    destination.unlink("sale.order", ids)


def undo_moves(destination: Destination, ids: Sequence[int]) -> None:
    """Posted entries go back to draft first."""
    _to_draft(destination, "account.move", ids, STEPS["account.move"].back, ("draft",))


def undo_payments(destination: Destination, ids: Sequence[int]) -> None:
    """Payments go back to draft first, which takes them off their invoices."""
    _to_draft(destination, "account.payment", ids, STEPS["account.payment"].back, ("draft",))


def undo_pickings(destination: Destination, ids: Sequence[int]) -> None:
    """Transfers are cancelled first; done ones Odoo refuses."""
    _to_draft(destination, "stock.picking", ids, "action_cancel", ("draft", "cancel"))


def undo_users(destination: Destination, ids: Sequence[int]) -> None:
    """With a user Odoo makes a partner and, with To-Do, a task of welcome; personal stages with the
    first task of a user.

    Nobody but the user sees those. When the user is gone they are nobody's: what is nobody's then
    and was not before goes too.
    """
    besides: dict[str, list[int]] = {"res.partner": []}
    for row in _rows(destination, "res.users", ids, ["partner_id", "create_date"]):
        made_at = str(row["create_date"])
        besides["res.partner"] += _made_with(destination, int(row["partner_id"]), made_at)
        tasks = [("user_ids", "in", [row["id"]]), ("project_id", "=", False)]
        welcome = _search(destination, "project.task", tasks, ["create_date"])
        _unlink_all(
            destination,
            "project.task",
            [task["id"] for task in welcome if str(task["create_date"]) == made_at],
        )
    if ids and destination.fields(_STAGES):
        destination.adopt(_STAGES, {f"_:{_UNOWNED}:{n}": n for n in [0, *_unowned(destination)]})
    _unlink_with(destination, "res.users", ids, besides)
    before = _marked(destination, _STAGES, _UNOWNED)
    if before:
        orphans = [n for n in _unowned(destination) if n not in before]
        _unlink_all(destination, _STAGES, orphans)
        _unmark(destination, _STAGES, before, _UNOWNED)


def _unowned(destination: Destination) -> list[int]:
    """Stages of tasks that are nobody's and of no project."""
    rows = _search(destination, _STAGES, [("user_id", "=", False), ("project_ids", "=", False)], [])
    return [int(row["id"]) for row in rows]


def undo_employees(destination: Destination, ids: Sequence[int]) -> None:
    """With an employee Odoo makes a resource, a version and a work contact."""
    names = ["resource_id", "work_contact_id", "create_date"]
    besides: dict[str, list[int]] = {"resource.resource": [], "hr.version": [], "res.partner": []}
    for row in _rows(destination, "hr.employee", ids, names):
        if row.get("resource_id"):
            besides["resource.resource"].append(int(row["resource_id"]))
        if row.get("work_contact_id"):
            contact, made_at = int(row["work_contact_id"]), str(row["create_date"])
            besides["res.partner"] += _made_with(destination, contact, made_at)
    versions = _search(destination, "hr.version", [("employee_id", "in", list(ids))], [])
    besides["hr.version"] += [int(row["id"]) for row in versions]
    _unlink_with(destination, "hr.employee", ids, besides)


def undo_companies(destination: Destination, ids: Sequence[int]) -> None:
    """With a company Odoo makes a partner, places, sequences and hours of work, and its maker and
    its own user come to belong to it, and so to the group of those with several companies.

    Deleted alone it would leave all that behind, as everybody's.
    """
    besides: dict[str, list[int]] = {name: [] for name in ("res.partner", *_OF_COMPANIES)}
    names = ["partner_id", "batch_payment_sequence_id", "create_date"]
    for row in _rows(destination, "res.company", ids, names):
        made_at = str(row["create_date"])
        besides["res.partner"] += _made_with(destination, int(row["partner_id"]), made_at)
        for model in _OF_COMPANIES:
            found = _search(destination, model, [("company_id", "=", row["id"])], ["create_date"])
            if model == "ir.sequence" and row.get(names[1]):
                found += _rows(destination, model, [row[names[1]]], ["create_date"])
            besides[model] += [one["id"] for one in found if str(one["create_date"]) == made_at]
    if ids:
        members = _search(destination, "res.users", [("company_ids", "in", list(ids))], [])
        marks = {f"_:{_MEMBER}:{row['id']}": int(row["id"]) for row in members}
        destination.adopt("res.users", marks)
    _unlink_with(destination, "res.company", ids, besides)
    if former := _marked(destination, "res.users", _MEMBER):
        # Odoo looks anew who has several companies, though nothing is said of them.
        destination.write("res.users", former, {"company_ids": []})
        _unmark(destination, "res.users", former, _MEMBER)


def undo_products(destination: Destination, ids: Sequence[int]) -> None:
    """With inventory valuation Odoo keeps the history of a product's cost, without a link back."""
    domain = [("product_id.product_tmpl_id", "in", list(ids))]
    _unlink_with(destination, "product.template", ids, _product_values(destination, domain))


def undo_variants(destination: Destination, ids: Sequence[int]) -> None:
    """As `undo_products`; the last variant takes its template along."""
    domain = [("product_id", "in", list(ids))]
    _unlink_with(destination, "product.product", ids, _product_values(destination, domain))


def _product_values(destination: Destination, domain: Domain) -> dict[str, list[int]]:
    values = _search(destination, "product.value", domain, [])
    return {"product.value": [int(row["id"]) for row in values]}


def _unlink_with(
    destination: Destination, model: str, ids: Sequence[int], besides: dict[str, list[int]]
) -> None:
    """Delete `ids` of `model`, then what Odoo made besides them, by model.

    Once the records are gone nothing says what was theirs, so that gets External IDs first: a kill
    between the two steps leaves a trace, which the last call, without ids, follows.
    """
    there = {other: found for other, found in besides.items() if destination.fields(other)}
    for other, found in there.items():
        marks = {f"_:{_BESIDES}:{odoo_id}": odoo_id for odoo_id in found}
        if marks:
            destination.adopt(other, marks)
    if ids:
        try:
            destination.unlink(model, ids)
        except RowError:
            for other, found in there.items():
                _unmark(destination, other, found, _BESIDES)
            raise
    for other, found in there.items():
        left = found if ids else _marked(destination, other, _BESIDES)
        if left and other == _PLACES:
            # Odoo looks for what it is to delete here, and does not find what is archived.
            destination.write(other, left, {"active": True})
        if left:
            destination.unlink(other, left)


def _marked(destination: Destination, model: str, what: str) -> list[int]:
    return [
        odoo_id
        for page in destination.all_keys(model)
        for key, odoo_id in page
        if key.split(":")[1] == what
    ]


def _unmark(destination: Destination, model: str, ids: Sequence[int], what: str) -> None:
    name = f"{model.replace('.', '_')}-{what}-"
    domain = [("model", "=", model), ("res_id", "in", list(ids)), ("name", "=like", f"{name}%")]
    _unlink_all(
        destination,
        "ir.model.data",
        [row["id"] for row in _search(destination, "ir.model.data", domain, [])],
    )


def _made_with(destination: Destination, partner_id: int, made_at: str) -> list[int]:
    """The partner, if one transaction made it and what it is for: older ones stay."""
    rows = _rows(destination, "res.partner", [partner_id], ["create_date"])
    return [int(row["id"]) for row in rows if str(row["create_date"]) == made_at]


def _unlink_all(destination: Destination, model: str, ids: Sequence[int]) -> None:
    if ids:
        destination.unlink(model, ids)


def _to_draft(
    destination: Destination, model: str, ids: Sequence[int], method: str, fine: tuple[str, ...]
) -> None:
    if not ids:
        return
    rows = _rows(destination, model, ids, ["state", "partner_id"])
    standing = [row["id"] for row in rows if row["state"] not in fine]
    steps = STEPS.get(model)
    if standing:
        context = dict(steps.context) if steps else {}
        destination.call(model, method, ids=standing, context=context)
    destination.unlink(model, ids)
    if steps:
        lower_ranks(destination, rows)


def _rows(
    destination: Destination, model: str, ids: Sequence[int], names: Sequence[str]
) -> list[dict[str, Json]]:
    return _search(destination, model, [("id", "in", list(ids))], names) if ids else []


def _search(
    destination: Destination, model: str, domain: Domain, names: Sequence[str]
) -> list[dict[str, Json]]:
    """Records of `domain` with those of `names` that there are; none if the model is not there."""
    described = destination.fields(model)
    needed = {str(term[0]).split(".")[0] for term in domain}
    if not described or not needed <= described.keys() | {"id"}:
        return []
    there = [name for name in names if name in described] or ["id"]
    return [row for page in destination.pages(model, domain, there) for row in page]


#: Parts that Odoo guards while what they are part of stands, and deletes with it: the lines of
#: posted invoices and confirmed orders. To try them first would be a refused call for each.
GO_ALONG = frozenset({"account.move.line", "sale.order.line"})

#: What takes records of a model away, where it is not plain `unlink`.
UNDO: dict[str, Callable[[Destination, Sequence[int]], None]] = {
    "sale.order": undo_sale_orders,
    "account.move": undo_moves,
    "account.payment": undo_payments,
    "stock.picking": undo_pickings,
    "res.users": undo_users,
    "res.company": undo_companies,
    "hr.employee": undo_employees,
    "product.template": undo_products,
    "product.product": undo_variants,
}
