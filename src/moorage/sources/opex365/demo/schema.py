"""The tables of the demo organisation, read from `data/*.txt`.

A line `table` opens a table: logical name, entity set, key, primary column (`-` for none), then
`code=<number>`, `owned=user|business|org|none` and flags. The lines under it are its states with
their status reasons, and its columns: names (with their casing where custom), a type, what the type
needs, and after `|` a label. Columns that all tables of an ownership share are added here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

FILES = ("people", "sales", "activities", "system")
PREFIXES = ("opx_", "new_")
GLOBAL_OPTION_SETS = {
    "opx_contracttype": ((100000000, "Spot"), (100000001, "Frame"), (100000002, "Call-off")),
}
_ADDRESS = """
{0}_name String 200
{0}_line1,{0}_line2,{0}_line3 String 250
{0}_city String 80
{0}_stateorprovince,{0}_county String 50
{0}_postalcode,{0}_postofficebox String 20
{0}_country String 80
{0}_telephone1,{0}_fax String 50 Phone
{0}_latitude,{0}_longitude Double 5
{0}_addresstypecode Picklist 1 Bill To; 2 Ship To; 3 Primary; 4 Other
{0}_composite Memo 1000
"""
_BPF = """
state 0 Active: 1 Active
state 1 Inactive: 2 Finished; 3 Aborted
name String 160
activestageid Lookup processstage
activestagestartedon,completedon DateTime
duration Integer
processid Lookup workflow
traversedpath String 1250
transactioncurrencyid Lookup transactioncurrency
"""
_ACTIVITY = """
subject String 400
activitytypecode EntityName
regardingobjectid Lookup account contact lead opportunity incident opx_vessel | Regarding
scheduledstart,scheduledend,actualstart,actualend,senton,deliverylastattemptedon,sortdate DateTime
scheduleddurationminutes,actualdurationminutes Integer
prioritycode Picklist 0 Low; 1 Normal; 2 High
isregularactivity,isbilled,isworkflowcreated Boolean No; Yes
instancetypecode Picklist 0 Not Recurring; 1 Master; 2 Instance; 3 Exception; 4 Future Exception
seriesid Guid
category,subcategory String 250
"""
_CHANGES = """
createdon,modifiedon DateTime
createdby,modifiedby,createdonbehalfby,modifiedonbehalfby Lookup systemuser
"""
_COMMON = """
overriddencreatedon LocalDate
importsequencenumber,timezoneruleversionnumber,utcconversiontimezonecode Integer
"""
_OWNED = """
ownerid Owner
owninguser Lookup systemuser
owningteam Lookup team
owningbusinessunit Lookup businessunit
"""


@dataclass(frozen=True)
class Option:
    """One choice of a column; `state` is the state a status reason belongs to."""

    value: int
    label: str
    state: int | None = None


@dataclass(frozen=True)
class Attribute:
    """One column: as metadata describes it, and as rows and the store hold it."""

    name: str
    schema_name: str
    type: str
    label: str
    options: tuple[Option, ...] = ()
    option_set: str | None = None
    targets: tuple[str, ...] = ()
    size: int = 0
    format: str = ""
    of: str | None = None

    @property
    def is_custom(self) -> bool:
        """Whether a publisher's prefix stands before the name."""
        return self.name.startswith(PREFIXES)

    @property
    def is_lookup(self) -> bool:
        """Whether rows hold it as `_<name>_value`."""
        return self.type in ("Lookup", "Customer", "Owner")

    @property
    def property_name(self) -> str:
        """The name that rows and queries use."""
        return f"_{self.name}_value" if self.is_lookup else self.name

    @property
    def in_rows(self) -> bool:
        """Whether it is a property at all: shadows and party lists are not."""
        return self.type not in ("PartyList", "Shadow")


