"""What other people hung on our records: their records, messages, activities, files."""

from __future__ import annotations

from collections.abc import Iterator

from moorage.companions import COMPANIONS
from moorage.destination import Json
from moorage.errors import RowError
from moorage.rollback.scope import Scope, linked
from moorage.rollback.touched import SYSTEM_USER_ID, Reasons

MARKER = "x_moorage_key"
#: What points to any record by model and id.
_BY_NAME = (
    ("mail.message", "model", "a message"),
    ("mail.activity", "res_model", "an activity"),
    ("ir.attachment", "res_model", "a file"),
    ("calendar.event", "res_model", "a calendar event"),
)
_PEOPLES_MESSAGES = ["comment", "email", "email_outgoing"]


def find_hanging(scope: Scope) -> Reasons:
    """Reasons by record on which something hangs that no run of this scope made."""
    reasons: Reasons = {}
    for model, name, kind, holder in _linking_fields(scope):
        for holder_id, odoo_id in _links(scope, holder, name, model, many=kind == "many2many"):
            if holder_id not in scope.ours.get(holder, set()):
                _add(scope, reasons, model, odoo_id, f"{holder} {holder_id} links to it")
    for model, odoo_id, words in _on_companions(scope):
        _add(scope, reasons, model, odoo_id, words)
    for record in scope.outside:
        for _, model, key in linked(scope, record):
            words = f"{record.model} {record.odoo_id} of another run links to it"
            _add(scope, reasons, model, scope.resolve(model, key), words)
    for holder, model_field, words in _BY_NAME:
        if scope.destination.fields(holder):
            for holder_id, model, odoo_id in _by_name(scope, holder, model_field):
                if holder_id not in scope.created.get(holder, {}):
                    _add(scope, reasons, model, odoo_id, f"{words} ({holder_id}) was put on it")
    return reasons


def _add(scope: Scope, reasons: Reasons, model: str, odoo_id: int | None, words: str) -> None:
    record = scope.created.get(model, {}).get(odoo_id or 0)
    if record is not None:
        reasons.setdefault((model, record.key), []).append(words)


def _linking_fields(scope: Scope) -> Iterator[tuple[str, str, str, str]]:
    """Every stored field of any model that points to one of ours: (ours, field, type, model)."""
    models = [model for model in scope.created if MARKER in scope.destination.fields(model)]
    domain = [
        ("relation", "in", models),
        ("ttype", "in", ["many2one", "many2many"]),
        ("store", "=", True),
        ("name", "not in", ["create_uid", "write_uid"]),
        ("model_id.transient", "=", False),
    ]
    logged = _models_with_log(scope)
    ours = _tables_of_ours(scope)
    names = ["model", "name", "relation", "ttype", "relation_table"]
    for page in scope.destination.pages("ir.model.fields", domain, names):
        for row in page:
            # Our record has the same link as a field of its own: who made it is not to be told.
            mirrored = (row["relation"], row["relation_table"]) in ours
            if row["model"] in logged and not mirrored:
                yield row["relation"], row["name"], row["ttype"], row["model"]


def _tables_of_ours(scope: Scope) -> set[tuple[str, str]]:
    """(model, table) of the many2many fields of our models."""
    domain = [("model", "in", list(scope.created)), ("ttype", "=", "many2many")]
    pages = scope.destination.pages("ir.model.fields", domain, ["model", "relation_table"])
    return {
        (row["model"], row["relation_table"])
        for page in pages
        for row in page
        if row["relation_table"]
    }


def _models_with_log(scope: Scope) -> set[str]:
    domain = [("name", "=", "create_uid"), ("store", "=", True)]
    pages = scope.destination.pages("ir.model.fields", domain, ["model"])
    return {row["model"] for page in pages for row in page}


def _links(
    scope: Scope, holder: str, name: str, model: str, *, many: bool
) -> Iterator[tuple[int, int]]:
    """(holder's id, our id) for holders that others made, or that were made after the run."""
    domain = [(f"{name}.{MARKER}", "!=", False), *_not_by_the_run(scope)]
    try:
        for page in scope.destination.pages(holder, domain, [name]):
            for row in page:
                for odoo_id in row[name] if many else [row[name]]:
                    yield int(row["id"]), int(odoo_id)
    except RowError:
        # Views over other tables and models that may not be searched hold nothing of their own.
        return


def _on_companions(scope: Scope) -> Iterator[tuple[str, int, str]]:
    """(our model, our id, words) where others linked to what Odoo made with our record.

    A payment that somebody matched with our invoice holds on to the invoice's open item.
    """
    for model, along in COMPANIONS.items():
        if model not in scope.created or MARKER not in scope.destination.fields(model):
            continue
        for other, back in ((other, how.back) for other, how in along.items() if how.back):
            domain = [
                ("relation", "=", other),
                ("ttype", "=", "many2one"),
                ("store", "=", True),
                ("model", "!=", other),
                ("model_id.transient", "=", False),
            ]
            for page in scope.destination.pages("ir.model.fields", domain, ["model", "name"]):
                for row in page:
                    yield from _on_companion(scope, (model, other, back), row["model"], row["name"])


def _on_companion(
    scope: Scope, made: tuple[str, str, str], holder: str, name: str
) -> Iterator[tuple[str, int, str]]:
    model, other, back = made
    domain = [(f"{name}.{back}.{MARKER}", "!=", False), *_not_by_the_run(scope)]
    try:
        pages = list(scope.destination.pages(holder, domain, [name]))
    except RowError:
        return
    others = {int(row[name]): int(row["id"]) for page in pages for row in page}
    own = scope.ours.get(holder, set())
    for page in scope.destination.pages(other, [("id", "in", list(others))], [back]):
        for row in page:
            holder_id = others[row["id"]]
            if holder_id not in own:
                yield model, int(row[back]), f"{holder} {holder_id} links to its {other}"


def _not_by_the_run(scope: Scope) -> list[Json]:
    me = scope.destination.identity.user_id
    return [
        ("create_uid", "!=", False),
        "|",
        ("create_uid", "not in", [me, SYSTEM_USER_ID]),
        "&",
        ("create_uid", "=", me),
        ("create_date", ">", scope.ended_at),
    ]


def _by_name(scope: Scope, holder: str, model_field: str) -> Iterator[tuple[int, str, int]]:
    """(id, our model, our id) of what others put on records, since the first run began."""
    me = scope.destination.identity.user_id
    domain: list[Json] = [(model_field, "in", list(scope.created)), ("res_id", "!=", False)]
    if holder == "mail.message":
        # Mail that comes in is written by Odoo's own user.
        domain += [
            "|",
            ("create_uid", "not in", [me, SYSTEM_USER_ID]),
            "&",
            ("create_date", ">", scope.ended_at),
            ("message_type", "in", _PEOPLES_MESSAGES),
        ]
    else:
        domain += _not_by_the_run(scope)
    if holder == "ir.attachment":
        domain.append(("res_field", "=", False))
    for page in scope.destination.pages(holder, domain, [model_field, "res_id"]):
        for row in page:
            yield int(row["id"]), str(row[model_field]), int(row["res_id"])
