"""The Web API: one request in, one answer out. Knows nothing of sockets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, unquote_plus

from moorage.sources.opex365.demo import csdl, metadata
from moorage.sources.opex365.demo.bodies import Bodies
from moorage.sources.opex365.demo.definitions import SETS, definition_answer
from moorage.sources.opex365.demo.errors import (
    RefusedError,
    bad_query,
    not_served,
    unknown_resource,
)
from moorage.sources.opex365.demo.query import collection_of, options_of
from moorage.sources.opex365.demo.schema import Table, tables
from moorage.sources.opex365.demo.sets import EntitySets, Preferences
from moorage.sources.opex365.demo.store import Store, table_of_set
from moorage.sources.opex365.demo.tokens import Tokens

API = re.compile(r"/api/data/v9\.[0-2]/?(.*)")
_FUNCTION = re.compile(r"RetrieveTotalRecordCount\((?:EntityNames=)(@\w+|\[.*\])\)")
_SERVED = (
    "application/json", "application/xml", "application/octet-stream", "text/plain", "*/*",
)  # fmt: skip
_ROW = re.compile(r"(\w+)\(([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})\)")


@dataclass
class Request:
    """What came: method, path and query as written, headers with lower-case names, body."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass
class Answer:
    """What goes out."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def json_answer(status: int, body: Any) -> Answer:
    """An answer of JSON in the OData format."""
    headers = {"Content-Type": "application/json; odata.metadata=minimal", "OData-Version": "4.0"}
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return Answer(status, text.encode(), headers)


def error_answer(refused: RefusedError) -> Answer:
    """The documented body of an error."""
    answer = json_answer(
        refused.status, {"error": {"code": refused.code, "message": refused.message}}
    )
    answer.headers |= refused.headers
    return answer


class App:
    """The organisation behind its Web API. Safe to use from several threads."""

    def __init__(self, store: Store, tokens: Tokens, origin: str) -> None:
        self.origin = origin
        self.base = f"{origin}/api/data/v9.2"
        self.store = store
        store.base = self.base
        self.tokens = tokens
        self.hidden: frozenset[str] = frozenset()
        self.sets = EntitySets(store, self.base)
        self.bodies = Bodies(store)
        self._functions: dict[str, Callable[[str, Mapping[str, str]], dict[str, Any]]] = {
            "WhoAmI": self._who_am_i,
            "RetrieveVersion": lambda _, __: {"Version": "9.2.24103.179"},
            "RetrieveTotalRecordCount": self._totals,
        }

    def handle(self, request: Request) -> Answer:
        """The answer to a request that carries a token; refusals are answers too."""
        try:
            self.tokens.check(request.headers.get("authorization"), self.origin)
            return self._routed(request)
        except RefusedError as refused:
            return error_answer(refused)

    def _routed(self, request: Request) -> Answer:
        found = API.fullmatch(request.path)
        if found is None:
            raise RefusedError(404, "", "No HTTP resource was found that matches the request URI.")
        _check_headers(request.headers)
        segments = [unquote(part) for part in found[1].split("/") if part]
        if request.method not in ("GET", "POST"):
            raise self._no_write(request.method, segments)
        if request.method == "POST":
            return self._posted(request, segments)
        if not segments:
            return json_answer(200, self._service())
        return self._got(request, segments)

    def _got(self, request: Request, segments: list[str]) -> Answer:
        head = segments[0]
        if head == "$metadata":
            return Answer(200, csdl.document().encode(), {"Content-Type": "application/xml"})
        options = options_of(request.query)
        if head.startswith(SETS):
            body = definition_answer(segments, options)
            return json_answer(200, {"@odata.context": f"{self.base}/$metadata#{head}", **body})
        function = self._functions.get(head.partition("(")[0])
        if function and len(segments) == 1:
            return json_answer(200, function(head, options))
        row = _ROW.fullmatch(head)
        table = table_of_set(row[1] if row else head)
        if table is None:
            raise unknown_resource(head)
        self.check_privilege(table.name)
        if row:
            return self._row(table, row[2].lower(), segments[1:], request, options)
        return self._set(table, segments[1:], request, options)

    def _set(
        self, table: Table, rest: list[str], request: Request, options: Mapping[str, str]
    ) -> Answer:
        if rest == ["$count"]:
            count = self.sets.count(table, options)
            return Answer(200, f"\ufeff{count}".encode(), {"Content-Type": "text/plain"})
        if rest:
            raise unknown_resource(rest[0])
        wanted = Preferences.of(request.headers.get("prefer", ""))
        return _applied(self.sets.page(table, request.query, options, wanted), wanted)

    def _row(
        self,
        table: Table,
        row_id: str,
        rest: list[str],
        request: Request,
        options: Mapping[str, str],
    ) -> Answer:
        wanted = Preferences.of(request.headers.get("prefer", ""))
        if not rest:
            return _applied(self.sets.single(table, row_id, options, wanted), wanted)
        if len(rest) == 1 and (found := collection_of(table, rest[0])):
            self.check_privilege(found.table.name)
            return _applied(self.sets.collection(found, row_id, options, wanted), wanted)
        body = self.bodies.value(table, row_id, rest, request.headers, options)
        return Answer(*body)

    def _posted(self, request: Request, segments: list[str]) -> Answer:
        """Block downloads are POSTs that only read; all others are refused."""
        name = segments[0] if segments else ""
        if len(segments) == 1 and name in self.bodies.actions:
            try:
                given = json.loads(request.body or b"{}")
            except ValueError:
                raise bad_query("The payload is not valid JSON.") from None
            done = self.bodies.actions[name](given, self.check_privilege)
            return json_answer(200, {"@odata.context": f"{self.base}/$metadata#{name}", **done})
        if name == "$batch":
            raise not_served("$batch")
        raise self._no_write("POST", segments)

    def _no_write(self, method: str, segments: list[str]) -> RefusedError:
        row = _ROW.fullmatch(segments[0]) if segments else None
        table = table_of_set(row[1] if row else segments[0]) if segments else None
        if table is None:
            return RefusedError(
                405, "", f"The requested resource does not support http method '{method}'."
            )
        verb = {"POST": "Create", "DELETE": "Delete"}.get(method, "Write")
        return self._no_privilege(verb, table)

    def check_privilege(self, name: str) -> None:
        """Refuses with 403 for tables that the test has hidden from this user."""
        if name in self.hidden:
            raise self._no_privilege("Read", tables()[name])

    def _no_privilege(self, verb: str, table: Table) -> RefusedError:
        user = self._who_am_i("", {})["UserId"]
        return RefusedError(
            403,
            "0x80040220",
            f"Principal user (Id={user}, type=8, roleCount=1, accessMode=4) is missing "
            f"prv{verb}{table.name} privilege on OTC={table.code} for entity '{table.name}'. "
            f"context.Caller={user}.",
        )

    def _service(self) -> dict[str, Any]:
        sets = sorted(table.set_name for table in tables().values())
        entries = [{"name": name, "kind": "EntitySet", "url": name} for name in sets]
        return {"@odata.context": f"{self.base}/$metadata", "value": entries}

    def _who_am_i(self, _: str, __: Mapping[str, str]) -> dict[str, Any]:
        user, unit = self.store.rows(
            "SELECT systemuserid, _businessunitid_value FROM systemuser "
            "WHERE applicationid IS NOT NULL"
        )[0]
        organization = self.store.one("SELECT organizationid FROM organization")
        return {
            "@odata.context": f"{self.base}/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse",
            "BusinessUnitId": str(unit), "UserId": str(user), "OrganizationId": str(organization),
        }  # fmt: skip

    def _totals(self, head: str, options: Mapping[str, str]) -> dict[str, Any]:
        found = _FUNCTION.fullmatch(unquote_plus(head))
        given = (options.get(found[1]) if found[1].startswith("@") else found[1]) if found else None
        if given is None:
            raise bad_query("RetrieveTotalRecordCount needs EntityNames=[…].")
        names = [name.strip().strip("'\"") for name in given.strip("[]").split(",") if name.strip()]
        for name in names:
            if name not in metadata.entities():
                text = f"The entity with a name = '{name}' was not found in the MetadataCache."
                raise RefusedError(400, "0x80041102", text)
        counts = [int(self.store.one(f'SELECT count(*) FROM "{name}"')) for name in names]
        collection = {"Count": len(names), "IsReadOnly": False, "Keys": names, "Values": counts}
        context = f"{self.base}/$metadata#Microsoft.Dynamics.CRM.RetrieveTotalRecordCountResponse"
        return {"@odata.context": context, "EntityRecordCountCollection": collection}


def _check_headers(headers: Mapping[str, str]) -> None:
    """The headers that the documentation says every request should have are asked for here."""
    for name in ("OData-Version", "OData-MaxVersion"):
        given = headers.get(name.lower())
        if given is None:
            raise RefusedError(400, "0x80060888", f"The request has no header {name}: 4.0.")
        if given not in ("4.0", "4.01"):
            raise RefusedError(
                400, "0x80060888", f"The value '{given}' of {name} is not supported."
            )
    accepted = headers.get("accept") or "*/*"
    if not any(kind in accepted for kind in _SERVED):
        raise RefusedError(415, "", f"The media type '{accepted}' is not supported.")


def _applied(text: str, wanted: Preferences) -> Answer:
    answer = json_answer(200, text)
    if wanted.applied:
        answer.headers["Preference-Applied"] = wanted.applied
    return answer
