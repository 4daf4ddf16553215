"""Proposals for all fields of one table at once: what a field is depends on its neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from moorage.proposals.candidates import RECOGNISED, candidates, texts_of
from moorage.proposals.catalogue import Fields
from moorage.proposals.column import Candidate, Column
from moorage.proposals.concepts import Kind
from moorage.proposals.profiles import Profile, profile
from moorage.proposals.words import bare, folded, spoken

#: What people agree on before, and no CRM can tell: the default answer, and what it is about.
CONVENTIONS: Mapping[str, tuple[str, str]] = {
    "created": ("custom", "Who made a record and when: `custom` field or `native` create_date."),
    "modified": ("custom", "Who changed it last and when: `custom` or `native` write_date."),
    "totals": ("native", "Sums Odoo works out from lines: `native` (compared) or `custom`."),
    "source_id": ("key", "The source's own id: `key` (the External ID alone) or a `custom` field."),
}
#: For a column that holds the record's key, and is not a number that people use besides.
_KEY = Candidate(
    None, 1.1, "it holds the record's key in every row, which the External ID keeps",
    concept="id", fate="id", exact=True,
)  # fmt: skip
_CONTESTED = 0.001
_YIELDED = 0.5
#: An activity is on one record: on the deal rather than on those whom the deal is with.
_BESIDE_A_DEAL = ("contact_link", "company_link", "customer_link", "project")
_RATHER_NONE = 0.3
_SAME_MEANING = 0.5
_CLEAR = 0.8
#: Fields that several columns fill together, or that hold text one may put behind another.
SHARED_TYPES = frozenset(("html", "text", "many2many", "many2one", "one2many"))


@dataclass(frozen=True)
class Placed:
    """A column with its candidates, best first; the first one is what the table as a whole says."""

    column: Column
    profile: Profile
    ranked: tuple[Candidate, ...]
    moved: bool = False


@dataclass(frozen=True)
class Ground:
    """What proposals for a table stand on."""

    kind: Kind
    fields: Fields
    conventions: Mapping[str, str] = field(default_factory=dict)

    def convention(self, name: str) -> str:
        """What was agreed, or the default."""
        return self.conventions.get(name, CONVENTIONS[name][0])


def placed(columns: Sequence[Column], ground: Ground) -> list[Placed]:
    """Each column with its ranked candidates, after all columns have seen each other."""
    found = []
    languages = spoken(text for column in columns for text in texts_of(column))
    for column in columns:
        about = profile(column)
        ranked = candidates(column, about, ground.kind, ground.fields, languages)
        if column.is_key and (ranked[0].target is None or _is_called_id(column)):
            ranked = [_KEY, *(one for one in ranked if one.target is not None)]
        ranked = by_convention(ranked, ground)
        found.append(Placed(column, about, tuple(ranked)))
    return _spare(_one_each(_completed(found), ground))


def _completed(found: list[Placed]) -> list[Placed]:
    """A name beside one part of it is the other: `Nombre` and `Apellidos`, `Name` and `Vorname`.

    In English a name beside the last name alone may well be the whole one.
    """
    tops = [one.ranked[0] for one in found]
    parts = {(top.target, top.part) for top in tops if top.target and top.part}
    whole = [place for place, top in enumerate(tops) if top.concept == "record_name"]
    if len(parts) != 1 or len(whole) != 1:
        return found
    ((target, part),) = parts
    top = tops[whole[0]]
    if top.target != target or (part == 2 and top.language == "en"):
        return found
    other = replace(top, part=1 if part == 2 else 2)
    ranked = (other, *found[whole[0]].ranked[1:])
    return [
        replace(one, ranked=ranked) if place == whole[0] else one for place, one in enumerate(found)
    ]


def _is_called_id(column: Column) -> bool:
    return any(folded(text).split()[-1:] == ["id"] for text in (column.label, bare(column.name)))


def by_convention(ranked: list[Candidate], ground: Ground) -> list[Candidate]:
    """`ranked` with what people agreed on before moved to its place."""
    top = ranked[0]
    if top.fate == "id" and ground.convention("source_id") == "custom":
        return [replace(top, fate="home", why=f"{top.why}; kept to search by"), *ranked[1:]]
    if top.computed and ground.convention("totals") == "custom":
        none = replace(top, target=None, fate="home", why=f"{top.why}; kept to compare with")
        return [none, *(one for one in ranked if one.target is not None)]
    if top.target is None and top.convention and ground.convention(top.convention) == "native":
        natural = [one for one in ranked if one.concept == top.concept and one.target]
        return [*natural, *(one for one in ranked if one not in natural)]
    return ranked


def _one_each(found: list[Placed], ground: Ground) -> list[Placed]:
    """One source for each field of one value: who says it best keeps it, the others move on."""
    result = list(found)
    for _ in range(3):
        claims: dict[str, list[int]] = {}
        for place, one in enumerate(result):
            if one.ranked[0].target:
                claims.setdefault(one.ranked[0].target, []).append(place)
        moved = False
        for target, places in claims.items():
            if len(places) > 1 and not _may_share(target, [result[p] for p in places], ground):
                moved |= _settle(result, places)
        if not moved:
            break
    return result


def _may_share(target: str, rivals: list[Placed], ground: Ground) -> bool:
    if ground.fields[target].type in SHARED_TYPES:
        return True
    tops = [one.ranked[0] for one in rivals]
    return all(top.part for top in tops) or len({top.part for top in tops}) == len(tops) > 1


def _settle(result: list[Placed], places: list[int]) -> bool:
    """Let all but the best of `places` go on to what else they may be; True if one did."""
    claim = {p: _claim(result[p].ranked[0]) for p in places}
    winner = max(places, key=lambda place: (claim[place], -place))
    if any(result[place].ranked[0].part for place in places):
        return False
    moved = False
    for place in places:
        one = result[place]
        top = one.ranked[0]
        if place == winner or claim[winner] - claim[place] < _CONTESTED:
            continue
        rest = [other for other in one.ranked[1:] if other.target is None or
                other.score >= RECOGNISED]  # fmt: skip
        best = max(rest, key=lambda other: _liking(other, top))
        if best.target is None:
            best = replace(
                best, score=max(best.score, RECOGNISED), fate=best.fate or "home",
                why=f"{top.target} is filled by {result[winner].column.name}",
            )  # fmt: skip
        order = [best, top, *(other for other in one.ranked[1:] if other.target != best.target)]
        result[place] = replace(one, ranked=tuple(order), moved=True)
        moved = True
    return moved


def _claim(top: Candidate) -> float:
    yields = top.yields or (top.target == "res_id" and top.concept in _BESIDE_A_DEAL)
    return top.score - _YIELDED * yields


def _liking(other: Candidate, top: Candidate) -> float:
    """How gladly a column that lost `top` goes to `other`: to another field of the same meaning,
    or else rather to none.
    """
    if other.target is None:
        return other.score + _RATHER_NONE
    return other.score + (_SAME_MEANING if other.concept == top.concept else 0.0)


def _spare(found: list[Placed]) -> list[Placed]:
    """What nobody fills goes to the next best: a mobile number where there is no other phone, and
    a reference where nothing else is the record's name.
    """
    claimed = {one.ranked[0].target for one in found}
    result = []
    for one in found:
        other = _second_choice(one, claimed)
        if other is None:
            result.append(one)
            continue
        claimed.add(other.target)
        rest = tuple(rank for rank in one.ranked if rank is not other)
        result.append(replace(one, ranked=(other, *rest)))
    return result


def _second_choice(one: Placed, claimed: set[str | None]) -> Candidate | None:
    top = one.ranked[0]
    for other in one.ranked[1:]:
        if other.target is None or other.target in claimed:
            continue
        same = other.concept == top.concept
        if same and top.target is None and top.spare:
            return other
        clearly = (same and top.exact) or (one.moved and other.score >= _CLEAR)
        if other.target == "name" and clearly:
            return other
    return None
