"""Web keys: one for each account or sub-account that is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from moorage.errors import SettingsError

NAMED = re.compile(r"(?:(?P<account>[A-Za-z0-9][A-Za-z0-9-]*)=)?(?P<secret>CT_\S+)")


@dataclass(frozen=True)
class WebKey:
    """The key of one account; `account` is its id or name, empty where there is only this one."""

    account: str
    secret: str = field(repr=False)


def read_keys(text: str) -> tuple[WebKey, ...]:
    """The keys in `text`: `CT_…`, or for several accounts `1001=CT_… 1002=CT_…`.

    What stands before `=` becomes part of all keys of that account for ever.
    """
    words = re.split(r"[\s,;]+", text.strip()) if text.strip() else []
    found = [NAMED.fullmatch(word) for word in words]
    if any(one is None for one in found):
        raise _unfit("a web key begins with CT_, and may have a name before it, as in 1001=CT_…")
    keys = tuple(WebKey(one["account"] or "", one["secret"]) for one in found if one)
    if len({key.account for key in keys}) < len(keys):
        raise _unfit("several web keys need a name each, as in 1001=CT_… 1002=CT_…")
    return keys


def _unfit(what: str) -> SettingsError:
    return SettingsError(
        what,
        where="source.web_keys",
        state="Nothing was read.",
        todo="Settings > API shows the key of each account.",
    )
