"""Everything that is wrong with a mapping, at once, each with its file and line."""

from __future__ import annotations

from collections.abc import Mapping as Dict

from moorage.destination import ModelField
from moorage.errors import Finding
from moorage.mapping.check_fields import check_field
from moorage.mapping.compile import compile_on
from moorage.mapping.created import with_created
from moorage.mapping.expressions import Expressions
from moorage.mapping.fates import check_fates
from moorage.mapping.ground import Ground
from moorage.mapping.spec import Entry, Mapping, MappingFile
from moorage.mapping.transforms.base import near
from moorage.sources.base import Discovery

#: Fields without which Odoo refuses a record, or makes a meaningless one. `fields_get` tells which
#: fields are required but not which of them have a default.
NEEDED = {
    "res.partner": ("name",),
    "res.users": ("name", "login"),
    "crm.lead": ("name", "type"),
    "crm.stage": ("name",),
    "crm.team": ("name",),
    "crm.tag": ("name",),
    "crm.lost.reason": ("name",),
    "product.template": ("name",),
    "sale.order": ("partner_id",),
    "sale.order.line": ("order_id",),
    "calendar.event": ("name", "start", "stop"),
    "mail.activity": ("res_model_id", "res_id"),
    "product.pricelist.item": ("pricelist_id",),
    "project.task": ("name",),
    "account.move": ("move_type", "partner_id"),
    "account.move.line": ("move_id",),
    "account.payment": ("payment_type", "partner_id", "amount"),
    "account.partial.reconcile": ("debit_move_id", "credit_move_id", "amount"),
}


def check(
    file: MappingFile, discovery: Discovery, fields: Dict[str, Dict[str, ModelField]]
) -> list[Finding]:
    """All findings about `file`, by line: severity 'error' (it cannot run) or 'warning'.

    `fields` are the destination's fields of every model in `models_needed(file.mapping)`; a model
    that Odoo does not have is an empty mapping.
    """
    expressions = Expressions(discovery, file.mapping.settings)
    try:
        ground = Ground(
            file.mapping, file.document, expressions, with_created(file.mapping, fields)
        )
        compile_on(ground, discovery)
        if file.mapping.source != discovery.kind:
            ground.error(
                f"this is a mapping of {file.mapping.source}, the source is {discovery.kind}",
                ("source",),
            )
        for name, entry in file.mapping.objects.items():
            _check_entry(ground, discovery, fields, name, entry)
        check_fates(ground, discovery)
    finally:
        expressions.close()
    unique = dict.fromkeys(ground.findings)
    return sorted(unique, key=lambda finding: (finding.line or 0, finding.path, finding.message))


def models_needed(mapping: Mapping) -> list[str]:
    """The Odoo models whose fields `check` and `compile_mapping` want to see."""
    found = [entry.to for entry in mapping.objects.values()]
    for entry in mapping.objects.values():
        found += [rule.find.model for rule in entry.fields.values() if rule.find]
    return list(dict.fromkeys(found))


def _check_entry(
    ground: Ground,
    discovery: Discovery,
    fields: Dict[str, Dict[str, ModelField]],
    name: str,
    entry: Entry,
) -> None:
    known = ground.fields.get(entry.to, {})
    if not known:
        return
    for wanted in NEEDED.get(entry.to, ("name",)):
        if wanted in known and wanted not in entry.fields:
            ground.error(f"{entry.to} needs {wanted!r}, and no rule fills it", ("objects", name))
    _check_names(ground, name, entry)
    source = discovery.object(ground.mapping.object_of(name))
    for field_name in entry.fields:
        if source is not None:
            existing = fields.get(entry.to, {}).get(field_name)
            check_field(ground, source, name, field_name, existing)


def _check_names(ground: Ground, name: str, entry: Entry) -> None:
    """Fields named in match and duplicates are ones the entry fills."""
    named = []
    if entry.match:
        named += [(("match", "on", n), field) for n, field in enumerate(entry.match.on)]
    if entry.duplicates:
        for n, group in enumerate(entry.duplicates.exact):
            named += [(("duplicates", "exact", n), field) for field in group]
        if entry.duplicates.similar:
            named.append((("duplicates", "similar", 0), entry.duplicates.similar))
    for path, field in named:
        if field not in entry.fields:
            message = f"no rule of {name} fills {field!r}{near(field, entry.fields)}"
            ground.error(message, ("objects", name, *path))
