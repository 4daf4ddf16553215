"""What the rest of Moorage may ask of a destination, and nothing more.

Rooms above take a `Destination`; the one implementation is `moorage.odoo`. All calls are silent:
they never make Odoo send a mail, an invitation or a notification.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Json = Any
Domain = Sequence[Any]


@dataclass(frozen=True)
class ModelField:
    """One field of an Odoo model as the live server describes it (`fields_get`)."""

    name: str
    type: str
    label: str
    relation: str | None = None
    required: bool = False
    readonly: bool = False
    store: bool = True
    selection: tuple[tuple[str, str], ...] = ()
    custom: bool = False
    size: int | None = None


@dataclass(frozen=True)
class DestinationIdentity:
    """Which Odoo this is. `database_uuid` tells two databases of one name apart."""

    url: str
    database: str
    database_uuid: str
    version: str
    edition: str
    user_id: int
    user_login: str
    company_id: int
    currency: str
    modules: tuple[str, ...] = ()


@dataclass(frozen=True)
class CompanyFacts:
    """A company in Odoo; `locks` are its lock dates by what Odoo calls them."""

    id: int
    name: str
    currency: str
    country: str = ""
    locks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class JournalFacts:
    """A journal that documents or payments go to; `is_hashed` entries cannot be taken back."""

    id: int
    code: str
    name: str
    type: str
    is_hashed: bool = False


@dataclass(frozen=True)
class BooksFacts:
    """The accounting of one company. `problems` are what stands in the way of any invoice.

    `locks` are dates (ISO) by field; `taxes` are those of sales, in words; `currency` is a code.
    """

    company_id: int
    company: str
    currency_id: int
    currency: str
    chart: str
    rounding: str
    is_rounded_per_line: bool
    default_tax: str
    taxes: tuple[str, ...]
    journals: tuple[JournalFacts, ...]
    locks: Mapping[str, str]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class RuleFacts:
    """An automation rule that is active in Odoo: it acts on what is loaded."""

    name: str
    model: str
    trigger: str


@dataclass(frozen=True)
class DestinationSurvey:
    """What surrounds the records in an Odoo, asked for once, for reports.

    `missing_models` are those that the migration writes to and this Odoo does not know;
    `foreign_modules` are installed ones that Odoo did not write.
    """

    hosting: str
    companies: tuple[CompanyFacts, ...] = ()
    languages: tuple[str, ...] = ()
    rules: tuple[RuleFacts, ...] = ()
    foreign_modules: tuple[str, ...] = ()
    missing_models: tuple[str, ...] = ()
    expires_at: str = ""
    books: tuple[BooksFacts, ...] = ()


@dataclass(frozen=True)
class NewRecord:
    """A record to create: its Moorage key (`krayin:leads:12`) and its Odoo values.

    `values` is the text of a JSON object, ids resolved, made by SQL from a target table. `files`
    are fields that hold one: read once for each call; what that raises is the caller's.
    """

    key: str
    values: str
    files: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)


@dataclass(frozen=True)
class WantedField:
    """A custom field the destination shall have. `selection` holds (value, label) pairs."""

    model: str
    name: str
    type: str
    label: str
    relation: str | None = None
    selection: tuple[tuple[str, str], ...] = ()
    index: bool = False
    help: str = ""


@dataclass(frozen=True)
class WantedModel:
    """A model of its own that the destination shall have, and what people see it called."""

    model: str
    label: str


@dataclass(frozen=True)
class LoadProfile:
    """How one model is loaded well.

    `batch_rows` is the size of a call; rows with the same `group_field` stay in one call, so that
    calls side by side never wait for the same parent. `given` are values for fields that no
    mapping fills: what Odoo would compute anyway, record by record and slowly. `foretold` is that
    in SQL (`{quantity}` is the row's, or NULL): Odoo writes again what differs. `finish` is
    written to the new records in a second call, for at once it makes Odoo do more than asked.
    `later` are links that are written when all records exist, for the same reason. `unfollow` are
    partners whom Odoo makes followers of each new record, and who shall be none. `final` is the
    state that is written last of all (a record `begins_as` another): Odoo guards what a record in
    it holds, so the amounts `checked` are compared with the source's before. Records with
    `wants_final` link to such ones and come after that. `is_logged` says that Odoo logs on these
    records what it computes when a call is over, out of reach of its silence. `kept` are fields
    that Odoo works out anew when others of a record are written: an update sends them along, as
    they stand; so it does with those that `kept_with` names for a field it writes.
    """

    batch_rows: int = 500
    group_field: str | None = None
    given: Mapping[str, Json] = field(default_factory=dict)
    foretold: Mapping[str, str] = field(default_factory=dict)
    finish: Mapping[str, Json] = field(default_factory=dict)
    later: tuple[str, ...] = ()
    unfollow: tuple[int, ...] = ()
    final: str = ""
    begins_as: str = ""
    checked: tuple[str, ...] = ()
    wants_final: bool = False
    is_logged: bool = False
    kept: tuple[str, ...] = ()
    kept_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Destination(Protocol):
    """A silent, typed way to one Odoo database. Safe to use from several threads.

    Every method may raise `UnreachableError` after its own retries; methods that write may raise
    `RowError` (nothing was written) and `LostAnswerError` (unknown: look the keys up).
    """

    @property
    def identity(self) -> DestinationIdentity: ...

    @property
    def connections(self) -> int:
        """How many calls at once are worth making."""
        ...

    def fields(self, model: str) -> dict[str, ModelField]:
        """The fields of `model` now; empty if the model does not exist. Cached until `forget()`."""
        ...

    def forget(self) -> None:
        """Drop cached descriptions, after the schema was changed."""
        ...

    def call(self, model: str, method: str, **arguments: Json) -> Json:
        """One call, not retried once it was sent; for what has no method of its own here."""
        ...

    def read(self, model: str, method: str, **arguments: Json) -> Json:
        """One call that changes nothing, retried while Odoo is away."""
        ...

    def pages(
        self, model: str, domain: Domain, fields: Sequence[str], *, size: int = 2000
    ) -> Iterator[list[dict[str, Json]]]:
        """All records of `domain`, archived ones too, by ascending id, `size` at a time."""
        ...

    def create(self, model: str, records: Sequence[NewRecord]) -> list[int]:
        """Create all of `records` in one transaction, or none; ids in the same order.

        Marker and External ID of each are written in that same transaction, so PostgreSQL's unique
        index on External IDs refuses a second creation (`AlreadyThereError`).
        """
        ...

    def write(self, model: str, ids: Sequence[int], values: Mapping[str, Json]) -> None:
        """Give all of `ids` the same values, in one transaction.

        States that Odoo reaches by actions of its own are led to by those, a transaction each.
        """
        ...

    def write_each(self, model: str, values: Mapping[int, str]) -> None:
        """Give each of the ids its own values (the text of a JSON object), in one transaction."""
        ...

    def unlink(self, model: str, ids: Sequence[int]) -> None:
        """Delete `ids` in one transaction; ids already gone are no error."""
        ...

    def unfollow(self, model: str, ids: Sequence[int], partners: Sequence[int]) -> None:
        """Let `partners` be followers of none of `ids`."""
        ...

    def adopt(self, model: str, keys_to_ids: Mapping[str, int]) -> None:
        """Write the External IDs of records that were there before (matched or merged ones)."""
        ...

    def release(self, model: str, keys: Sequence[str]) -> None:
        """Take the External IDs of `keys` away; the records stay."""
        ...

    def find_keys(self, model: str, keys: Sequence[str]) -> dict[str, int]:
        """The ids of those `keys` that Odoo knows by External ID."""
        ...

    def all_keys(self, model: str) -> Iterator[list[tuple[str, int]]]:
        """Every (key, id) this project has in `model`, by External ID, in pages."""
        ...

    # -- preparing and watching --------------------------------------------------------------

    def markers(self, model: str) -> Sequence[WantedField]:
        """The fields that `create` needs on `model` to write a record exactly once."""
        ...

    def make_models(self, wanted: Sequence[WantedModel]) -> dict[str, int]:
        """Make custom models with access for internal users; ids by name. Those there stay."""
        ...

    def drop_models(self, names: Sequence[str]) -> None:
        """Delete custom models with their tables; those already gone are no error."""
        ...

    def make_fields(self, wanted: Sequence[WantedField]) -> dict[tuple[str, str], int]:
        """Make custom fields; ids by (model, name). Those that exist already stay as they are."""
        ...

    def find_fields(self, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """The ids of those custom fields (model, name) that exist."""
        ...

    def drop_fields(self, field_ids: Sequence[int]) -> None:
        """Delete custom fields with their columns."""
        ...

    def setting(self, name: str) -> bool | None:
        """Whether a switch of Odoo's settings is on; None if this Odoo does not have it."""
        ...

    def set_setting(self, name: str, on: bool) -> None:
        """Turn a switch of Odoo's settings."""
        ...

    def profile(self, model: str) -> LoadProfile:
        """How `model` is loaded well."""
        ...

    def counters(self) -> dict[str, int]:
        """Counts of what must not move (mails, notifications) and of what Odoo may add by itself
        (messages, activities, followers), by model."""
        ...

    def automations(self, models: Sequence[str]) -> list[str]:
        """Names of the automation rules of Odoo that are active on `models`: they act on what is
        loaded, and may send mail that no silent context holds back.
        """
        ...

    def now(self) -> str:
        """The server's clock, UTC, as Odoo writes datetimes: `YYYY-MM-DD HH:MM:SS`."""
        ...
