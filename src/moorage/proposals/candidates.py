"""The places that one column may go, ranked: by concepts, by Odoo's own labels, by likeness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rapidfuzz import fuzz

from moorage.destination import ModelField
from moorage.proposals.catalogue import Fields, is_technical
from moorage.proposals.column import Candidate, Column
from moorage.proposals.concepts import Concept, Kind, Match, matches
from moorage.proposals.fitting import fits
from moorage.proposals.profiles import Profile
from moorage.proposals.words import Reading, bare, folded, readings_in, words_of

#: Below this a concept is no more than a thought.
RECOGNISED = 0.55
_AGREED = 0.08
_LATER_CHOICE = 0.12
_NOT_MEANT = 0.6
#: `Account ID` is no name of an account; but documents are called by their numbers.
_ID_AS_NAME = 0.3
_CALLED_BY_NUMBER = ("sale.order", "account.move", "account.payment")
_NOT_AT_HOME = 0.12
#: Between two meanings of a label, the one that says a field for these records counts.
_NOWHERE = 0.01
_ODOO_LABEL = 0.9
_LIKENESS = 0.5
_LIKE_ENOUGH = 80


def candidates(
    column: Column, found: Profile, kind: Kind, fields: Fields, languages: frozenset[str]
) -> list[Candidate]:
    """Where `column` may go, best first. Never empty: the last resort is a custom field.

    `languages`: what the table's labels are written in besides English.
    """
    texts = {text: readings_in(text, languages) for text in texts_of(column)}
    ranked: dict[str | None, Candidate] = {}
    for read in texts.values():
        for candidate in _from_text(read, found, kind, fields):
            held = ranked.get(candidate.target)
            if held is None:
                ranked[candidate.target] = candidate
            elif len(texts) > 1:
                better, other = sorted((held, candidate), key=lambda one: -one.score)
                ranked[candidate.target] = replace(
                    better, score=better.score + _AGREED * max(0.0, other.score)
                )
    best = max((one.score for one in ranked.values()), default=0.0)
    if best < RECOGNISED:
        for candidate in _alike(list(texts.values()), found, fields):
            ranked.setdefault(candidate.target, candidate)
    if None not in ranked or best < RECOGNISED:
        ranked[None] = _nothing(best)
    return sorted(ranked.values(), key=lambda one: (-one.score, one.target or "~"))


def texts_of(column: Column) -> list[str]:
    """What a column is called: by its label and by its name, where they say something."""
    return [text for text in dict.fromkeys((column.label, bare(column.name))) if folded(text)]


def _nothing(best: float) -> Candidate:
    why = "no label like this is known for these records"
    return Candidate(None, RECOGNISED if best < RECOGNISED else 0.1, why, fate="home")


def _from_text(
    read: tuple[Reading, ...], found: Profile, kind: Kind, fields: Fields
) -> Iterator[Candidate]:
    """At most one candidate for each target, from one text of the column."""
    best: dict[str | None, Candidate] = {}
    for candidate in [
        *(one for match in matches(read, kind) for one in _places(match, found, kind, fields)),
        *_same_label(read, found, fields),
    ]:
        held = best.get(candidate.target)
        if held is None or candidate.score > held.score:
            best[candidate.target] = candidate
    yield from best.values()


def _places(match: Match, found: Profile, kind: Kind, fields: Fields) -> Iterator[Candidate]:
    concept = match.concept
    listed = concept.targets_for(kind)
    known = [name for name in listed if name is None or name in fields]
    if not known:
        known = [None]
    away = listed == (None,) and bool(concept.targets) and not _names(concept, kind)
    lessened = _NOT_AT_HOME if away else 0.0 if concept.targets else _NOWHERE
    if concept.only and found.type not in concept.only:
        lessened += _NOT_MEANT
    for place, name in enumerate(known):
        score = match.score - place * _LATER_CHOICE - lessened
        if name is not None:
            score -= fits(found, fields[name], concept)
            if name == "name" and match.is_of_id and kind.model not in _CALLED_BY_NUMBER:
                score -= _ID_AS_NAME
        yield Candidate(
            target=name,
            score=score,
            why=_reason(concept, name, kind, fields),
            concept=concept.name,
            fate=None if name else concept.fate,
            part=concept.part,
            inverted=concept.inverted,
            computed=concept.computed or _is_sum(fields.get(name or "")),
            spare=concept.spare,
            yields=concept.yields,
            convention=concept.convention,
            exact=match.score > 0.95,
            language=match.language,
        )


def _is_sum(field: ModelField | None) -> bool:
    return field is not None and field.readonly and field.type in ("monetary", "float")


def _names(concept: Concept, kind: Kind) -> bool:
    """Whether the concept says itself that records of this kind have no such field."""
    return kind.name in concept.targets or (kind.like in concept.targets)


def _reason(concept: Concept, name: str | None, kind: Kind, fields: Fields) -> str:
    if name is not None:
        return f"{concept.means}: {fields[name].label} in Odoo"
    if concept.fate == "id":
        return f"{concept.means}; Moorage keeps it as the record's key"
    if concept.fate == "drop":
        return f"{concept.means}; Odoo works it out by itself or has no use for it"
    return f"{concept.means}; {kind.model} has no field of its own for it"


def _same_label(read: tuple[Reading, ...], found: Profile, fields: Fields) -> Iterator[Candidate]:
    """Fields of Odoo whose label or name says the very same words."""
    said = {frozenset(reading.words): reading.language for reading in read}
    for name, field in fields.items():
        if is_technical(field):
            continue
        for words in (_label_words(field.label), _label_words(name)):
            language = said.get(words)
            if language is not None:
                why = f"Odoo's own field is called {field.label}"
                score = _ODOO_LABEL - fits(found, field)
                yield Candidate(name, score, why, exact=True, language=language)
                break


def _label_words(text: str) -> frozenset[str]:
    return frozenset(words_of(text.removesuffix("_id").removesuffix("_ids")))


def _alike(texts: list[tuple[Reading, ...]], found: Profile, fields: Fields) -> Iterator[Candidate]:
    """Fields of Odoo whose label looks alike; thoughts only, for nobody knew better."""
    for name, field in fields.items():
        if is_technical(field):
            continue
        likeness = max(
            fuzz.token_set_ratio(" ".join(reading.words).replace("_", " "), folded(field.label))
            for read in texts
            for reading in read
        )
        if likeness >= _LIKE_ENOUGH:
            score = _LIKENESS * likeness / 100 - fits(found, field)
            yield Candidate(name, score, f"looks like {field.label}", fuzzy=True)
