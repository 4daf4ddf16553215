"""Custom models: tables of the source for which Odoo has no model, made and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moorage.destination import WantedModel
from moorage.errors import RowError, SettingsError

#: Internal users work with the records, administrators may delete them too.
ACCESS = {"base.group_user": (True, True, True, False), "base.group_system": (True,) * 4}


class ModelsMixin:
    """The part of the client that makes and drops custom models."""

    read: Any
    call: Any
    forget: Any

    def make_models(self, wanted: Sequence[WantedModel]) -> dict[str, int]:
        """Make those of `wanted` that do not exist, in one transaction, rights included.

        Odoo gives each a field `x_name`.
        """
        names = [one.model for one in wanted]
        missing = [one for one in wanted if one.model not in self._made(names)]
        if missing:
            groups = self._groups()
            values = [_values(one, groups) for one in missing]
            try:
                self.call("ir.model", "create", vals_list=values)
            except RowError as error:
                raise SettingsError(
                    f"Odoo refuses the custom models: {error.reason}",
                    state="None of them was made.",
                    todo="Mend `to` and `create` of their entries in the mapping, and confirm it.",
                ) from error
            self.forget()
        return self._made(names)

    def drop_models(self, names: Sequence[str]) -> None:
        """Delete custom models with their tables; those already gone are no error."""
        ids = sorted(self._made(names).values())
        if ids:
            self.call("ir.model", "unlink", ids=ids)
        self.forget()

    def _made(self, names: Sequence[str]) -> dict[str, int]:
        rows = self.read(
            "ir.model",
            "search_read",
            domain=[("model", "in", sorted(names)), ("state", "=", "manual")],
            fields=["model"],
        )
        return {str(row["model"]): int(row["id"]) for row in rows}

    def _groups(self) -> dict[str, int]:
        rows = self.read(
            "ir.model.data",
            "search_read",
            domain=[
                ("module", "=", "base"),
                ("name", "in", [name.removeprefix("base.") for name in ACCESS]),
                ("model", "=", "res.groups"),
            ],
            fields=["name", "res_id"],
        )
        return {f"base.{row['name']}": int(row["res_id"]) for row in rows}


def _values(wanted: WantedModel, groups: dict[str, int]) -> dict[str, Any]:
    rights = [
        [
            0,
            0,
            {
                "name": f"{wanted.model} {group}",
                "group_id": groups[group],
                "perm_read": read,
                "perm_write": write,
                "perm_create": create,
                "perm_unlink": unlink,
            },
        ]
        for group, (read, write, create, unlink) in ACCESS.items()
    ]
    return {"name": wanted.label, "model": wanted.model, "access_ids": rights}
