"""Labels and names as sequences of known words.

`E-Mail-Adresse`, `emailAddress`, `email_1__c` and `correo electrónico` all say `email`. Words come
from data: `words/en.yaml` (what means the same), one list of CRM words for each language, and the
labels of fields in Odoo's own translations.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

LANGUAGES = ("de", "fr", "es", "pt", "nl")
#: Languages whose words are written together: `Rechnungsdatum`.
_COMPOUNDING = ("de", "nl")
_SHORTENED = {"de": ("nr", "nummer"), "nl": ("nr", "nummer")}
_JOINTS = ("", "s", "n", "en", "e", "es")
_LONGEST_PHRASE = 5
#: Of the texts of a table; so many look foreign by chance.
_A_FEW = 0.15
_ENDINGS = ("s", "es", "er", "en", "e", "n")
_ENGLISH_ENDINGS = ("s", "es")
_SHORTEST_PART = 4
_FROM_ODOO = {"de": ["de"], "fr": ["fr"], "es": ["es"], "pt": ["pt", "pt_br"], "nl": ["nl"]}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PREFIX = re.compile(
    r"^(custom|cf|x|lbl|fld|field|udf|attr|properties|property|hs(?!_code)|cust)[._ ](?=.)",
    re.I,
)
_SUFFIX = re.compile(r"(__c|__r|_c|__pc)$")
_SIGNS = {"%": " percent ", "#": " number ", "&": " and ", "№": " number ", "n°": " number "}


def folded(text: str) -> str:
    """`text` in small plain letters, words parted by blanks: `zipCode` → `zip code`.

    `on` becomes `at`: labels mean the same by both.
    """
    text = _CAMEL.sub(" ", text.replace("n°", " number ").replace("N°", " number "))
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    text = text.casefold().replace("ß", "ss").replace("œ", "oe").replace("º", "")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", plain)
    return " ".join("at" if word == "on" else word for word in re.findall(r"[a-z0-9]+", plain))


def bare(name: str) -> str:
    """A technical name without what a CRM hangs on custom fields: `cf_budget__c` → `budget`."""
    name = _SUFFIX.sub("", name.strip())
    return _PREFIX.sub("", name)


@dataclass(frozen=True)
class Reading:
    """One way to read a text: its words as concepts use them, and the language it was read in."""

    words: tuple[str, ...]
    language: str = "en"


def readings(text: str) -> tuple[Reading, ...]:
    """All ways to read `text`: as English, and in each language that knows a word of it."""
    return _read(text, LANGUAGES)


@cache
def _read(text: str, languages: tuple[str, ...]) -> tuple[Reading, ...]:
    plain = tuple(folded(text).split())
    found = {_english(plain): "en"}
    for language in languages:
        translated = _translated(plain, language)
        if translated != plain:
            found.setdefault(_english(translated), language)
    return tuple(Reading(words, language) for words, language in found.items() if words)


def readings_in(text: str, languages: frozenset[str]) -> tuple[Reading, ...]:
    """The ways to read `text` in English, in `languages`, and in those of all its words."""
    likely = (one for one in LANGUAGES if one in languages or _is_all(text, one))
    return _read(text, tuple(likely))


def spoken(texts: Iterable[str]) -> frozenset[str]:
    """The languages besides English that more than a few of `texts` are written in."""
    every = list(texts)
    heard = [language for text in every for language in LANGUAGES if _is_all(text, language)]
    return frozenset(one for one in heard if heard.count(one) > _A_FEW * len(every))


@cache
def _is_all(text: str, language: str) -> bool:
    """Whether every word of `text` is of `language`, and not every one English as well."""
    plain = [word for word in folded(text).split() if word not in roles()["stop"]]
    english = all(word in _spelled("en") or word.isdigit() for word in plain)
    return not english and all(
        word in _spelled(language) or word.isdigit() or _parts(word, language) for word in plain
    )


@cache
def _spelled(language: str) -> frozenset[str]:
    phrases = _synonyms() if language == "en" else _dictionary(language)
    return frozenset(word for phrase in phrases for word in phrase.split())


@cache
def words_of(text: str) -> tuple[str, ...]:
    """The words of an English text, as concepts use them."""
    return _english(tuple(folded(text).split()))


def _english(plain: tuple[str, ...]) -> tuple[str, ...]:
    plain = tuple(part for word in plain for part in _apart(word))
    words = _replaced(plain, _synonyms())
    if len(words) > 1 and words != plain:
        # `Home telephone` is a home phone by now.
        words = _replaced(words, _synonyms())
    kept = tuple(word for word in words if word not in roles()["stop"])
    return kept or words


def _apart(word: str) -> tuple[str, ...]:
    """`customerid` is the id of a customer."""
    stem = word.removesuffix("id")
    known = stem != word and len(stem) >= _SHORTEST_PART and stem in _spelled("en")
    return (stem, "id") if known else (word,)


def _translated(plain: tuple[str, ...], language: str) -> tuple[str, ...]:
    dictionary = _dictionary(language)
    found: list[str] = []
    for word in _replaced(_in_full(plain, language), dictionary, joined=False):
        parts = () if word in _known(language) or language not in _COMPOUNDING else _parts(
            word, language
        )  # fmt: skip
        found += parts or (word,)
    return tuple(found)


def _in_full(plain: tuple[str, ...], language: str) -> tuple[str, ...]:
    """Words with endings that people shorten, as in `Personalnr`, written out."""
    short, full = _SHORTENED.get(language, ("", ""))
    return tuple(
        word.removesuffix(short) + full
        if short and word.endswith(short) and len(word) > len(short)
        else word
        for word in plain
    )


def _replaced(
    plain: tuple[str, ...], phrases: Mapping[str, str], *, joined: bool = True
) -> tuple[str, ...]:
    """`plain` with the longest known phrases put for their meaning, from left to right."""
    found: list[str] = []
    place = 0
    while place < len(plain):
        for length in range(min(_LONGEST_PHRASE, len(plain) - place), 0, -1):
            endings = _ENGLISH_ENDINGS if joined else _ENDINGS
            meaning = _meaning(plain[place : place + length], phrases, endings)
            # `De` alone is a sender, within a label it is a mere `of`.
            is_joint = length == 1 < len(plain) and plain[place] in roles()["stop"]
            if meaning is not None and not is_joint:
                found += [meaning.replace(" ", "_")] if joined else meaning.split()
                place += length
                break
        else:
            found.append(plain[place])
            place += 1
    return tuple(found)


def _meaning(
    words: tuple[str, ...], phrases: Mapping[str, str], endings: tuple[str, ...]
) -> str | None:
    found = phrases.get(" ".join(words).replace("_", " "))
    if found is None and len(words) == 1 and len(words[0]) > _SHORTEST_PART:
        # `Sekundäres`, `websites`: endings that change nothing.
        for ending in endings:
            stem = words[0].removesuffix(ending)
            if stem != words[0] and stem in phrases:
                return phrases[stem]
    return found


def _parts(word: str, language: str) -> tuple[str, ...]:
    """The English words of a compound, or nothing where a part is unknown."""
    dictionary = _dictionary(language)
    for cut in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 2, -1):
        head, tail = word[:cut], word[cut:]
        if tail not in dictionary:
            continue
        for joint in _JOINTS:
            stem = head.removesuffix(joint) if joint else head
            if stem in dictionary:
                return (*dictionary[stem].split(), *dictionary[tail].split())
    return ()


@cache
def _synonyms() -> dict[str, str]:
    found: dict[str, str] = {}
    for meaning, phrases in data_yaml("words/en.yaml").items():
        found[" ".join(folded(str(meaning)).split())] = str(meaning)
        for phrase in phrases or []:
            found[folded(str(phrase))] = str(meaning)
    return found


@cache
def _dictionary(language: str) -> dict[str, str]:
    """Foreign phrase to English: what was written by hand counts before Odoo's labels."""
    found: dict[str, str] = {}
    for name in _FROM_ODOO[language]:
        for line in data_text(f"words/odoo.{name}.tsv").splitlines():
            foreign, english = line.split("\t")
            found.setdefault(foreign, english)
    own = data_yaml(f"words/{language}.yaml")
    return found | {folded(str(key)): str(value) for key, value in own.items()}


def option_words(text: str) -> frozenset[str]:
    """What an option of a list says, in English: `niedrig` and `Baja` say `low`."""
    said = folded(text)
    return frozenset(words_of(_options().get(said, said)))


@cache
def _options() -> dict[str, str]:
    return {
        folded(str(other)): str(english)
        for english, others in data_yaml("words/options.yaml").items()
        for other in others
    }


@cache
def _known(language: str) -> frozenset[str]:
    """Single words that are English already, or were just put there by a translation."""
    return frozenset(
        _spelled("en") | {w for text in _dictionary(language).values() for w in text.split()}
    )


@cache
def roles() -> dict[str, frozenset[str]]:
    """How much single words say: `stop`, `filler`, `soft` and `hard` ones."""
    return {role: frozenset(words) for role, words in data_yaml("words/roles.yaml").items()}


def data_text(name: str) -> str:
    """A data file of this package, as text."""
    return files("moorage.proposals").joinpath("data", *name.split("/")).read_text("utf-8")


def data_yaml(name: str) -> dict[Any, Any]:
    """A data file of this package, as a tree."""
    return dict(YAML(typ="safe", pure=True).load(data_text(name)))
