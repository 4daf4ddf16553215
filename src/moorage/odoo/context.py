"""The silent context: with it Odoo writes what it is given, and tells nobody.

Each key was seen in Odoo 19's code to switch off one thing that happens besides the write.
"""

from __future__ import annotations

SILENT: dict[str, bool] = {
    "tracking_disable": True,  # no tracking values, no log message
    "mail_create_nolog": True,  # no "created" message
    "mail_create_nosubscribe": True,  # the API user does not follow what it makes
    "mail_notrack": True,
    "mail_auto_subscribe_no_notify": True,  # else: a mail to each assignee
    "mail_activity_quick_update": True,  # else: a mail to each activity's assignee
    "mail_activity_automation_skip": True,
    "no_reset_password": True,  # else: an invitation to each new user
    "no_mail_to_attendees": True,
    "dont_notify": True,  # calendar invitations
    "skip_contact_description": True,  # else: names and numbers are added to an event's description
    "sale_no_log_for_new_lines": True,  # else: a message on a confirmed order for each line
    # As Odoo makes employees who are none yet: without a message that recommends a plan for the
    # first days, channels to join, timesheets for holidays, and rights for who approves them.
    "salary_simulation": True,
    "image_no_postprocess": True,  # else: large images are made smaller, and no longer the same
    # Odoo's own key, used by its import: no address is copied between a contact and its company.
    "_partners_skip_fields_sync": True,
}