@dataclass(frozen=True)
class Table:
    """One table. `one_to_many` names the collection that leads here from each lookup's target."""

    name: str
    set_name: str
    key: str
    primary: str | None
    code: int
    owned: str
    flags: frozenset[str]
    label: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)

    @property
    def properties(self) -> dict[str, Attribute]:
        """The attributes that rows have, by the name rows use; the key comes first."""
        found = [known for known in self.attributes.values() if known.in_rows]
        found.sort(key=lambda known: known.name != self.key)
        return {known.property_name: known for known in found}

    @property
    def is_custom(self) -> bool:
        """Whether a publisher other than Microsoft made it."""
        return self.name.startswith(PREFIXES)

    def navigations(self) -> dict[str, tuple[Attribute, str]]:
        """Single-valued navigation properties: name → lookup and target table."""
        found = {}
        for known in self.attributes.values():
            if known.is_lookup:
                base = known.schema_name if known.is_custom else known.name
                many = len(known.targets) > 1 and known.type != "Owner"
                for target in known.targets:
                    found[f"{base}_{target}" if many else base] = (known, target)
        return found

    def navigation_to(self, attribute: Attribute, target: str) -> str:
        """The navigation property that leads from `attribute` to `target`."""
        return next(
            (name for name, (known, goal) in self.navigations().items()
             if known is attribute and (goal == target or known.type == "Owner")),
            attribute.name,
        )  # fmt: skip


def collection_name(table: Table, lookup: Attribute, target: str) -> str:
    """The collection on `target` that holds the rows of `table` pointing to it by `lookup`."""
    if table.name == "activityparty" and lookup.name == "activityid":
        return f"{target}_activity_parties"
    if table.name == "opportunityproduct" and lookup.name == "opportunityid":
        return "product_opportunities"
    return f"{target}_{table.name}_{lookup.name}"


@cache
def tables() -> dict[str, Table]:
    """All tables by logical name."""
    found = {}
    for file in FILES:
        text = files(__package__).joinpath("data", f"{file}.txt").read_text("utf-8")
        for block in re.split(r"^table ", text, flags=re.M)[1:]:
            table = _table(block)
            found[table.name] = table
    return found


def _table(block: str) -> Table:
    head, *lines = block.splitlines()
    name, set_name, key, primary, *rest = head.split()
    given = dict(word.split("=") for word in rest if "=" in word)
    flags = frozenset(word for word in rest if "=" not in word)
    owned = given["owned"]
    label = " ".join(word.capitalize() for word in re.sub(r"^(opx|new)_", "", name).split("_"))
    own = [f"{key} Guid", *_expanded(lines)]
    shared = list(_shared(name, owned, flags))
    attributes: dict[str, Attribute] = {}
    states: list[Option] = []
    reasons: list[Option] = []
    for line in [*own, *shared]:
        if line.startswith("state "):
            _take_state(line, states, reasons)
        else:
            for found in _attributes(line):
                attributes.setdefault(found.name, found)
    if "nostate" not in flags and states:
        attributes["statecode"] = _choice("statecode", "State", "Status", states)
        attributes["statuscode"] = _choice("statuscode", "Status", "Status Reason", reasons)
    if any(known.type == "Money" for known in attributes.values()):
        _add_currency(attributes)
    for known in list(attributes.values()):
        _add_shadows(attributes, known)
    return Table(
        name, set_name, key, None if primary == "-" else primary, int(given["code"]), owned, flags,
        label, attributes,
    )  # fmt: skip


def _shared(name: str, owned: str, flags: frozenset[str]) -> Iterator[str]:
    if flags & {"activity", "pointer"}:
        yield from _ACTIVITY.strip().splitlines()
    if owned != "none" or "track" in flags:
        yield from _CHANGES.strip().splitlines()
    if owned in ("user", "business", "org"):
        yield from _COMMON.strip().splitlines()
    if owned == "user":
        yield from _OWNED.strip().splitlines()
    if "merged" in flags:
        yield "merged Boolean No; Yes"
        yield f"masterid Lookup {name}"
    yield "versionnumber BigInt"


