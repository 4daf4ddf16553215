"""Phone calls of Dataverse as `crm.phonecall`: one entry in place of messages and activities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moorage.sources.opex365.places import places
from moorage.sources.phonecalls import PHONECALL, SETTING, calls_to

NAME, FORMER = "phonecall", ("done_phonecalls", "open_phonecalls")
#: Entries of what may hang on a call: notes, files, files in columns.
HANGING = (
    "annotation", "note_file", "note_file_of_no_type", "column_file",
    "activitymimeattachment", "activitymimeattachment_of_no_type",
)  # fmt: skip
_STATE = "CASE outcome WHEN 'done' THEN 'done' WHEN 'cancelled' THEN 'cancel' ELSE 'open' END"
FIELDS: dict[str, Any] = {
    "name": {"from": "subject", "do": ["clean"], "default": "Phone call", "required": True},
    "date": {"from": "happened_at", "required": True},
    # Where somebody holds a call in Odoo, that writes the present moment.
    "date_closed": {"sql": "CASE WHEN outcome = 'done' THEN happened_at END"},
    "duration": {"from": "duration_minutes"},
    "direction": {"sql": "CASE WHEN is_outgoing THEN 'out' ELSE 'in' END", "required": True},
    "state": {"sql": _STATE},
    "partner_id": {"from": "partner", "link": ["contact", "account", "placeholder"]},
    "opportunity_id": {
        "sql": "CASE WHEN record_object IN ('opportunity', 'lead') THEN record END",
        "link": ["opportunity", "lead"],
    },
    "user_id": {"from": "owner_id", "link": "systemuser"},
    "partner_phone": {"from": "number"},
    "description": {"from": ["description", "details"], "do": [{"join": ""}, "html_to_text"]},
    "x_opex365_regarding_contact": {
        "sql": "CASE WHEN record_object IN ('contact', 'account') AND record <> partner"
        " THEN record END",
        "link": ["contact", "account"],
        "create": {
            "type": "many2one",
            "label": "Regarding contact in OPEX 365",
            "relation": "res.partner",
        },
    },
    "x_opex365_deadline": {
        "from": "deadline",
        "create": {"type": "date", "label": "Due in OPEX 365"},
    },
    "x_opex365_owner_team": {
        "from": "owner_team",
        "create": {"type": "char", "label": "Owning team in OPEX 365"},
    },
}
DROPPED = {
    "heading": "no loss: the name",
    "direction": "no loss: in or out",
    "left_voicemail": "no loss: in the description",
    "author": "no loss: the owner, or among the participants in the description",
    "files": "no loss: the attachments name their call",
}


def fit_calls(tree: Any, has_model: Callable[[str], bool]) -> list[str]:
    """Decide what calls become; to be asked when it stands what cases become."""
    objects, fields = tree["objects"], dict(FIELDS)
    if "incident" in objects:
        fields["x_opex365_case"] = {
            "sql": "CASE WHEN record_object = 'incident' THEN record END",
            "link": ["incident"],
            "create": {
                "type": "many2one",
                "label": "Case in OPEX 365",
                "relation": objects["incident"]["to"],
            },
        }
    entry = {"to": PHONECALL, "fields": fields, "drop": DROPPED}
    said = calls_to(tree, has_model, (NAME, entry), FORMER)
    if said and tree["settings"][SETTING] == PHONECALL:
        for name in HANGING:
            for place in places(objects.get(name), "contact", "res.partner"):
                place[NAME] = PHONECALL
    return said
