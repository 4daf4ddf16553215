"""What Dataverse says when it refuses: status, code and message as documented or seen in public."""

from __future__ import annotations

from collections.abc import Mapping


class RefusedError(Exception):
    """A refusal with its HTTP status and the code and message of its body."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def bad_query(message: str) -> RefusedError:
    """A query that the OData layer does not understand."""
    return RefusedError(400, "0x80060888", message)


def unknown_property(name: str, table: str) -> RefusedError:
    """A name that is no property of the table's rows."""
    return bad_query(
        f"Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{table}'."
    )


def unknown_resource(segment: str) -> RefusedError:
    """A path segment that leads nowhere: a wrong entity set, a function that is none."""
    return RefusedError(404, "0x8006088a", f"Resource not found for the segment '{segment}'.")


def no_such_row(table: str, row_id: str) -> RefusedError:
    """A row that is not there."""
    return RefusedError(404, "0x80040217", f"Entity '{table}' With Id = {row_id} Does Not Exist")


def not_served(what: str) -> RefusedError:
    """What Dataverse can do and this stand-in cannot; never an answer of Dataverse's own."""
    return RefusedError(501, "0x0", f"The stand-in does not serve {what}.")