def _expanded(lines: list[str]) -> Iterator[str]:
    for line in (line.strip() for line in lines):
        if line.startswith("@address "):
            yield from _ADDRESS.format(line.split()[1]).strip().splitlines()
        elif line.startswith("@bpf "):
            yield from _BPF.strip().splitlines()
            yield from (f"{target}id Lookup {target}" for target in line.split()[1:])
        elif line and not line.startswith("#"):
            yield line


def _take_state(line: str, states: list[Option], reasons: list[Option]) -> None:
    found = re.fullmatch(r"state (\d+) ([^:]+): (.+)", line)
    if found is None:
        raise ValueError(f"not a state: {line}")
    state = int(found[1])
    states.append(Option(state, found[2]))
    reasons += [Option(value, label, state) for value, label in _numbered(found[3])]


def _numbered(text: str) -> list[tuple[int, str]]:
    pairs = (entry.strip().split(" ", 1) for entry in text.split(";"))
    return [(int(value), label) for value, label in pairs]


def _choice(name: str, type_: str, label: str, options: list[Option]) -> Attribute:
    return Attribute(name, name.capitalize(), type_, label, tuple(options))


def _attributes(line: str) -> Iterator[Attribute]:
    text, _, label = line.partition(" | ")
    names, type_, *rest = text.split(" ", 2)
    given = rest[0] if rest else ""
    for written in names.split(","):
        name = written.lower()
        schema_name = written if name != written else written[:1].upper() + written[1:]
        shown = label or re.sub(r"^(opx|new)_", "", written).replace("_", " ").capitalize()
        yield _attribute(name, schema_name, type_, shown, given)


def _attribute(name: str, schema_name: str, type_: str, label: str, given: str) -> Attribute:
    options: tuple[Option, ...] = ()
    targets: tuple[str, ...] = ()
    option_set, size, format_ = None, 0, ""
    if type_ in ("Picklist", "MultiSelect"):
        option_set = given[1:] if given.startswith("@") else None
        pairs = GLOBAL_OPTION_SETS[option_set] if option_set else _numbered(given)
        options = tuple(Option(value, text) for value, text in pairs)
    elif type_ == "Boolean":
        options = tuple(Option(i, text.strip()) for i, text in enumerate(given.split(";")))
    elif type_ in ("Lookup", "PartyList"):
        targets = tuple(given.split())
    elif type_ in ("Customer", "Owner"):
        targets = ("account", "contact") if type_ == "Customer" else ("systemuser", "team")
    elif given:
        words = given.split()
        size, format_ = int(words[0]), words[1] if len(words) > 1 else ""
    return Attribute(name, schema_name, type_, label, options, option_set, targets, size, format_)


def _add_currency(attributes: dict[str, Attribute]) -> None:
    for known in [known for known in attributes.values() if known.type == "Money"]:
        base = f"{known.name}_base"
        attributes[base] = Attribute(
            base, f"{known.schema_name}_Base", "Money", f"{known.label} (Base)", of=None
        )
    for line in ("transactioncurrencyid Lookup transactioncurrency", "exchangerate Decimal 10"):
        for found in _attributes(line):
            attributes.setdefault(found.name, found)


def _add_shadows(attributes: dict[str, Attribute], known: Attribute) -> None:
    """The `…name` columns of choices and lookups: in metadata, never in rows; and when an image
    was stored, which rows do have.
    """
    endings = []
    if known.type in ("Picklist", "State", "Status", "Boolean", "MultiSelect"):
        endings = ["name"]
    elif known.is_lookup:
        endings = ["name", "type"] if len(known.targets) > 1 else ["name"]
    elif known.type == "File":
        endings = ["_name"]
    elif known.type == "Image":
        name = f"{known.name}_timestamp"
        stamp = Attribute(name, f"{known.schema_name}_Timestamp", "BigInt", "", of=known.name)
        attributes.setdefault(name, stamp)
    for ending in endings:
        name = known.name + ending
        shadow = Attribute(name, known.schema_name + ending, "Shadow", "", of=known.name)
        attributes.setdefault(name, shadow)
