"""Workflows, webhooks, web forms, templates, campaigns and saved filters, true to shape."""

import json
from typing import Any

from moorage.sources.krayin.demo.attributes import Attribute
from moorage.sources.krayin.demo.catalog import EPOCH, Rows

_STAMPS = {"created_at": EPOCH, "updated_at": EPOCH}


def workflow_rows() -> Rows:
    """The two seeded workflows and three of a user; Krayin has no flag for inactive ones."""
    kinds = {"attribute": "type", "attribute_type": "multiselect", "operator": "{}",
             "value": ["call", "meeting", "lunch"]}  # fmt: skip
    big = {"attribute": "lead_value", "attribute_type": "price", "operator": ">=", "value": "50000"}
    made: list[tuple[str, str, str, list[Any], list[Any]]] = [
        ("Emails to participants after activity creation", "activities", "activity.create.after",
         [kinds], [{"id": "send_email_to_participants", "value": "1"}]),
        ("Emails to participants after activity updation", "activities", "activity.update.after",
         [kinds], [{"id": "send_email_to_participants", "value": "2"}]),
        ("Big deals", "leads", "lead.update.after",
         [big], [{"id": "add_tag", "value": "VIP"}, {"id": "trigger_webhook", "value": "1"}]),
        ("Welcome", "persons", "contacts.person.create.after",
         [], [{"id": "send_email_to_person", "value": "3"}]),
        ("Quote note", "quotes", "quote.create.after",
         [], [{"id": "update_quote", "attribute": "description", "attribute_type": "textarea",
               "value": "Checked"}]),
    ]  # fmt: skip
    return [
        _STAMPS
        | {
            "id": number,
            "name": name,
            "description": name,
            "entity_type": entity,
            "event": event,
            "condition_type": "and" if number % 2 else "or",
            "conditions": json.dumps(conditions),
            "actions": json.dumps(actions),
        }
        for number, (name, entity, event, conditions, actions) in enumerate(made, 1)
    ]


def webhook_rows() -> Rows:
    """Two webhooks; the headers carry made-up secrets that no reader may take along."""
    secret = [{"key": "Authorization", "value": "Bearer demo-secret-do-not-migrate"}]
    return [
        _STAMPS
        | {
            "id": number,
            "name": f"Notify {name}",
            "entity_type": "leads",
            "description": None,
            "method": "post",
            "end_point": f"https://hooks.example/{name}",
            "query_params": "[]",
            "headers": json.dumps(secret),
            "payload_type": "default" if number == 1 else "raw",
            "raw_payload_type": "json",
            "payload": json.dumps([{"key": "title", "value": "{%leads.title%}"}]),
        }
        for number, name in enumerate(("chat", "erp"), 1)
    ]


def template_rows() -> Rows:
    """Mail templates with the application's placeholders."""
    made = (
        ("Activity created", "Activity created: {%activities.title%}"),
        ("Activity modified", "Activity modified: {%activities.title%}"),
        ("Willkommen", "Hallo {%persons.name%}"),
    )
    return [
        _STAMPS
        | {
            "id": number,
            "name": name,
            "subject": subject,
            "content": f"<p>{subject}</p><p>{{%persons.name%}}</p>",
        }
        for number, (name, subject) in enumerate(made, 1)
    ]


def web_form_rows(found: list[Attribute]) -> tuple[Rows, Rows]:
    """One public form that makes leads, and its fields."""
    form = _STAMPS | {
        "id": 1,
        "form_id": "d3m0" * 12 + "xy",
        "title": "Kontakt / Contact",
        "description": "<b>Write to us</b>",
        "submit_button_label": "Senden",
        "submit_success_action": "redirect",
        "submit_success_content": "https://www.moorage-demo.example/thanks",
        "create_lead": 1,
        "lead_pipeline_id": 1,
        "background_color": "#F7F8F9",
        "form_background_color": "#FFFFFF",
        "form_title_color": "#263238",
        "form_submit_button_color": "#0E90D9",
        "attribute_label_color": "#546E7A",
    }
    asked = [a for a in found if (a.entity_type, a.code) in _ASKED]
    fields = [
        {
            "id": number,
            "name": attribute.name,
            "placeholder": None,
            "is_required": int(attribute.is_required),
            "is_hidden": 0,
            "sort_order": number,
            "attribute_id": attribute.id,
            "web_form_id": 1,
        }
        for number, attribute in enumerate(asked, 1)
    ]
    return [form], fields


_ASKED = {("persons", "name"), ("persons", "emails"), ("leads", "title"), ("leads", "industry")}


def campaign_rows() -> tuple[Rows, Rows]:
    """A marketing event and its campaign."""
    event = {"id": 1, "name": "Messe", "description": "Hannover", "date": "2024-04-22"}
    campaign = {
        "id": 1,
        "name": "Messe follow-up",
        "subject": "Danke!",
        "status": 0,
        "type": "",
        "mail_to": "",
        "spooling": None,
        "marketing_template_id": 3,
        "marketing_event_id": 1,
    }
    return [_STAMPS | event], [_STAMPS | campaign]


def saved_filter_rows() -> Rows:
    """A filter of a user, and one of a user who is gone (no foreign key)."""
    applied = {
        "pagination": {"page": 1, "perPage": 50},
        "sort": {"column": "id", "order": "desc"},
        "filters": {"columns": [{"index": "user_id", "value": ["2"]}]},
    }
    return [
        _STAMPS
        | {
            "id": number,
            "user_id": user,
            "name": "My leads",
            "src": "https://crm.example/admin/leads",
            "applied": json.dumps(applied),
        }
        for number, user in enumerate((2, 60_000_000), 1)
    ]
