"""Custom fields and switches: what Moorage changes in Odoo's schema, and takes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moorage.destination import ModelField, WantedField
from moorage.errors import RowError, SettingsError

MARKER = "x_moorage_key"
#: One2many to `ir.model.data`: lets a record and its External ID be made in one transaction.
EXTERNAL_IDS = "x_moorage_external_ids"


#: Switches of Odoo's settings page that give all internal users a group.
SWITCHES = {"group_use_lead": "crm.group_use_lead"}
#: Where custom fields of a model live, when it shows those of the model it delegates to. People see
#: a product's fields on its template, whether it has variants or not.
_HOMES = {"product.product": "product.template"}


def home(model: str, name: str) -> str:
    """The model on which custom field `name` of `model` is made."""
    return model if name == EXTERNAL_IDS else _HOMES.get(model, model)


def markers(model: str) -> list[WantedField]:
    """The two fields by which `model` can be written exactly once."""
    return [
        WantedField(model, MARKER, "char", "Moorage key", index=True, help="Where it came from."),
        WantedField(model, EXTERNAL_IDS, "one2many", "Moorage External ID", "ir.model.data"),
    ]


def model_field(name: str, about: Mapping[str, Any]) -> ModelField:
    """A field as `fields_get` describes it."""
    return ModelField(
        name=name,
        type=about["type"],
        label=about.get("string", name),
        relation=about.get("relation") or None,
        required=bool(about.get("required")),
        readonly=bool(about.get("readonly")),
        store=bool(about.get("store", True)),
        selection=tuple((str(value), str(label)) for value, label in about.get("selection") or ()),
        custom=name.startswith("x_"),
        size=about.get("size") or None,
    )


class SchemaMixin:
    """The part of the client that makes and drops custom fields."""

    read: Any
    call: Any
    forget: Any

    def markers(self, model: str) -> list[WantedField]:
        """The fields that `create` needs on `model`."""
        return markers(model)

    def find_fields(self, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """The ids of those custom fields that exist."""
        homes = {(model, name): home(model, name) for model, name in names}
        rows = self.read(
            "ir.model.fields",
            "search_read",
            domain=[
                ("model", "in", sorted(set(homes.values()))),
                ("name", "in", sorted({name for _, name in names})),
                ("state", "=", "manual"),
            ],
            fields=["model", "name"],
        )
        found = {(row["model"], row["name"]): int(row["id"]) for row in rows}
        placed = {wanted: found.get((place, wanted[1])) for wanted, place in homes.items()}
        return {wanted: field_id for wanted, field_id in placed.items() if field_id}

    def make_fields(self, wanted: Sequence[WantedField]) -> dict[tuple[str, str], int]:
        """Make those of `wanted` that do not exist, in one transaction."""
        names = [(field.model, field.name) for field in wanted]
        existing = self.find_fields(names)
        missing = [field for field in wanted if (field.model, field.name) not in existing]
        # Users show the fields of their contact: made first, a contact's field would stand in the
        # way of the user's own of the same name.
        missing.sort(key=lambda field: field.model != "res.users")
        if missing:
            models = self._model_ids({home(field.model, field.name) for field in missing})
            values = [_values(field, models[home(field.model, field.name)]) for field in missing]
            try:
                self.call("ir.model.fields", "create", vals_list=values)
            except RowError as error:
                raise SettingsError(
                    f"Odoo refuses the custom fields: {error.reason}",
                    state="None of them was made.",
                    todo="Mend the create: rules in the mapping, confirm it, and prepare again.",
                ) from error
            self.forget()
            existing = self.find_fields(names)
        # Also after a kill between the two steps: storing it is harmless to repeat.
        self._store_external_ids([existing[name] for name in names if name[1] == EXTERNAL_IDS])
        return existing

    def _store_external_ids(self, field_ids: list[int]) -> None:
        """Let the one2many be written.

        `ir.model.fields` refuses a stored one2many whose inverse is a many2one_reference, which
        `res_id` is; made unstored and stored afterwards it works like Odoo's own `message_ids`.
        """
        rows = self.read("ir.model.fields", "read", ids=field_ids, fields=["store"])
        unstored = [row["id"] for row in rows if not row["store"]]
        if unstored:
            self.call("ir.model.fields", "write", ids=unstored, vals={"store": True})
            self.forget()

    def drop_fields(self, field_ids: Sequence[int]) -> None:
        """Delete custom fields with their columns; those already gone are no error."""
        ids = self.read("ir.model.fields", "search", domain=[("id", "in", list(field_ids))])
        if ids:
            self.call("ir.model.fields", "unlink", ids=ids)
        self.forget()

    def _model_ids(self, models: set[str]) -> dict[str, int]:
        rows = self.read(
            "ir.model", "search_read", domain=[("model", "in", sorted(models))], fields=["model"]
        )
        found = {row["model"]: int(row["id"]) for row in rows}
        missing = sorted(models - set(found))
        if missing:
            raise SettingsError(
                f"this Odoo has no model {', '.join(missing)}",
                state="Nothing was made.",
                todo="Install the app that brings it, or map these records elsewhere.",
            )
        return found

    # -- switches ----------------------------------------------------------------------------

    def setting(self, name: str) -> bool | None:
        """Whether the switch `name` is on for all internal users; None if there is none."""
        group_id = self._group_id(SWITCHES.get(name, ""))
        internal = self._group_id("base.group_user")
        if group_id is None or internal is None:
            return None
        rows = self.read("res.groups", "read", ids=[internal], fields=["all_implied_ids"])
        return group_id in rows[0]["all_implied_ids"]

    def set_setting(self, name: str, on: bool) -> None:
        """Turn the switch `name`, as Odoo's settings page does, but nothing else of that page.

        The page would also write the default of every other setting, and leave a transient record.
        """
        group_id, internal = self._group_id(SWITCHES[name]), self._group_id("base.group_user")
        command = [4 if on else 3, group_id, 0]
        self.call("res.groups", "write", ids=[internal], vals={"implied_ids": [command]})

    def _group_id(self, external_id: str) -> int | None:
        module, _, name = external_id.partition(".")
        rows = self.read(
            "ir.model.data",
            "search_read",
            domain=[("module", "=", module), ("name", "=", name), ("model", "=", "res.groups")],
            fields=["res_id"],
        )
        return int(rows[0]["res_id"]) if rows else None


def _values(field: WantedField, model_id: int) -> dict[str, Any]:
    values: dict[str, Any] = {
        "model_id": model_id,
        "name": field.name,
        "field_description": field.label,
        "ttype": field.type,
        "index": field.index,
        "help": field.help or False,
        "copied": False,
    }
    if field.relation:
        values["relation"] = field.relation
    if field.type == "one2many":
        values |= {"relation_field": "res_id", "store": False}
    if field.type == "many2one":
        values["on_delete"] = "set null"
    if field.selection:
        values["selection_ids"] = [
            [0, 0, {"value": value, "name": label, "sequence": position}]
            for position, (value, label) in enumerate(field.selection)
        ]
    return values
