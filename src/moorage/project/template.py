"""The `moorage.yaml` a new project begins with: short, and every line explained."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

_HEAD = """\
# Moorage project: what is moved, from where, to where. No secret belongs in this file:
#   the source's password   MOORAGE_SOURCE_PASSWORD   or: moorage secret set source
#   Odoo's API key          MOORAGE_ODOO_KEY          or: moorage secret set production
moorage: 1

# Part of every key Moorage leaves in Odoo: do not change it after the first run.
project: {name}

source:
  kind: {kind}
"""

_DESTINATIONS = """
# Where the records go. `url` is what you open in the browser, `database` its database.
# connections: how many calls at once Odoo can take (as many as it has workers).
destinations:
  production:
    url: {url}
    database: {database}
    # connections: 4
  # A copy to rehearse on: moorage plan --to staging, then run and verify --to staging;
  # its key: MOORAGE_ODOO_KEY_STAGING
  # staging:
  #   url: https://staging.example.com
  #   database: staging

# Files larger than this are set aside; Odoo takes up to 90.
# files: {{limit_mb: 25}}

# A language model to ask about proposals in doubt (moorage map --propose --ai); it sees names of
# fields, never a value. Its key: MOORAGE_AI_KEY or: moorage secret set ai/key
# ai: {{model: "openai:gpt-5-mini"}}
"""


def settings_text(
    name: str,
    kind: str,
    options: Mapping[str, tuple[Any, str]],
    counting: Collection[str],
    *,
    given: Mapping[str, Any] | None = None,
    url: str = "https://odoo.example.com",
    database: str = "odoo",
) -> str:
    """A commented `moorage.yaml`; options that must be given and are not stand empty.

    Those that are not `counting`, being for another way of reading the source, are only shown.
    """
    lines = [
        _option(option, about, given or {}, option in counting) for option, about in options.items()
    ]
    head = _HEAD.format(name=name, kind=kind)
    return head + "".join(lines) + _DESTINATIONS.format(url=url, database=json.dumps(database))


def _option(
    option: str, about: tuple[Any, str], given: Mapping[str, Any], is_counting: bool
) -> str:
    default, help_line = about
    comment = f"  # {help_line}\n"
    if option in given:
        return f"{comment}  {option}: {json.dumps(given[option])}\n"
    if default is None:
        return f"{comment}  {option}:\n" if is_counting else f"{comment}  # {option}:\n"
    return f"{comment}  # {option}: {json.dumps(default)}\n"
