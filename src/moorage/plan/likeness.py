"""Pairs whose names are alike, found within blocks so that a million rows stay possible.

A block is a first word of the name, a domain of e-mail addresses (never a public mail service) or a
parent company. A block too large to compare each with each is compared among neighbours in the
alphabet, and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import groupby

from rapidfuzz import fuzz

from moorage.mapping.target import DuplicateRule, TargetTable
from moorage.staging.staging import Staging

LARGE_BLOCK = 60
NEIGHBOURS = 8
MOST_PAIRS = 8_000_000
PUBLIC_MAIL = (
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com",
    "msn.com", "yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "ymail.com", "icloud.com",
    "me.com", "mac.com", "aol.com", "gmx.de", "gmx.net", "gmx.com", "web.de", "t-online.de",
    "freenet.de", "mail.com", "mail.ru", "yandex.ru", "proton.me", "protonmail.com", "orange.fr",
    "wanadoo.fr", "free.fr", "laposte.net", "libero.it", "btinternet.com", "qq.com", "163.com",
    "comcast.net", "verizon.net", "att.net", "sbcglobal.net", "zoho.com", "fastmail.com",
)  # fmt: skip

#: member, words, email, parent, in Odoo already
Member = tuple[str, str, str | None, str | None, bool]
Scored = tuple[str, str, str, float]


def similar_pairs(
    staging: Staging, table: TargetTable, rule: DuplicateRule, represented: Set[str]
) -> tuple[list[Scored], list[str]]:
    """Pairs (left, right, why, score) above the rule's threshold, and what was not compared.

    The score is the likeness of the words of two names, whatever their order; 5 less where e-mail
    addresses contradict, 5 less where parents do, 5 more for the same parent.
    """
    best: dict[tuple[str, str], Scored] = {}
    seen, large = 0, 0
    for members in _blocks(staging):
        open_members = [member for member in members if member[0] not in represented]
        reach = len(open_members) if len(open_members) <= LARGE_BLOCK else NEIGHBOURS
        large += reach < len(open_members)
        if seen > MOST_PAIRS:
            note = f"only the first {MOST_PAIRS:,} pairs were compared for likeness"
            return list(best.values()), [note]
        for left, right in _near(open_members, reach):
            seen += 1
            scored = _score(left, right, rule)
            pair = (left[0], right[0])
            if scored is not None and (pair not in best or best[pair][3] < scored[3]):
                best[pair] = scored
    notes = [f"{large:,} large blocks were compared among neighbours only"] if large else []
    return list(best.values()), notes


def _near(members: list[Member], reach: int) -> Iterator[tuple[Member, Member]]:
    for place, left in enumerate(members):
        for right in members[place + 1 : place + 1 + reach]:
            # Two records that stand in Odoo are merged there, by people.
            if not (left[4] and right[4]):
                yield (left, right) if left[0] < right[0] else (right, left)


def _score(left: Member, right: Member, rule: DuplicateRule) -> Scored | None:
    likeness = fuzz.token_sort_ratio(left[1], right[1], score_cutoff=rule.threshold - 5)
    if not likeness:
        return None
    score, why = likeness, f"{rule.similar} alike"
    if left[2] and right[2] and left[2] != right[2]:
        score, why = score - 5, why + ", e-mail differs"
    if left[3] and right[3]:
        same = left[3] == right[3]
        score, why = score + (5 if same else -5), why + (", same parent" if same else "")
    score = min(score, 100.0)
    return (left[0], right[0], why, score) if score >= rule.threshold else None


def _blocks(staging: Staging) -> Iterator[list[Member]]:
    """The blocks of two and more members, in the order of their names."""
    public = ", ".join(f"'{domain}'" for domain in PUBLIC_MAIL)
    # Temporary tables belong to the connection itself, so nothing else may run on it meanwhile.
    result = staging.connection.execute(
        "SELECT block, member, words, email, parent, there FROM (SELECT *, count(*) OVER"
        " (PARTITION BY block) AS size, bool_and(there) OVER (PARTITION BY block) AS all_there"
        " FROM (SELECT concat_ws(':', kind, how, value) AS block, member, words, email, parent,"
        " odoo_id IS NOT NULL AS there FROM (SELECT *, unnest(["
        " {'how': 'word', 'value': split_part(words, ' ', 1)},"
        f" {{'how': 'mail', 'value': CASE WHEN split_part(email, '@', 2) NOT IN ({public})"
        " THEN nullif(split_part(email, '@', 2), '') END},"
        " {'how': 'parent', 'value': parent}], recursive := true)"
        " FROM duplicate_row WHERE words IS NOT NULL) WHERE value IS NOT NULL))"
        " WHERE size > 1 AND NOT all_there"
        " ORDER BY block, words, member"
    )
    rows = iter(lambda: result.fetchmany(20_000), [])
    for _, members in groupby((row for page in rows for row in page), key=lambda row: row[0]):
        yield [row[1:] for row in members]
