"""The one implementation of `Destination`: a real Odoo, 19 or later, through JSON-2."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import quote, unquote

import orjson

from moorage.destination import (
    DestinationIdentity,
    DestinationSurvey,
    Domain,
    Json,
    LoadProfile,
    ModelField,
    NewRecord,
)
from moorage.errors import LostAnswerError, RowError
from moorage.odoo.bodies import add_record
from moorage.odoo.context import SILENT
from moorage.odoo.edition import identify
from moorage.odoo.models_made import ModelsMixin
from moorage.odoo.profiles import profile
from moorage.odoo.restating import in_turns, is_restated
from moorage.odoo.schema import EXTERNAL_IDS, MARKER, SchemaMixin, model_field
from moorage.odoo.steps import as_meant, is_stepped, lead, lead_each
from moorage.odoo.survey import survey
from moorage.odoo.transport import PATIENCE_SECONDS, Transport

#: Must not move in a run, and what Odoo adds by itself if it is let.
MUST_NOT_MOVE = ("mail.mail", "mail.notification", "sms.sms")
COUNTED = (*MUST_NOT_MOVE, "mail.message", "mail.activity", "mail.followers")
_SAFE = "-_.~"


class OdooClient(SchemaMixin, ModelsMixin):
    """A silent way to one Odoo database, for one project and one kind of source.

    External IDs stand in module `moorage_<project>` (no installed module has that name, so no
    update removes them) as `<model>-<object>-<id>`; `crm_lead-leads-12` is `krayin:leads:12`.
    """

    def __init__(
        self,
        url: str,
        database: str,
        api_key: str,
        *,
        project: str,
        source: str,
        connections: int = 4,
        patience_seconds: float = PATIENCE_SECONDS,
        on_wait: Callable[[str], None] | None = None,
    ) -> None:
        self._transport = Transport(
            url,
            database,
            api_key,
            connections=connections + 1,
            patience_seconds=patience_seconds,
            on_wait=on_wait,
        )
        self.module = f"moorage_{project}"
        self.source = source
        self.connections = connections
        self._database = database
        self._fields: dict[str, dict[str, ModelField]] = {}
        self._identity: DestinationIdentity | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the connections; calls that wait for Odoo give up."""
        self._transport.close()

    # -- what stands there -------------------------------------------------------------------

    @property
    def identity(self) -> DestinationIdentity:
        """Which Odoo this is; asked once. Wrong keys, too old an Odoo and no CRM are refused."""
        if self._identity is None:
            self._identity = identify(self.read, self._transport.url, self._database)
        return self._identity

    def fields(self, model: str) -> dict[str, ModelField]:
        """The fields of `model`; empty if there is no such model."""
        with self._lock:
            if model in self._fields:
                return self._fields[model]
        attributes = ["string", "type", "relation", "required", "readonly", "store", "selection"]
        try:
            answer = self.read(model, "fields_get", attributes=[*attributes, "size"])
        except RowError as error:
            if error.code not in ("not_found", "access"):
                raise
            answer = {}
        described = {name: model_field(name, about) for name, about in answer.items()}
        with self._lock:
            self._fields[model] = described
        return described

    def forget(self) -> None:
        """Drop cached descriptions."""
        with self._lock:
            self._fields.clear()

    def profile(self, model: str) -> LoadProfile:
        """How `model` is loaded well."""
        return profile(model, self.identity, self.read, self.fields(model))

    def counters(self) -> dict[str, int]:
        """Counts of mails and notifications, and of what Odoo may add by itself."""
        return {
            model: int(self.read(model, "search_count", domain=[], context={"active_test": False}))
            for model in COUNTED
            if self.fields(model)
        }

    def automations(self, models: Sequence[str]) -> list[str]:
        """Names of the active automation rules on `models`."""
        if not self.fields("base.automation"):
            return []
        rows = self.read(
            "base.automation",
            "search_read",
            domain=[("active", "=", True), ("model_name", "in", sorted(set(models)))],
            fields=["name", "model_name"],
        )
        return [f"{row['name']} ({row['model_name']})" for row in rows]

    def survey(self, models: Sequence[str]) -> DestinationSurvey:
        """What surrounds the records: hosting, companies, rules; which of `models` are missing."""
        return survey(self.read, self.fields, self.identity, models)

    def now(self) -> str:
        """The server's clock, from the Date header of its answers."""
        return self._transport.server_time()

    # -- calls -------------------------------------------------------------------------------

    def call(self, model: str, method: str, **arguments: Json) -> Json:
        """One call in the silent context, sent once; a lost race is run again."""
        body = orjson.dumps(self._silent(arguments))
        return self._write(model, method, body)

    def read(self, model: str, method: str, **arguments: Json) -> Json:
        """One call that changes nothing, retried while Odoo is away."""
        body = orjson.dumps(self._silent(arguments))
        path = f"/json/2/{model}/{method}"
        return self._transport.patiently(lambda: self._transport.post(path, body, writing=False))

    def pages(
        self, model: str, domain: Domain, fields: Sequence[str], *, size: int = 2000
    ) -> Iterator[list[dict[str, Json]]]:
        """All records of `domain`, archived too, by ascending id, in pages."""
        last = 0
        while True:
            term = ["&", ("id", ">", last), *_conjoined(domain)]
            page = self._page(model, term, list(fields), size)
            if page:
                yield page
                last = page[-1]["id"]
            if len(page) < size:
                return

    def _page(
        self, model: str, domain: Domain, fields: list[str], size: int
    ) -> list[dict[str, Json]]:
        context = {"active_test": False}
        asked: dict[str, Json] = {"domain": domain, "limit": size, "order": "id"}
        known = self.fields(model)
        if any(known[name].type.endswith("2many") for name in fields if name in known):
            # search_read forgets active_test when it reads: archived records would be missing
            # from the links.
            ids = self.read(model, "search", **asked, context=context)
            page = self.read(model, "read", ids=ids, fields=fields, load=None, context=context)
            return sorted(as_meant(model, page), key=lambda row: int(row["id"]))
        page = self.read(model, "search_read", **asked, fields=fields, load=None, context=context)
        return as_meant(model, list(page))

    def _silent(self, arguments: Mapping[str, Json]) -> dict[str, Json]:
        context = {"lang": "en_US", "tz": "UTC", **SILENT, **(arguments.get("context") or {})}
        return {**arguments, "context": context}

    def _write(self, model: str, method: str, body: bytes | bytearray) -> Json:
        path = f"/json/2/{model}/{method}"
        return self._transport.patiently(lambda: self._transport.post(path, body, writing=True))

    # -- writes ------------------------------------------------------------------------------

    def create(self, model: str, records: Sequence[NewRecord]) -> list[int]:
        """Create all of `records`, markers and External IDs with them, in one transaction."""
        body = bytearray(b'{"vals_list":[')
        for at, record in enumerate(records):
            body += b"," if at else b""
            add_record(body, record, self._own(model, record.key))
        body += b'],"context":' + orjson.dumps(self._silent({})["context"]) + b"}"
        ids = self._write(model, "create", body)
        return [int(odoo_id) for odoo_id in ids]

    def _own(self, model: str, key: str) -> dict[str, Json]:
        """The fields that make a record ours: its key, and its External ID with it."""
        external_id = {
            "module": self.module,
            "name": self.external_name(model, key),
            "model": model,
            "noupdate": True,
        }
        return {MARKER: key, EXTERNAL_IDS: [[0, 0, external_id]]}

    def write(self, model: str, ids: Sequence[int], values: Mapping[str, Json]) -> None:
        """Give all of `ids` the same values; writing them twice is the same as once.

        A state that Odoo reaches by actions, such as posted, is led to, not written.
        """
        if is_stepped(model, values):
            lead(self, model, ids, values)
        elif is_restated(model, values):
            self.write_each(model, dict.fromkeys(ids, orjson.dumps(values).decode()))
        else:
            self._again("write", model, {"ids": list(ids), "vals": dict(values)})

    def write_each(self, model: str, values: Mapping[int, str]) -> None:
        """Give each record its own values (JSON text), as the web client saves edited lists."""
        ids, texts = in_turns(model, lead_each(self, model, values))
        each = [orjson.Fragment(text) for text in texts]
        if ids:
            told = {"ids": ids, "vals_list": each, "specification": {}}
            self._again("web_save_multi", model, told)

    def unlink(self, model: str, ids: Sequence[int]) -> None:
        """Delete `ids`; those already gone are no error."""
        pages = self.pages(model, [("id", "in", list(ids))], ["id"])
        standing = [row["id"] for page in pages for row in page]
        if standing:
            self._again("unlink", model, {"ids": standing})

    def unfollow(self, model: str, ids: Sequence[int], partners: Sequence[int]) -> None:
        """Take `partners` off the followers of `ids`."""
        self._again("message_unsubscribe", model, {"ids": list(ids), "partner_ids": list(partners)})

    def _again(self, method: str, model: str, arguments: dict[str, Json]) -> Json:
        """A call that may be made twice: after a lost answer it is simply made again."""
        body = orjson.dumps(self._silent(arguments))
        for _ in range(5):
            try:
                return self._write(model, method, body)
            except LostAnswerError as error:
                lost = error
                # Any answer to a read says that Odoo is back, and waits until it is.
                self.read("res.users", "search_count", domain=[("id", "=", 1)])
            except RowError as error:
                if method == "unlink" and error.code == "missing_error":
                    return None
                raise
        raise lost

    # -- keys --------------------------------------------------------------------------------

    def external_name(self, model: str, key: str) -> str:
        """The External ID of `key` without its module."""
        _, source_object, source_id = key.split(":", 2)
        return f"{model.replace('.', '_')}-{source_object}-{quote(source_id, safe=_SAFE)}"

    def key(self, external_name: str) -> str:
        """The key behind an External ID of this project."""
        _, source_object, source_id = external_name.split("-", 2)
        return f"{self.source}:{source_object}:{unquote(source_id)}"

    def adopt(self, model: str, keys_to_ids: Mapping[str, int]) -> None:
        """Write External IDs for records that were there before; those that exist stay."""
        known = self.find_keys(model, list(keys_to_ids))
        values = [
            {
                "module": self.module,
                "name": self.external_name(model, key),
                "model": model,
                "res_id": odoo_id,
                "noupdate": True,
            }
            for key, odoo_id in keys_to_ids.items()
            if key not in known
        ]
        if values:
            self.call("ir.model.data", "create", vals_list=values)

    def release(self, model: str, keys: Sequence[str]) -> None:
        """Take the External IDs of `keys` away; the records stay."""
        names = [self.external_name(model, key) for key in keys]
        domain = [("module", "=", self.module), ("name", "in", names)]
        pages = self.pages("ir.model.data", domain, ["name"])
        self.unlink("ir.model.data", [row["id"] for page in pages for row in page])

    def find_keys(self, model: str, keys: Sequence[str]) -> dict[str, int]:
        """The ids of those `keys` that Odoo knows by External ID."""
        names = {self.external_name(model, key): key for key in keys}
        domain = [("module", "=", self.module), ("name", "in", list(names))]
        found = {}
        for page in self.pages("ir.model.data", domain, ["name", "res_id"]):
            found.update({names[row["name"]]: int(row["res_id"]) for row in page})
        return found

    def all_keys(self, model: str) -> Iterator[list[tuple[str, int]]]:
        """Every (key, id) of this project in `model`, in pages."""
        domain = [("module", "=", self.module), ("model", "=", model)]
        for page in self.pages("ir.model.data", domain, ["name", "res_id"], size=10_000):
            yield [(self.key(row["name"]), int(row["res_id"])) for row in page]


def _conjoined(domain: Domain) -> list[Json]:
    """`domain` as one term that can stand behind an '&'."""
    terms = list(domain)
    if not terms:
        return [(1, "=", 1)]
    if any(isinstance(term, str) for term in terms):
        return terms
    return ["&"] * (len(terms) - 1) + terms
